"""What the search keeps besides its indexes."""

from search.models.documents import MemberDocument, TagDocument
from search.models.similar import Posting, Profile, Vector

__all__ = ["MemberDocument", "Posting", "Profile", "TagDocument", "Vector"]
