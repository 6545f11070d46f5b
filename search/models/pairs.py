"""Pairs of posts that may be the same, and what moderators said of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models import Question
from ideas.models import Idea


class Decision(models.TextChoices):
    MERGED = "merged", _("Merged")
    DIFFERENT = "different", _("Not a duplicate")


class PairQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> PairQuerySet:
        """The pairs of which the person may see both posts now."""
        seen = self.model.post_type.objects.visible_to(user)
        return self.filter(newer__in=seen, older__in=seen)

    def open(self) -> PairQuerySet:
        """Those that nobody has decided on, of posts that both are still listed."""
        listed = self.model.post_type.objects.listed()
        return self.filter(decision="", newer__in=listed, older__in=listed)


class Pair(models.Model):
    """Two posts that were found to be alike, the newer one and the older.

    `likeness` is as search.similar measures it. Each decision adds to the version.
    """

    likeness = models.FloatField()
    found_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = PairQuerySet.as_manager()

    post_type: ClassVar[Any]
    newer: Any
    older: Any
    newer_id: int
    older_id: int

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.newer_id} and {self.older_id}"


def _constraints(name: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(fields=["newer", "older"], name=f"{name}_pair_once"),
        models.CheckConstraint(condition=Q(newer__gt=F("older")), name=f"{name}_pair_in_order"),
        models.CheckConstraint(
            condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
            | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            name=f"{name}_pair_decided_whole",
        ),
    ]


class QuestionPair(Pair):
    post_type = Question

    newer = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="+")
    older = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = _constraints("question")
        indexes = [models.Index(fields=["-likeness", "-id"], condition=Q(decision=""), name="question_pair_open")]


class IdeaPair(Pair):
    post_type = Idea

    newer = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="+")
    older = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = _constraints("idea")
        indexes = [models.Index(fields=["-likeness", "-id"], condition=Q(decision=""), name="idea_pair_open")]
