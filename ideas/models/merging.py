"""Edges from duplicates to the ideas that they were merged into, and the votes that stay with a duplicate."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from community.content import AbstractMergeEdge, edge_constraints
from ideas.models.ideas import Idea
from ideas.querysets import IdeaMergeQuerySet, VotesApartQuerySet


class IdeaMerge(AbstractMergeEdge):
    """An edge from a duplicate idea to the one that it was merged into."""

    duplicate = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="merges")
    target = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="merges_into")

    objects = IdeaMergeQuerySet.as_manager()

    class Meta:
        constraints = edge_constraints("idea")

    def __str__(self) -> str:
        return f"{self.duplicate_id} → {self.target_id}"


class VotesApart(models.Model):
    """A member's «That is not what I meant»: while the edge stands, their votes on and under the duplicate stay.

    It ends with the edge, or when the member lets the votes count with the others again. The row stays either way.
    """

    edge = models.ForeignKey(IdeaMerge, on_delete=models.PROTECT, related_name="votes_apart")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = VotesApartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edge", "member"], condition=Q(ended_at__isnull=True), name="votes_apart_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.edge_id}: {self.member_id}"
