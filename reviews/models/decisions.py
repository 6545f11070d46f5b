"""What was decided on the ideas of a published review: noted first, then carried out, and from then on a ledger."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ledger import Ledger
from reviews.models.reviews import Review


class DecisionKind(models.TextChoices):
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    LATER = "later", _("later")
    RESEARCH = "research", _("needs research")
    MERGED = "merged", _("merged")


def names_target(prefix: str) -> models.CheckConstraint:
    """That a decision names an idea to merge into if and only if it merges, and not the idea itself."""
    merged = Q(kind=DecisionKind.MERGED, merge_into__isnull=False) & ~Q(merge_into=F("idea"))
    return models.CheckConstraint(
        condition=merged | (~Q(kind=DecisionKind.MERGED) & Q(merge_into__isnull=True)), name=f"{prefix}_names_target"
    )


class ProposedDecision(models.Model):
    """What is to be decided on an idea of a review, until it is carried out together with the others.

    `translations` are the answer in other languages, {language: Markdown}. `seen_change` is the id of the last change
    of the idea's status that was known, 0 for none. `version` grows with every change of the proposal.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="proposals")
    idea = models.ForeignKey("ideas.Idea", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=DecisionKind.choices)
    merge_into = models.ForeignKey("ideas.Idea", on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True)
    translations = models.JSONField(default=dict, blank=True)
    seen_change = models.PositiveBigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["review", "idea"], name="decision_proposed_once"),
            names_target("proposal"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.idea_id} {self.kind}"


class Decision(Ledger):
    """One line of what was decided on an idea of a review. `corrects` is the first line, which this one replaces.

    `change` is the line of the idea's statuses that says it in public, `edge` the merge; either is empty where nothing
    of the kind followed.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="decisions")
    idea = models.ForeignKey("ideas.Idea", on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=10, choices=DecisionKind.choices)
    merge_into = models.ForeignKey("ideas.Idea", on_delete=models.PROTECT, null=True, related_name="+")
    edge = models.ForeignKey("ideas.IdeaMerge", on_delete=models.PROTECT, null=True, related_name="+")
    change = models.ForeignKey("ideas.StatusChange", on_delete=models.PROTECT, null=True, related_name="+")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        permissions = [("decide_review", "Can decide on the ideas of product reviews")]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "idea"], condition=Q(corrects__isnull=True), name="decided_once_in_review"
            ),
            names_target("decision"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.idea_id} {self.kind}"


class DecisionNotice(models.Model):
    """That people are to hear of a decision, or of its correction; `reviews.telling` knows who.

    One row a decision, written with it. Whoever delivers it sets `delivered_at`.
    """

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="notice")
    created_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["id"], condition=Q(delivered_at__isnull=True), name="decision_notice_waiting"),
        ]

    def __str__(self) -> str:
        return str(self.decision_id)
