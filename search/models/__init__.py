"""What the search keeps besides its indexes, a module for each noun."""

from search.models.documents import MemberDocument, TagDocument
from search.models.insight import FollowedSuggestion, LoggedSearch, SearchClick, VisitSalt
from search.models.outbox import PendingDocument, SearchIndex, SupportersSent, SyncRun
from search.models.pairs import Decision, IdeaPair, Pair, QuestionPair
from search.models.similar import Posting, Profile, Vector
from search.models.synonyms import SynonymGroup

__all__ = [
    "Decision",
    "FollowedSuggestion",
    "IdeaPair",
    "LoggedSearch",
    "MemberDocument",
    "Pair",
    "PendingDocument",
    "Posting",
    "Profile",
    "QuestionPair",
    "SearchClick",
    "SearchIndex",
    "SupportersSent",
    "SyncRun",
    "SynonymGroup",
    "TagDocument",
    "Vector",
    "VisitSalt",
]
