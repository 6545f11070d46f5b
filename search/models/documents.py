"""What the index holds of members and tags, whose own apps know nothing of a search."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from taggit.models import Tag
from wagtail.search import index

from accounts.managers import SYSTEM_HANDLE
from accounts.models import Member
from core.words import WordsField


class MemberDocument(index.Indexed, Member):
    """A member as the search knows them: by name and handle, while they have a page of their own."""

    search_auto_update = False
    search_fields: ClassVar[list[Any]] = [WordsField("title")]

    class Meta:
        proxy = True

    @classmethod
    def get_indexed_objects(cls) -> QuerySet[Any]:
        """Those whom everybody may look up."""
        known = cls._default_manager.filter(is_active=True, erased_at__isnull=True, email__isnull=False)
        return known.exclude(handle=SYSTEM_HANDLE).order_by("pk")

    def title(self) -> str:
        return f"{self.name} {self.handle}"


class TagDocument(index.Indexed, Tag):
    """A tag as the search knows it."""

    search_auto_update = False
    search_fields: ClassVar[list[Any]] = [WordsField("title")]

    class Meta:
        proxy = True

    def title(self) -> str:
        return str(self.name)
