"""Says in one sentence why the port given as argument can't be served on 127.0.0.1, and fails; else says nothing."""

import socket
import sys


def reason_against(port: str) -> str | None:
    """Why nothing can be served on the port, or None."""
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        return f"PORT is a number from 1 to 65535, not {port!r}."
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except PermissionError:
            return f"Port {port} is reserved for administrators. Choose another: make run PORT=8001"
        except OSError:
            return f"Port {port} is in use. Stop what listens there, or choose another: make run PORT=8001"
    return None


if __name__ == "__main__":
    sys.exit(reason_against(sys.argv[1]))
