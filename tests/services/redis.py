"""Redis: Debian's redis-server, or any on the PATH. See tests/services/__init__.py."""

import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tests.services import ServiceError, as_user, free_port, serve_until_stopped, server, throwaway_folder


def binary() -> str | None:
    """The Redis server of this machine."""
    return shutil.which("redis-server")


@contextmanager
def running() -> Iterator[str]:
    """The REDIS_URL of a server of its own that keeps nothing."""
    program = binary()
    if program is None:
        raise ServiceError("Redis is not installed. On Debian: apt-get install redis-server")
    port = free_port()

    def is_ready() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    with throwaway_folder("redis") as folder:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with server(command, is_ready=is_ready, folder=folder, stop_with=signal.SIGTERM, seconds=20, **as_user(None)):
            yield f"redis://127.0.0.1:{port}/0"


if __name__ == "__main__":
    serve_until_stopped(running)
