"""Why an idea stands where it does: the arithmetic of each order, counted anew from votes, ledgers and comments."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, prefetch_related_objects
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.content import Visibility
from core.pagination import Place
from ideas import tally
from ideas.models import Comment, Idea, Importance, Policy, Scoring
from ideas.models.policies import MILLION, points
from ideas.orders import Order
from ideas.permissions import PLAN, may_see_amounts
from ideas.rebuild import TRENDING_TOLERANCE
from ideas.scoring import OTHERS, Arithmetic, Formula, OrganisationPart, Part

# Counts of fewer people than this, by segment or importance, are for the team alone.
FEWEST = 5
THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True)
class Line:
    """A term of a sum, or the sum itself: what it is, how it comes about, and how much it is."""

    what: str
    how: str = ""
    amount: str = ""


@dataclass(frozen=True)
class Neighbour:
    idea: Idea
    amount: str


@dataclass(frozen=True)
class Sum:
    """The arithmetic of a place. `note` says what else there is to know.

    `is_off` says that what is stored is not what the rows give.
    """

    rule: str
    lines: list[Line]
    total: Line | None
    note: str = ""
    is_off: bool = False


@dataclass(frozen=True)
class Reason:
    """What is said about an idea's place in an order; `place` is None for an idea that the order leaves out."""

    sum: Sum
    place: Place[Any] | None
    ahead: Neighbour | None
    behind: Neighbour | None


def reason_for(order: Order, idea: Idea, user: Any) -> Reason:
    """Why a canonical idea stands where it does in an order that its board offers to the person."""
    if order.scoring:
        prefetch_related_objects([order.scoring.policy], "segments", "plans", "bands")
    ideas = Idea.objects.visible_to(user).listed().filter(board=idea.board_id).select_related("board")
    place = order.place(idea, ideas)
    return Reason(
        sum=_sum_of_policy(order.scoring, idea, user) if order.scoring else SUMS[order.key](idea),
        place=place,
        ahead=_neighbour(order, place and place.previous, user),
        behind=_neighbour(order, place and place.next, user),
    )


def _neighbour(order: Order, row: Any, user: Any) -> Neighbour | None:
    if row is None:
        return None
    idea = row.idea if order.scoring else row
    is_for_team = order.scoring is not None and _is_for_team(order.scoring.policy, user)
    return Neighbour(idea, "" if is_for_team else _amount(order, row))


def _amount(order: Order, row: Any) -> str:
    """What the order goes by, of a row, as the totals show it."""
    if order.scoring:
        return _number(points(row.millionths))
    if order.key == "trending":
        return _thousandths(_weight(row.trending, row.board.half_life_days) if row.supporter_count else 0.0)
    if order.key == "newest":
        return date_format(timezone.localtime(row.created_at), "DATETIME_FORMAT")
    return _number(row.top_score if order.key == "top" else row.discussion_count)


def _sum_of_top(idea: Idea) -> Sum:
    family = tally.Family(_family(idea))
    counts = family.count()[idea.pk]
    merged = len(family.rows) - 1
    how = _("Each person counts once.")
    if merged:
        sentence = ngettext(
            "Each person counts once, those of %(count)s merged idea included.",
            "Each person counts once, those of %(count)s merged ideas included.",
            merged,
        )
        how = sentence % {"count": _number(merged)}
    lines = [
        Line(_("Supporters"), how, _number(counts.supporter_count)),
        Line(_("Votes from before"), _("They came without their voters."), _number(counts.family_base_votes)),
    ]
    total = counts.supporter_count + counts.family_base_votes
    return Sum(
        rule=_("Top goes by supporters and votes from before, added up."),
        lines=lines,
        total=Line(_("Score"), amount=_number(total)),
        is_off=total != idea.top_score,
    )


def _sum_of_trending(idea: Idea) -> Sum:
    """Trending as it is now: every supporter weighs 1, and half as much after each half-life."""
    now = timezone.now()
    half_life = idea.board.half_life_days
    moments = list(tally.Family(_family(idea)).supporters()[idea.pk].values())
    lines, total = [], Decimal(0)
    for label, there in _by_age(moments, now, half_life):
        amount = Decimal(_weight(tally.trending(there, half_life), half_life, now)).quantize(THOUSANDTH)
        people = ngettext("%(count)s supporter", "%(count)s supporters", len(there)) % {"count": _number(len(there))}
        lines.append(Line(label, people, number_format(amount, 3)))
        total += amount
    stored = _(
        "Stored is %(stored)s, the logarithm of this sum at a fixed moment, so the order does not change with time."
    )
    sentence = ngettext(
        "Trending counts each supporter as 1, and half as much after each day.",
        "Trending counts each supporter as 1, and half as much after each %(days)s days.",
        half_life,
    )
    return Sum(
        rule=sentence % {"days": half_life},
        lines=lines,
        total=Line(_("Weight now"), amount=number_format(total, 3)),
        note=stored % {"stored": number_format(Decimal(str(idea.trending)), tally.DECIMALS)} if moments else "",
        is_off=abs(tally.trending(moments, half_life) - idea.trending) > TRENDING_TOLERANCE,
    )


def _by_age(moments: Iterable[datetime], now: datetime, half_life: int) -> list[tuple[str, list[datetime]]]:
    """The moments in groups: younger than one half-life, than two, than four, and older; empty groups left out."""
    groups: dict[int, list[datetime]] = {1: [], 2: [], 4: [], 0: []}
    for moment in moments:
        age = (now - moment).total_seconds() / tally.SECONDS_PER_DAY / half_life
        groups[next((limit for limit in (1, 2, 4) if age < limit), 0)].append(moment)
    labels = {
        limit: _("In the last %(days)s days") % {"days": half_life}
        if limit == 1
        else _("%(least)s to %(most)s days ago") % {"least": half_life * limit // 2, "most": half_life * limit}
        for limit in (1, 2, 4)
    }
    labels[0] = _("More than %(days)s days ago") % {"days": half_life * 4}
    return [(labels[limit], there) for limit, there in groups.items() if there]


def _weight(trending: float, half_life: int, now: datetime | None = None) -> float:
    """What Trending stands for at a moment: the decayed count itself."""
    return math.exp(trending - tally.decay(half_life) * (now or timezone.now()).timestamp())


def _sum_of_newest(idea: Idea) -> Sum:
    return Sum(
        rule=_("Newest goes by when an idea was posted."),
        lines=[],
        total=Line(_("Posted"), amount=date_format(timezone.localtime(idea.created_at), "DATETIME_FORMAT")),
    )


def _sum_of_discussed(idea: Idea) -> Sum:
    """The visible comments, idea by idea: duplicates count where all who read the idea see them (ideas.discussion)."""
    rows = _family(idea)
    counted = [row for row in rows.values() if row.pk == idea.pk or (row.is_visible and row.board_id == idea.board_id)]
    comments = Comment.objects.filter(idea__in=[row.pk for row in counted], visibility=Visibility.VISIBLE)
    found = dict(comments.order_by().values_list("idea").annotate(Count("pk")))
    counted.sort(key=lambda row: (row.pk != idea.pk, row.pk))
    lines = [
        Line(_("On this idea") if row.pk == idea.pk else _("On “%(title)s”") % {"title": row.title}, "", _number(count))
        for row in counted
        if (count := found.get(row.pk, 0)) or row.pk == idea.pk
    ]
    total = sum(found.values())
    return Sum(
        rule=_("Discussed goes by the comments on an idea and on the ideas of this board that were merged into it."),
        lines=lines,
        total=Line(_("Comments"), amount=_number(total)),
        is_off=total != idea.discussion_count,
    )


SUMS = {
    "top": _sum_of_top,
    "trending": _sum_of_trending,
    "newest": _sum_of_newest,
    "discussed": _sum_of_discussed,
}


def _sum_of_policy(scoring: Scoring, idea: Idea, user: Any) -> Sum:
    policy = scoring.policy
    rule = _("This order goes by the policy “%(name)s”.") % {"name": policy.name}
    stored = scoring.scores.filter(idea=idea.pk).first()
    family = Idea.objects.as_of(scoring.moment).family_of(idea)
    if stored is None or family is None or family.idea != idea.pk:
        sentence = _("This idea was not on the board by itself at that moment. The next ranking takes it in.")
        return Sum(rule=rule, lines=[], total=None, note=sentence)
    found = Formula.of(policy).arithmetic(family, scoring.moment)
    if note := _withheld(policy, found, user):
        people = sum(part.supporters for part in found.parts)
        return Sum(rule=rule, lines=[Line(_("Supporters"), _number(people))], total=None, note=note)
    return Sum(
        rule=rule,
        lines=[*(_line_of(policy, part) for part in found.parts), *_added(policy, found)],
        total=Line(_("Score"), amount=_number(points(found.millionths))),
        is_off=found.millionths != stored.millionths,
    )


def _withheld(policy: Policy, found: Arithmetic, user: Any) -> str:
    """Why this person is not told how a score comes about; empty where they are."""
    if not may_see_amounts(user) and policy.weighs_worth and found.organisations:
        return _(
            "What organisations are worth counts in this order, so only people who may know that see how the score "
            "comes about."
        )
    if user.has_perm(PLAN):
        return ""
    if policy.halving_cost:
        return _("What an idea is estimated to cost counts in this order, so only the team sees the amounts.")
    weighs = policy.weighs_importance or policy.weighs_segments
    if weighs and any(part.supporters < FEWEST for part in found.parts):
        return _(
            "What they count for follows from their segments and from how important the idea is to them. Here some of "
            "these groups are smaller than five people, so only the team sees the amounts."
        )
    if policy.weighs_plans and any(part.organisations < FEWEST for part in found.organisation_parts):
        return _(
            "What their organisations count for follows from their plans. Here fewer than five have the same plan, so "
            "only the team sees the amounts."
        )
    return ""


def _is_for_team(policy: Policy, user: Any) -> bool:
    """Whether scores of the policy could tell this person what only the team, or part of it, may know."""
    if policy.weighs_worth and not may_see_amounts(user):
        return True
    tells = policy.weighs_importance or policy.weighs_segments or policy.weighs_plans or policy.halving_cost
    return bool(tells) and not user.has_perm(PLAN)


def _line_of(policy: Policy, part: Part) -> Line:
    names = []
    if policy.weighs_segments:
        names.append(_("all other segments") if part.segment == OTHERS else part.segment)
    if policy.weighs_importance:
        names.append(str(Importance(part.importance).label) if part.importance else _("importance not said"))
    what = _("Supporters: %(names)s") % {"names": ", ".join(names)} if names else _("Supporters")
    factors = [_number(part.supporters)]
    if policy.half_life_days:
        factors = [
            _("%(people)s (by age %(left)s)") % {"people": factors[0], "left": _number(Decimal(part.ageing) / MILLION)}
        ]
    multipliers = [policy.supporter_weight, part.segment_multiplier, part.importance_multiplier]
    factors += [_number(factor) for factor in multipliers if factor != 1]
    return Line(what, " × ".join(factors), _number(points(part.millionths)))


def _added(policy: Policy, found: Arithmetic) -> list[Line]:
    lines: list[Line] = []
    if policy.organisation_weight:
        parts = found.organisation_parts or [OrganisationPart(OTHERS, None, 0, Decimal(1), Decimal(1), 0)]
        lines.extend(_line_of_organisations(policy, part) for part in parts)
    if policy.base_weight:
        how = f"{_number(found.base_votes)} × {_number(policy.base_weight)}"
        lines.append(Line(_("Votes from before"), how, _number(points(found.base_millionths))))
    if policy.question_weight:
        how = f"{_number(found.questions)} × {_number(policy.question_weight)}"
        lines.append(Line(_("Questions that ask for it"), how, _number(points(found.question_millionths))))
    if policy.halving_cost and found.cost is not None:
        how = f"÷ (1 + {_number(found.cost)} ÷ {_number(policy.halving_cost)})"
        lines.append(Line(_("Cost"), how, _number(points(found.cost_millionths))))
    return lines


def _line_of_organisations(policy: Policy, part: OrganisationPart) -> Line:
    names = organisation_names(policy.weighs_plans, policy.weighs_worth, part.plan, part.band)
    what = _("Organisations: %(names)s") % {"names": ", ".join(names)} if names else _("Organisations")
    factors = [policy.organisation_weight, part.plan_multiplier, part.worth_multiplier]
    shown = [_number(factor) for factor in factors[:1] + [factor for factor in factors[1:] if factor != 1]]
    return Line(what, " × ".join([_number(part.organisations), *shown]), _number(points(part.millionths)))


def organisation_names(weighs_plans: bool, weighs_worth: bool, plan: str, band: int | None) -> list[str]:
    """What tells some organisations from the others that a policy weighs."""
    names = []
    if weighs_plans:
        names.append(_("all other plans") if plan == OTHERS else plan)
    if weighs_worth:
        worth = _("worth from %(value)s") % {"value": _number(Decimal(band) / 100)} if band is not None else ""
        names.append(worth or _("worth less, or not known"))
    return names


def _family(idea: Idea) -> dict[int, Idea]:
    family = Idea.objects.filter(Q(pk=idea.pk) | Q(canonical=idea.pk)).order_by("pk")
    return family.defer("body", "body_html").in_bulk()


def _number(value: Decimal | int) -> str:
    """As people of the language write it, without trailing zeros."""
    return number_format(value.normalize() if isinstance(value, Decimal) else value, force_grouping=True)


def _thousandths(value: float) -> str:
    return number_format(Decimal(value).quantize(THOUSANDTH), 3)
