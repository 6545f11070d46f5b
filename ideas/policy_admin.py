"""The product team's screens of ranking policies in the Wagtail admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from community.views.requests import member_of
from core.errors import ConflictError
from core.tasks import latest_run
from ideas.actions import copy_policy, publish_policy, rank_anew, retire_policy
from ideas.actions.policies import rank_by_policy
from ideas.models import Idea, IdeaBoardPage, Policy, Scoring
from ideas.orders import Order, orders_of
from ideas.permissions import CHANGE_POLICY, check_can_change_policies
from ideas.querysets import readable_boards

COMPARED = 200
SHOWN = 50


class PolicyCreateView(generic.CreateView):
    def get_success_url(self) -> str:
        return reverse("policy:inspect", args=[self.object.pk])


class PolicyEditView(generic.EditView):
    """A draft's numbers. What is not a draft any more can only be looked at."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if Policy.objects.filter(pk=kwargs["pk"]).exclude(state=Policy.State.DRAFT).exists():
            return redirect("policy:inspect", kwargs["pk"])
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_success_url(self) -> str:
        return reverse("policy:inspect", args=[self.object.pk])


class PolicyDeleteView(generic.DeleteView):
    """Drafts only."""

    def get_object(self, queryset: QuerySet[Policy] | None = None) -> Policy:
        policy: Policy = super().get_object(queryset)
        if not policy.is_draft:
            raise PermissionDenied
        return policy


class PolicyInspectView(generic.InspectView):
    """A policy in words and numbers, what may be done with it, and the boards that it has ranked."""

    template_name = "ideas/admin/policy.html"
    page_title = _("Ranking policy")

    def get_edit_url(self) -> str | None:
        return super().get_edit_url() if self.object.is_draft else None

    def get_delete_url(self) -> str | None:
        return super().get_delete_url() if self.object.is_draft else None

    @property
    def header_more_buttons(self) -> list[Button]:
        history = Button(_("History"), url=reverse("policy:history", args=[self.object.pk]), icon_name="history")
        return [*super().header_more_buttons, history]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        policy = self.object
        readable = readable_boards(self.request.user)
        scorings = Scoring.objects.complete().filter(policy=policy, board__in=readable).select_related("board")
        latest = {scoring.board_id: scoring for scoring in scorings.order_by("pk")}
        boards = [(board, latest.get(board.pk)) for board in policy.ranked_boards().filter(pk__in=readable)]
        return context | {
            "policy": policy,
            "boards": boards,
            "may_change": self.request.user.has_perm(CHANGE_POLICY),
            "ranking": latest_run(rank_by_policy, policy.pk),
        }


class ActView(View):
    """Does something to a policy, on POST, and goes on to where it can be looked at."""

    act: Callable[[Policy, HttpRequest], Policy]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        check_can_change_policies(request.user)
        policy = get_object_or_404(Policy, pk=pk)
        try:
            policy = type(self).act(policy, request)
        except ConflictError as error:
            messages.error(request, str(error))
        return redirect("policy:inspect", policy.pk)


class PublishView(ActView):
    @staticmethod
    def act(policy: Policy, request: HttpRequest) -> Policy:
        policy = publish_policy(policy=policy, by=member_of(request))
        messages.success(request, gettext("The policy is published. Its boards are being ranked by it."))
        return policy


class RetireView(ActView):
    @staticmethod
    def act(policy: Policy, request: HttpRequest) -> Policy:
        policy = retire_policy(policy=policy, by=member_of(request))
        messages.success(request, gettext("Boards do not offer this version any more."))
        return policy


class CopyView(ActView):
    @staticmethod
    def act(policy: Policy, request: HttpRequest) -> Policy:
        policy = copy_policy(policy=policy, by=member_of(request))
        messages.success(request, gettext("This is the draft of the next version."))
        return policy


class ScoreView(ActView):
    @staticmethod
    def act(policy: Policy, request: HttpRequest) -> Policy:
        rank_anew(policy=policy, by=member_of(request))
        messages.success(request, gettext("The boards are being ranked anew."))
        return policy


class CompareView(generic.base.WagtailAdminTemplateMixin, View):
    """The first ideas of a board by one of its policies, with their places in another order."""

    template_name = "ideas/admin/compare.html"
    page_title = _("Compare orders")
    header_icon = "order"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = [{"url": reverse("policy:index"), "label": gettext("Ranking policies")}]
        return [*self.breadcrumbs_items, *items, {"url": "", "label": str(self.page_title)}]

    def get(self, request: HttpRequest, board: int) -> HttpResponse:
        check_can_change_policies(request.user)
        if board not in readable_boards(request.user):
            raise Http404
        page = get_object_or_404(IdeaBoardPage, pk=board)
        orders = orders_of(page, request.user)
        one = orders.get(request.GET.get("one", "")) or next(reversed(orders.values()))
        other = orders.get(request.GET.get("other", "")) or next(iter(orders.values()))
        first, second = _first(one, page, request), _first(other, page, request)
        places = {idea.pk: number for number, idea in enumerate(second, start=1)}
        context = self.get_context_data(
            board=page,
            orders=orders.values(),
            one=one,
            other=other,
            rows=[
                {
                    "number": number,
                    "idea": idea,
                    "other": (place := places.get(idea.pk)),
                    "moved": place and place - number,
                }
                for number, idea in enumerate(first[:SHOWN], start=1)
            ],
            compared=COMPARED,
        )
        response: HttpResponse = self.render_to_response(context)
        return response


def _first(order: Order, board: IdeaBoardPage, request: HttpRequest) -> list[Idea]:
    listed = Idea.objects.visible_to(request.user).listed().filter(board=board).defer("body", "body_html")
    return order.page(listed, cursor="", size=COMPARED).items


class PolicyViewSet(ModelViewSet):
    model = Policy
    name = "policy"
    url_prefix = "policies"
    icon = "order"
    menu_label = _("Ranking policies")
    menu_order = 221
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    add_view_class = PolicyCreateView
    edit_view_class = PolicyEditView
    delete_view_class = PolicyDeleteView
    inspect_view_class = PolicyInspectView
    search_fields = ["name", "description"]
    list_display = [
        "name",
        Column("version", label=_("Version")),
        StatusTagColumn(
            "state", label=_("State"), accessor="get_state_display", primary=lambda policy: policy.is_published
        ),
        DateColumn("published_at", label=_("Published")),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        acts = {"publish": PublishView, "retire": RetireView, "version": CopyView, "rank": ScoreView}
        own = [path(f"{name}/<int:pk>/", view.as_view(), name=name) for name, view in acts.items()]
        compare = path("compare/<int:board>/", CompareView.as_view(), name="compare")
        return [*super().get_urlpatterns(), *own, compare]
