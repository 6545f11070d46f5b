"""What the search keeps besides its indexes."""

from search.models.documents import MemberDocument, TagDocument
from search.models.pairs import Decision, IdeaPair, Pair, QuestionPair
from search.models.similar import Posting, Profile, Vector

__all__ = [
    "Decision",
    "IdeaPair",
    "MemberDocument",
    "Pair",
    "Posting",
    "Profile",
    "QuestionPair",
    "TagDocument",
    "Vector",
]
