"""Reviews that are drafted every month, and who looked at which review."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ideas.querysets import readable_boards
from reviews.models.reviews import TITLE_LENGTH, Review

USUAL_COUNT = 10
MOST_IDEAS = 200


class RecurringReviewQuerySet(models.QuerySet["RecurringReview"]):
    def visible_to(self, user: Any) -> RecurringReviewQuerySet:
        """For those who may see reviews, of boards that they may read."""
        if not user.has_perm("reviews.view_review"):
            return self.none()
        return self.filter(board__in=readable_boards(user))


class RecurringReview(models.Model):
    """That a review of a board is drafted every month, of so many ideas from the top, for its owners to go on with.

    `policy` is the short name of a ranking policy, of which the latest version ranks; empty, the number of supporters
    does. `changed_by` drafts in the owners' stead where none of them may.
    """

    board = models.ForeignKey(
        "ideas.IdeaBoardPage", on_delete=models.PROTECT, related_name="recurring_reviews", verbose_name=_("board")
    )
    title = models.CharField(_("title"), max_length=TITLE_LENGTH - 10)
    policy = models.SlugField(_("policy"), max_length=60, blank=True)
    count = models.PositiveSmallIntegerField(
        _("how many ideas"),
        default=USUAL_COUNT,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_IDEAS)],
    )
    day = models.PositiveSmallIntegerField(
        _("day of the month"), default=1, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    is_active = models.BooleanField(_("active"), default=True)
    owners = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("owners"))
    trouble = models.CharField(max_length=300, blank=True, editable=False)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecurringReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("recurring review")
        verbose_name_plural = _("recurring reviews")
        ordering = ["title", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(day__gte=1, day__lte=28), name="recurring_day_of_every_month"),
            models.CheckConstraint(condition=Q(count__gte=1, count__lte=MOST_IDEAS), name="recurring_count"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reviews:recurring-edit", args=[self.pk])


class RecurringRun(models.Model):
    """That the review of a month was drafted; the row outlives the draft, so that none is drafted twice."""

    recurring = models.ForeignKey(RecurringReview, on_delete=models.PROTECT, related_name="runs")
    month = models.DateField()
    review = models.OneToOneField(Review, on_delete=models.SET_NULL, null=True, related_name="recurring_run")
    run_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["recurring", "month"], name="recurring_once_a_month")]

    def __str__(self) -> str:
        return f"{self.recurring_id}: {self.month:%Y-%m}"


class DraftNotice(models.Model):
    """That a review was drafted for somebody, who has not opened it while `seen_at` is empty."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="draft_notices")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["review", "member"], name="told_of_draft_once")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.member_id}"


class ReviewLook(models.Model):
    """When somebody looked at a review for the first and for the last time; the last is exact to the hour."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="looks")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-last_at", "-pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["review", "member"], name="one_look_per_member")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.member_id}"
