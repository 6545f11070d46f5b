"""The sum that a score is, in its reader's language: from what a snapshot or a draft says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ideas.models import Importance
from ideas.models.policies import MILLION, points
from ideas.reasons import organisation_names
from reviews.rules import Rule


@dataclass(frozen=True)
class Term:
    """One input of a score: what it is, how it counts, what it contributed, and that as a share of a hundred."""

    what: str
    how: str
    amount: str
    share: int


def terms(arithmetic: Mapping[str, Any], rule: Rule) -> list[Term]:
    """What each input contributed to a score; inputs that can't under this rule are left out."""
    rows = [(_what(part, rule), _how(part, rule), part["score"]) for part in arithmetic["supporters"]]
    if rule.organisation and arithmetic.get("organisation_parts"):
        rows += [_of_organisations(part, rule) for part in arithmetic["organisation_parts"]]
    elif rule.organisation:
        how = f"{number(arithmetic['organisations'])} × {number(rule.organisation)}"
        rows.append((_("Organisations"), how, arithmetic["organisations_score"]))
    if rule.base:
        how = f"{number(arithmetic['base_votes'])} × {number(rule.base)}"
        rows.append((_("Votes from before"), how, arithmetic["base_score"]))
    if rule.question:
        how = f"{number(arithmetic['questions'])} × {number(rule.question)}"
        rows.append((_("Questions that ask for it"), how, arithmetic["questions_score"]))
    if rule.halving_cost:
        how = f"÷ (1 + {number(arithmetic['cost'])} ÷ {number(rule.halving_cost)})"
        rows.append((_("Cost"), how, arithmetic["cost_score"]))
    most = sum(abs(score) for _name, _how_much, score in rows) or 1
    return [Term(what, how, number(points(score)), round(100 * abs(score) / most)) for what, how, score in rows]


def _what(part: Mapping[str, Any], rule: Rule) -> str:
    names = []
    if rule.weighs_segments:
        names.append(part["segment"] or _("all other segments"))
    if rule.weighs_importance:
        names.append(str(Importance(part["importance"]).label) if part["importance"] else _("importance not said"))
    return _("Supporters: %(names)s") % {"names": ", ".join(names)} if names else _("Supporters")


def _of_organisations(part: Mapping[str, Any], rule: Rule) -> tuple[str, str, int]:
    names = organisation_names(rule.weighs_plans, rule.weighs_worth, part["plan"], part["band"])
    what = _("Organisations: %(names)s") % {"names": ", ".join(names)} if names else _("Organisations")
    multipliers = [Decimal(part["plan_multiplier"]), Decimal(part["worth_multiplier"])]
    factors = [number(part["organisations"]), number(rule.organisation)]
    return what, " × ".join([*factors, *(number(each) for each in multipliers if each != 1)]), part["score"]


def _how(part: Mapping[str, Any], rule: Rule) -> str:
    factors = [number(part["supporters"])]
    if rule.half_life_days:
        left = number(Decimal(part["ageing"]) / MILLION)
        factors = [_("%(people)s (by age %(left)s)") % {"people": factors[0], "left": left}]
    multipliers = [rule.supporter, Decimal(part["segment_multiplier"]), Decimal(part["importance_multiplier"])]
    return " × ".join([*factors, *(number(factor) for factor in multipliers if factor != 1)])


def number(value: Decimal | int) -> str:
    """As people of the language write it, without trailing zeros."""
    if isinstance(value, Decimal):
        value = Decimal(f"{value.normalize():f}")
    return number_format(value, force_grouping=True)
