"""What reviews know, a module for each noun."""

from reviews.models.decisions import Decision, DecisionKind, DecisionNotice, ProposedDecision
from reviews.models.reviews import (
    NOTE_LENGTH,
    TITLE_LENGTH,
    Review,
    ReviewItem,
    ReviewLogEntry,
    ReviewSnapshot,
    SealedName,
    digest,
)
from reviews.models.talk import ReviewComment

__all__ = [
    "NOTE_LENGTH",
    "TITLE_LENGTH",
    "Decision",
    "DecisionKind",
    "DecisionNotice",
    "ProposedDecision",
    "Review",
    "ReviewComment",
    "ReviewItem",
    "ReviewLogEntry",
    "ReviewSnapshot",
    "SealedName",
    "digest",
]
