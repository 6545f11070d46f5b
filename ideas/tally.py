"""Who supports what: a family's supporters and its place in Trending, counted from its votes.

The rules are those of merging: a person supports a family while a vote of theirs counts anywhere in it, and counts
once. A vote counts at the family's canonical idea, unless its owner set it apart at an edge on the way there; then it
counts below that edge.

Trending is ln Σ exp(λ·t), t being the moment of each supporter's first counted vote in the family and λ the board's
decay. It is the logarithm of an exponentially decayed count (see Cormode et al., "Forward Decay", ICDE 2009), so its
order does not change as time passes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Exists, F, FloatField, Min, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Exp, Greatest
from django.utils import timezone

from community import families
from core.epoch import Epoch
from core.readings import Reading
from core.statements import Change, Given
from ideas.models import Idea, IdeaBoardPage, IdeaMerge, Vote, VotesApart

DECIMALS = 9
SECONDS_PER_DAY = 86_400
BATCH = 200

# Databases refuse exp() of what is far below zero. Where a sum is not well above the least term that we let them add,
# it is made in Python instead.
LEAST_EXPONENT = -600.0
LEAST_SUM = 1e-200


class Counts(NamedTuple):
    """What is stored about an idea's support; see Idea."""

    supporter_count: int
    family_base_votes: int
    trending: float


class Family:
    """One or several families of ideas whose roots are locked: their edges, and the votes set apart at them."""

    def __init__(self, rows: Mapping[int, Idea], parents: dict[int, int] | None = None) -> None:
        self.rows = rows
        has_edges = any(row.canonical_id for row in rows.values())
        self.parents = (families.standing(IdeaMerge, rows) if has_edges else {}) if parents is None else parents
        self.apart: dict[int, set[int]] = defaultdict(set)
        if self.parents:
            apart = VotesApart.objects.standing().filter(edge__duplicate__in=list(self.parents))
            for member, duplicate in apart.values_list("member", "edge__duplicate"):
                self.apart[member].add(duplicate)

    def crown(self, idea: int, member: int) -> int:
        """The idea where the member's vote on this idea counts."""
        return crown(self.parents, self.apart.get(member, ()), idea)

    def share(self, member: int, one: int, other: int | None) -> bool:
        """Whether the member's votes on these two ideas count in one place."""
        return other is not None and self.crown(one, member) == self.crown(other, member)

    def supporters(self) -> dict[int, dict[int, datetime]]:
        """For each idea of the families, who counts there and since when: {idea: {member: first counted vote}}."""
        own_way = self.apart.keys()
        votes = Vote.objects.filter(idea__in=self.rows).counted()
        first = votes.exclude(member__in=own_way).values_list(Coalesce("idea__canonical_id", "idea_id"), "member")
        separate = votes.filter(member__in=own_way).values_list("idea", "member", "cast_at")
        return self.gather(chain(first.annotate(since=Min("cast_at")).order_by().iterator(), separate))

    def gather(self, votes: Iterable[tuple[int, int, datetime]]) -> dict[int, dict[int, datetime]]:
        """The same from counted votes that are given as (idea, member, when cast)."""
        result: dict[int, dict[int, datetime]] = {pk: {} for pk in self.rows}
        for idea, member, since in votes:
            there = result[self.crown(idea, member)]
            there[member] = min(since, there.get(member, since))
        return result

    def counts(self, supporters: Mapping[int, Mapping[int, datetime]]) -> dict[int, Counts]:
        """What is stored about the support of each idea of the families, given who counts where."""
        return self._counts({pk: (len(there), list(there.values())) for pk, there in supporters.items()}, {})

    def count(self) -> dict[int, Counts]:
        """The same, counted by the database: how much is read does not grow with the number of votes."""
        own_way = self.apart.keys()
        votes = Vote.objects.filter(idea__in=self.rows).counted()
        separate = self.gather(votes.filter(member__in=own_way).values_list("idea", "member", "cast_at"))
        sums = {root: self._sum(root, ideas, own_way) for root, ideas in self._ideas_by_root().items()}
        return self._counts({pk: (len(there), list(there.values())) for pk, there in separate.items()}, sums)

    def _ideas_by_root(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for pk in self.rows:
            found[families.root(self.parents, pk)].append(pk)
        return found

    def _sum(self, root: int, ideas: list[int], own_way: Iterable[int]) -> tuple[int, float]:
        """How many people other than those of `own_way` support a family, and its Trending from them alone."""
        votes = Vote.objects.filter(idea__in=ideas).counted().order_by()
        votes = votes.exclude(member__in=own_way) if own_way else votes
        first = _first_of_each(votes) if len(ideas) > 1 else votes.annotate(since=F("cast_at"))
        rate = decay(self.half_lives[self.rows[root].board_id])
        now = timezone.now().timestamp()
        exponent = (Epoch("since") - Value(now)) * Value(rate)
        weight = Exp(Greatest(exponent, Value(LEAST_EXPONENT), output_field=FloatField()))
        # As aggregate() would, which leaves out that it can do so for the first row of each.
        found = first.query.chain().get_aggregation(first.db, {"people": Count("*"), "weight": Sum(weight)})
        people, total = found["people"], found["weight"] or 0.0
        if people and total < LEAST_SUM:
            return people, _log_sum(first.values_list("since", flat=True).iterator(), rate)
        return people, rate * now + math.log(total) if people else 0.0

    @property
    def half_lives(self) -> dict[int, int]:
        """The half-life in days of each board that the ideas are on."""
        if not hasattr(self, "_half_lives"):
            boards = IdeaBoardPage.objects.filter(pk__in={row.board_id for row in self.rows.values()})
            self._half_lives = dict(boards.order_by().values_list("pk", "half_life_days"))
        return self._half_lives

    def _counts(
        self, people: Mapping[int, tuple[int, list[datetime]]], sums: Mapping[int, tuple[int, float]]
    ) -> dict[int, Counts]:
        """From people whose moments are given, and others whose number and Trending are."""
        base = {pk: row.base_votes for pk, row in self.rows.items()}
        for pk in self.parents:
            base[families.root(self.parents, pk)] += self.rows[pk].base_votes
        result = {}
        for pk, (number, moments) in people.items():
            others, weight = sums.get(pk, (0, 0.0))
            rate = decay(self.half_lives[self.rows[pk].board_id]) if number else 0.0
            own = _log_sum(moments, rate) if number else 0.0
            total = _log_add(own, weight) if number and others else own if number else weight
            result[pk] = Counts(number + others, base[pk], round(total, DECIMALS))
        return result


def _first_of_each(votes: QuerySet[Vote]) -> QuerySet[Any]:
    """The moment `since` of each person's first vote."""
    if connection.features.can_distinct_on_fields:
        # PostgreSQL sorts so many votes in much less time than it groups them in.
        return (
            votes.annotate(since=F("cast_at"))
            .order_by("member", "cast_at")
            .distinct("member")
            .values("member", "since")
        )
    return votes.values("member").annotate(since=Min("cast_at"))


def votes_of(member: Any, ideas: Iterable[Idea]) -> dict[int, int]:
    """Where the person's standing votes in the families of these ideas count: {idea voted for: idea where it counts}.

    It takes one query, and another for somebody who has set votes apart in one of the families.
    """
    roots = {idea.canonical_id or idea.pk for idea in ideas}
    if not (roots and member.is_authenticated):
        return {}
    rows = _standing_votes.ask(member=member.pk, roots=roots)
    divided = {root for _, root, has_own_way in rows if has_own_way}
    parents, apart = _divided(member, divided) if divided else ({}, set())
    return {idea: crown(parents, apart, idea) if has_own_way else root for idea, root, has_own_way in rows}


@Reading
def _standing_votes(member: Any, roots: Any) -> QuerySet[Vote, tuple[Any, ...]]:
    """The member's votes in the families with these roots: for what, in which, and whether some are set apart there."""
    votes = Vote.objects.filter(Q(idea__in=roots) | Q(idea__canonical__in=roots), member=member).standing()
    has_own_way = Exists(_set_apart(member).filter(edge__duplicate__canonical=OuterRef("root")))
    found = votes.annotate(root=Coalesce("idea__canonical", "idea"), has_own_way=has_own_way)
    return found.values_list("idea", "root", "has_own_way")


def supported_by(member: Any, ideas: Iterable[Idea]) -> set[int]:
    """The ids of all ideas where the person counts as a supporter, in the families of these ideas; see votes_of."""
    return set(votes_of(member, ideas).values())


def all_supported_by(member: Any) -> QuerySet[Idea]:
    """All ideas where the person counts as a supporter; see votes_of.

    To make it takes one query, and three more for somebody who has set votes apart.
    """
    roots = _set_apart(member).values_list("edge__duplicate__canonical", flat=True)
    divided = {root for root in roots if root is not None}
    own_way = votes_of(member, Idea.objects.filter(pk__in=divided).only("canonical")) if divided else {}
    votes = Vote.objects.filter(member=member.pk).standing().annotate(root=Coalesce("idea__canonical", "idea"))
    whole = votes.exclude(root__in=divided).values("root")
    return Idea.objects.filter(Q(pk__in=whole) | Q(pk__in=set(own_way.values())))


def crown_for(member: Any, idea: Idea) -> int:
    """The id of the idea where a vote of this person for the idea counts, or would count."""
    if idea.canonical_id is None:
        return idea.pk
    parents, apart = _divided(member, {idea.canonical_id}) if member.is_authenticated else ({}, set())
    return crown(parents, apart, idea.pk) if apart else idea.canonical_id


def _divided(member: Any, roots: set[int]) -> tuple[dict[int, int], set[int]]:
    """The edges of the families with these roots, and those of their duplicates at which the person's votes stay."""
    edges = IdeaMerge.objects.standing().filter(duplicate__canonical__in=roots)
    stays = Exists(_set_apart(member).filter(edge=OuterRef("pk")))
    rows = list(edges.annotate(stays=stays).values_list("duplicate", "target", "stays"))
    return {duplicate: target for duplicate, target, _ in rows}, {duplicate for duplicate, _, stays in rows if stays}


def _set_apart(member: Any) -> QuerySet[VotesApart]:
    return VotesApart.objects.standing().filter(member=member)


def crown(parents: dict[int, int], apart: Container[int], idea: int) -> int:
    steps = families.path(parents, idea)
    return next((step for step in steps if step in apart), steps[-1])


def decay(half_life_days: int) -> float:
    """λ per second."""
    return math.log(2) / (half_life_days * SECONDS_PER_DAY)


def trending(moments: Iterable[datetime], half_life_days: int) -> float:
    """ln Σ exp(λ·t) over the moments, rounded to DECIMALS; 0 where there is none."""
    return round(_log_sum(moments, decay(half_life_days)), DECIMALS)


def _log_sum(moments: Iterable[datetime], rate: float) -> float:
    exponents = [rate * moment.timestamp() for moment in moments]
    if not exponents:
        return 0.0
    largest = max(exponents)
    return largest + math.log(math.fsum(math.exp(exponent - largest) for exponent in exponents))


def _log_add(one: float, other: float) -> float:
    """ln(exp(one) + exp(other))"""
    high, low = max(one, other), min(one, other)
    return high + math.log1p(math.exp(low - high))


def add_supporter(idea: Idea, since: datetime, half_life_days: int) -> None:
    """Count one more person on a locked idea, without reading the others."""
    weight = decay(half_life_days) * since.timestamp()
    if idea.supporter_count:
        weight = _log_add(idea.trending, weight)
    store(idea, Counts(idea.supporter_count + 1, idea.family_base_votes, round(weight, DECIMALS)))


def recount(family: Family) -> None:
    """Count anew, from the rows, all that is stored about the support of locked families, and save what was found."""
    for pk, counts in family.count().items():
        row = family.rows[pk]
        if counts != (row.supporter_count, row.family_base_votes, row.trending):
            store(row, counts)


def recount_board(board: IdeaBoardPage) -> None:
    """Count anew what is stored about the support of a board's ideas, some families at a time."""
    supported = Idea.objects.filter(board=board, supporter_count__gt=0).order_by("pk")
    last = 0
    while pks := list(supported.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        recount(Family(families.lock(Idea, *pks)))
        last = pks[-1]


def store(idea: Idea, counts: Counts) -> None:
    """Save the counts of a locked idea, by update, so that a vote does not rebuild the search index."""
    idea.supporter_count, idea.family_base_votes, idea.trending = counts
    _stored.apply(idea=idea.pk, **counts._asdict())


_stored = Change(
    lambda: Idea.objects.filter(pk=Given("idea")),
    supporter_count=Given("supporter_count"),
    family_base_votes=Given("family_base_votes"),
    trending=Given("trending", FloatField()),
)
