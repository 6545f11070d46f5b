"""Requests to servers whose addresses people typed: never to this network itself, and never more than was asked for.

A name is resolved once, every address that it has is checked, and the connection goes to one that was: a name that
means something else a moment later changes nothing. Redirects are not followed. OUTBOUND_ALLOWED_NETWORKS names
networks that are allowed nevertheless, such as that of a company's own Jira.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

MOST_BYTES = 2_000_000
SECONDS_TO_CONNECT = 5.0
SECONDS = 20.0
AGENT = "Chorus"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# IPv6 addresses that stand for an IPv4 address, by which of their bits it is.
_TRANSLATED = [(ipaddress.ip_network("64:ff9b::/96"), 0), (ipaddress.ip_network("2002::/16"), 80)]


class OutboundError(Exception):
    """The request was not made, or not answered as it should have been. `sentence` says why, for people.

    `is_final` says that trying again is of no use until somebody changes something.
    """

    def __init__(self, sentence: str, *, is_final: bool = False, status: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.is_final, self.status = sentence, is_final, status


@dataclass(frozen=True)
class Answer:
    """What a server answered. `data` is what its JSON says, None where the body is not JSON."""

    status: int
    data: Any


def check_address(url: str) -> SplitResult:
    """The parts of an address that may be asked, as far as it alone says. Raises OutboundError."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise OutboundError(_("This is not an address that can be asked."), is_final=True) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise OutboundError(_("Give an address that begins with https:// and holds no password."), is_final=True)
    return parts


def request_json(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    seconds: float | None = None,
) -> Answer:
    """Ask a server, and read its answer: at most MOST_BYTES of it, and at most for so many seconds altogether.

    An answer with any status but a redirect comes back. Raises OutboundError.
    """
    parts = check_address(url)
    host, is_tls = str(parts.hostname), parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    connection = _Connection(host, port, resolve(host, port, is_tls=is_tls), is_tls=is_tls)
    watch = threading.Timer(seconds or SECONDS, connection.break_off)
    watch.daemon = True
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        watch.start()
        connection.request(method, target, body=body, headers={"User-Agent": AGENT, **(headers or {})})
        answer = _read(connection.getresponse())
        if connection.is_broken_off:
            raise TimeoutError
        return answer
    except (OSError, http.client.HTTPException, ValueError) as error:
        if connection.is_broken_off or isinstance(error, TimeoutError):
            raise OutboundError(_("%(host)s did not answer in time.") % {"host": host}) from error
        raise OutboundError(
            _("%(host)s could not be reached, or did not answer as a web server does.") % {"host": host}
        ) from error
    finally:
        watch.cancel()
        connection.close()


def resolve(host: str, port: int, *, is_tls: bool) -> str:
    """An address of the host that may be connected to, all of those that it has being allowed. Raises OutboundError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise OutboundError(_("There is no server %(host)s.") % {"host": host}) from None
    addresses = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    for address in addresses:
        if is_allowed_by_name(address):
            continue
        if not is_public(address):
            sentence = _("%(host)s is in a private network, where Chorus asks nothing.")
            raise OutboundError(sentence % {"host": host}, is_final=True)
        if not is_tls:
            raise OutboundError(_("Use https://, so that nobody on the way reads along."), is_final=True)
    return str(addresses[0])


def is_public(address: Address) -> bool:
    """Whether the address is one of the public internet; also of one that only stands for another."""
    return all(inner.is_global and not inner.is_multicast and not inner.is_reserved for inner in _stands_for(address))


def is_allowed_by_name(address: Address) -> bool:
    """Whether the settings allow the address, whatever it is."""
    networks = [ipaddress.ip_network(network) for network in settings.OUTBOUND_ALLOWED_NETWORKS]
    return any(address in network for network in networks)


def _stands_for(address: Address) -> list[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    inner: list[Address] = [address]
    for network, shift in _TRANSLATED:
        if address in network:
            inner = [ipaddress.IPv4Address(int(address) >> shift & 0xFFFFFFFF)]
    return inner


def _read(response: http.client.HTTPResponse) -> Answer:
    if 300 <= response.status < 400:
        sentence = _("The server leads to another address (%(address)s). Chorus does not follow: enter the right one.")
        leads_to = (response.getheader("Location") or "?")[:200]
        raise OutboundError(sentence % {"address": leads_to}, is_final=True, status=response.status)
    body = response.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise OutboundError(_("The server answered with far more than was asked for."), status=response.status)
    if response.length:
        raise http.client.IncompleteRead(body, response.length)
    try:
        data = json.loads(body) if body else None
    except ValueError:
        data = None
    return Answer(response.status, data)


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was checked, under the name of the host; it can be broken off from outside."""

    def __init__(self, host: str, port: int, address: str, *, is_tls: bool) -> None:
        super().__init__(host, port, timeout=SECONDS_TO_CONNECT)
        self.address, self.is_tls, self.is_broken_off = address, is_tls, False
        self._raw: socket.socket | None = None

    def connect(self) -> None:
        self._raw = socket.create_connection((self.address, self.port), timeout=SECONDS_TO_CONNECT)
        self.sock = self._raw
        if self.is_tls:
            self.sock = ssl.create_default_context().wrap_socket(self._raw, server_hostname=self.host)
        self.sock.settimeout(SECONDS)

    def break_off(self) -> None:
        """End it, whatever it waits for."""
        self.is_broken_off = True
        for held in (self.sock, self._raw):
            try:
                if held is not None:
                    held.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
