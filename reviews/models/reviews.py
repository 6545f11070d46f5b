"""Reviews: a draft's selection of ideas, and what is frozen when it is published."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.models import BaseLogEntry
from wagtail.models.audit_log import BaseLogEntryManager

from core.ledger import Ledger
from reviews.querysets import ReviewQuerySet

TITLE_LENGTH = 200
NOTE_LENGTH = 20_000


class Review(models.Model):
    """A ranked selection of a board's ideas for a product team.

    While it is a draft, its ideas are what `ideas` says and their numbers are those of the moment. Published, it is
    what its snapshot says, whatever happens afterwards; `cut_off` is the moment whose votes it counts.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    title = models.CharField(_("title"), max_length=TITLE_LENGTH)
    note = models.TextField(
        _("note"),
        blank=True,
        max_length=NOTE_LENGTH,
        help_text=_("What these ideas have in common, what customers say, what you suggest. Markdown."),
    )
    board = models.ForeignKey(
        "ideas.IdeaBoardPage", on_delete=models.PROTECT, related_name="reviews", verbose_name=_("board")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    policy = models.CharField(max_length=40, editable=False)
    policy_version = models.PositiveSmallIntegerField(editable=False)
    cut_off = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, editable=False)
    ideas = models.ManyToManyField("ideas.Idea", through="ReviewItem", related_name="reviews")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("product review")
        verbose_name_plural = _("product reviews")
        ordering = ["-pk"]
        permissions = [("publish_review", "Can publish product reviews")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", cut_off__isnull=True, published_at__isnull=True, published_by__isnull=True)
                | Q(state="published", cut_off__isnull=False, published_at__isnull=False, published_by__isnull=False),
                name="review_published_whole",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reviews:detail", args=[self.pk])

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED


class ReviewItem(models.Model):
    """An idea that was chosen for a review. Its rank follows from the policy."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="items")
    idea = models.ForeignKey("ideas.Idea", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "idea"], name="idea_reviewed_once")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.idea_id}"


class ReviewSnapshot(Ledger):
    """A published review as it was published, for good: canonical JSON and its SHA-256.

    Names of people stand in it as salted digests; see SealedName.
    """

    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="snapshot")
    content = models.TextField()
    content_hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.review_id}: {self.content_hash}"

    @cached_property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.content)
        return data

    @cached_property
    def names(self) -> dict[str, str]:
        """The names behind the digests, without those that were erased."""
        return dict(self.sealed_names.values_list("digest", "name"))


class SealedName(models.Model):
    """The name behind a digest in a snapshot. Erasing a person deletes the row, and the snapshot's hash still holds."""

    snapshot = models.ForeignKey(ReviewSnapshot, on_delete=models.PROTECT, related_name="sealed_names")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    salt = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snapshot", "member"], name="name_sealed_once")]

    def __str__(self) -> str:
        return self.digest

    @property
    def is_intact(self) -> bool:
        return self.digest == digest(self.salt, self.name)


def digest(salt: str, name: str) -> str:
    """SHA-256 of a salt and a name, in hexadecimal digits."""
    return hashlib.sha256(f"{salt}:{name}".encode()).hexdigest()


class ReviewLogEntryManager(BaseLogEntryManager):
    def log_action(self, instance: Review, action: str, **kwargs: Any) -> ReviewLogEntry:
        entry: ReviewLogEntry = super().log_action(instance, action, review_id=instance.pk, **kwargs)
        return entry

    def viewable_by_user(self, user: Any) -> models.QuerySet[ReviewLogEntry]:
        """The lines about reviews that the person may see now. Those about discarded drafts are left to superusers."""
        if user.is_superuser:
            return self.all()
        return self.filter(review__in=Review.objects.visible_to(user))

    def for_instance(self, instance: Review) -> models.QuerySet[ReviewLogEntry]:
        return self.filter(review=instance)


class ReviewLogEntry(BaseLogEntry):
    """One line of Wagtail's log about a review: who made, changed, published and downloaded it."""

    review = models.ForeignKey(Review, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ReviewLogEntryManager()

    class Meta(BaseLogEntry.Meta):
        ordering = ["-timestamp", "-id"]
        verbose_name = _("log entry of a review")
        verbose_name_plural = _("log entries of reviews")

    @property
    def object_id(self) -> int | None:
        return self.review_id
