"""The boards as they stood at any moment, told by the ledgers of votes, merges and status changes.

What was known then decides, so lines count from when they were recorded. What is in no ledger is as it is now:
titles, visibility, votes from before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from community import families
from ideas import ledger, tally
from ideas.errors import UnsettledMomentError
from ideas.ledger import VoteState
from ideas.models import Idea, IdeaMerge, Importance, StatusChange, VoteEvent, VotesApart

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
    `base_votes` are the family's votes from before, as they are known now.
    """

    idea: int
    board: int
    status: int
    created_at: datetime
    ideas: tuple[int, ...]
    base_votes: int
    supporters: Mapping[int, Supporter]
    apart: Mapping[int, Mapping[int, Supporter]] = field(default_factory=dict)

    @property
    def supporter_count(self) -> int:
        return len(self.supporters)

    @property
    def top_score(self) -> int:
        return self.supporter_count + self.base_votes

    def trending(self, half_life_days: int) -> float:
        """See ideas.tally."""
        return tally.trending((supporter.since for supporter in self.supporters.values()), half_life_days)


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
        edges = IdeaMerge.objects.filter(recorded_at__lte=moment).exclude(undone_at__lte=moment)
        self.parents: dict[int, int] = dict(edges.values_list("duplicate_id", "target_id"))
        self._below: dict[int, list[int]] = defaultdict(list)
        for duplicate in self.parents:
            self._below[families.root(self.parents, duplicate)].append(duplicate)
        self._apart: dict[int, set[int]] = defaultdict(set)
        apart = VotesApart.objects.filter(edge__in=edges, created_at__lte=moment).exclude(ended_at__lte=moment)
        for member, duplicate in apart.values_list("member_id", "edge__duplicate_id"):
            self._apart[member].add(duplicate)

    def families(self) -> Iterator[FamilyState]:
        """Each family whose canonical idea of that moment is among the ideas, in the order of their ids.

        The ledger is read once, some families at a time, so memory does not grow with the number of votes.
        """
        roots = self._roots().order_by("pk")
        last = 0
        while rows := list(roots.filter(pk__gt=last)[:CHUNK]):
            yield from self._states(rows)
            last = rows[-1]["pk"]

    def family_of(self, idea: Idea) -> FamilyState | None:
        """The family that the idea was in; None where it wasn't yet."""
        root = families.root(self.parents, idea.pk)
        return next(self._states(self._roots(Idea.objects.all()).filter(pk=root)), None)

    def top(self) -> list[Ranked]:
        """The canonical ideas in the order of Top at that moment: most support first, of equals the newer."""
        found = [Ranked(state.idea, state.supporter_count, state.base_votes, state.status) for state in self.families()]
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

    def _states(self, rows: Iterable[dict[str, Any]]) -> Iterator[FamilyState]:
        rows = list(rows)
        ideas = {row["pk"]: (row["pk"], *sorted(self._below.get(row["pk"], ()))) for row in rows}
        merged = [pk for family in ideas.values() for pk in family[1:]]
        bases = dict(Idea.objects.filter(pk__in=merged).values_list("pk", "base_votes")) if merged else {}
        counted = self._counted([pk for family in ideas.values() for pk in family])
        for row in rows:
            family = ideas[row["pk"]]
            there = {pk: counted[pk] for pk in family if pk in counted}
            yield FamilyState(
                idea=row["pk"],
                board=row["board_id"],
                status=row["status_then"],
                created_at=row["created_at"],
                ideas=family,
                base_votes=row["base_votes"] + sum(bases[pk] for pk in family[1:]),
                supporters=there.pop(row["pk"], {}),
                apart=there,
            )

    def _counted(self, ideas: list[int]) -> dict[int, dict[int, Supporter]]:
        """Who counted where, among the votes on these ideas: {idea: {member: supporter}}."""
        found: dict[int, dict[int, Supporter]] = defaultdict(dict)
        for idea, member, supporter in self._votes(ideas):
            crown = tally.crown(self.parents, self._apart.get(member, ()), idea)
            other = found[crown].get(member)
            found[crown][member] = supporter if other is None else _together(supporter, other)
        return found

    def _votes(self, ideas: list[int]) -> Iterator[tuple[int, int, Supporter]]:
        """The votes on these ideas that counted, each as its lines up to the moment leave it."""
        lines = VoteEvent.objects.filter(idea__in=ideas, recorded_at__lte=self.moment).order_by("idea", "member", "pk")
        columns = ("idea_id", "member_id", "kind", "clicked_id", "occurred_at", "importance", "organisation_id", "plan")
        rows = lines.values_list(*columns, named=True).iterator(chunk_size=5000)
        for (idea, member), story in groupby(rows, key=attrgetter("idea_id", "member_id")):
            state, spoke_for = None, (None, "")
            for line in story:
                state = state or VoteState(is_cast=False, silenced_through_id=None, cast_at=line.occurred_at)
                ledger.apply(state, line)
                if line.kind == VoteEvent.Kind.CAST:
                    spoke_for = (line.organisation_id, line.plan)
            if state is not None and state.counts:
                yield idea, member, Supporter(state.cast_at, state.importance, *spoke_for)


def _together(one: Supporter, other: Supporter) -> Supporter:
    """One person's votes in a family taken as one: the earliest moment, the greatest need, the latest organisation."""
    latest = max(one, other, key=lambda supporter: (supporter.since, supporter.plan, supporter.organisation or 0))
    return Supporter(
        since=min(one.since, other.since),
        importance=max(one.importance, other.importance, key=IMPORTANCES.__getitem__),
        organisation=latest.organisation,
        plan=latest.plan,
    )
