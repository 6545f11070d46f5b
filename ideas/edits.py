"""What was changed about an idea after somebody had voted for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from community.changes import marked_changes
from ideas.models import Idea, IdeaRevision
from ideas.stakes import Stake


@dataclass(frozen=True)
class EditSinceVote:
    """An idea as it reads now, with what differs from the text that one voted for marked in the safe HTML.

    `until` is the last edit that is shown, `at` its moment.
    """

    idea: Idea
    title: SafeString
    body: SafeString
    until: int
    at: datetime


def edits_since_votes(user: Any, stakes: dict[int, Stake], counting: Collection[int]) -> list[EditSinceVote]:
    """The edits that others made to ideas after the person had voted for them, and of which they don't know.

    `counting` are the ideas voted for whose votes count where one is reading. Without edits it takes no query.
    """
    known = {pk: known_until for pk in counting if pk in stakes and (known_until := _edited_after(stakes[pk]))}
    if not known:
        return []
    revisions = IdeaRevision.objects.filter(content__in=known, replaced_at__gt=min(known.values())).order_by("pk")
    first: dict[int, int] = {}
    last: dict[int, tuple[int, datetime]] = {}
    for pk, idea, by, at in revisions.values_list("pk", "content", "edited_by", "replaced_at"):
        if at <= known[idea]:
            continue
        if by == user.pk:
            first.pop(idea, None)
        else:
            first.setdefault(idea, pk)
        last[idea] = pk, at
    before = IdeaRevision.objects.filter(pk__in=first.values()).select_related("content").order_by("pk")
    return [
        EditSinceVote(
            idea=old.content,
            title=marked_changes(old.title, old.content.title),
            body=marked_changes(old.body, old.content.body),
            until=last[old.content_id][0],
            at=last[old.content_id][1],
        )
        for old in (before if first else ())
        if (old.title, old.body) != (old.content.title, old.content.body)
    ]


def _edited_after(stake: Stake) -> datetime | None:
    """The moment until which the person knows the idea, where it was edited later than that."""
    if stake.voted_at is None or stake.edited_at is None:
        return None
    until = max(stake.voted_at, stake.seen_at or stake.voted_at)
    return until if stake.edited_at > until else None
