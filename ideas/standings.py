"""The scores of all ideas of a board at a moment, added up by the database as far as it can.

A vote of which the ledger knows nothing but that it was cast is only counted, in groups of equal weight. What needs a
story (votes that were withdrawn, rated or excluded, and merged families) is read and told in Python, by the same rules
as everywhere (ideas.history). The sum is that of Formula.score, to the millionth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Count, F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Floor, Round

from accounts.models import Organisation
from core.epoch import Epoch
from ideas.history import AsOf, Supporter
from ideas.models import VoteEvent
from ideas.models.policies import MILLION
from ideas.scoring import OTHERS, Formula

DAY_IN_MICROSECONDS = 86_400 * MILLION
BATCH = 200


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
        self.unsimple: dict[int, set[int]] = {}

    def __iter__(self) -> Iterator[Standing]:
        scores, people = self._counted()
        formula = self.formula
        for rows in self.as_of.chunks():
            questions = self.as_of.questions(rows) if formula.question else {}
            costs = self.as_of.costs(rows) if formula.halving_cost else {}
            for pk in rows:
                scores[pk] += formula.base_millionths(rows[pk]["base_votes"])
                scores[pk] += formula.question_millionths(len(questions.get(pk, ())))
                scores[pk] = formula.divided(scores[pk], costs.get(pk))
            merged = {pk: row for pk, row in rows.items() if self.as_of.has_duplicates(pk)}
            for family in self.as_of.states(merged) if merged else ():
                scores[family.idea] = formula.score(family, self.as_of.moment)
                people[family.idea] = family.supporter_count
            for pk, row in rows.items():
                yield Standing(pk, row["board_id"], row["status_then"], scores[pk], people[pk])

    def _counted(self) -> tuple[dict[int, int], dict[int, int]]:
        """The score of each idea by itself without votes from before, and how many supporters it had."""
        scores: dict[int, int] = defaultdict(int)
        people: dict[int, int] = defaultdict(int)
        formula = self.formula
        with_stories = set()
        for idea, segment, importance, days, count, others in self._grouped():
            scores[idea] += count * formula.weight(importance, segment, days)
            people[idea] += count
            if others:
                with_stories.add(idea)
        self.unsimple = self._unsimple_votes(with_stories)
        unsimple = [pk for pk in sorted(self.unsimple) if not self.as_of.has_duplicates(pk)]
        for idea, casts, supporter in self._told(unsimple):
            people[idea] += (supporter is not None) - len(casts)
            scores[idea] += (self._weight(supporter) if supporter else 0) - sum(map(self._weight, casts))
        if formula.organisation:
            for idea, millionths in self._organisations(unsimple):
                scores[idea] += millionths
        return scores, people

    def _lines(self) -> QuerySet[VoteEvent]:
        ideas = self.as_of.ideas.order_by().values("pk")
        return VoteEvent.objects.filter(idea__in=ideas, recorded_at__lte=self.as_of.moment).order_by()

    def _unsimple_votes(self, ideas: set[int]) -> dict[int, set[int]]:
        """The votes on these ideas of which the ledger knows more than that they were cast: {idea: members}."""
        found: dict[int, set[int]] = defaultdict(set)
        if ideas:
            lines = self._lines().exclude(kind=VoteEvent.Kind.CAST)
            for idea, member in lines.values_list("idea", "member").distinct().iterator(chunk_size=5_000):
                found[idea].add(member)
        return found

    def _organisations(self, unsimple: list[int]) -> Iterator[tuple[int, int]]:
        """What the different organisations behind each idea count."""
        stories, formula, moment = set(unsimple), self.formula, self.as_of.moment
        named = self._lines().exclude(organisation=None)
        if formula.weighs_organisations:
            pairs = named.values_list("idea", "organisation").distinct()
            for idea, organisation in pairs.iterator(chunk_size=5_000):
                if idea not in stories:
                    yield idea, formula.organisations_millionths([organisation], moment)
        else:
            counted = named.values_list("idea").annotate(Count("organisation", distinct=True))
            for idea, count in counted.iterator(chunk_size=5_000):
                if idea not in stories:
                    yield idea, formula.organisation_count_millionths(count)
        found: dict[int, set[int]] = defaultdict(set)
        for start in range(0, len(unsimple), BATCH):
            for vote in self.as_of.votes_on(unsimple[start : start + BATCH]):
                if vote.supporter and vote.supporter.organisation:
                    found[vote.idea].add(vote.supporter.organisation)
        yield from ((idea, formula.organisations_millionths(there, moment)) for idea, there in found.items())

    def _grouped(self) -> Iterator[tuple[int, str, str, int, int, int]]:
        """Lines of equal weight: (idea, segment, importance, days, how many cast a vote, how many did not)."""
        extra: dict[str, Any] = {}
        if self.weighs_segments:
            extra["segment"] = F("organisation__segment")
        if self.weighs_importance:
            extra["level"] = F("importance")
        if self.formula.half_life_days:
            extra["days"] = _whole_days(self.as_of)
        is_cast = Q(kind=VoteEvent.Kind.CAST)
        counts: dict[str, Any] = {"casts": Count("pk", filter=is_cast), "others": Count("pk", filter=~is_cast)}
        grouped: Any = self._lines().values("idea", **extra).annotate(**counts)
        grouped = grouped.values_list("idea", *extra, "casts", "others")
        names = list(extra)
        # By age there may be as many groups as votes. Otherwise PostgreSQL counts faster without a cursor.
        for row in grouped.iterator(chunk_size=5_000) if "days" in extra else grouped:
            known = dict(zip(names, row[1:-2], strict=True))
            segment = self.listed.get(known.get("segment") or "", OTHERS)
            yield row[0], segment, known.get("level", ""), int(known.get("days", 0)), row[-2], row[-1]

    def _told(self, ideas: list[int]) -> Iterator[tuple[int, list[Supporter], Supporter | None]]:
        """Of each vote with a story: its idea, what was counted of it before, and what it was."""
        for start in range(0, len(ideas), BATCH):
            batch = ideas[start : start + BATCH]
            members = set().union(*(self.unsimple[pk] for pk in batch))
            for idea, member, casts, supporter in self.as_of.told_votes(batch, members):
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
