"""Publishing that takes longer than a request: how far it is, and what it has put together so far."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from reviews.models.reviews import Review


class ReviewWork(models.Model):
    """A large review that is being published. Deleting the row stops it.

    `problem` says why it broke off; then nothing was published, and the draft is as it was.
    """

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="work")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cut_off = models.DateTimeField()
    begun_at = models.DateTimeField(default=timezone.now)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.review_id}: {self.done} of {self.total}"


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
