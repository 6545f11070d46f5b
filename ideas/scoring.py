"""The arithmetic of policies: what a policy makes of a family of ideas as it stood at a moment.

Each supporter's weight, and each organisation's, is rounded to a whole number of millionths, and everything after that
is addition of whole numbers: no order of rows, database, locale or process can make a difference. The exponential is
Decimal's, whose result is correctly rounded everywhere. Dividing by the cost is the last step, and rounds once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import NamedTuple

from accounts.models import Organisation
from accounts.organisations import Worth, worths_as_of
from ideas.history import FamilyState
from ideas.models import Policy
from ideas.models.policies import MILLION

CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN)
DAY = timedelta(days=1)
OTHERS = ""
# A listed plan, and the value in cents that a band begins with.
Group = tuple[str, int | None]


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


class OrganisationPart(NamedTuple):
    """The organisations with one plan and in one band of worth: how many, their multipliers, and what they count.

    `band` is the value in cents that the band begins with; None where they are worth less, or it is not known.
    """

    plan: str
    band: int | None
    organisations: int
    plan_multiplier: Decimal
    worth_multiplier: Decimal
    millionths: int


@dataclass(frozen=True)
class Arithmetic:
    """A score with all that it is the sum of, in millionths. Another kind of term is another field here.

    `cost` is what the sum was divided for, estimated or assumed, None where costs do not matter; `cost_millionths` is
    what that took away.
    """

    parts: list[Part]
    organisation_parts: list[OrganisationPart]
    base_votes: int
    base_millionths: int
    questions: int
    question_millionths: int
    cost: int | None
    cost_millionths: int

    @property
    def supporters_millionths(self) -> int:
        return sum(part.millionths for part in self.parts)

    @property
    def organisations(self) -> int:
        return sum(part.organisations for part in self.organisation_parts)

    @property
    def organisations_millionths(self) -> int:
        return sum(part.millionths for part in self.organisation_parts)

    @property
    def millionths(self) -> int:
        added = self.supporters_millionths + self.organisations_millionths + self.base_millionths
        return added + self.question_millionths + self.cost_millionths


@dataclass
class Formula:
    """A policy's numbers. Segments and plans are compared without regard to capitals; OTHERS stands for all that is not
    listed.

    `segment_of` gives the listed segment of an organisation by its id. `bands` are the values in cents that they begin
    with, in ascending order, after None for what is worth less. `worths` say what organisations were; without them it
    is what was known of them at the moment of the scoring.
    """

    supporter: Decimal
    importances: Mapping[str, Decimal]
    segments: Mapping[str, Decimal]
    half_life_days: int | None
    organisation: Decimal
    base: Decimal
    segment_of: Mapping[int, str] = field(default_factory=dict)
    plans: Mapping[str, Decimal] = field(default_factory=lambda: {OTHERS: Decimal(1)})
    bands: Sequence[tuple[int | None, Decimal]] = ((None, Decimal(1)),)
    question: Decimal = Decimal(0)
    halving_cost: int | None = None
    assumed_cost: int = 0
    worths: Mapping[int, Worth] | None = None

    def __post_init__(self) -> None:
        self._weights: dict[tuple[str, str, int], int] = {}
        self._listed = {plan.casefold(): plan for plan in self.plans}
        self._multipliers = dict(self.bands)
        self._groups: tuple[datetime, dict[int, Group]] | None = None

    @classmethod
    def of(cls, policy: Policy) -> Formula:
        """The policy's numbers, with the segments that organisations have now."""
        listed = {row.segment.casefold(): row for row in policy.segments.all()} if policy.weighs_segments else {}
        named = Organisation.objects.exclude(segment="").values_list("pk", "segment") if listed else ()
        found = ((pk, listed.get(segment.strip().casefold())) for pk, segment in named)
        plans = {row.plan: row.multiplier for row in policy.plans.all()} if policy.weighs_plans else {}
        bands = list(policy.bands.all()) if policy.weighs_worth else []
        return cls(
            supporter=policy.supporter_weight,
            importances=policy.importances,
            segments={row.segment: row.multiplier for row in listed.values()} | {OTHERS: policy.other_multiplier},
            half_life_days=policy.half_life_days,
            organisation=policy.organisation_weight,
            base=policy.base_weight,
            segment_of={pk: row.segment for pk, row in found if row},
            plans=plans | {OTHERS: policy.other_plan_multiplier},
            bands=[(None, policy.no_band_multiplier), *((row.least * 100, row.multiplier) for row in bands)],
            question=policy.question_weight,
            halving_cost=policy.halving_cost,
            assumed_cost=policy.assumed_cost,
        )

    @property
    def weighs_organisations(self) -> bool:
        """Whether it matters which organisations there are, and not only how many."""
        return len(self.plans) > 1 or len(self.bands) > 1

    def score(self, family: FamilyState, moment: datetime) -> int:
        """The family's score in millionths."""
        weights, segment_of = self._weights, self.segment_of
        total = 0
        for since, importance, organisation, _plan in family.supporters.values():
            segment = segment_of.get(organisation, OTHERS) if organisation else OTHERS
            key = (importance, segment, (moment - since).days)
            found = weights.get(key)
            total += self.weight(*key) if found is None else found
        if self.organisation:
            total += self.organisations_millionths(_organisations(family), moment)
        total += self.base_millionths(family.base_votes)
        return self.divided(total + self.question_millionths(len(family.questions)), family.cost)

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
        found = Arithmetic(
            parts=parts,
            organisation_parts=self._organisation_parts(family, moment),
            base_votes=family.base_votes,
            base_millionths=self.base_millionths(family.base_votes),
            questions=len(family.questions) if self.question else 0,
            question_millionths=self.question_millionths(len(family.questions)),
            cost=self._cost(family.cost) if self.halving_cost else None,
            cost_millionths=0,
        )
        return replace(found, cost_millionths=self.divided(found.millionths, family.cost) - found.millionths)

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

    def _organisation_parts(self, family: FamilyState, moment: datetime) -> list[OrganisationPart]:
        if not self.organisation:
            return []
        groups = Counter(self._group(pk, moment) for pk in _organisations(family))
        return [
            OrganisationPart(
                plan=plan,
                band=band,
                organisations=groups[plan, band],
                plan_multiplier=plan_multiplier,
                worth_multiplier=worth_multiplier,
                millionths=self._group_millionths((plan, band)) * groups[plan, band],
            )
            for plan, plan_multiplier in self.plans.items()
            for band, worth_multiplier in self.bands
            if (plan, band) in groups
        ]

    def organisations_millionths(self, organisations: Collection[int | None], moment: datetime) -> int:
        """What these different organisations count together."""
        if not self.organisation:
            return 0
        if not self.weighs_organisations:
            return self._group_millionths((OTHERS, None)) * len(organisations)
        return sum(self._group_millionths(self._group(pk, moment)) for pk in organisations)

    def organisation_count_millionths(self, count: int) -> int:
        """The same of so many, where it does not matter which they are."""
        return self._group_millionths((OTHERS, None)) * count

    def _group(self, organisation: int | None, moment: datetime) -> Group:
        """The listed plan and the band of an organisation, as it was at the moment."""
        if not self.weighs_organisations or organisation is None:
            return OTHERS, None
        if self._groups is None or self._groups[0] != moment:
            worths = worths_as_of(moment) if self.worths is None else self.worths
            self._groups = moment, {pk: self._group_of(worth) for pk, worth in worths.items()}
        return self._groups[1].get(organisation, (OTHERS, None))

    def _group_of(self, worth: Worth) -> Group:
        known = -1 if worth.cents is None else worth.cents
        band = [least for least, _multiplier in self.bands if least is None or least <= known][-1]
        return self._listed.get(worth.plan.strip().casefold(), OTHERS), band

    def _group_millionths(self, group: Group) -> int:
        plan, band = group
        return _millionths(CONTEXT.multiply(self.organisation * self.plans[plan], self._multipliers[band]))

    def question_millionths(self, count: int) -> int:
        return _millionths(self.question * count)

    def divided(self, millionths: int, cost: int | None) -> int:
        """A sum divided by 1 + cost ÷ halving cost, rounded half to even; the same where costs do not matter."""
        if not self.halving_cost:
            return millionths
        whole, rest = divmod(millionths * self.halving_cost, divisor := self.halving_cost + self._cost(cost))
        return whole + (2 * rest > divisor or (2 * rest == divisor and whole % 2 == 1))

    def _cost(self, estimate: int | None) -> int:
        return self.assumed_cost if estimate is None else estimate

    def base_millionths(self, votes: int) -> int:
        return _millionths(self.base * votes)


def _organisations(family: FamilyState) -> set[int | None]:
    return {supporter.organisation for supporter in family.supporters.values()} - {None}


def _millionths(value: Decimal) -> int:
    return int(CONTEXT.to_integral_exact(CONTEXT.multiply(value, Decimal(MILLION))))


def _sum(terms: Iterable[tuple[int, int]]) -> int:
    return sum(amount * times for amount, times in terms)
