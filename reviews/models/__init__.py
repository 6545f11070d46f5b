"""What reviews know, a module for each noun."""

from reviews.models.decisions import Decision, DecisionKind, DecisionNotice, ProposedDecision
from reviews.models.research import COLLECT, ResearchItem, ResearchLogEntry, ResearchRequest, ReviewResearch
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
from reviews.models.tracking import DraftNotice, RecurringReview, RecurringRun, ReviewLook

__all__ = [
    "COLLECT",
    "NOTE_LENGTH",
    "TITLE_LENGTH",
    "Decision",
    "DecisionKind",
    "DecisionNotice",
    "DraftNotice",
    "ProposedDecision",
    "RecurringReview",
    "RecurringRun",
    "ResearchItem",
    "ResearchLogEntry",
    "ResearchRequest",
    "Review",
    "ReviewComment",
    "ReviewItem",
    "ReviewLogEntry",
    "ReviewLook",
    "ReviewResearch",
    "ReviewSnapshot",
    "SealedName",
    "digest",
]
