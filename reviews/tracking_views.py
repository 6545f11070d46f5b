"""The screens of reviews that come every month, of who looked at reviews, and of what became of them."""

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
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn, Column, NumberColumn, TitleColumn
from wagtail.admin.views.generic import BaseListingView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from core.errors import ForbiddenError
from core.forms import submit
from reviews import permissions
from reviews.columns import WideTable
from reviews.models import RecurringReview
from reviews.outcomes import outcomes_for
from reviews.tracking import downloads_of, looks_at, waiting_for
from reviews.tracking_actions import set_up_recurring
from reviews.tracking_forms import RecurringForm
from reviews.views import Screen


class RecurringIndexView(Screen, BaseListingView):
    page_title = _("Every month")
    index_url_name = "reviews:recurring"
    results_template_name = "reviews/recurring_results.html"
    verbose_name_plural = _("recurring reviews")
    table_class = WideTable
    table_classname = WideTable.classname
    columns = [
        TitleColumn("title", label=_("Title"), get_url=lambda row: row.get_absolute_url()),
        Column("board", label=_("Board")),
        NumberColumn("count", label=_("Ideas")),
        NumberColumn("day", label=_("Day of the month")),
        BooleanColumn("is_active", label=_("Active")),
        Column("trouble", label=_("Trouble")),
    ]

    def get_base_queryset(self) -> QuerySet[RecurringReview]:
        return RecurringReview.objects.visible_to(self.request.user).select_related("board")

    def get_path(self) -> list[tuple[str, str]]:
        return [(reverse("reviews:index"), gettext("Product reviews")), ("", gettext("Every month"))]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm(permissions.ADD):
            return []
        return [HeaderButton(gettext("Add"), url=reverse("reviews:recurring-create"), icon_name="plus")]


class RecurringFormView(Screen, WagtailAdminTemplateMixin, View):
    """How a review is drafted every month: a new one, or one that is there already."""

    template_name = "reviews/recurring_form.html"

    @cached_property
    def recurring(self) -> RecurringReview | None:
        if "recurring" not in self.kwargs:
            return None
        rows = RecurringReview.objects.visible_to(self.request.user).select_related("board")
        return get_object_or_404(rows, pk=self.kwargs["recurring"])

    def check_permission(self, request: HttpRequest) -> None:
        super().check_permission(request)
        if not request.user.has_perm(permissions.ADD):
            raise ForbiddenError(_("Your account may read product reviews, but not prepare them."))

    def get_page_title(self) -> str:
        return self.recurring.title if self.recurring else gettext("A review every month")

    def get_path(self) -> list[tuple[str, str]]:
        return [
            (reverse("reviews:index"), gettext("Product reviews")),
            (reverse("reviews:recurring"), gettext("Every month")),
            ("", self.get_page_title()),
        ]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(RecurringForm(user=request.user, initial=self.begun_with()))

    def begun_with(self) -> dict[str, Any]:
        if self.recurring is None:
            return {"owners": [self.member.pk]}
        names = ("board", "title", "policy", "count", "day", "is_active")
        owners = list(self.recurring.owners.values_list("pk", flat=True))
        return {name: getattr(self.recurring, name) for name in names} | {"owners": owners}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = RecurringForm(request.POST, user=request.user)
        saved, status = submit(form, set_up_recurring, recurring=self.recurring, by=self.member)
        if saved is None:
            return self.show(form, status)
        messages.success(request, gettext("Saved. The owners find each draft on the admin's first page."))
        return redirect("reviews:recurring")

    def show(self, form: RecurringForm, status: int = 200) -> HttpResponse:
        runs = self.recurring.runs.select_related("review").order_by("-pk")[:12] if self.recurring else []
        context = self.get_context_data(form=form, media=form.media, recurring=self.recurring, runs=runs)
        response: HttpResponse = self.render_to_response(context, status=status)
        return response


class ActivityView(Screen, WagtailAdminTemplateMixin, View):
    """Who looked at a review, and who took it out of the site."""

    template_name = "reviews/activity.html"
    page_title = _("Who looked at it")

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_review(), ("", gettext("Who looked at it"))]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data(looks=looks_at(self.review), downloads=downloads_of(self.review))
        response: HttpResponse = self.render_to_response(context)
        return response


class OutcomesView(Screen, WagtailAdminTemplateMixin, View):
    """What product did with past reviews."""

    template_name = "reviews/outcomes.html"
    page_title = _("What became of reviews")

    def get_path(self) -> list[tuple[str, str]]:
        return [(reverse("reviews:index"), gettext("Product reviews")), ("", gettext("What became of reviews"))]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        together, rows = outcomes_for(request.user)
        response: HttpResponse = self.render_to_response(self.get_context_data(together=together, rows=rows))
        return response


class DraftsPanel(Component):
    """On the admin's first page: the drafts that were made for whoever looks at it."""

    name = "drafted_reviews"
    order = 50
    template_name = "reviews/drafts_panel.html"

    def __init__(self, user: Any) -> None:
        self.user = user

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"notices": waiting_for(self.user) if self.user.has_perm("reviews.view_review") else []}
