"""What recurs: when, and that it is queued once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core import schedule
from core.models import ScheduledTask
from tests.background import run_tasks
from tests.core.tasks_of_tests import note
from tests.races import together


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("rhythm", "moment", "following"),
    [
        (schedule.every(minutes=5), "2026-03-01T12:03:00", "2026-03-01T12:05:00"),
        (schedule.every(minutes=5), "2026-03-01T12:05:00", "2026-03-01T12:10:00"),
        (schedule.every(minutes=60), "2026-12-31T23:59:59", "2027-01-01T00:00:00"),
        (schedule.daily(hour=3), "2026-03-01T02:59:00", "2026-03-01T03:00:00"),
        (schedule.daily(hour=3), "2026-03-01T03:00:00", "2026-03-02T03:00:00"),
        (schedule.monthly(day=28, hour=6), "2026-02-28T05:00:00", "2026-02-28T06:00:00"),
        (schedule.monthly(day=1, hour=6), "2026-12-31T23:00:00", "2027-01-01T06:00:00"),
        (schedule.monthly(day=1, hour=6), "2026-12-01T06:00:00", "2027-01-01T06:00:00"),
    ],
)
def test_the_next_moment_of_a_rhythm(rhythm: schedule.Rhythm, moment: str, following: str) -> None:
    row = ScheduledTask(minutes=rhythm.minutes, hour=rhythm.hour, day=rhythm.day)
    assert row.next_after(at(moment)) == at(following)


@pytest.mark.parametrize("rhythm", [schedule.Rhythm(), schedule.Rhythm(minutes=5, hour=1), schedule.Rhythm(0, 1, 31)])
def test_the_database_refuses_what_is_no_rhythm(db: None, rhythm: schedule.Rhythm) -> None:
    with pytest.raises(IntegrityError):
        ScheduledTask.objects.create(
            name="x",
            task_path="x",
            next_run_at=timezone.now(),
            minutes=rhythm.minutes,
            hour=rhythm.hour,
            day=rhythm.day,
        )


def test_every_site_has_the_rows_that_apps_register(db: None) -> None:
    names = set(ScheduledTask.objects.values_list("name", flat=True))
    assert {"core.tidy_up", "ideas.rank_by_all_policies", "moderation.end_suspensions"} <= names
    row = ScheduledTask.objects.get(name="core.tidy_up")
    ScheduledTask.objects.filter(pk=row.pk).update(hour=11)
    ScheduledTask.objects.create(name="gone", task_path="x", minutes=5, is_registered=True, next_run_at=timezone.now())
    schedule.set_up()
    row.refresh_from_db()
    assert row.hour == 3
    assert not ScheduledTask.objects.filter(name="gone").exists()


@pytest.fixture
def nothing_is_due(db: None) -> None:
    """However long ago the database of the tests was made."""
    ScheduledTask.objects.update(next_run_at=timezone.now() + timedelta(hours=1))


def test_what_is_due_is_queued_once_and_not_while_it_waits(nothing_is_due: None) -> None:
    schedule.add("tests.note", note, "/nowhere", rhythm=schedule.every(minutes=5))
    assert schedule.run_due() == 0
    for queued in (1, 0):  # the second time it still waits
        ScheduledTask.objects.filter(name="tests.note").update(next_run_at=timezone.now() - timedelta(days=3))
        assert schedule.run_due() == queued
        assert schedule.run_due() == 0
    assert DBTaskResult.objects.get().args_kwargs == {"args": ["/nowhere"], "kwargs": {}}
    assert ScheduledTask.objects.get(name="tests.note").next_run_at > timezone.now()


def test_a_row_of_a_sites_own_can_be_changed_and_removed(db: None) -> None:
    schedule.add("tests.note", note, "/one", rhythm=schedule.every(minutes=5))
    schedule.add("tests.note", note, "/two", rhythm=schedule.monthly(day=1, hour=6))
    row = ScheduledTask.objects.get(name="tests.note")
    assert (row.args, row.minutes, row.day) == (["/two"], None, 1)
    schedule.set_up()
    assert ScheduledTask.objects.filter(name="tests.note").exists()
    schedule.remove("tests.note")
    schedule.remove("core.tidy_up")
    assert not ScheduledTask.objects.filter(name="tests.note").exists()
    assert ScheduledTask.objects.filter(name="core.tidy_up").exists()


def test_tidying_up_runs(nothing_is_due: None) -> None:
    ScheduledTask.objects.filter(name="core.tidy_up").update(next_run_at=timezone.now() - timedelta(hours=1))
    assert schedule.run_due() == 1
    run_tasks()
    assert DBTaskResult.objects.get(task_path="core.tasks.tidy_up").status == "SUCCESSFUL"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_workers_queue_what_is_due_once() -> None:
    schedule.add("tests.note", note, "/nowhere", rhythm=schedule.every(minutes=5))
    ScheduledTask.objects.update(next_run_at=timezone.now() + timedelta(hours=1))
    ScheduledTask.objects.filter(name="tests.note").update(next_run_at=timezone.now() - timedelta(minutes=1))
    assert together(*[schedule.run_due] * 16) == []
    assert DBTaskResult.objects.count() == 1
