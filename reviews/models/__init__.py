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

__all__ = [
    "NOTE_LENGTH",
    "TITLE_LENGTH",
    "Decision",
    "DecisionKind",
    "DecisionNotice",
    "ProposedDecision",
    "Review",
    "ReviewItem",
    "ReviewLogEntry",
    "ReviewSnapshot",
    "SealedName",
    "digest",
]
