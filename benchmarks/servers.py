"""The servers of a run, as production has them, each on a free port of 127.0.0.1 and gone at the end."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM

from benchmarks.driving import MeasuringError
from tests.services import as_user, free_port, is_root, postgres, server, throwaway_folder

ROOT = Path(__file__).resolve().parent.parent

# What a host gives a database that shares it with the web processes. Everything else is as PostgreSQL comes: what is
# committed is on the disk.
POSTGRES = (
    "shared_buffers=1GB",
    "effective_cache_size=4GB",
    "work_mem=16MB",
    "maintenance_work_mem=512MB",
    "max_wal_size=8GB",
    "checkpoint_timeout=15min",
    "random_page_cost=1.1",
)


def database_server() -> AbstractContextManager[str]:
    """The address of a PostgreSQL server with the settings above."""
    return postgres.running(POSTGRES)


@dataclass(frozen=True)
class Memory:
    """What processes hold in memory, in MiB: `rss` counts a page once for each process, `pss` once."""

    rss: float
    pss: float


@dataclass(frozen=True)
class Web:
    """A running site."""

    port: int
    pid: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def memory(self) -> Memory:
        """What the site's processes hold now, Granian's own included."""
        sizes = {"Rss": 0, "Pss": 0}
        for pid in _family(self.pid):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
                name, value, *_ = line.split()
                if name[:-1] in sizes:
                    sizes[name[:-1]] += int(value)
        return Memory(rss=sizes["Rss"] / 1024, pss=sizes["Pss"] / 1024)


def _family(pid: int) -> list[int]:
    """The process and those that it started, down to the last."""
    found = [pid]
    for parent in found:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        found.extend(map(int, children.split()))
    return found


@contextmanager
def web(database: str, *, workers: int, redis: str = "", **settings: str) -> Iterator[Web]:
    """Chorus on this database, started with the Dockerfile's command, the production settings and these.

    A MeasuringError in the block gets the end of what the processes wrote.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {"DATABASE_URL": database, "BASE_URL": url, "PYTHONPATH": str(ROOT)} | settings
    if redis:
        environment["REDIS_URL"] = redis
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--no-ws", "--blocking-threads", "4", "--workers", str(workers), "--workers-kill-timeout", "10"),
        *("--log-level", "warning"),
        "config.wsgi:application",
    ]
    with (
        throwaway_folder("web") as folder,
        server(
            command,
            is_ready=lambda: answers(f"{url}/readyz"),
            folder=folder,
            stop_with=SIGTERM,
            seconds=60,
            env=environment,
            **as_user(None),
        ) as pid,
    ):
        try:
            yield Web(port, pid)
        except MeasuringError as error:
            written = (folder / "output.log").read_text(errors="replace")[-5_000:]
            raise MeasuringError(f"{error}\n{written}") from error


@contextmanager
def static_files(files: dict[str, bytes]) -> Iterator[str]:
    """The address of an nginx that serves these files: the yardstick of pages."""
    port = free_port()
    with throwaway_folder("nginx") as folder:
        (folder / "files").mkdir()
        for name, content in files.items():
            (folder / "files" / name).write_bytes(content)
        (folder / "nginx.conf").write_text(_nginx_configuration(folder, port))
        command = ["/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "error.log"]
        url = f"http://127.0.0.1:{port}"
        with server(
            command,
            is_ready=lambda: answers(f"{url}/{next(iter(files))}"),
            folder=folder,
            stop_with=SIGTERM,
            seconds=20,
            **as_user(None),
        ):
            yield url


def _nginx_configuration(folder: Path, port: int) -> str:
    temporary = "\n".join(
        f"  {kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
{"user root;" if is_root() else ""}
daemon off;
worker_processes auto;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
{temporary}
  access_log off;
  sendfile on;
  keepalive_requests 1000000000;
  default_type text/html;
  server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""


def answers(url: str) -> bool:
    """Whether the address answers with 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
