"""What supporters say an idea would let them do, and for whom it would help: of ideas that the reader may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce, RowNumber

from community import families
from core.readings import Reading
from ideas.models import IdeaMerge, Importance, Vote, VotesApart, VoteSentence

VOICES_BELOW_AN_IDEA = 5
VOICES_ON_A_PAGE = 30
VOICE_ORDER = ("-written_at", "-id")

# Public figures about fewer people would say who they are.
LEAST_PEOPLE = 5


@dataclass(frozen=True)
class Share:
    """So many of the supporters, and how many that is of a hundred of the most in its list."""

    label: str
    count: int
    percent: int


@dataclass(frozen=True)
class Supporters:
    """Who an idea would help. `others` are those whose segment is not known, not shown, or not for the reader."""

    segments: list[Share]
    others: int
    plans: list[Share]


def voices(ideas: Collection[int], edges: Iterable[IdeaMerge], *, is_team: bool) -> QuerySet[VoteSentence]:
    """What people say whose votes count where these ideas do, each once, with their latest word.

    `edges` are those below the idea that is read. The team also reads what was meant for it alone, and how much each
    needs the idea, as `importance`.
    """
    said = VoteSentence.objects.all()
    said = _not_apart((said.spoken() if is_team else said.public()).filter(idea__in=ideas), edges)
    position = Window(RowNumber(), partition_by="member", order_by=("-written_at", "-pk"))
    latest = said.annotate(position=position).filter(position=1).values("pk")
    importance = Vote.objects.filter(idea=OuterRef("idea"), member=OuterRef("member")).values("importance")
    return (
        VoteSentence.objects.filter(pk__in=latest)
        .select_related("member", "hidden_by")
        .annotate(importance=Subquery(importance))
    )


_voices_of = Reading(lambda most, is_team, ideas: voices(ideas, (), is_team=is_team).order_by(*VOICE_ORDER)[:most])


def newest_voices(
    ideas: Collection[int], edges: Collection[IdeaMerge], *, is_team: bool, most: int
) -> list[VoteSentence]:
    """The first of these voices; see above."""
    if not edges:
        return _voices_of.ask(most, is_team, ideas=ideas)
    return list(voices(ideas, edges, is_team=is_team).order_by(*VOICE_ORDER)[:most])


def importances(ideas: Collection[int], edges: Iterable[IdeaMerge]) -> list[Share]:
    """How many supporters need it how much, each at their most; for the team."""
    votes = _not_apart(Vote.objects.filter(idea__in=list(ideas)).counted(), edges)
    rows = votes.exclude(importance="").values_list("member", "importance").distinct()
    levels = list(Importance.values)
    most: dict[int, int] = {}
    for member, importance in rows.iterator():
        most[member] = max(levels.index(importance), most.get(member, 0))
    counts = Counter(levels[level] for level in most.values())
    return _shares([(str(level.label), counts[level.value]) for level in reversed(Importance)]) if counts else []


def supporters(ideas: Collection[int], edges: Iterable[IdeaMerge], *, total: int, is_team: bool) -> Supporters:
    """The supporters by what their organisations are now. `total` counts them all, also those of hidden duplicates.

    What is public holds no group of fewer than LEAST_PEOPLE, and none that the rest of the total would tell.
    """
    edges = list(edges)
    segments: Counter[str] = Counter()
    plans: Counter[str] = Counter()
    for segment, plan, people in _people(ideas, edges) if edges else _people_of.ask(ideas=ideas):
        segments[segment] += people
        plans[plan] += people
    named = sorted(((name, people) for name, people in segments.items() if name), key=lambda row: (-row[1], row[0]))
    if not is_team:
        named = told_apart(named, total)
    others = max(total - sum(people for _name, people in named), 0)
    known = sorted(((name, people) for name, people in plans.items() if name), key=lambda row: (-row[1], row[0]))
    return Supporters(_shares(named), others if named else 0, _shares(known) if is_team else [])


def _people(ideas: Any, edges: Iterable[IdeaMerge] = ()) -> Any:
    """How many people of each segment and plan."""
    votes = _not_apart(Vote.objects.filter(idea__in=ideas).counted(), edges)
    rows = votes.values_list(
        Coalesce("member__organisation__segment", Value("")), Coalesce("member__organisation__plan", Value(""))
    ).annotate(people=Count("member", distinct=True))
    return rows.order_by()


_people_of = Reading(_people)


def told_apart(groups: list[tuple[str, int]], total: int) -> list[tuple[str, int]]:
    """Those of the groups, the largest first, that can be told without telling of fewer than LEAST_PEOPLE."""
    kept = [(name, people) for name, people in groups if people >= LEAST_PEOPLE]
    while kept and 0 < total - sum(people for _name, people in kept) < LEAST_PEOPLE:
        kept.pop()
    return kept


def _shares(rows: list[tuple[str, int]]) -> list[Share]:
    most = max((count for _label, count in rows), default=0) or 1
    return [Share(label, count, round(100 * count / most)) for label, count in rows]


def _not_apart(rows: Any, edges: Iterable[IdeaMerge]) -> Any:
    """Without those of people who set their votes apart on the way from there to the idea that is read."""
    edges = list(edges)
    if not edges:
        return rows
    apart = VotesApart.objects.standing().filter(member=OuterRef("member"))
    rows = rows.exclude(Exists(apart.filter(edge__duplicate=OuterRef("idea"))))
    parents = {edge.duplicate_id: edge.target_id for edge in edges}
    targets = set(parents.values())
    further = [
        Q(idea__in=families.subtree(parents, edge.duplicate_id), member__in=_apart_at(edge.pk))
        for edge in edges
        if edge.duplicate_id in targets
    ]
    return rows.exclude(reduce(or_, further)) if further else rows


def _apart_at(edge: int) -> QuerySet[Any]:
    return VotesApart.objects.standing().filter(edge=edge).values("member")
