"""What takes longer than a request: how far it is, and what it has put together so far."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from reviews.models.reviews import Review


class ReviewWork(models.Model):
    """What the worker has under way for a large review. Deleting the row stops it.

    `wishes` says by a digest what the draft asked for when it was ranked for this; `run` is the task that does it.
    `problem` says why it broke off; then the review is as it was. A ranking that was stopped keeps its row, so that
    looking at the draft does not begin it again.
    """

    class Kind(models.TextChoices):
        RANKING = "ranking"
        SENDING = "sending"
        PUBLISHING = "publishing"

    class Step(models.TextChoices):
        RANKING = "ranking"
        GATHERING = "gathering"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="works")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PUBLISHING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cut_off = models.DateTimeField()
    wishes = models.CharField(max_length=64, blank=True)
    run = models.UUIDField(null=True)
    begun_at = models.DateTimeField(default=timezone.now)
    step = models.CharField(max_length=10, choices=Step.choices, default=Step.RANKING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    is_stopped = models.BooleanField(default=False)
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "kind"], name="one_work_of_each_kind")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.kind}, {self.done} of {self.total}"


class DraftRanking(models.Model):
    """The ideas of a large draft as the worker ranked them last, to be looked at.

    `places` are [idea, score, supporters, whether it is pinned, theme] by rank; `lost` see reviews.selection.Selection.
    """

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="draft_ranking")
    wishes = models.CharField(max_length=64)
    cut_off = models.DateTimeField()
    made_at = models.DateTimeField(default=timezone.now)
    ranked = models.PositiveIntegerField()
    places = models.JSONField()
    lost = models.JSONField()

    def __str__(self) -> str:
        return f"{self.review_id}: {self.ranked}"


class PreparedIdea(models.Model):
    """An idea as it will stand in the snapshot, until all are ready; see SnapshotIdea."""

    work = models.ForeignKey(ReviewWork, on_delete=models.CASCADE, related_name="prepared", db_index=False)
    rank = models.PositiveIntegerField()
    idea = models.ForeignKey("ideas.Idea", on_delete=models.PROTECT, related_name="+")
    content = models.TextField()
    evidence = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["work", "rank"], name="one_prepared_at_each_rank")]

    def __str__(self) -> str:
        return f"{self.work_id}: {self.rank}"
