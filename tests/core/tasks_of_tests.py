"""Tasks that the tests give to workers."""

import time
from pathlib import Path

from django_tasks import task

from core.tasks import WORKER


@task(backend=WORKER)
def note(path: str) -> None:
    """Add a line to a file."""
    with Path(path).open("a") as file:
        file.write("done\n")


@task(backend=WORKER)
def hang_once(path: str) -> None:
    """The first time, hang after saying so in the file; then be done at once."""
    file = Path(path)
    if not file.exists():
        file.write_text("started\n")
        time.sleep(120)
    note.call(path)


@task(backend=WORKER)
def break_off() -> None:
    raise ValueError("This cannot be done.")
