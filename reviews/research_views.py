"""The screens of research requests: for moderators and the product team in the admin, and the calls on boards."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.ui.tables import BooleanColumn, Column, NumberColumn, StatusTagColumn, TitleColumn, UserColumn
from wagtail.admin.views.generic import BaseListingView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button, HeaderButton

from community.views.requests import is_htmx
from core.forms import submit
from ideas.models import IdeaBoardPage
from ideas.querysets import readable_boards
from reviews import permissions
from reviews.columns import WideTable
from reviews.models import ResearchItem, ResearchRequest
from reviews.research_actions import (
    answer_research,
    attach,
    change_research,
    detach,
    include_research,
    leave_out_research,
    request_research,
    withdraw_research,
)
from reviews.research_forms import AttachForm, ChangeResearchForm, ResearchAnswerForm, ResearchForm
from reviews.views import Screen

RESEARCH_ICON = "search"


class ResearchScreen(Screen):
    """A screen for those who collect; those of one request are found by its number, or are not there."""

    header_icon = RESEARCH_ICON
    template_name = "reviews/research_form.html"

    def check_permission(self, request: HttpRequest) -> None:
        permissions.check_can_see_research(request.user)

    @cached_property
    def research(self) -> ResearchRequest:
        requests = ResearchRequest.objects.visible_to(self.request.user)
        return get_object_or_404(requests.select_related("board", "requested_by", "answered_by"), pk=self.kwargs["pk"])

    @property
    def may_ask(self) -> bool:
        return bool(self.request.user.has_perm(permissions.REQUEST_RESEARCH))

    def get_path(self) -> list[tuple[str, str]]:
        index = (reverse("reviews:research"), gettext("Research requests"))
        if "pk" not in self.kwargs:
            return [index, ("", str(self.page_title))]  # type: ignore[attr-defined]
        if isinstance(self, ResearchView):
            return [index, ("", self.research.title)]
        return [index, (self.research.get_absolute_url(), self.research.title), ("", str(self.page_title))]  # type: ignore[attr-defined]

    def show_form(self, form: Any, status: int = 200, **more: Any) -> HttpResponse:
        context = self.get_context_data(form=form, media=form.media, **more)  # type: ignore[attr-defined]
        response: HttpResponse = self.render_to_response(context, status=status)  # type: ignore[attr-defined]
        return response


class ResearchIndexView(ResearchScreen, BaseListingView):
    """All requests on boards that the person may read: the open ones first, by when they are due."""

    template_name = "wagtailadmin/generic/listing.html"
    page_title = _("Research requests")
    index_url_name = "reviews:research"
    results_template_name = "reviews/research_results.html"
    verbose_name_plural = _("research requests")
    table_class = WideTable
    table_classname = WideTable.classname
    paginate_by = 50
    columns = [
        TitleColumn("title", label=_("Topic"), get_url=lambda request: request.get_absolute_url()),
        StatusTagColumn(
            "state", label=_("State"), accessor="get_state_display", primary=lambda request: request.is_open
        ),
        Column("due_on", label=_("Due on")),
        BooleanColumn("is_public", label=_("Public call")),
        NumberColumn("collected", label=_("Collected")),
        Column("board", label=_("Board")),
        UserColumn("requested_by", label=_("Asked by")),
    ]

    def get_base_queryset(self) -> QuerySet[Any]:
        requests = ResearchRequest.objects.visible_to(self.request.user)
        return (
            requests.select_related("board", "requested_by__wagtail_userprofile")
            .annotate(
                collected=Count("items", filter=Q(items__removed_at__isnull=True)),
                is_closed=~Q(state=ResearchRequest.State.OPEN),
            )
            .order_by("is_closed", "due_on", "-pk")
        )

    def get_path(self) -> list[tuple[str, str]]:
        return [("", gettext("Research requests"))]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.may_ask:
            return []
        return [HeaderButton(gettext("New request"), url=reverse("reviews:research-create"), icon_name="plus")]


class ResearchCreateView(ResearchScreen, WagtailAdminTemplateMixin, View):
    page_title = _("New research request")

    def check_permission(self, request: HttpRequest) -> None:
        permissions.check_asks_for_research(request.user)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show_form(ResearchForm(user=request.user))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ResearchForm(request.POST, user=request.user)
        asked, status = submit(form, request_research, by=self.member)
        if asked:
            messages.success(request, gettext("Support finds the request among its tools now."))
            return redirect(asked)
        return self.show_form(form, status)


class ResearchView(ResearchScreen, WagtailAdminTemplateMixin, View):
    """What is asked, what was collected, and the answer."""

    template_name = "reviews/research.html"

    def get_page_title(self) -> str:
        return self.research.title

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show_form(AttachForm(user=request.user), **self.parts())

    def parts(self) -> dict[str, Any]:
        items = ResearchItem.objects.visible_to(self.request.user).filter(request=self.research)
        collected = self.research.items.filter(removed_at__isnull=True).count()
        rows = list(
            items.select_related(
                "question", "reply__question", "idea", "comment__idea", "vote__idea", "vote__member", "added_by"
            )
        )
        return {
            "research": self.research,
            "items": rows,
            "unseen": collected - len(rows),
            "reviews": self.research.reviews.visible_to(self.request.user),  # type: ignore[attr-defined]
        }

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if self.research.state == ResearchRequest.State.WITHDRAWN:
            return []
        address = reverse("reviews:research-answer", args=[self.research.pk])
        label = gettext("Answer") if self.research.is_open else gettext("Change the answer")
        return [HeaderButton(label, url=address, icon_name="check")]

    @property
    def header_more_buttons(self) -> list[Button]:
        if not (self.may_ask and self.research.is_open):
            return []
        change = reverse("reviews:research-edit", args=[self.research.pk])
        withdraw = reverse("reviews:research-withdraw", args=[self.research.pk])
        return [
            Button(gettext("Edit"), url=change, icon_name="edit", priority=1),
            Button(gettext("Withdraw"), url=withdraw, icon_name="cross", priority=2),
        ]


class AttachView(ResearchView):
    """Adds to what was collected; shows the page again where something is wrong."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return redirect(self.research)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = AttachForm(request.POST, user=request.user)
        item, status = submit(form, attach, request=self.research, by=self.member)
        if item is None:
            return self.show_form(form, status, **self.parts())
        messages.success(request, gettext("It is among what was collected now."))
        return redirect(self.research)


class DetachView(ResearchScreen, View):
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        items = ResearchItem.objects.visible_to(request.user).filter(request=self.research)
        detach(item=get_object_or_404(items, pk=self.kwargs["item"]), by=self.member)
        messages.success(request, gettext("It was taken away."))
        return redirect(self.research)


class ResearchEditView(ResearchScreen, WagtailAdminTemplateMixin, View):
    page_title = _("Edit")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        permissions.check_can_request_research(request.user, self.research.board_id)
        names = ("title", "brief", "questions", "due_on", "is_public")
        initial = {name: getattr(self.research, name) for name in names}
        return self.show_form(ChangeResearchForm(initial=initial), seen=self.research.version)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ChangeResearchForm(request.POST)
        changed, status = submit(form, change_research, request=self.research, by=self.member)
        if changed:
            messages.success(request, gettext("The request is saved."))
            return redirect(changed)
        del self.research
        return self.show_form(form, status, seen=self.research.version)


class ResearchAnswerView(ResearchScreen, WagtailAdminTemplateMixin, View):
    page_title = _("Answer")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        initial = {"answer": self.research.answer}
        return self.show_form(ResearchAnswerForm(initial=initial), seen=self.research.version, research=self.research)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ResearchAnswerForm(request.POST)
        answered, status = submit(form, answer_research, request=self.research, by=self.member)
        if answered:
            messages.success(request, gettext("The request is answered. Reviews can include the answer now."))
            return redirect(answered)
        del self.research
        return self.show_form(form, status, seen=self.research.version, research=self.research)


class ResearchWithdrawView(ResearchScreen, WagtailAdminTemplateMixin, View):
    page_title = _("Withdraw")
    template_name = "reviews/research_withdraw.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        permissions.check_can_request_research(request.user, self.research.board_id)
        response: HttpResponse = self.render_to_response(self.get_context_data(research=self.research))
        return response

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        withdraw_research(request=self.research, by=self.member)
        messages.success(request, gettext("The request is withdrawn."))
        return redirect(self.research)


class ReviewResearchView(Screen, WagtailAdminTemplateMixin, View):
    """Which answers a draft includes."""

    template_name = "reviews/review_research.html"
    page_title = _("Include research")

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_review(), ("", gettext("Include research"))]

    def answered(self) -> QuerySet[ResearchRequest]:
        requests = ResearchRequest.objects.visible_to(self.request.user)
        return requests.filter(board__in=self.review.board_ids, state=ResearchRequest.State.ANSWERED)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        permissions.check_can_change(request.user, self.review)
        included = set(self.review.included_research.values_list("request", flat=True))
        context = self.get_context_data(review=self.review, requests=self.answered(), included=included)
        response: HttpResponse = self.render_to_response(context)
        return response

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        number = request.POST.get("include") or request.POST.get("leave_out") or ""
        if not (number.isdecimal() and len(number) < 19):
            return redirect("reviews:review-research", self.review.pk)
        chosen = get_object_or_404(self.answered(), pk=number)
        action = include_research if request.POST.get("include") else leave_out_research
        action(review=self.review, request=chosen, by=self.member)
        return redirect("reviews:review-research", self.review.pk)


# What everybody reads who may read the board


@require_safe
def calls(request: HttpRequest, board: int) -> HttpResponse:
    """The open calls on a board; the board's page takes them in, and they are a page of their own."""
    page = get_object_or_404(IdeaBoardPage.objects.filter(pk__in=readable_boards(request.user)), pk=board)
    found = ResearchRequest.objects.calls_to(request.user).open().filter(board=page).order_by("due_on", "pk")
    context = {"board": page, "parents": [{"title": page.title, "url": page.url}], "calls": found}
    name = "reviews/calls.html"
    return render(request, f"{name}#calls" if is_htmx(request) else name, context)


@require_safe
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """A public call, with the posts that were collected for it as far as the reader may see them."""
    research = get_object_or_404(ResearchRequest.objects.calls_to(request.user).select_related("board"), pk=pk)
    items = ResearchItem.objects.posts_on_call(request.user).filter(request=research)
    context = {
        "research": research,
        "board": research.board,
        "parents": [{"title": research.board.title, "url": research.board.url}],
        "posts": [item.post for item in items.select_related("question", "reply__question", "idea", "comment__idea")],
        "today": timezone.localdate(),
    }
    return render(request, "reviews/call.html", context)
