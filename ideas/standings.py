"""The scores of all ideas of a board at a moment, added up by the database as far as it can.

A vote of which the ledger knows nothing but that it was cast is only counted, in groups of equal weight. What needs a
story (votes that were withdrawn, rated or excluded, and merged families) is read and told in Python, by the same rules
as everywhere (ideas.history). The sum is that of Formula.score, to the millionth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Count, F, FloatField, QuerySet, Value
from django.db.models.functions import Floor, Round

from accounts.models import Organisation
from core.epoch import Epoch
from ideas.history import AsOf, Supporter
from ideas.models import VoteEvent
from ideas.models.policies import MILLION
from ideas.scoring import OTHERS, Formula

DAY_IN_MICROSECONDS = 86_400 * MILLION


class Standing(NamedTuple):
    """An idea's score at the moment, in millionths, and its status then."""

    idea: int
    board: int
    status: int
    score: int
    supporters: int


class Standings:
    """What a formula makes of ideas as they stood."""

    def __init__(self, as_of: AsOf, formula: Formula) -> None:
        self.as_of, self.formula = as_of, formula
        self.weighs_importance = len(set(formula.importances.values())) > 1
        self.weighs_segments = len(set(formula.segments.values())) > 1
        organisations = Organisation.objects.values_list("pk", "segment") if self.weighs_segments else ()
        self.listed = {segment: formula.segment_of.get(pk, OTHERS) for pk, segment in organisations}
        self.unsimple = self._unsimple_votes()

    def __iter__(self) -> Iterator[Standing]:
        for rows in self.as_of.chunks():
            plain = [pk for pk in rows if not self.as_of.has_duplicates(pk)]
            scores, people = self._counted(plain)
            merged = {pk: row for pk, row in rows.items() if self.as_of.has_duplicates(pk)}
            for family in self.as_of.states(merged) if merged else ():
                scores[family.idea] = self.formula.score(family, self.as_of.moment)
                people[family.idea] = family.supporter_count
            for pk in plain:
                scores[pk] += self.formula.base_millionths(rows[pk]["base_votes"])
            for pk, row in rows.items():
                yield Standing(pk, row["board_id"], row["status_then"], scores[pk], people[pk])

    def _unsimple_votes(self) -> dict[int, set[int]]:
        """The votes of which the ledger knows more than that they were cast: {idea: members}."""
        lines = VoteEvent.objects.filter(idea__in=self.as_of.ideas.order_by().values("pk"))
        lines = lines.filter(recorded_at__lte=self.as_of.moment).exclude(kind=VoteEvent.Kind.CAST)
        found: dict[int, set[int]] = defaultdict(set)
        for idea, member in lines.order_by().values_list("idea", "member").distinct().iterator(chunk_size=5_000):
            found[idea].add(member)
        return found

    def _counted(self, ideas: list[int]) -> tuple[dict[int, int], dict[int, int]]:
        """The score of these unmerged ideas without votes from before, and how many supporters each had."""
        scores: dict[int, int] = defaultdict(int)
        people: dict[int, int] = defaultdict(int)
        moment, formula = self.as_of.moment, self.formula
        lines = VoteEvent.objects.filter(idea__in=ideas, recorded_at__lte=moment, kind=VoteEvent.Kind.CAST).order_by()
        for idea, segment, importance, days, count in self._grouped(lines):
            scores[idea] += count * formula.weight(importance, segment, days)
            people[idea] += count
        unsimple = [pk for pk in ideas if pk in self.unsimple]
        for idea, casts, supporter in self._told(unsimple):
            people[idea] += (supporter is not None) - len(casts)
            scores[idea] += (self._weight(supporter) if supporter else 0) - sum(map(self._weight, casts))
        if formula.organisation:
            for idea, count in self._organisations(lines, unsimple):
                scores[idea] += formula.organisations_millionths(count)
        return scores, people

    def _organisations(self, lines: QuerySet[VoteEvent], unsimple: list[int]) -> Iterator[tuple[int, int]]:
        """How many different organisations were behind each idea."""
        counted = lines.exclude(idea__in=unsimple).exclude(organisation=None)
        yield from counted.values_list("idea").annotate(Count("organisation", distinct=True))
        found: dict[int, set[int]] = defaultdict(set)
        for vote in self.as_of.votes_on(unsimple):
            if vote.supporter and vote.supporter.organisation:
                found[vote.idea].add(vote.supporter.organisation)
        yield from ((idea, len(there)) for idea, there in found.items())

    def _grouped(self, lines: QuerySet[VoteEvent]) -> Iterator[tuple[int, str, str, int, int]]:
        """How many lines of equal weight each idea has, as (idea, segment, importance, days, how many)."""
        extra: dict[str, Any] = {}
        if self.weighs_segments:
            extra["segment"] = F("organisation__segment")
        if self.weighs_importance:
            extra["level"] = F("importance")
        if self.formula.half_life_days:
            extra["days"] = _whole_days(self.as_of)
        grouped: Any = lines.values("idea", **extra).annotate(count=Count("pk"))
        for row in grouped.iterator(chunk_size=5_000):
            segment = self.listed.get(row.get("segment"), OTHERS)
            yield row["idea"], segment, row.get("level", ""), int(row.get("days", 0)), row["count"]

    def _told(self, ideas: list[int]) -> Iterator[tuple[int, list[Supporter], Supporter | None]]:
        """Of each vote with a story: its idea, what was counted of it before, and what it was."""
        members = set().union(*(self.unsimple[pk] for pk in ideas))
        for idea, member, casts, supporter in self.as_of.told_votes(ideas, members) if ideas else ():
            if member in self.unsimple[idea]:
                yield idea, casts, supporter

    def _weight(self, supporter: Supporter) -> int:
        formula = self.formula
        segment = formula.segment_of.get(supporter.organisation, OTHERS) if supporter.organisation else OTHERS
        return formula.weight(
            supporter.importance if self.weighs_importance else "", segment, (self.as_of.moment - supporter.since).days
        )


def _whole_days(as_of: AsOf) -> Floor:
    """The whole days from a line to the moment: both to the microsecond, so that no rounding moves a day's end."""
    seconds = Value(as_of.moment.timestamp(), FloatField()) - Epoch("occurred_at")
    return Floor(Round(seconds * Value(float(MILLION))) / Value(float(DAY_IN_MICROSECONDS)), output_field=FloatField())
