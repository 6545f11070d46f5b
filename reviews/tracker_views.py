"""The screens on which ideas of reviews are sent to trackers, and on which administrators say to which."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views.generic import BaseListingView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from core.forms import submit
from reviews import permissions
from reviews.columns import WideTable
from reviews.contents import first_ideas
from reviews.deciding import read_ideas
from reviews.decision_errors import NotPublishedError
from reviews.models import Destination, TrackerIssue
from reviews.tracker_actions import save_destination, send_to_tracker
from reviews.tracker_forms import DestinationForm, SendForm
from reviews.views import Screen

# Ideas from the top that can be sent, besides those that are decided.
MOST_OFFERED = 200
# Ideas from the top that can be sent, besides those that are decided.
MOST_OFFERED = 200
DESTINATIONS_ICON = "link-external"


class SendView(Screen, WagtailAdminTemplateMixin, View):
    """Which ideas of a review go to which tracker, and what became of those that were sent."""

    template_name = "reviews/send.html"
    page_title = _("Send to a tracker")

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_review(), ("", gettext("Send to a tracker"))]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check(request)
        return self.show(self.get_form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check(request)
        form = self.get_form(request.POST)
        sent, status = submit(form, send_to_tracker, review=self.review, by=self.member)
        if sent is None:
            return self.show(form, status)
        messages.success(request, gettext("They are on their way. This page says when they have arrived."))
        return redirect("reviews:trackers", self.review.pk)

    def check(self, request: HttpRequest) -> None:
        permissions.check_can_send(request.user, self.review)
        if not self.review.is_published:
            raise NotPublishedError

    def get_form(self, data: Any = None) -> SendForm:
        decided = self.review.decisions.values_list("idea", flat=True)
        offered = {*first_ideas(self.review, MOST_OFFERED), *decided}
        return SendForm(data, rows=read_ideas(self.review, offered))

    def show(self, form: SendForm, status: int = 200) -> HttpResponse:
        issues = TrackerIssue.objects.filter(review=self.review).select_related("destination")
        titles = dict(form.fields["ideas"].choices)  # type: ignore[attr-defined]
        context = self.get_context_data(
            review=self.review,
            form=form,
            issues=[(titles.get(issue.idea_id, ""), issue) for issue in issues.order_by("destination__name", "pk")],
            has_destinations=Destination.objects.filter(is_active=True).exists(),
        )
        response: HttpResponse = self.render_to_response(context, status=status)
        return response


class DestinationScreen(Screen):
    header_icon = DESTINATIONS_ICON

    def check_permission(self, request: HttpRequest) -> None:
        permissions.check_can_manage_destinations(request.user)


class DestinationsView(DestinationScreen, BaseListingView):
    page_title = _("Trackers and webhooks")
    index_url_name = "reviews:destinations"
    results_template_name = "reviews/destinations_results.html"
    verbose_name_plural = _("destinations")
    table_class = WideTable
    table_classname = WideTable.classname
    columns = [
        TitleColumn("name", label=_("Name"), get_url=lambda row: row.get_absolute_url()),
        Column("kind", label=_("Kind"), accessor="get_kind_display"),
        Column("url", label=_("Address")),
        Column("project", label=_("Project")),
        BooleanColumn("is_active", label=_("Active")),
    ]

    def get_base_queryset(self) -> QuerySet[Destination]:
        return Destination.objects.all()

    def get_path(self) -> list[tuple[str, str]]:
        return [("", gettext("Trackers and webhooks"))]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton(gettext("Add"), url=reverse("reviews:destination-create"), icon_name="plus")]


class DestinationView(DestinationScreen, WagtailAdminTemplateMixin, View):
    """A tracker or webhook: a new one, or one that is there already."""

    template_name = "reviews/destination_form.html"

    @cached_property
    def destination(self) -> Destination | None:
        pk = self.kwargs.get("destination")
        return get_object_or_404(Destination, pk=pk) if pk else None

    def get_page_title(self) -> str:
        return self.destination.name if self.destination else gettext("A tracker or webhook")

    def get_path(self) -> list[tuple[str, str]]:
        return [(reverse("reviews:destinations"), gettext("Trackers and webhooks")), ("", self.get_page_title())]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        names = ("name", "kind", "url", "project", "account", "issue_type", "is_active")
        initial = {name: getattr(self.destination, name) for name in names} if self.destination else {}
        return self.show(DestinationForm(destination=self.destination, initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = DestinationForm(request.POST, destination=self.destination)
        saved, status = submit(form, save_destination, destination=self.destination, by=self.member)
        if saved is None:
            return self.show(form, status)
        messages.success(request, gettext("Saved."))
        return redirect("reviews:destinations")

    def show(self, form: DestinationForm, status: int = 200) -> HttpResponse:
        response: HttpResponse = self.render_to_response(
            self.get_context_data(form=form, media=form.media), status=status
        )
        return response
