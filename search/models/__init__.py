"""What the search keeps besides its indexes."""

from search.models.documents import MemberDocument, TagDocument

__all__ = ["MemberDocument", "TagDocument"]
