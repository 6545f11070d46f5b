"""The WSGI entry point of `make run`, loaded by each of Granian's worker processes.

Ctrl-C goes to every process of a terminal. Granian's main process answers it by stopping its workers; a worker that had
heard it too would wait for itself for ever.
"""

import signal

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

from config.wsgi import application  # noqa: E402

__all__ = ["application"]
