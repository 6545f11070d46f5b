"""What recurs: rows of one schedule, which the worker runs. Times are UTC.

An app says in its `AppConfig.ready` what it wants done when; migrating, and every start of a worker, makes the rows:

    schedule.register("ideas.rank", rank_by_policies, daily(hour=2))

Rows of a site's own, such as a review that is drafted every month, are made with `add` and taken away with `remove`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.base import Task

from core.models import ScheduledTask
from core.tasks import is_waiting


@dataclass(frozen=True)
class Rhythm:
    """Every so many minutes; or at an hour of each day, or of one day of the month."""

    minutes: int | None = None
    hour: int | None = None
    day: int | None = None


def every(*, minutes: int) -> Rhythm:
    return Rhythm(minutes=minutes)


def daily(*, hour: int) -> Rhythm:
    return Rhythm(hour=hour)


def monthly(*, day: int, hour: int) -> Rhythm:
    """On a day from the 1st to the 28th."""
    return Rhythm(hour=hour, day=day)


_registered: dict[str, tuple[Task[Any, Any], Rhythm]] = {}


def register(name: str, task: Task[Any, Any], rhythm: Rhythm) -> None:
    """Have a task without arguments run in this rhythm on every site. To be called while apps get ready."""
    _registered[name] = task, rhythm


def set_up() -> None:
    """Make the rows of what is registered; those of what is not any more go."""
    ScheduledTask.objects.filter(is_registered=True).exclude(name__in=_registered).delete()
    for name, (task, rhythm) in _registered.items():
        _put(name, task, (), rhythm, is_registered=True)


def add(name: str, task: Task[Any, Any], *args: Any, rhythm: Rhythm) -> None:
    """Have a task run in this rhythm from its next moment on; a row of this name is changed."""
    _put(name, task, args, rhythm, is_registered=False)


def remove(name: str) -> None:
    ScheduledTask.objects.filter(name=name, is_registered=False).delete()


def run_due() -> int:
    """Queue what is due, each once however many workers ask at the same time; how much it was.

    What was due several times while no worker ran is queued once, and what still waits from before isn't again.
    """
    due = ScheduledTask.objects.filter(next_run_at__lte=timezone.now())
    if not due.exists():
        return 0
    queued = 0
    with transaction.atomic():
        now = timezone.now()
        for row in due.select_for_update(skip_locked=True).order_by("pk"):
            task = import_string(row.task_path)
            if not is_waiting(task, *row.args):
                task.enqueue(*row.args)
                queued += 1
            row.last_run_at, row.next_run_at = now, row.next_after(now)
            row.save(update_fields=["last_run_at", "next_run_at"])
    return queued


def _put(name: str, task: Task[Any, Any], args: tuple[Any, ...], rhythm: Rhythm, *, is_registered: bool) -> None:
    wanted = ScheduledTask(
        name=name,
        task_path=task.module_path,
        args=list(args),
        minutes=rhythm.minutes,
        hour=rhythm.hour,
        day=rhythm.day,
        is_registered=is_registered,
    )
    values = {field: getattr(wanted, field) for field in ("task_path", "args", "minutes", "hour", "day")}
    known = ScheduledTask.objects.filter(name=name).first()
    if known and all(getattr(known, field) == value for field, value in values.items()):
        return
    next_run_at: datetime = wanted.next_after(timezone.now())
    ScheduledTask.objects.update_or_create(
        name=name, defaults={**values, "is_registered": is_registered, "next_run_at": next_run_at}
    )
