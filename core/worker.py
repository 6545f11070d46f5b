"""What a worker does beside its tasks: it shows that it is alive, runs the schedule, and takes over from the dead."""

import logging
import threading
from datetime import timedelta

from django.db import close_old_connections, connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from core import schedule
from core.models import WorkerProcess
from core.tasks import WORKER

logger = logging.getLogger(__name__)

BEAT = timedelta(seconds=10)
# Who has not been seen for so long is dead, unless it holds a database lock for that long, which nothing may.
DEAD_AFTER = timedelta(seconds=60)
MOST_ATTEMPTS = 3


class WorkerLostError(Exception):
    """Each worker that took the task on died before it was done."""


class Beat(threading.Thread):
    """Beats until the process ends."""

    def __init__(self, worker_id: str) -> None:
        super().__init__(name="beat", daemon=True)
        self.worker_id = worker_id

    def run(self) -> None:
        waiting = threading.Event()
        while not waiting.wait(BEAT.total_seconds()):
            close_old_connections()
            try:
                beat(self.worker_id)
            except DatabaseError:
                logger.exception("The worker could not reach its schedule, and will try again.")
                connection.close()


def beat(worker_id: str) -> None:
    """Say that this worker is alive, queue what is due, and queue again what a dead worker left behind."""
    now = timezone.now()
    WorkerProcess.objects.update_or_create(worker_id=worker_id, defaults={"seen_at": now})
    WorkerProcess.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()
    schedule.run_due()
    take_over()


def is_somebody_at_work() -> bool:
    """Whether a worker has been seen lately."""
    return WorkerProcess.objects.filter(seen_at__gte=timezone.now() - DEAD_AFTER).exists()


def take_over() -> int:
    """Queue again the tasks of workers that are dead; how many it were. What has killed several workers fails."""
    now = timezone.now()
    running = DBTaskResult.objects.running().filter(backend_name=WORKER, started_at__lt=now - DEAD_AFTER)
    if not running.exists():
        return 0
    taken = 0
    with transaction.atomic():
        alive = set(WorkerProcess.objects.filter(seen_at__gte=now - DEAD_AFTER).values_list("worker_id", flat=True))
        for result in running.select_for_update(skip_locked=True).order_by("pk"):
            if result.worker_ids[-1] in alive:
                continue
            taken += 1
            if len(result.worker_ids) >= MOST_ATTEMPTS:
                result.set_failed(WorkerLostError())
            else:
                result.status, result.started_at = TaskResultStatus.READY, None
                result.save(update_fields=["status", "started_at"])
    return taken
