"""Many people at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import close_old_connections, connection


def together(*acts: Callable[[], object]) -> list[BaseException]:
    """Run the acts at the same moment, each in a thread and a connection of its own; what went wrong in them."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> BaseException | None:
        try:
            barrier.wait()
            act()
        except BaseException as error:
            return error
        finally:
            close_old_connections()
            connection.close()
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return [error for error in pool.map(run, acts) if error is not None]
