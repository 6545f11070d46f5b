"""Who supports what: a family's supporters and its place in Trending, counted from its votes.

The rules are those of merging: a person supports a family while a vote of theirs stands anywhere in it, and counts
once. A vote counts at the family's canonical idea, unless its owner set it apart at an edge on the way there; then it
counts below that edge.

Trending is ln Σ exp(λ·t), t being the moment of each supporter's first standing vote and λ the board's decay. It is the
logarithm of an exponentially decayed count (see Cormode et al., "Forward Decay", ICDE 2009), so its order does not
change as time passes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from community import families
from ideas.models import Idea, IdeaBoardPage, IdeaMerge, Vote, VotesApart

DECIMALS = 9
SECONDS_PER_DAY = 86_400
BATCH = 200


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
            apart = VotesApart.objects.filter(edge__undone_at__isnull=True, edge__duplicate__in=list(self.parents))
            for member, duplicate in apart.values_list("member", "edge__duplicate"):
                self.apart[member].add(duplicate)

    def crown(self, idea: int, member: int) -> int:
        """The idea where the member's vote on this idea counts."""
        return crown(self.parents, self.apart.get(member, ()), idea)

    def supporters(self) -> dict[int, dict[int, datetime]]:
        """For each idea of the families, who counts there and since when: {idea: {member: first standing vote}}."""
        own_way = self.apart.keys()
        votes = Vote.objects.filter(idea__in=self.rows).standing()
        first = votes.exclude(member__in=own_way).values_list(Coalesce("idea__canonical_id", "idea_id"), "member")
        separate = votes.filter(member__in=own_way).values_list("idea", "member", "cast_at")
        return self.gather(chain(first.annotate(since=Min("cast_at")).order_by().iterator(), separate))

    def gather(self, votes: Iterable[tuple[int, int, datetime]]) -> dict[int, dict[int, datetime]]:
        """The same from standing votes that are given as (idea, member, when cast)."""
        result: dict[int, dict[int, datetime]] = {pk: {} for pk in self.rows}
        for idea, member, since in votes:
            there = result[self.crown(idea, member)]
            there[member] = min(since, there.get(member, since))
        return result

    def counts(self, supporters: Mapping[int, Mapping[int, datetime]]) -> dict[int, Counts]:
        """What is stored about the support of each idea of the families, given who counts where."""
        boards = IdeaBoardPage.objects.filter(pk__in={row.board_id for row in self.rows.values()})
        half_lives = dict(boards.values_list("pk", "half_life_days"))
        base = {pk: row.base_votes for pk, row in self.rows.items()}
        for pk in self.parents:
            base[families.root(self.parents, pk)] += self.rows[pk].base_votes
        return {
            pk: Counts(len(there), base[pk], trending(there.values(), half_lives[self.rows[pk].board_id]))
            for pk, there in supporters.items()
        }


def votes_of(member: Any, ideas: Iterable[Idea]) -> dict[int, int]:
    """Where the person's standing votes in the families of these ideas count: {idea voted for: idea where it counts}.

    It takes one query, and another for somebody who has set votes apart in one of the families.
    """
    roots = {idea.canonical_id or idea.pk for idea in ideas}
    if not (roots and member.is_authenticated):
        return {}
    votes = Vote.objects.filter(Q(idea__in=roots) | Q(idea__canonical__in=roots), member=member).standing()
    has_own_way = Exists(_set_apart(member).filter(edge__duplicate__canonical=OuterRef("root")))
    rows = list(
        votes.annotate(root=Coalesce("idea__canonical", "idea"), has_own_way=has_own_way).values_list(
            "idea", "root", "has_own_way"
        )
    )
    divided = {root for _, root, has_own_way in rows if has_own_way}
    parents, apart = _divided(member, divided) if divided else ({}, set())
    return {idea: crown(parents, apart, idea) if has_own_way else root for idea, root, has_own_way in rows}


def supported_by(member: Any, ideas: Iterable[Idea]) -> set[int]:
    """The ids of all ideas where the person counts as a supporter, in the families of these ideas; see votes_of."""
    return set(votes_of(member, ideas).values())


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
    return VotesApart.objects.filter(member=member, edge__undone_at__isnull=True)


def crown(parents: dict[int, int], apart: Container[int], idea: int) -> int:
    steps = families.path(parents, idea)
    return next((step for step in steps if step in apart), steps[-1])


def decay(half_life_days: int) -> float:
    """λ per second."""
    return math.log(2) / (half_life_days * SECONDS_PER_DAY)


def trending(moments: Iterable[datetime], half_life_days: int) -> float:
    """ln Σ exp(λ·t) over the moments, rounded to DECIMALS; 0 where there is none."""
    rate = decay(half_life_days)
    exponents = [rate * moment.timestamp() for moment in moments]
    if not exponents:
        return 0.0
    largest = max(exponents)
    return round(largest + math.log(math.fsum(math.exp(exponent - largest) for exponent in exponents)), DECIMALS)


def add_supporter(idea: Idea, since: datetime) -> None:
    """Count one more person on a locked idea, without reading the others."""
    moment = decay(idea.board.half_life_days) * since.timestamp()
    if idea.supporter_count:
        high, low = max(idea.trending, moment), min(idea.trending, moment)
        moment = high + math.log1p(math.exp(low - high))
    store(idea, Counts(idea.supporter_count + 1, idea.family_base_votes, round(moment, DECIMALS)))


def recount(family: Family) -> None:
    """Count anew, from the rows, all that is stored about the support of locked families, and save what was found."""
    for pk, counts in family.counts(family.supporters()).items():
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
    Idea.objects.filter(pk=idea.pk).update(**counts._asdict())
