"""Real servers for the tests where there is no Docker: PostgreSQL, Redis and Elasticsearch.

Each module has `running()`, which starts a server of its own on a free port, with its data in a folder that is thrown
away, and stops it at the end; and is a command that does the same from a shell until Ctrl-C:

    .venv/bin/python -m tests.services.postgres
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any


class ServiceError(Exception):
    """The server did not start; the message holds the end of what it said."""


def free_port() -> int:
    """A port of this machine where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def throwaway_folder(service: str, *, owner: str | None = None) -> Iterator[Path]:
    """A new folder, owned by the named user, that is gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix=f"chorus-{service}-"))
    try:
        if owner:
            shutil.chown(folder, owner, pwd.getpwnam(owner).pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def as_user(owner: str | None) -> dict[str, Any]:
    """What subprocess needs to run a command as that user, and apart from the terminal's Ctrl-C."""
    options: dict[str, Any] = {"start_new_session": True, "stdin": subprocess.DEVNULL}
    if owner:
        options |= {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []}
    return options


@contextmanager
def server(
    command: list[str],
    *,
    is_ready: Callable[[], bool],
    folder: Path,
    stop_with: signal.Signals,
    seconds: float,
    **options: Any,
) -> Iterator[int]:
    """Run the command until the end of the block, and give its process id.

    Raises ServiceError when it ends or is not ready in time.
    """
    log = folder / "output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=folder, **options)
    try:
        deadline = time.monotonic() + seconds
        while not is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise ServiceError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(stop_with)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def serve_until_stopped(running: Callable[[], AbstractContextManager[str]]) -> None:
    """The command of each module: start, print the address, wait for Ctrl-C or SIGTERM, stop."""
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    try:
        with running() as url:
            print(url, flush=True)
            stopped.wait()
    except ServiceError as error:
        sys.exit(str(error))


def is_root() -> bool:
    """Whether the tests run as root, as which PostgreSQL and Elasticsearch refuse to start."""
    return os.geteuid() == 0
