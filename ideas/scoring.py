"""The arithmetic of policies: what a policy makes of a family of ideas as it stood at a moment.

Each supporter's weight is rounded to a whole number of millionths, and everything after that is addition of whole
numbers: no order of rows, database, locale or process can make a difference. The exponential is Decimal's, whose result
is correctly rounded everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import NamedTuple

from accounts.models import Organisation
from ideas.history import FamilyState
from ideas.models import Policy
from ideas.models.policies import MILLION

CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN)
DAY = timedelta(days=1)
OTHERS = ""


class Part(NamedTuple):
    """The supporters with one importance and from one segment: how many, their multipliers, and what they count.

    `ageing` is what their ages leave of them, in millionths of a supporter.
    """

    importance: str
    segment: str
    supporters: int
    importance_multiplier: Decimal
    segment_multiplier: Decimal
    ageing: int
    millionths: int


@dataclass(frozen=True)
class Arithmetic:
    """A score with all that it is the sum of, in millionths. Another kind of term is another field here."""

    parts: list[Part]
    organisations: int
    organisations_millionths: int
    base_votes: int
    base_millionths: int

    @property
    def supporters_millionths(self) -> int:
        return sum(part.millionths for part in self.parts)

    @property
    def millionths(self) -> int:
        return self.supporters_millionths + self.organisations_millionths + self.base_millionths


@dataclass
class Formula:
    """A policy's numbers. Segments are compared without regard to capitals; OTHERS stands for all that is not listed.

    `segment_of` gives the listed segment of an organisation by its id.
    """

    supporter: Decimal
    importances: Mapping[str, Decimal]
    segments: Mapping[str, Decimal]
    half_life_days: int | None
    organisation: Decimal
    base: Decimal
    segment_of: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._weights: dict[tuple[str, str, int], int] = {}

    @classmethod
    def of(cls, policy: Policy) -> Formula:
        """The policy's numbers, with the segments that organisations have now."""
        listed = {row.segment.casefold(): row for row in policy.segments.all()} if policy.weighs_segments else {}
        named = Organisation.objects.exclude(segment="").values_list("pk", "segment") if listed else ()
        found = ((pk, listed.get(segment.strip().casefold())) for pk, segment in named)
        return cls(
            supporter=policy.supporter_weight,
            importances=policy.importances,
            segments={row.segment: row.multiplier for row in listed.values()} | {OTHERS: policy.other_multiplier},
            half_life_days=policy.half_life_days,
            organisation=policy.organisation_weight,
            base=policy.base_weight,
            segment_of={pk: row.segment for pk, row in found if row},
        )

    def score(self, family: FamilyState, moment: datetime) -> int:
        """The family's score in millionths."""
        weights, segment_of = self._weights, self.segment_of
        total = 0
        for since, importance, organisation, _plan in family.supporters.values():
            segment = segment_of.get(organisation, OTHERS) if organisation else OTHERS
            key = (importance, segment, (moment - since).days)
            found = weights.get(key)
            total += self.weight(*key) if found is None else found
        return total + self._organisations(family)[1] + self.base_millionths(family.base_votes)

    def arithmetic(self, family: FamilyState, moment: datetime) -> Arithmetic:
        """The same with all that it is the sum of. Where every importance counts alike, it makes no part of its own."""
        weighs_importance = len(set(self.importances.values())) > 1
        groups: dict[tuple[str, str], Counter[int]] = {}
        for supporter in family.supporters.values():
            segment = self.segment_of.get(supporter.organisation, OTHERS) if supporter.organisation else OTHERS
            days = (moment - supporter.since) // DAY
            importance = supporter.importance if weighs_importance else ""
            groups.setdefault((importance, segment), Counter())[days] += 1
        parts = [
            Part(
                importance=importance,
                segment=segment,
                supporters=groups[importance, segment].total(),
                importance_multiplier=self.importances[importance],
                segment_multiplier=multiplier,
                ageing=_sum((_millionths(self._ageing(days)), n) for days, n in groups[importance, segment].items()),
                millionths=_sum(
                    (self.weight(importance, segment, days), n) for days, n in groups[importance, segment].items()
                ),
            )
            for importance in self.importances
            for segment, multiplier in self.segments.items()
            if (importance, segment) in groups
        ]
        organisations, organisations_millionths = self._organisations(family)
        return Arithmetic(
            parts=parts,
            organisations=organisations,
            organisations_millionths=organisations_millionths,
            base_votes=family.base_votes,
            base_millionths=self.base_millionths(family.base_votes),
        )

    def weight(self, importance: str, segment: str, days: int) -> int:
        """What one supporter counts, in millionths, that many whole days after their vote."""
        key = (importance, segment, days)
        if key not in self._weights:
            with localcontext(CONTEXT):
                undecayed = self.supporter * self.importances[importance] * self.segments[segment]
                self._weights[key] = _millionths(undecayed * self._ageing(days))
        return self._weights[key]

    def _ageing(self, days: int) -> Decimal:
        """2^(−days ÷ half-life)"""
        if self.half_life_days is None:
            return Decimal(1)
        exponent = CONTEXT.divide(Decimal(-days), Decimal(self.half_life_days))
        return CONTEXT.exp(CONTEXT.multiply(CONTEXT.ln(Decimal(2)), exponent))

    def _organisations(self, family: FamilyState) -> tuple[int, int]:
        if not self.organisation:
            return 0, 0
        count = len({supporter.organisation for supporter in family.supporters.values()} - {None})
        return count, self.organisations_millionths(count)

    def organisations_millionths(self, count: int) -> int:
        return _millionths(self.organisation * count)

    def base_millionths(self, votes: int) -> int:
        return _millionths(self.base * votes)


def _millionths(value: Decimal) -> int:
    return int(CONTEXT.to_integral_exact(CONTEXT.multiply(value, Decimal(MILLION))))


def _sum(terms: Iterable[tuple[int, int]]) -> int:
    return sum(amount * times for amount, times in terms)
