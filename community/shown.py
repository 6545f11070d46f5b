"""What components show of members and tags, as values that can be told apart from what they were before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from accounts.models import Member
from community.content import Topic
from core.readings import Reading


class Author(NamedTuple):
    name: str
    handle: str
    erased_at: datetime | None


class Label(NamedTuple):
    """A tag."""

    name: str
    slug: str


_labels = Reading(
    lambda model, topics: (
        model.tags.through._default_manager.filter(content_object__in=topics)
        .order_by("pk")
        .values_list("content_object", "tag__name", "tag__slug")
    )
)


def author_of(member: Member) -> Author:
    return Author(member.name, member.handle, member.erased_at)


def labels_of(topic: Any) -> tuple[Label, ...]:
    """The tags of a question or an idea, which has been read with them."""
    return tuple(Label(tag.name, tag.slug) for tag in topic.tags.all())


def labels_on(topics: Sequence[Topic]) -> dict[int, tuple[Label, ...]]:
    """The tags of each of these, which are all questions or all ideas, by its id, in one query."""
    found: dict[int, tuple[Label, ...]] = {topic.pk: () for topic in topics}
    for pk, name, slug in _labels.ask(type(topics[0]), topics=found) if topics else ():
        found[pk] += (Label(name, slug),)
    return found
