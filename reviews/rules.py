"""What a review ranks by: a published policy or a built-in ranking, as data that a snapshot keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import translation

from accounts.organisations import Worth
from ideas.models import Policy
from ideas.scoring import OTHERS, Formula
from ideas.weights import counts_something

THREE_PLACES = Decimal("0.001")
FORMULA = (
    "score = (the sum over supporters of supporter_weight * importance * segment * 2^(-age / half_life_days) "
    "+ the sum over organisations of organisation_weight * plan * worth + base_weight * votes from before "
    "+ question_weight * questions) / (1 + cost / halving_cost). "
    "Of equal scores, the idea with the higher number comes first."
)
ONE, NONE = Decimal("1.000"), Decimal("0.000")


@dataclass(frozen=True)
class Rule:
    """A ranking's name, version and numbers. `segments` and `plans` are the multipliers of those that it lists, `bands`
    those of what organisations are worth, by the whole value that each begins with, in ascending order."""

    slug: str
    name: str
    version: int
    explanation: str
    supporter: Decimal
    importances: Mapping[str, Decimal]
    segments: Mapping[str, Decimal]
    other: Decimal
    half_life_days: int | None
    organisation: Decimal
    base: Decimal
    plans: Mapping[str, Decimal] = field(default_factory=dict)
    other_plan: Decimal = ONE
    bands: Mapping[int, Decimal] = field(default_factory=dict)
    no_band: Decimal = ONE
    question: Decimal = NONE
    halving_cost: int | None = None
    assumed_cost: int = 0

    @classmethod
    def of(cls, policy: Policy) -> Rule:
        with translation.override("en"):
            explanation = policy.explanation()
        return cls(
            slug=policy.slug,
            name=policy.name,
            version=policy.version,
            explanation=explanation,
            supporter=policy.supporter_weight.quantize(THREE_PLACES),
            importances={name: value.quantize(THREE_PLACES) for name, value in policy.importances.items()},
            segments={row.segment: row.multiplier.quantize(THREE_PLACES) for row in policy.segments.all()},
            other=policy.other_multiplier.quantize(THREE_PLACES),
            half_life_days=policy.half_life_days,
            organisation=policy.organisation_weight.quantize(THREE_PLACES),
            base=policy.base_weight.quantize(THREE_PLACES),
            plans={row.plan: row.multiplier.quantize(THREE_PLACES) for row in policy.plans.all()},
            other_plan=policy.other_plan_multiplier.quantize(THREE_PLACES),
            bands={row.least: row.multiplier.quantize(THREE_PLACES) for row in policy.bands.all()},
            no_band=policy.no_band_multiplier.quantize(THREE_PLACES),
            question=policy.question_weight.quantize(THREE_PLACES),
            halving_cost=policy.halving_cost,
            assumed_cost=policy.assumed_cost,
        )

    @classmethod
    def frozen(cls, data: Mapping[str, Any]) -> Rule:
        """What a snapshot says of its policy, of whichever format."""
        if "supporter_weight" not in data:
            return BUILT_IN["supporters"]
        return cls(
            slug=data["slug"],
            name=data["name"],
            version=data["version"],
            explanation=data["explanation"],
            supporter=Decimal(data["supporter_weight"]),
            importances={
                "" if name == "unsaid" else name: Decimal(value) for name, value in data["importances"].items()
            },
            segments={row["segment"]: Decimal(row["multiplier"]) for row in data["segments"]},
            other=Decimal(data["other_multiplier"]),
            half_life_days=data["half_life_days"],
            organisation=Decimal(data["organisation_weight"]),
            base=Decimal(data["base_weight"]),
            plans={row["plan"]: Decimal(row["multiplier"]) for row in data.get("plans", ())},
            other_plan=Decimal(data.get("other_plan_multiplier", ONE)),
            bands={row["least"]: Decimal(row["multiplier"]) for row in data.get("bands", ())},
            no_band=Decimal(data.get("no_band_multiplier", ONE)),
            question=Decimal(data.get("question_weight", NONE)),
            halving_cost=data.get("halving_cost"),
            assumed_cost=data.get("assumed_cost", 0),
        )

    def as_data(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "name": self.name,
            "version": self.version,
            "explanation": self.explanation,
            "formula": FORMULA,
            "supporter_weight": str(self.supporter),
            "importances": {name or "unsaid": str(value) for name, value in self.importances.items()},
            "segments": [{"segment": name, "multiplier": str(self.segments[name])} for name in sorted(self.segments)],
            "other_multiplier": str(self.other),
            "half_life_days": self.half_life_days,
            "organisation_weight": str(self.organisation),
            "base_weight": str(self.base),
            "plans": [{"plan": name, "multiplier": str(self.plans[name])} for name in sorted(self.plans)],
            "other_plan_multiplier": str(self.other_plan),
            "bands": [{"least": least, "multiplier": str(self.bands[least])} for least in sorted(self.bands)],
            "no_band_multiplier": str(self.no_band),
            "question_weight": str(self.question),
            "halving_cost": self.halving_cost,
            "assumed_cost": self.assumed_cost,
        }

    def formula(self, segments: Mapping[int, str], worths: Mapping[int, Worth] | None = None) -> Formula:
        """The arithmetic, where organisations have these segments and are worth this; without `worths`, as much as the
        ledger says of the moment of the scoring."""
        listed = {name.casefold(): name for name in self.segments} if self.weighs_segments else {}
        found = ((pk, listed.get(segment.strip().casefold())) for pk, segment in segments.items())
        return Formula(
            supporter=self.supporter,
            importances=self.importances,
            segments={name: self.segments[name] for name in listed.values()} | {OTHERS: self.other},
            half_life_days=self.half_life_days,
            organisation=self.organisation,
            base=self.base,
            segment_of={pk: name for pk, name in found if name},
            plans={**(self.plans if self.weighs_plans else {}), OTHERS: self.other_plan},
            bands=[
                (None, self.no_band),
                *((least * 100, self.bands[least]) for least in sorted(self.bands) if self.weighs_worth),
            ],
            question=self.question,
            halving_cost=self.halving_cost,
            assumed_cost=self.assumed_cost,
            worths=worths,
        )

    @property
    def weighs_segments(self) -> bool:
        return any(multiplier != self.other for multiplier in self.segments.values())

    @property
    def weighs_plans(self) -> bool:
        return any(multiplier != self.other_plan for multiplier in self.plans.values())

    @property
    def weighs_worth(self) -> bool:
        return any(multiplier != self.no_band for multiplier in self.bands.values())

    @property
    def weighs_importance(self) -> bool:
        return len(set(self.importances.values())) > 1

    @property
    def counts_something(self) -> bool:
        """Whether any idea can have another score than 0, and all weights are numbers."""
        segments = [self.other, *self.segments.values()]
        plans, bands = [self.other_plan, *self.plans.values()], [self.no_band, *self.bands.values()]
        weights = [self.supporter, self.organisation, self.base, self.question, *self.importances.values()]
        if not all(number.is_finite() for number in [*weights, *segments, *plans, *bands]):
            return False
        return counts_something(
            supporter=self.supporter,
            importances=self.importances.values(),
            segments=segments,
            organisation=self.organisation,
            plans=plans,
            bands=bands,
            base=self.base,
            question=self.question,
        )


def _plain(slug: str, name: str, explanation: str, base: Decimal) -> Rule:
    return Rule(
        slug=slug,
        name=name,
        version=1,
        explanation=explanation,
        supporter=ONE,
        importances=dict.fromkeys(("critical", "important", "nice", ""), ONE),
        segments={},
        other=ONE,
        half_life_days=None,
        organisation=NONE,
        base=base,
    )


BUILT_IN = {
    "supporters": _plain(
        "supporters",
        "supporters",
        "Every supporter of an idea, or of an idea merged into it, counts 1. Votes from before, which came without "
        "their voters, do not count.",
        NONE,
    ),
    "top": _plain(
        "top",
        "Top",
        "Every supporter of an idea, or of an idea merged into it, counts 1, and so does each vote from before, which "
        "came without its voter.",
        ONE,
    ),
}
