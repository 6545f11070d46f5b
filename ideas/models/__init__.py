"""What the boards know, a module for each noun."""

from ideas.models.boards import COLOURS, IdeaBoardPage, Status
from ideas.models.changelog import ChangelogEntryPage, ChangelogPage, Shipment, ShippedIdea
from ideas.models.ideas import (
    Comment,
    CommentRevision,
    Idea,
    IdeaRevision,
    IdeaSubscription,
    RelatedQuestion,
    SeenEdit,
    TaggedIdea,
)
from ideas.models.merging import IdeaMerge, VotesApart
from ideas.models.planning import CostEstimate, PrivateNote, TrackerLink
from ideas.models.policies import IdeaScore, Policy, PolicyBand, PolicyPlan, PolicySegment, Scoring
from ideas.models.statuses import StatusChange
from ideas.models.votes import (
    SENTENCE_LENGTH,
    Importance,
    Vote,
    VoteEvent,
    VoteEvidence,
    VoteNetwork,
    VoteSentence,
)

__all__ = [
    "COLOURS",
    "SENTENCE_LENGTH",
    "ChangelogEntryPage",
    "ChangelogPage",
    "Comment",
    "CommentRevision",
    "CostEstimate",
    "Idea",
    "IdeaBoardPage",
    "IdeaMerge",
    "IdeaRevision",
    "IdeaScore",
    "IdeaSubscription",
    "Importance",
    "Policy",
    "PolicyBand",
    "PolicyPlan",
    "PolicySegment",
    "PrivateNote",
    "RelatedQuestion",
    "Scoring",
    "SeenEdit",
    "Shipment",
    "ShippedIdea",
    "Status",
    "StatusChange",
    "TaggedIdea",
    "TrackerLink",
    "Vote",
    "VoteEvent",
    "VoteEvidence",
    "VoteNetwork",
    "VoteSentence",
    "VotesApart",
]
