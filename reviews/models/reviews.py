"""Reviews: a draft's selection of ideas, and what is frozen when it is published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from wagtail.models import BaseLogEntry
from wagtail.models.audit_log import BaseLogEntryManager

from core.ledger import Ledger
from ideas.models import IdeaBoardPage
from reviews.querysets import ReviewQuerySet

TITLE_LENGTH = 200
NOTE_LENGTH = 20_000
REASON_LENGTH = 500
THEME_LENGTH = 80
MOST_IDEAS = 100_000
CHUNK = 500


class Review(models.Model):
    """A ranked selection of the ideas of a board, or of several, for a product team.

    The ranking is `ranking`, a published policy, or without one the built-in that `policy` names; `policy` and
    `policy_version` say which it is either way. `filters` and `size` choose the ideas: so many from the top of those
    that have these tags, statuses (by number), segments and languages. What is pinned is in it besides, what is
    excluded is not. With a size of 0 the pinned ideas are all. While it is a draft, its numbers are those of `cut_off`,
    or without one of a minute ago. Published, it is what its snapshot says, whatever happens afterwards.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
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
    more_boards = models.ManyToManyField("ideas.IdeaBoardPage", blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    ranking = models.ForeignKey(
        "ideas.Policy", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    policy = models.CharField(max_length=40, editable=False)
    policy_version = models.PositiveSmallIntegerField(editable=False)
    cut_off = models.DateTimeField(
        _("cut-off"),
        null=True,
        blank=True,
        help_text=_("Votes until this moment count. Empty: until a minute before it is sent to review or published."),
    )
    filters = models.JSONField(default=dict, editable=False)
    size = models.PositiveIntegerField(
        _("how many"),
        default=0,
        validators=[
            MaxValueValidator(
                MOST_IDEAS,
                ngettext_lazy(
                    "A review holds at most %(limit_value)d idea.",
                    "A review holds at most %(limit_value)d ideas.",
                    "limit_value",
                ),
            )
        ],
        help_text=_("So many from the top, besides those that you pin. 0: only those."),
    )
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
        permissions = [
            ("publish_review", "Can publish product reviews"),
            ("view_amounts", "Can see what organisations are worth in product reviews"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True, published_by__isnull=True)
                | Q(state="in_review", cut_off__isnull=False, published_at__isnull=True, published_by__isnull=True)
                | Q(state="published", cut_off__isnull=False, published_at__isnull=False, published_by__isnull=False),
                name="review_published_whole",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reviews:detail", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_in_review(self) -> bool:
        return self.state == self.State.IN_REVIEW

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @cached_property
    def board_ids(self) -> list[int]:
        """All its boards, in the order of their numbers."""
        return sorted({self.board_id, *self.more_boards.values_list("pk", flat=True)})

    def boards(self) -> list[IdeaBoardPage]:
        return sorted([self.board, *self.more_boards.all()], key=lambda board: board.pk)


class ReviewItem(models.Model):
    """What was said of an idea in a draft: that it belongs in it, that it does not, or which theme it has."""

    class Choice(models.TextChoices):
        NONE = "", _("by its rank")
        PINNED = "pinned", _("pinned")
        EXCLUDED = "excluded", _("excluded")

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="items")
    idea = models.ForeignKey("ideas.Idea", on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=8, choices=Choice.choices, default=Choice.PINNED, blank=True)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)
    theme = models.CharField(_("theme"), max_length=THEME_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "idea"], name="idea_reviewed_once"),
            models.CheckConstraint(
                condition=~Q(choice="excluded") | ~Q(reason=""), name="review_item_excluded_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.idea_id}"


class Interpretation(Ledger):
    """What support makes of an idea's support, for the product team: a text by a named person. The latest one holds."""

    idea = models.ForeignKey("ideas.Idea", on_delete=models.PROTECT, related_name="interpretations")
    text = models.TextField(_("interpretation"), max_length=NOTE_LENGTH)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("interpretation")
        verbose_name_plural = _("interpretations")

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.written_by_id}"


class ReviewSnapshot(Ledger):
    """A published review as it was published, for good: canonical JSON and its SHA-256.

    In format 1, `content` is all of it. From format 2 on, each idea is a row of SnapshotIdea, and `content` holds the
    SHA-256 of them all. Names of people stand in it as salted digests, and so does what they said; see SealedText.
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

    @property
    def is_first_format(self) -> bool:
        return bool(self.data["format_version"] == 1)

    @cached_property
    def names(self) -> dict[str, str]:
        """The names behind the digests, without those that were erased."""
        return dict(self.sealed_names.values_list("digest", "name"))

    def texts(self, digests: list[str]) -> dict[str, str]:
        """What people said, by these digests, without what was erased."""
        return dict(self.sealed_texts.filter(digest__in=digests).values_list("digest", "text"))

    def idea_texts(self) -> Iterator[tuple[str, str]]:
        """The canonical JSON of each idea and of its evidence, by rank, some at a time."""
        yield from ((content, evidence) for content, evidence in self._rows("content", "evidence"))

    def facts(self) -> Iterator[dict[str, Any]]:
        """What the review says of each idea, by rank, without the evidence."""
        if self.is_first_format:
            yield from self.data["ideas"]
        else:
            yield from (json.loads(content) for (content,) in self._rows("content"))

    def facts_of(self, ideas: Iterable[int]) -> list[dict[str, Any]]:
        """The same of some ideas, by rank."""
        wanted = set(ideas)
        if self.is_first_format:
            return [idea for idea in self.data["ideas"] if idea["id"] in wanted]
        rows = SnapshotIdea.objects.filter(review=self.review_id, idea__in=wanted).order_by("rank")
        return [json.loads(content) for content in rows.values_list("content", flat=True)]

    def described(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """The same with the evidence, which the first format does not have."""
        if self.is_first_format:
            yield from ((idea, {}) for idea in self.data["ideas"])
        else:
            yield from ((json.loads(content), json.loads(evidence)) for content, evidence in self.idea_texts())

    def _rows(self, *columns: str) -> Iterator[tuple[str, ...]]:
        rows = SnapshotIdea.objects.filter(review=self.review_id).order_by("rank")
        last = 0
        while found := list(rows.filter(rank__gt=last).values_list("rank", *columns)[:CHUNK]):
            yield from (row[1:] for row in found)
            last = found[-1][0]


class SnapshotIdea(Ledger):
    """One idea of a published review: canonical JSON of what it is and where it stands, and of the evidence for it."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="frozen_ideas", db_index=False)
    rank = models.PositiveIntegerField()
    idea = models.ForeignKey("ideas.Idea", on_delete=models.PROTECT, related_name="+")
    content = models.TextField()
    evidence = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "rank"], name="one_idea_at_each_rank"),
            models.UniqueConstraint(fields=["review", "idea"], name="idea_in_review_once"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.rank}"


class Seal(models.Model):
    """The salt for a person's names and words in a review. Erasing the person deletes it.

    It is made before the review is published, so that publishing makes the same text of the same rows.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="seals")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    salt = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "member"], name="one_seal_for_each")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.member_id}"


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


class SealedText(models.Model):
    """What a person said, behind a digest in a snapshot; see SealedName."""

    snapshot = models.ForeignKey(ReviewSnapshot, on_delete=models.PROTECT, related_name="sealed_texts")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    salt = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snapshot", "digest"], name="text_sealed_once")]

    def __str__(self) -> str:
        return self.digest

    @property
    def is_intact(self) -> bool:
        return self.digest == digest(self.salt, self.text)


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
