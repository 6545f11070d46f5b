"""What operators see of work outside the request: workers, the schedule, and what failed."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from django_tasks_db.models import DBTaskResult
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from core.models import ScheduledTask, WorkerProcess
from core.screens import PathMixin
from core.tasks import KEPT_DAYS, WORKER
from core.worker import DEAD_AFTER

PERMISSION = "core.view_scheduledtask"
MOST_FAILED = 50


class OperatorsItem(MenuItem):
    """A report's place in the menu, for those who may open it."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(PERMISSION))


class OperatorsReport(PathMixin, WagtailAdminTemplateMixin, TemplateView):
    """A report about the running of the site."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return super().get(request, *args, **kwargs)

    def get_path(self) -> list[tuple[str, str]]:
        return [("", str(self.page_title))]


class BackgroundReport(OperatorsReport):
    template_name = "core/admin/background.html"
    page_title = _("Background work")
    header_icon = "cogs"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        results = DBTaskResult.objects.filter(backend_name=WORKER)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "workers": WorkerProcess.objects.filter(seen_at__gte=timezone.now() - DEAD_AFTER),
            "waiting": results.ready().count(),
            "oldest": results.ready().order_by("enqueued_at").values_list("enqueued_at", flat=True).first(),
            "running": results.running().order_by("started_at"),
            "schedule": ScheduledTask.objects.order_by("next_run_at", "pk"),
            "failed": results.failed().order_by("-finished_at")[:MOST_FAILED],
            "kept_days": KEPT_DAYS,
        }
