"""What operators see of Elasticsearch: how far it lags behind, and whether it agrees with the database."""

from typing import Any

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from core.background_report import OperatorsReport
from search.elastic import breaker, is_configured
from search.elastic.attempts import MOST_ATTEMPTS, next_attempt_at
from search.models import PendingDocument, SearchIndex, SyncRun

MOST_SHOWN = 20


class SearchReport(OperatorsReport):
    template_name = "search/admin/elastic.html"
    page_title = _("Elasticsearch")
    header_icon = "search"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        waiting = PendingDocument.objects.filter(attempts__lt=MOST_ATTEMPTS)
        return context | {
            "is_configured": is_configured(),
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
    if not rows or not is_configured():
        return [(row, {}) for row in rows]
    from search.elastic import client

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
