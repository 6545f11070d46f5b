"""What operators see of Elasticsearch: how far it lags behind, and whether it agrees with the database."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from core.background_report import PERMISSION
from search.elastic import breaker, client
from search.elastic.sync import MOST_ATTEMPTS, next_attempt_at
from search.models import PendingDocument, SearchIndex, SyncRun

MOST_SHOWN = 20


class SearchReport(WagtailAdminTemplateMixin, TemplateView):
    template_name = "search/admin/elastic.html"
    page_title = _("Elasticsearch")
    header_icon = "search"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return super().get(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            {"url": reverse("wagtailadmin_home"), "label": gettext("Home")},
            {"url": "", "label": str(self.page_title)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        waiting = PendingDocument.objects.filter(attempts__lt=MOST_ATTEMPTS)
        return context | {
            "is_configured": client.is_configured(),
            "is_open": breaker.is_open(),
            "waiting": waiting.values("kind", "key").distinct().count(),
            "oldest": waiting.aggregate(at=Min("noted_at"))["at"],
            "next_attempt_at": next_attempt_at(),
            "indexes": _with_sizes(SearchIndex.objects.all()),
            "refused": PendingDocument.objects.filter(attempts__gte=MOST_ATTEMPTS)[:MOST_SHOWN],
            "runs": SyncRun.objects.all()[:MOST_SHOWN],
        }


def _with_sizes(indexes: Any) -> list[tuple[SearchIndex, dict[str, Any]]]:
    """Each index with its documents and bytes, as far as Elasticsearch answers."""
    rows = list(indexes)
    if not rows or not client.is_configured():
        return [(row, {}) for row in rows]
    try:
        told = client.asking().indices.stats(index=",".join(row.name for row in rows), metric=["docs", "store"])[
            "indices"
        ]
    except client.FAILURES:
        told = {}
    totals = {name: found["primaries"] for name, found in told.items()}
    return [
        (row, {"documents": totals[row.name]["docs"]["count"], "bytes": totals[row.name]["store"]["size_in_bytes"]})
        if row.name in totals
        else (row, {})
        for row in rows
    ]
