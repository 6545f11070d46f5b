"""The boards as they stood at any moment, told by the ledgers of votes, merges and status changes.

What was known then decides, so lines count from when they were recorded. What is in no ledger is as it is now:
titles, visibility, votes from before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from community import families
from ideas import ledger, tally
from ideas.errors import UnsettledMomentError
from ideas.ledger import VoteState
from ideas.models import CostEstimate, Idea, IdeaMerge, Importance, StatusChange, VoteEvent, VotesApart
from ideas.reach import Reach

# No writing transaction lasts this long: what was recorded before has been committed, or never will be.
SETTLES_AFTER = timedelta(seconds=60)
CHUNK = 500

IMPORTANCES = {"": 0, **{value: rank for rank, value in enumerate(Importance.values, start=1)}}


class Supporter(NamedTuple):
    """One person who counted at an idea: since when, how much they needed it, and for whom they then spoke."""

    since: datetime
    importance: str
    organisation: int | None
    plan: str


@dataclass(frozen=True, slots=True)
class FamilyState:
    """A canonical idea of that moment with all that was merged into it.

    `supporters` are those who counted at it, by member; `apart` are those who counted at one of its duplicates.
    `base_votes` are the family's votes from before, as they are known now. `questions` ask for it (ideas.reach), and
    `cost` is what the team estimated then for the canonical idea.
    """

    idea: int
    board: int
    status: int
    created_at: datetime
    ideas: tuple[int, ...]
    base_votes: int
    supporters: Mapping[int, Supporter]
    apart: Mapping[int, Mapping[int, Supporter]] = field(default_factory=dict)
    questions: tuple[int, ...] = ()
    cost: int | None = None

    @property
    def supporter_count(self) -> int:
        return len(self.supporters)

    @property
    def top_score(self) -> int:
        return self.supporter_count + self.base_votes

    def trending(self, half_life_days: int) -> float:
        """See ideas.tally."""
        return tally.trending((supporter.since for supporter in self.supporters.values()), half_life_days)


class VoteThen(NamedTuple):
    """A vote on an idea as it stood: at which idea it counted or would have, and as what; None where it did not."""

    idea: int
    member: int
    crown: int
    supporter: Supporter | None
    is_excluded: bool


class Ranked(NamedTuple):
    """An idea's place at that moment."""

    idea: int
    supporter_count: int
    base_votes: int
    status: int


class AsOf:
    """Ideas as they stood at a moment. Raises UnsettledMomentError for one that is not SETTLES_AFTER in the past."""

    def __init__(self, ideas: QuerySet[Idea], moment: datetime) -> None:
        if moment > timezone.now() - SETTLES_AFTER:
            raise UnsettledMomentError
        self.ideas = ideas
        self.moment = moment
        self.reach = Reach(moment)
        edges = IdeaMerge.objects.filter(recorded_at__lte=moment).exclude(undone_at__lte=moment)
        self.parents: dict[int, int] = dict(edges.values_list("duplicate_id", "target_id"))
        self._below: dict[int, list[int]] = defaultdict(list)
        for duplicate in self.parents:
            self._below[families.root(self.parents, duplicate)].append(duplicate)
        self._apart: dict[int, set[int]] = defaultdict(set)
        apart = VotesApart.objects.filter(edge__in=edges, created_at__lte=moment).exclude(ended_at__lte=moment)
        for member, duplicate in apart.values_list("member_id", "edge__duplicate_id"):
            self._apart[member].add(duplicate)

    def of(self, ideas: QuerySet[Idea]) -> AsOf:
        """Other ideas at the same moment, without reading again what was merged."""
        other = copy(self)
        other.ideas = ideas
        return other

    def families(self) -> Iterator[FamilyState]:
        """Each family whose canonical idea of that moment is among the ideas, in the order of their ids.

        The ledger is read once, some families at a time, so memory does not grow with the number of votes.
        """
        for rows in self.chunks():
            yield from self.states(rows)

    def family_of(self, idea: Idea) -> FamilyState | None:
        """The family that the idea was in; None where it wasn't yet."""
        root = families.root(self.parents, idea.pk)
        rows = self._roots(Idea.objects.all()).filter(pk=root)
        return next(self.states({row["pk"]: row for row in rows}), None)

    def votes_on(self, ideas: Iterable[int]) -> Iterator[VoteThen]:
        """Every vote that was ever cast on these ideas until then, also those that did not count any more."""
        for idea, member, story in self._stories(list(ideas)):
            supporter, is_excluded = _told_by(story)
            yield VoteThen(idea, member, self.crown(idea, member), supporter, is_excluded)

    def crown(self, idea: int, member: int) -> int:
        """The idea where the member's vote on this idea counted, or would have."""
        own_way = self._apart.get(member)
        return tally.crown(self.parents, own_way, idea) if own_way else families.root(self.parents, idea)

    def told_votes(
        self, ideas: list[int], members: Collection[int]
    ) -> Iterator[tuple[int, int, list[Supporter], Supporter | None]]:
        """These members' votes on these ideas: (idea, member, what each casting said, what became of it)."""
        for idea, member, story in self._stories(ideas, members):
            casts = [line for line in story if line.kind == VoteEvent.Kind.CAST]
            said = [Supporter(line.occurred_at, line.importance, line.organisation_id, line.plan) for line in casts]
            yield idea, member, said, _told_by(story)[0]

    def top(self) -> list[Ranked]:
        """The canonical ideas in the order of Top at that moment: most support first, of equals the newer.

        The database tells who counted where, in whole numbers, so this is faster than counting `families`.
        """
        found = []
        for rows in self.chunks():
            ideas, bases = self._families_of(rows)
            counts = self._count([pk for family in ideas.values() for pk in family])
            found += [Ranked(pk, counts.get(pk, 0), bases[pk], row["status_then"]) for pk, row in rows.items()]
        return sorted(found, key=lambda each: (-each.supporter_count - each.base_votes, -each.idea))

    def _roots(self, ideas: QuerySet[Idea] | None = None) -> QuerySet[Idea, Any]:
        """Rows of the ideas that stood by themselves, each with its status then."""
        changes = StatusChange.objects.moves().filter(idea=OuterRef("pk"))
        before = changes.filter(recorded_at__lte=self.moment).order_by("-pk").values("new_status")
        after = (
            changes.filter(recorded_at__gt=self.moment, old_status__isnull=False).order_by("pk").values("old_status")
        )
        ideas = self.ideas if ideas is None else ideas
        existing = ideas.filter(recorded_at__lte=self.moment).order_by()
        return (
            existing.exclude(pk__in=self.parents)
            .annotate(
                status_then=Coalesce(
                    Subquery(before[:1]), Subquery(after[:1]), F("status_id"), output_field=BigIntegerField()
                )
            )
            .values("pk", "board_id", "created_at", "base_votes", "status_then")
        )

    def has_duplicates(self, root: int) -> bool:
        """Whether something was merged into the idea."""
        return root in self._below

    def chunks(self) -> Iterator[dict[int, dict[str, Any]]]:
        """The canonical ideas of that moment by their ids, some at a time: board, status then, votes from before."""
        roots = self._roots().order_by("pk")
        last = 0
        while rows := {row["pk"]: row for row in roots.filter(pk__gt=last)[:CHUNK]}:
            yield rows
            last = max(rows)

    def _families_of(self, rows: Mapping[int, dict[str, Any]]) -> tuple[dict[int, tuple[int, ...]], dict[int, int]]:
        """The ideas of each family, the canonical one first, and its votes from before."""
        ideas = {pk: (pk, *sorted(self._below.get(pk, ()))) for pk in rows}
        merged = [pk for family in ideas.values() for pk in family[1:]]
        bases = dict(Idea.objects.filter(pk__in=merged).values_list("pk", "base_votes")) if merged else {}
        return ideas, {pk: row["base_votes"] + sum(bases[each] for each in ideas[pk][1:]) for pk, row in rows.items()}

    def states(self, rows: Mapping[int, dict[str, Any]]) -> Iterator[FamilyState]:
        """The families of some of the rows that `chunks` gives."""
        ideas, bases = self._families_of(rows)
        counted = self._counted([pk for family in ideas.values() for pk in family])
        questions, costs = self.questions(rows), self.costs(rows)
        for pk, row in rows.items():
            there = {each: counted[each] for each in ideas[pk] if each in counted}
            yield FamilyState(
                idea=pk,
                board=row["board_id"],
                status=row["status_then"],
                created_at=row["created_at"],
                ideas=ideas[pk],
                base_votes=bases[pk],
                supporters=there.pop(pk, {}),
                apart=there,
                questions=questions.get(pk, ()),
                cost=costs.get(pk),
            )

    def questions(self, rows: Mapping[int, dict[str, Any]]) -> dict[int, tuple[int, ...]]:
        """The questions that ask for each of these families, as far as any do."""
        ideas = {pk: (pk, *self._below.get(pk, ())) for pk in rows}
        return self.reach.asking(ideas, {pk: row["board_id"] for pk, row in rows.items()})

    def costs(self, rows: Collection[int]) -> dict[int, int]:
        """What these ideas were estimated to cost, as far as they were."""
        lines = CostEstimate.objects.filter(idea__in=list(rows), recorded_at__lte=self.moment).order_by("pk")
        return {idea: cost for idea, cost in dict(lines.values_list("idea", "cost")).items() if cost is not None}

    def _count(self, ideas: list[int]) -> dict[int, int]:
        """How many counted at each of these ideas that somebody counted at."""
        roots = {idea: families.root(self.parents, idea) for idea in ideas}
        counts: Counter[int] = Counter()
        people: dict[int, set[int]] = defaultdict(set)
        for idea, member in self._counting(ideas):
            own_way = self._apart.get(member)
            crown = tally.crown(self.parents, own_way, idea) if own_way else roots[idea]
            if crown in self._below or crown in self.parents:
                people[crown].add(member)
            else:
                counts[crown] += 1
        return counts | {crown: len(members) for crown, members in people.items()}

    def _counting(self, ideas: list[int]) -> Iterable[tuple[int, int]]:
        """Whose votes on which of these ideas counted, by the last lines of each kind; see ledger.apply."""
        kind = VoteEvent.Kind
        lines = VoteEvent.objects.filter(idea__in=ideas, recorded_at__lte=self.moment).order_by("idea", "member")
        counted = (
            lines.values("idea", "member")
            .annotate(
                cast=_last(kind.CAST),
                withdrawn=_last(kind.WITHDRAWN),
                silenced=_last(kind.SILENCED),
                freed=_last(kind.CAST, kind.WITHDRAWN, kind.REINSTATED),
                excluded=_last(kind.EXCLUDED),
                restored=_last(kind.RESTORED),
            )
            .filter(cast__gt=F("withdrawn"), freed__gt=F("silenced"), restored__gte=F("excluded"))
        )
        return counted.values_list("idea", "member").iterator(chunk_size=5000)

    def _counted(self, ideas: list[int]) -> dict[int, dict[int, Supporter]]:
        """Who counted where, among the votes on these ideas: {idea: {member: supporter}}."""
        found: dict[int, dict[int, Supporter]] = defaultdict(dict)
        roots = {idea: families.root(self.parents, idea) for idea in ideas}
        for idea, member, supporter in self._votes(ideas):
            own_way = self._apart.get(member)
            there = found[tally.crown(self.parents, own_way, idea) if own_way else roots[idea]]
            other = there.get(member)
            there[member] = supporter if other is None else together(supporter, other)
        return found

    def _votes(self, ideas: list[int]) -> Iterator[tuple[int, int, Supporter]]:
        """The votes on these ideas that counted, each as its lines up to the moment leave it."""
        for idea, member, story in self._stories(ideas):
            if supporter := _told_by(story)[0]:
                yield idea, member, supporter

    def _stories(
        self, ideas: list[int], members: Collection[int] | None = None
    ) -> Iterator[tuple[int, int, list[Line]]]:
        """The lines about each vote on these ideas up to the moment, or only about those of some members."""
        lines = VoteEvent.objects.filter(idea__in=ideas, recorded_at__lte=self.moment).order_by("idea", "member", "pk")
        if members is not None:
            lines = lines.filter(member__in=list(members))
        rows = lines.values_list("idea_id", "member_id", *Line._fields).iterator(chunk_size=5000)
        for (idea, member), story in groupby(rows, key=itemgetter(0, 1)):
            yield idea, member, [Line._make(row[2:]) for row in story]


def _last(*kinds: VoteEvent.Kind) -> Coalesce:
    """The number of the last line of these kinds about a vote, 0 where there is none."""
    return Coalesce(Max("pk", filter=Q(kind__in=kinds)), 0)


class Line(NamedTuple):
    """What of a line of the ledger decides about a supporter."""

    kind: str
    clicked_id: int
    occurred_at: datetime
    importance: str
    organisation_id: int | None
    plan: str


def _told_by(story: list[Line]) -> tuple[Supporter | None, bool]:
    """What the lines about one vote leave of it, None where it did not count; and whether it was excluded."""
    first = story[0]
    if len(story) == 1 and first.kind == VoteEvent.Kind.CAST:
        return Supporter(first.occurred_at, first.importance, first.organisation_id, first.plan), False
    state = VoteState(is_cast=False, silenced_through_id=None, cast_at=first.occurred_at)
    for line in story:
        ledger.apply(state, line)
        if line.kind == VoteEvent.Kind.CAST:
            first = line
    supporter = Supporter(state.cast_at, state.importance, first.organisation_id, first.plan) if state.counts else None
    return supporter, state.is_excluded


def together(one: Supporter, other: Supporter) -> Supporter:
    """One person's votes in a family taken as one: the earliest moment, the greatest need, the latest organisation."""
    latest = max(one, other, key=lambda supporter: (supporter.since, supporter.plan, supporter.organisation or 0))
    return Supporter(
        since=min(one.since, other.since),
        importance=max(one.importance, other.importance, key=IMPORTANCES.__getitem__),
        organisation=latest.organisation,
        plan=latest.plan,
    )
