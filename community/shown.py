"""What components show of members and tags, as values that can be told apart from what they were before."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from accounts.models import Member


class Author(NamedTuple):
    name: str
    handle: str
    erased_at: datetime | None


class Label(NamedTuple):
    """A tag."""

    name: str
    slug: str


def author_of(member: Member) -> Author:
    return Author(member.name, member.handle, member.erased_at)


def labels_of(topic: Any) -> tuple[Label, ...]:
    """The tags of a question or an idea, which has been read with them."""
    return tuple(Label(tag.name, tag.slug) for tag in topic.tags.all())
