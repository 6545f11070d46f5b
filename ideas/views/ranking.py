"""Why an idea stands where it does, and the policies that rank a board."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.views.posts import parents_of
from community.views.requests import is_htmx
from ideas.models import IdeaBoardPage, Policy
from ideas.models.policies import number
from ideas.orders import Order, orders_of, rank_url
from ideas.reasons import reason_for
from ideas.views.finding import find_with_canonical


@require_safe
def idea_rank(request: HttpRequest, pk: int) -> HttpResponse:
    """The arithmetic of an idea's place in one of its board's orders (`sort`); of a duplicate, its canonical idea's."""
    idea, canonical = find_with_canonical(request, pk)
    sort = request.GET.get("sort", "")
    if canonical is not None:
        return redirect(rank_url(canonical, sort))
    orders = orders_of(idea.board, request.user)
    order = orders.get(sort) or next(iter(orders.values()))
    context = {
        "parents": parents_of(idea),
        "idea": idea,
        "order": order,
        "reason": reason_for(order, idea, request.user),
        "tabs": [
            {"label": each.label, "url": rank_url(idea, each.key), "is_current": each is order}
            for each in orders.values()
        ],
        "board_url": idea.board.url,
    }
    template = "ideas/idea_rank.html"
    return render(request, f"{template}#reason" if is_htmx(request) else template, context)


@dataclass(frozen=True)
class Weight:
    label: str | Promise
    value: str


@dataclass(frozen=True)
class Account:
    """A policy with what there is to read about it."""

    policy: Policy
    weights: list[Weight]
    is_current: bool
    order: Order | None


@require_safe
def board_policies(request: HttpRequest, page: IdeaBoardPage) -> HttpResponse:
    """The published policies that rank a board, with earlier versions, for whoever may read the board."""
    policies = list(Policy.objects.published().of_board(page.pk).prefetch_related("segments", "plans", "bands"))
    current = set(Policy.objects.current().values_list("pk", flat=True)) if policies else set()
    orders = {order.scoring.policy_id: order for order in orders_of(page, request.user).values() if order.scoring}
    context = {
        "page": page,
        "parents": [{"title": page.title, "url": page.url}],
        "accounts": [
            Account(policy, _weights(policy), policy.pk in current, orders.get(policy.pk)) for policy in policies
        ],
        "board_url": page.url,
    }
    return render(request, "ideas/board_policies.html", context)


def _weights(policy: Policy) -> list[Weight]:
    """The policy's numbers, named; those that belong to a part that it does not use are left out."""
    segments = [
        Weight(_("segment %(name)s") % {"name": row.segment}, number(row.multiplier)) for row in policy.segments.all()
    ]
    plans = [Weight(_("plan %(name)s") % {"name": row.plan}, number(row.multiplier)) for row in policy.plans.all()]
    bands = [
        Weight(
            _("worth from %(value)s") % {"value": number_format(row.least, force_grouping=True)}, number(row.multiplier)
        )
        for row in policy.bands.all()
    ]
    names = ["supporter_weight", "critical_multiplier", "important_multiplier", "nice_multiplier", "unsaid_multiplier"]
    costs = ["halving_cost", "assumed_cost"] if policy.halving_cost else []
    return [
        *(_weight(policy, name) for name in names),
        *segments,
        _weight(policy, "other_multiplier"),
        _weight(policy, "organisation_weight"),
        *([*plans, _weight(policy, "other_plan_multiplier")] if plans else []),
        *([*bands, _weight(policy, "no_band_multiplier")] if bands else []),
        *(_weight(policy, name) for name in ("base_weight", "question_weight", *costs)),
    ]


def _weight(policy: Policy, name: str) -> Weight:
    field = next(field for field in Policy._meta.concrete_fields if field.name == name)
    return Weight(field.verbose_name, number(Decimal(getattr(policy, name))))
