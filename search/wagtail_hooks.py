"""What moderators and operators find of the search in the Wagtail admin."""

from typing import ClassVar

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import LogActionRegistry

from core.background_report import OperatorsItem
from search.duplicates import ICON, CompareView, DuplicatesView, kinds_of
from search.elastic.report import SearchReport
from search.insight_admin import ICON as SEARCH_ICON
from search.insight_admin import PERMISSION, SearchesReport, SearchFiguresExport
from search.models import SynonymGroup
from search.similar.deciding import TOLD_APART


class DuplicatesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(kinds_of(request.user))

    def render_component(self, request: HttpRequest) -> object:
        self.url = reverse("duplicates", args=[kinds_of(request.user)[0].value])
        return super().render_component(request)


@hooks.register("register_admin_menu_item")
def duplicates_menu_item() -> DuplicatesMenuItem:
    return DuplicatesMenuItem(_("Probable duplicates"), "", name="duplicates", icon_name=ICON, order=212)


@hooks.register("register_admin_urls")
def duplicates_urls() -> list[URLPattern]:
    listing, results = DuplicatesView.as_view(), DuplicatesView.as_view(results_only=True)
    return [
        path("reports/elasticsearch/", SearchReport.as_view(), name="elastic_report"),
        path("duplicates/<slug:kind>/", listing, name="duplicates"),
        path("duplicates/<slug:kind>/results/", results, name="duplicates_results"),
        path("duplicates/<slug:kind>/<int:pk>/", CompareView.as_view(), name="duplicates_compare"),
    ]


@hooks.register("register_reports_menu_item")
def search_item() -> MenuItem:
    return OperatorsItem(_("Elasticsearch"), reverse("elastic_report"), icon_name="search", order=1210)


@hooks.register("register_log_actions")
def log_of_duplicates(actions: LogActionRegistry) -> None:
    actions.register_action(TOLD_APART, _("Say that two posts are not the same"), _("Not a duplicate"))


class SynonymViewSet(ModelViewSet):
    model = SynonymGroup
    name = "synonyms"
    url_prefix = "synonyms"
    icon = "search"
    menu_label = _("Synonyms")
    menu_order = 230
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display: ClassVar[list[str]] = ["__str__", "is_one_way", "get_language_display"]
    list_filter: ClassVar[list[str]] = ["language", "is_one_way"]
    search_fields: ClassVar[list[str]] = ["words"]


@hooks.register("register_admin_viewset")
def synonyms() -> SynonymViewSet:
    return SynonymViewSet()


@hooks.register("register_permissions")
def permissions_on_synonyms() -> QuerySet[Permission]:
    """So that administrators can give them to groups of their own."""
    return Permission.objects.filter(content_type__app_label="search", content_type__model="synonymgroup")


@hooks.register("register_admin_urls")
def report_urls() -> list[URLPattern]:
    listing, results = SearchesReport.as_view(), SearchesReport.as_view(results_only=True)
    return [
        path("reports/searches/", listing, name="searches_report"),
        path("reports/searches/results/", results, name="searches_report_results"),
        path("reports/searches/figures/", SearchFiguresExport.as_view(), name="searches_figures"),
    ]


class SearchesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(PERMISSION))


@hooks.register("register_reports_menu_item")
def searches_menu_item() -> SearchesMenuItem:
    return SearchesMenuItem(_("Searches"), reverse("searches_report"), icon_name=SEARCH_ICON, order=1100)


@hooks.register("register_permissions")
def permission_on_searches() -> QuerySet[Permission]:
    """So that administrators can give it to groups of their own."""
    app, _dot, codename = PERMISSION.partition(".")
    return Permission.objects.filter(content_type__app_label=app, codename=codename)
