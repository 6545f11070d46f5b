"""Work outside the request: queued in the transaction of its cause, and done by `manage.py worker`.

A task is a function of numbers and short texts that reads its rows when it runs, and may run twice without harm:

    @task(backend=WORKER)
    def count_something(pk: int) -> None: ...

    count_something.enqueue(pk)
"""

from typing import Any

from django.core.management import call_command
from django_tasks import task
from django_tasks.base import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult

# The backend of settings.TASKS that a worker serves. Wagtail's own small tasks have the other, and run at once.
WORKER = "worker"
# What has finished stays known for so long, what has failed too.
KEPT_DAYS = 14


def latest_run(of: Task[Any, Any], *args: Any) -> DBTaskResult | None:
    """What became of the task the last time that it was queued with these arguments."""
    return _queued(of, *args).order_by("-enqueued_at", "-pk").first()


def is_waiting(of: Task[Any, Any], *args: Any) -> bool:
    """Whether the task waits with these arguments, and so will still see all that is committed now."""
    return _queued(of, *args).filter(status=TaskResultStatus.READY).exists()


def _queued(of: Task[Any, Any], *args: Any) -> Any:
    return DBTaskResult.objects.filter(task_path=of.module_path, args_kwargs={"args": list(args), "kwargs": {}})


@task(backend=WORKER)
def tidy_up() -> None:
    """Forget sessions that have ended, and what finished tasks left behind."""
    call_command("clearsessions")
    call_command("prune_db_task_results", "--backend", WORKER, "--queue-name", "*", "--min-age-days", str(KEPT_DAYS))
