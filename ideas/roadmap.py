"""A board's roadmap: what is planned, what is being worked on, and what was shipped last.

A column holds the listed ideas of one kind of status. What somebody has placed there comes first, by
`roadmap_position`; the rest follow in the order of Top, or the newest first for those who may not see which have more
support. What was shipped is in the order in which it was. The places of
the SHOWN first of a column are arranged, never more than ARRANGED, so placing writes a bounded number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from ideas.ballots import may_see_order
from ideas.models import Idea, IdeaBoardPage, Status, StatusChange

SHOWN = 30
SHIPPED_SHOWN = 20
ARRANGED = 200
KINDS = (Status.Kind.PLANNED, Status.Kind.STARTED, Status.Kind.SHIPPED)
BY_SUPPORT, BY_AGE = "-top_score", "-created_at"
ARRANGED_KINDS = (Status.Kind.PLANNED, Status.Kind.STARTED)


@dataclass(frozen=True)
class Card:
    """An idea on the roadmap and, once it is shipped, since when."""

    idea: Idea
    shipped_at: datetime | None = None


@dataclass(frozen=True)
class Column:
    """The first ideas of one kind, its statuses, and how many ideas have each of them."""

    kind: Status.Kind
    statuses: list[tuple[Status, int]]
    cards: list[Card]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.statuses)

    @property
    def is_whole(self) -> bool:
        """Whether the roadmap shows all of the column."""
        return len(self.cards) == self.total


def read_roadmap(board: IdeaBoardPage, user: Any) -> list[Column]:
    """The board's columns as the person may see them, without those for which it has no status."""
    statuses = [status for status in Status.objects.filter(board=board.pk) if status.kind in KINDS]
    listed = Idea.objects.visible_to(user).listed().filter(board=board.pk)
    counts = dict(listed.filter(status__in=statuses).values_list("status").annotate(count=Count("pk")).order_by())
    shipped = _shipped(listed, of_kind(statuses, Status.Kind.SHIPPED))
    order = BY_SUPPORT if may_see_order(user, board) else BY_AGE
    keys = [*_first(listed, of_kind(statuses, *ARRANGED_KINDS), SHOWN, order), *shipped]
    ideas = list(listed.filter(pk__in=keys).for_list())
    ideas.sort(key=lambda idea: place(idea, order))
    ideas.sort(key=lambda idea: keys.index(idea.pk) if idea.pk in shipped else 0)
    columns = []
    for kind in KINDS:
        there = [idea for idea in ideas if idea.status.kind == kind]
        if own := of_kind(statuses, kind):
            cards = [Card(idea, shipped.get(idea.pk)) for idea in there[:SHOWN]]
            columns.append(Column(kind, [(status, counts.get(status.pk, 0)) for status in own], cards))
    return columns


def of_kind(statuses: Iterable[Status], *kinds: Status.Kind) -> list[Status]:
    return [status for status in statuses if status.kind in kinds]


def place(idea: Idea, order: str = BY_SUPPORT) -> tuple[bool, int, float, int]:
    """What a column is sorted by."""
    rest = idea.top_score if order == BY_SUPPORT else idea.created_at.timestamp()
    return idea.roadmap_position is None, idea.roadmap_position or 0, -rest, -idea.pk


def in_places(ideas: QuerySet[Idea]) -> QuerySet[Idea]:
    """The ideas in the order of `place`."""
    return ideas.order_by(F("roadmap_position").asc(nulls_last=True), BY_SUPPORT, "-pk")


def first_of_column(board: int, kind: str) -> list[int]:
    """The ids of the ARRANGED first ideas of a column, and of some after them."""
    statuses = Status.objects.filter(board=board, kind=kind)
    return _first(Idea.objects.listed().filter(board=board), list(statuses), ARRANGED, BY_SUPPORT)


def _first(listed: QuerySet[Idea], statuses: Sequence[Status], most: int, order: str) -> list[int]:
    """The ids of the first ideas with each status: so many of those that have a place, and of the others."""
    parts = []
    for status in statuses:
        there = listed.filter(status=status.pk)
        placed = there.filter(roadmap_position__isnull=False).order_by("roadmap_position")
        others = there.filter(roadmap_position__isnull=True).order_by(order, "-pk")
        # Within a union SQLite takes no limit, but in a subquery of its part.
        parts += [Idea.objects.filter(pk__in=part.values("pk")[:most]).order_by() for part in (placed, others)]
    keys = [part.values_list("pk", flat=True) for part in parts]
    return list(keys[0].union(*keys[1:], all=True)) if keys else []


def _shipped(listed: QuerySet[Idea], statuses: Sequence[Status]) -> dict[int, datetime]:
    """The ids of the ideas that were shipped last, the latest first, each with the moment."""
    entries = StatusChange.objects.filter(new_status__in=statuses).exclude(old_status__in=statuses)
    again = entries.filter(idea=OuterRef("idea"), pk__gt=OuterRef("pk"))
    still = listed.filter(pk=OuterRef("idea"), status__in=statuses)
    latest = entries.filter(Exists(still), ~Exists(again)).order_by("-occurred_at", "-pk")
    return dict(latest.values_list("idea", "occurred_at")[:SHIPPED_SHOWN])
