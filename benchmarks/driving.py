"""Driving a server: wrk with one thread for rates, one connection of our own for times."""

import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

SCRIPT = Path(__file__).with_name("drive.lua")
# How long the connections go on after the last request that can be made once only, so that its answer is seen.
TAIL = 5


class MeasuringError(Exception):
    """What was measured is not what should have been: answers were wrong or missing."""


@dataclass(frozen=True)
class Driven:
    """What came of driving a server for some seconds; times are in seconds."""

    sent: int
    answered: int
    seconds: float
    refused: int
    broken: int
    median: float
    p95: float

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return self.answered / self.seconds


def get(url: str, headers: dict[str, str] | None = None) -> str:
    """The text of a GET request, as a browser would send it."""
    return _request("GET", url, headers or {}, "")


def post(url: str, headers: dict[str, str], body: str) -> str:
    """The text of a POST request of a form."""
    form = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body.encode()))}
    return _request("POST", url, headers | form, body)


def _request(method: str, url: str, headers: dict[str, str], body: str) -> str:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}", *(f"{key}: {headers[key]}" for key in headers)]
    return "\r\n".join(lines) + "\r\n\r\n" + body


def drive(url: str, requests: Sequence[str], *, seconds: float, connections: int, is_repeatable: bool = True) -> Driven:
    """Send the requests through so many connections for so long, each connection waiting for its answers.

    What is not repeatable is sent at most once. Raises MeasuringError where an answer was missing, or an error.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".requests", newline="") as file:
        file.write("\0".join(requests) + "\0")
        file.flush()
        lasting = seconds if is_repeatable else seconds + TAIL
        command = [
            *("wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{round(lasting)}s"),
            *("--timeout", "30s", "--script", str(SCRIPT), url, "--"),
            *(file.name, "again" if is_repeatable else "once", str(seconds)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MeasuringError(f"wrk failed:\n{done.stdout}{done.stderr}")
    driven = Driven(**json.loads(done.stdout.splitlines()[-1]))
    if driven.broken or driven.refused or driven.answered != driven.sent or not driven.answered:
        raise MeasuringError(f"Not every request was answered well: {driven}")
    return driven


def fetch(url: str, headers: dict[str, str] | None = None) -> bytes:
    """The page at the address. Raises MeasuringError unless it is there."""
    with Visit(url) as visit:
        return visit.fetch(url, headers)[1]


class Visit:
    """One connection that stays open, as a context manager."""

    def __init__(self, url: str) -> None:
        self.connection = HTTPConnection(urlsplit(url).netloc, timeout=60)

    def __enter__(self) -> "Visit":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.connection.close()

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> tuple[float, bytes]:
        """How many seconds the page took, and the page. Raises MeasuringError unless it is there."""
        parts = urlsplit(url)
        return self.send("GET", parts.path + (f"?{parts.query}" if parts.query else ""), headers)

    def send(
        self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> tuple[float, bytes]:
        """The same for any request."""
        begun = time.perf_counter()
        self.connection.request(method, target, body, headers or {})
        answer = self.connection.getresponse()
        content = answer.read()
        took = time.perf_counter() - begun
        if answer.status != 200:
            raise MeasuringError(f"{target} answered {answer.status}: {content[:500]!r}")
        return took, content
