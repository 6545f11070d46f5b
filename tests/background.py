"""Doing what the worker does, in the test's own process and transaction."""

from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from core.tasks import WORKER


def run_tasks() -> None:
    """Do what is queued, and what that queues; an error in a task is an error of the test."""
    worker = Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name=WORKER,
        startup_delay=False,
        max_tasks=None,
        worker_id="tests",
        excluded_queue_names=[],
    )
    while (result := DBTaskResult.objects.ready().filter(backend_name=WORKER).first()) is not None:
        result.claim(worker.worker_id)
        worker.run_task(result)
    failed = DBTaskResult.objects.failed().first()
    assert failed is None, failed.traceback
