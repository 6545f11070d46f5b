"""The report of what people search for, and of how much the search and its suggestions spare them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters
from django.db.models import Avg, Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, NumberColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import Button

from core.errors import ForbiddenError
from core.refusals import RefusalMixin
from search.backends import Kind
from search.models import Decision, FollowedSuggestion, LoggedSearch
from search.similar.pairs import PAIRS

PERMISSION = "search.view_loggedsearch"
ICON = "search"
PAGE_SIZE = 50


def _rounded(rank: float | None) -> str:
    return "" if rank is None else f"{rank:.1f}"


@dataclass(frozen=True)
class Figure:
    """How much there is of something, where it is a part of so much; and of which days it tells."""

    name: str
    count: int
    of: int | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def share(self) -> int | None:
        """In hundredths of the whole, where there is any."""
        return round(100 * self.count / self.of) if self.of else None

    def __str__(self) -> str:
        if self.of is None:
            return str(self.count)
        if not self.of:
            return gettext("none yet")
        return gettext("%(part)d of %(whole)d (%(share)d %%)") % {
            "part": self.count,
            "whole": self.of,
            "share": self.share,
        }


class SearchesFilterSet(WagtailFilterSet):
    day = django_filters.DateFromToRangeFilter(label=_("Day"), widget=DateRangePickerWidget)
    result_count = django_filters.ChoiceFilter(
        label=_("Results"),
        choices=[("none", _("Searches without result"))],
        method="without_result",
        empty_label=_("All searches"),
    )

    class Meta:
        model = LoggedSearch
        fields: list[str] = []

    def without_result(self, searches: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return searches.filter(result_count=0)


class SearchesReport(RefusalMixin, ReportView):
    """What was searched for, what is searched for most first; a row for each query, however often it was asked."""

    page_title = _("Searches")
    header_icon = ICON
    index_url_name = "searches_report"
    index_results_url_name = "searches_report_results"
    results_template_name = "search/admin/searches_results.html"
    verbose_name_plural = _("searches")
    filterset_class = SearchesFilterSet
    paginate_by = PAGE_SIZE
    default_ordering = "-searches"
    columns = [
        Column("words", label=_("Words"), sort_key="words"),
        NumberColumn("searches", label=_("Searches"), sort_key="searches"),
        NumberColumn("fruitless", label=_("Without result"), sort_key="fruitless"),
        NumberColumn("followed", label=_("With a result opened"), sort_key="followed"),
        Column("rank", label=_("Mean place of what was opened"), accessor=lambda row: _rounded(row["rank"])),
    ]
    export_headings = {
        "words": _("Words"),
        "searches": _("Searches"),
        "fruitless": _("Without result"),
        "followed": _("With a result opened"),
        "rank": _("Mean place of what was opened"),
    }
    list_export = list(export_headings)
    custom_field_preprocess = {"rank": {"csv": _rounded, "xlsx": _rounded}}
    export_filename = "searches"

    def check_permission(self, request: HttpRequest) -> None:
        if not request.user.has_perm(PERMISSION):
            raise ForbiddenError(gettext("Only those who look after the search can see what is searched for."))

    def get_base_queryset(self) -> QuerySet[Any, Any]:
        return LoggedSearch.objects.values("words").annotate(
            searches=Count("pk", distinct=True),
            fruitless=Count("pk", filter=Q(result_count=0), distinct=True),
            followed=Count("clicks__search", distinct=True),
            rank=Avg("clicks__rank"),
        )

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.order_by(self.ordering, "words")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return {**context, "figures": [] if self.is_export else self.figures()}

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        chosen = self.request.GET.copy()
        chosen["export"] = self.FORMAT_CSV
        address = f"{reverse('searches_figures')}?{chosen.urlencode()}"
        figures = Button(_("Download figures"), url=address, icon_name="download", priority=110)
        return [*super().header_more_buttons, figures]

    def figures(self) -> list[Figure]:
        """What is true of all searches and suggestions of the days that were chosen."""
        chosen = self.filters.form.cleaned_data.get("day") if self.filters.is_valid() else None
        first, last = (moment and moment.date() for moment in ((chosen.start, chosen.stop) if chosen else (None, None)))
        days = {lookup: day for lookup, day in (("day__gte", first), ("day__lte", last)) if day}
        searches = LoggedSearch.objects.filter(**days).aggregate(
            all=Count("pk", distinct=True),
            fruitless=Count("pk", filter=Q(result_count=0), distinct=True),
            followed=Count("clicks__search", distinct=True),
        )
        suggestions = FollowedSuggestion.objects.filter(**days)
        followed = suggestions.values("day", "visit").distinct().count()
        spared = suggestions.filter(is_posted=False).values("day", "visit").distinct().count()
        figures: list[tuple[str, int, int | None]] = [
            (gettext("Searches"), searches["all"], None),
            (gettext("Without result"), searches["fruitless"], searches["all"]),
            (gettext("With a result opened"), searches["followed"], searches["all"]),
            (gettext("Went to a suggestion while writing a post"), followed, None),
            (gettext("Of these, did not post on that day"), spared, followed),
            (gettext("Probable duplicates of questions that were right"), *_right(Kind.QUESTION, days)),
            (gettext("Probable duplicates of ideas that were right"), *_right(Kind.IDEA, days)),
        ]
        return [Figure(*figure, first, last) for figure in figures]


class SearchFiguresExport(SearchesReport):
    """The figures of the report as a file, a row for each, in numbers."""

    export_headings = {
        "name": _("Figure"),
        "count": _("Number"),
        "of": _("Out of"),
        "share": _("Per cent"),
        "first_day": _("First day"),
        "last_day": _("Last day"),
    }
    list_export = list(export_headings)
    export_filename = "search-figures"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        wanted = request.GET.get("export")
        return self.as_spreadsheet(self.figures(), wanted if wanted in self.FORMATS else self.FORMAT_CSV)


def _right(kind: Kind, days: dict[str, Any]) -> tuple[int, int]:
    """How many of the pairs that moderators decided on in these days were merged, and how many these were."""
    within = {lookup.replace("day", "decided_at__date", 1): day for lookup, day in days.items()}
    decided = PAIRS[kind].objects.exclude(decision="").filter(**within)
    return decided.filter(decision=Decision.MERGED).count(), decided.count()
