"""Requests to addresses that people typed: where they may go, and what they put up with."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from core import outbound
from core.outbound import OutboundError, request_json
from core.secrets import SealBrokenError, seal, unseal
from tests.services import trackers

PRIVATE = "in a private network"


@pytest.fixture
def server(settings: Any) -> Iterator[trackers.Tracker]:
    """A server on this machine, which the settings allow to ask."""
    settings.OUTBOUND_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    with trackers.running(trackers.Webhook()) as server:
        yield server


def ask(server: trackers.Tracker, **options: Any) -> Any:
    return request_json("POST", f"{server.url}/hook?to=it", body=b'{"mark": "m", "idea": 1}', **options)


def test_an_answer_comes_back(server: trackers.Tracker) -> None:
    answer = ask(server, headers={"X-One": "two"})
    assert (answer.status, answer.data["key"]) == (200, "W-1")
    [asked] = server.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/hook", {"to": ["it"]})
    assert asked.headers["x-one"] == "two"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "10.0.0.5",
        "169.254.169.254",
        "2130706433",
        "0x7f.1",
        "[::ffff:10.0.0.1]",
        "0",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_private_addresses_are_refused_however_they_are_written(scheme: str, host: str) -> None:
    with pytest.raises(OutboundError, match=PRIVATE) as refused:
        request_json("GET", f"{scheme}://{host}:8/")
    assert refused.value.is_final


def resolves(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Lets the name tracker.test mean these addresses, one list after the other; the names that were asked for."""
    real, asked, waiting = socket.getaddrinfo, [], list(answers)

    def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "tracker.test":
            return real(host, port, *args, **kwargs)
        asked.append(host)
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [row for address in found for row in real(address, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("addresses", [["10.1.2.3"], ["203.0.113.9", "10.1.2.3"], ["8.8.8.8", "fe80::1"]])
def test_a_name_that_means_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    resolves(monkeypatch, addresses)
    with pytest.raises(OutboundError, match=PRIVATE):
        request_json("GET", "https://tracker.test/")


def test_a_name_is_resolved_once_and_that_address_is_asked(
    monkeypatch: pytest.MonkeyPatch, server: trackers.Tracker
) -> None:
    asked = resolves(monkeypatch, ["127.0.0.1"], ["10.1.2.3"])
    port = server.url.rpartition(":")[2]
    assert request_json("POST", f"http://tracker.test:{port}/", body=b'{"mark": "m", "idea": 1}').status == 200
    assert asked == ["tracker.test"]
    assert server.asked[0].headers["host"] == f"tracker.test:{port}"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://example.com/", "begins with https://"),
        ("https://user:secret@example.com/", "holds no password"),
        ("https:///nowhere", "begins with https://"),
        ("https://example.com:99999/", "not an address"),
        ("http://8.8.8.8/", "Use https://"),
        ("https://no-such-host.invalid/", "There is no server"),
    ],
)
def test_other_addresses_are_refused_with_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(OutboundError, match=sentence):
        request_json("GET", url)


@pytest.mark.parametrize("leads_to", ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "/elsewhere"])
def test_redirects_are_not_followed(server: trackers.Tracker, leads_to: str) -> None:
    server.misbehave.append(trackers.leads_to(leads_to))
    with pytest.raises(OutboundError, match="leads to another address") as refused:
        ask(server)
    assert leads_to in refused.value.sentence
    assert len(server.asked) == 1


def test_an_endless_answer_is_not_read_to_its_end(server: trackers.Tracker) -> None:
    server.misbehave.append(trackers.talks_for_ever)
    with pytest.raises(OutboundError, match="far more than was asked for"):
        ask(server)


def test_a_server_that_never_comes_to_an_end_is_left(server: trackers.Tracker) -> None:
    server.misbehave.append(trackers.hangs(server))
    with pytest.raises(OutboundError, match="did not answer in time"):
        ask(server, seconds=0.2)


def test_what_is_no_web_server_is_said(server: trackers.Tracker) -> None:
    server.misbehave.append(lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9.9\r\n"))
    with pytest.raises(OutboundError, match="could not be reached"):
        ask(server)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(OutboundError, match="could not be reached"):
        request_json("GET", f"http://127.0.0.1:{port}/")


def test_an_answer_that_is_no_json_has_no_data(server: trackers.Tracker) -> None:
    server.misbehave.append(lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"))
    assert ask(server) == outbound.Answer(200, None)


def test_what_is_sealed_is_read_with_its_key_alone(settings: Any) -> None:
    sealed = seal("p4ss")
    assert "p4ss" not in sealed
    assert unseal(sealed) == "p4ss"
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert unseal(sealed) == "p4ss"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SealBrokenError):
        unseal(sealed)
