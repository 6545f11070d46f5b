"""Workers, as processes of their own: what they do, how they end, and what becomes of the work of a dead one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Member
from core.models import ScheduledTask, WorkerProcess
from core.worker import MOST_ATTEMPTS, take_over
from tests.background import database_url, run_tasks
from tests.core.tasks_of_tests import break_off, hang_once, note

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def start_worker() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    started = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings.test"}
        command = [sys.executable, "manage.py", "worker", *arguments]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def wait_for(holds: Callable[[], bool], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.1)
    return holds()


def test_work_is_queued_only_with_its_cause(db: None, tmp_path: Path) -> None:
    path = tmp_path / "notes"
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note.enqueue(str(path))
        raise ZeroDivisionError
    run_tasks()
    assert not path.exists()
    note.enqueue(str(path))
    run_tasks()
    assert path.read_text() == "done\n"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_worker_does_what_is_queued_and_ends_when_it_is_told(
    start_worker: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    path = tmp_path / "notes"
    process = start_worker()
    note.enqueue(str(path))
    assert wait_for(path.exists)
    assert wait_for(lambda: DBTaskResult.objects.successful().exists())
    assert WorkerProcess.objects.count() == 1
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_worker_makes_the_rows_of_what_recurs_by_now(start_worker: Callable[..., subprocess.Popen[bytes]]) -> None:
    ScheduledTask.objects.filter(name="core.tidy_up").delete()
    assert start_worker("--once").wait(timeout=60) == 0
    assert ScheduledTask.objects.filter(name="core.tidy_up").exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_work_of_a_killed_worker_is_done_by_another(
    start_worker: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    path = tmp_path / "notes"
    hang_once.enqueue(str(path))
    process = start_worker("--once")
    assert wait_for(path.exists)
    process.kill()
    process.wait()
    assert take_over() == 0  # it may be alive
    long_ago = timezone.now() - timedelta(minutes=5)
    DBTaskResult.objects.update(started_at=long_ago)
    WorkerProcess.objects.update(seen_at=long_ago)
    assert take_over() == 1
    run_tasks()
    assert path.read_text() == "started\ndone\n"


def test_what_runs_in_a_living_worker_is_left_alone_and_what_kills_workers_fails(db: None) -> None:
    note.enqueue("/nowhere")
    long_ago = timezone.now() - timedelta(minutes=5)
    DBTaskResult.objects.update(status="RUNNING", started_at=long_ago, worker_ids=["alive"])
    WorkerProcess.objects.create(worker_id="alive", seen_at=timezone.now())
    assert take_over() == 0
    DBTaskResult.objects.update(worker_ids=["dead"] * MOST_ATTEMPTS)
    assert take_over() == 1
    result = DBTaskResult.objects.get()
    assert (result.status, result.exception_class_path) == ("FAILED", "core.worker.WorkerLostError")


def test_operators_see_workers_schedule_and_failures(
    client: Client, administrator: Member, moderator: Member, product_manager: Member
) -> None:
    url = "/admin/reports/background/"
    client.force_login(administrator)
    assert "No worker is running" in client.get(url).content.decode()
    break_off.enqueue()
    with pytest.raises(AssertionError, match="This cannot be done"):
        run_tasks()
    note.enqueue("/nowhere")
    WorkerProcess.objects.create(worker_id="alive", seen_at=timezone.now())
    html = client.get(url).content.decode()
    assert "No worker is running" not in html
    for shown in ("1 worker is running.", "1 task waits.", "ideas.rank_by_all_policies", "This cannot be done."):
        assert shown in html
    assert url in client.get("/admin/").content.decode()
    for other in (moderator, product_manager):
        client.force_login(other)
        assert client.get(url).status_code in {302, 403}
        assert url not in client.get("/admin/").content.decode()
