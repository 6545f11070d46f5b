"""What `make run` says about PORT before it serves."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "bin" / "check_port.py"


def check(port: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, SCRIPT, port], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_a_port_in_use_is_refused_in_a_sentence_and_accepted_when_free_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        assert check(port) == (
            1,
            f"Port {port} is in use. Stop what listens there, or choose another: make run PORT=8001\n",
        )
    assert check(port) == (0, "")


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", ""])
def test_what_is_no_port_is_refused_in_a_sentence(port: str) -> None:
    assert check(port) == (1, f"PORT is a number from 1 to 65535, not {port!r}.\n")
