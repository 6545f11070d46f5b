"""Small servers that speak the APIs of Jira, GitHub and GitLab as far as Chorus asks them, and hear webhooks.

Each keeps its issues, notes what it was asked, and can be told to misbehave.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

KEY = "tracker-key"


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass
class Tracker:
    """What a server knows. `misbehave` is done instead of answering, as often as it is in the list."""

    url: str = ""
    issues: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    misbehave: list[Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def answer(self, asked: Asked) -> tuple[int, Any]:
        raise NotImplementedError

    def with_mark(self, mark: str) -> list[dict[str, Any]]:
        return [issue for issue in self.issues.values() if mark in issue["labels"]]

    @property
    def writes(self) -> list[str]:
        """What was asked that changes something."""
        return [asked.method for asked in self.asked if asked.method != "GET"]


class GitHub(Tracker):
    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return 401, {"message": "Bad credentials"}
        found = re.fullmatch(r"/repos/acme/app/issues(?:/(\d+))?", asked.path)
        if not found:
            return 404, {"message": "Not Found"}
        if asked.method == "GET":
            return 200, self.with_mark(asked.query["labels"][0])
        if asked.method == "POST":
            number = len(self.issues) + 1
            url = f"https://github.com/acme/app/issues/{number}"
            self.issues[str(number)] = {**asked.data, "number": number, "html_url": url}
            return 201, self.issues[str(number)]
        if found[1] not in self.issues:
            return 410, {"message": "This issue was deleted"}
        self.issues[found[1]] |= asked.data
        return 200, self.issues[found[1]]


class GitLab(Tracker):
    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.headers.get("private-token") != KEY:
            return 401, {"message": "401 Unauthorized"}
        found = re.fullmatch(r"/api/v4/projects/acme%2Fapps%2Fweb/issues(?:/(\d+))?", asked.path)
        if not found:
            return 404, {"message": "404 Project Not Found"}
        if asked.method == "GET":
            return 200, self.with_mark(asked.query["labels"][0])
        if asked.method == "POST":
            number = len(self.issues) + 1
            url = f"https://gitlab.example.com/acme/apps/web/-/issues/{number}"
            labels = asked.data["labels"].split(",")
            self.issues[str(number)] = {**asked.data, "labels": labels, "iid": number, "web_url": url}
            return 201, self.issues[str(number)]
        if found[1] not in self.issues:
            return 404, {"message": "404 Not found"}
        self.issues[found[1]] |= asked.data
        return 200, self.issues[found[1]]


class Jira(Tracker):
    """Its Cloud, where the search has an address of its own; `is_data_center` has the older one."""

    is_data_center = False

    def answer(self, asked: Asked) -> tuple[int, Any]:
        pair = base64.b64encode(f"ada@example.com:{KEY}".encode()).decode()
        wanted = f"Bearer {KEY}" if self.is_data_center else f"Basic {pair}"
        if asked.headers.get("authorization") != wanted:
            return 401, None
        search = "/rest/api/2/search" if self.is_data_center else "/rest/api/2/search/jql"
        if asked.method == "GET" and asked.path == search:
            found = re.fullmatch(r'project = "ABC" AND labels = "([\w-]+)"', asked.query["jql"][0])
            return 200, {"issues": [{"key": issue["key"]} for issue in self.with_mark(found[1] if found else "")]}
        if asked.method == "POST" and asked.path == "/rest/api/2/issue":
            fields = asked.data["fields"]
            if fields["project"] != {"key": "ABC"} or fields["issuetype"] != {"name": "Story"}:
                return 400, {"errors": {"project": "project is required"}}
            key = f"ABC-{len(self.issues) + 1}"
            self.issues[key] = {**fields, "key": key}
            return 201, {"id": "10001", "key": key}
        key = asked.path.rpartition("/")[2]
        if asked.method == "PUT" and key in self.issues:
            self.issues[key] |= asked.data["fields"]
            return 204, None
        return 404, {"errorMessages": ["Not found"]}


class Webhook(Tracker):
    def answer(self, asked: Asked) -> tuple[int, Any]:
        data = asked.data
        self.issues[data["mark"]] = data
        return 200, {"key": f"W-{data['idea']}", "url": f"https://work.example.com/{data['idea']}"}


@contextmanager
def running(tracker: Tracker) -> Iterator[Tracker]:
    """The server at an address of its own, on this machine alone."""

    class Handler(BaseHTTPRequestHandler):
        def handle_request(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, parse_qs(parts.query), headers, self.rfile.read(length))
            tracker.asked.append(asked)
            if tracker.misbehave:
                tracker.misbehave.pop(0)(self)
                return
            status, data = tracker.answer(asked)
            reply(self, status, data)

        do_GET = do_POST = do_PUT = do_PATCH = handle_request  # noqa: N815

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    tracker.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield tracker
    finally:
        tracker.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def reply(handler: BaseHTTPRequestHandler, status: int, data: Any) -> None:
    body = b"" if data is None else json.dumps(data).encode()
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


# Ways to misbehave


def fails(status: int) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: reply(handler, status, {"message": "no"})


def leads_to(address: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(307)
        handler.send_header("Location", address)
        handler.end_headers()

    return redirect


def talks_for_ever(handler: BaseHTTPRequestHandler) -> None:
    """Ten gigabytes, or as much of it as is taken."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(10 * 1024**3))
    handler.end_headers()
    try:
        for _part in range(10 * 1024):
            handler.wfile.write(b" " * 1024**2)
    except OSError:
        return


def hangs(tracker: Tracker) -> Callable[[BaseHTTPRequestHandler], None]:
    """Says a letter now and then, and never comes to an end."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not tracker.released.wait(0.05):
                handler.wfile.write(b"X")
        except OSError:
            return

    return drip


def answers_nonsense(handler: BaseHTTPRequestHandler) -> None:
    reply(handler, 200, {"unexpected": unquote("%00")})


def creates_and_breaks_off(tracker: Tracker) -> Callable[[BaseHTTPRequestHandler], None]:
    """Does what it is asked, and does not get to say so."""

    def vanish(handler: BaseHTTPRequestHandler) -> None:
        tracker.answer(tracker.asked[-1])
        handler.connection.close()

    return vanish
