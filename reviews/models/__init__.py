"""What reviews know, a module for each noun."""

from reviews.models.decisions import Decision, DecisionKind, DecisionNotice, ProposedDecision
from reviews.models.destinations import Destination, TrackerIssue
from reviews.models.research import COLLECT, ResearchItem, ResearchLogEntry, ResearchRequest, ReviewResearch
from reviews.models.reviews import (
    MOST_IDEAS,
    NOTE_LENGTH,
    REASON_LENGTH,
    THEME_LENGTH,
    TITLE_LENGTH,
    Interpretation,
    Review,
    ReviewItem,
    ReviewLogEntry,
    ReviewSnapshot,
    Seal,
    SealedName,
    SealedText,
    SnapshotIdea,
    digest,
)
from reviews.models.talk import ReviewComment
from reviews.models.tracking import DraftNotice, RecurringReview, RecurringRun, ReviewLook
from reviews.models.works import DraftRanking, PreparedIdea, ReviewWork

__all__ = [
    "COLLECT",
    "MOST_IDEAS",
    "NOTE_LENGTH",
    "REASON_LENGTH",
    "THEME_LENGTH",
    "TITLE_LENGTH",
    "Decision",
    "DecisionKind",
    "DecisionNotice",
    "Destination",
    "DraftNotice",
    "DraftRanking",
    "Interpretation",
    "PreparedIdea",
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
    "ReviewWork",
    "Seal",
    "SealedName",
    "SealedText",
    "SnapshotIdea",
    "TrackerIssue",
    "digest",
]
