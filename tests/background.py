"""Doing what the worker does, in the test's own process and transaction, or letting another process do something."""

from urllib.parse import quote

from django.db import connection
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


def database_url() -> str:
    """The test database, for another process."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    server = f"{known['USER']}:{known['PASSWORD']}@{quote(known['HOST'], safe='')}:{known['PORT']}"
    return f"postgresql://{server}/{known['NAME']}"
