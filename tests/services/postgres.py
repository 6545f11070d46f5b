"""PostgreSQL: Debian's package, or any whose initdb is on the PATH. See tests/services/__init__.py."""

import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.services import ServiceError, as_user, free_port, is_root, serve_until_stopped, server, throwaway_folder

# Durability is only for crashes, after which the data is thrown away; race tests connect from many threads.
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def running(settings: Sequence[str] = SETTINGS) -> Iterator[str]:
    """The DATABASE_URL of a cluster of its own with these settings, whose one user may do everything."""
    folder_of_binaries = binaries()
    if folder_of_binaries is None:
        raise ServiceError("PostgreSQL is not installed. On Debian: apt-get install postgresql")
    owner = "postgres" if is_root() else None
    with throwaway_folder("postgres", owner=owner) as folder:
        data, port = folder / "data", free_port()
        made = subprocess.run(
            [
                *(str(folder_of_binaries / "initdb"), "--pgdata", str(data), "--username", "chorus", "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            ],
            capture_output=True,
            text=True,
            cwd=folder,
            **as_user(owner),
        )
        if made.returncode:
            raise ServiceError(f"The cluster could not be made:\n{made.stderr}")
        options = [
            f"port={port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={folder}",
            "max_connections=200",
        ]
        command = [str(folder_of_binaries / "postgres"), "-D", str(data)]
        for option in (*options, *settings):
            command += ["-c", option]

        def is_ready() -> bool:
            ask = [str(folder_of_binaries / "pg_isready"), "--quiet", "--host", "127.0.0.1", "--port", str(port)]
            return subprocess.run(ask, check=False).returncode == 0

        with server(command, is_ready=is_ready, folder=folder, stop_with=signal.SIGINT, seconds=60, **as_user(owner)):
            yield f"postgresql://chorus@127.0.0.1:{port}/postgres"


if __name__ == "__main__":
    serve_until_stopped(running)
