"""Jira, GitHub, GitLab and webhooks, as far as ideas are put there: finding, creating and updating one item.

Every item carries a mark of the site and the idea, by which it is found again where its number was not kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from core.outbound import Answer, OutboundError, request_json
from core.secrets import SealBrokenError
from reviews.models import Destination


class ItemGoneError(Exception):
    """The item that was to be updated is not there any more."""


@dataclass(frozen=True)
class Draft:
    """What an item says. `mark` is the same for the same idea of the same site; `text` is Markdown."""

    mark: str
    title: str
    text: str
    idea: int
    idea_url: str


@dataclass(frozen=True)
class Item:
    """An item at a tracker: what it is called there, and where people open it; a webhook may say neither."""

    key: str
    url: str


class Tracker(Protocol):
    def find(self, draft: Draft) -> Item | None: ...

    def create(self, draft: Draft) -> Item: ...

    def update(self, key: str, draft: Draft) -> Item:
        """Raises ItemGoneError."""


def mark_of(idea: int) -> str:
    """The mark of an idea of this site, also among those of other sites."""
    site = hashlib.sha256(settings.BASE_URL.encode()).hexdigest()[:8]
    return f"chorus-{site}-{idea}"


def put(destination: Destination, key: str, draft: Draft) -> Item:
    """Have the item say this: update the one with the key, or the one with the mark, or else create it.

    Raises OutboundError.
    """
    tracker = tracker_of(destination)
    if key:
        try:
            return tracker.update(key, draft)
        except ItemGoneError:
            pass
    found = tracker.find(draft)
    return tracker.update(found.key, draft) if found else tracker.create(draft)


def tracker_of(destination: Destination) -> Tracker:
    """Raises OutboundError where its key can't be read any more."""
    try:
        key = destination.key
    except SealBrokenError:
        sentence = _("The key of this destination can't be read any more. An administrator has to enter it again.")
        raise OutboundError(sentence, is_final=True) from None
    kinds: Mapping[str, type[Any]] = {"jira": Jira, "github": GitHub, "gitlab": GitLab, "webhook": Webhook}
    tracker: Tracker = kinds[destination.kind](destination, key)
    return tracker


class _Api:
    """What the trackers have in common: asking in JSON, and saying what an answer means."""

    def __init__(self, destination: Destination, key: str) -> None:
        self.destination, self.key, self.base = destination, key, destination.url.rstrip("/")

    def headers(self) -> dict[str, str]:
        raise NotImplementedError

    def ask(self, method: str, path: str, data: Any = None) -> Answer:
        """The answer to a request below the API's address, one that is neither a refusal nor a failure."""
        body = None if data is None else json.dumps(data).encode()
        headers = {"Accept": "application/json", **({"Content-Type": "application/json"} if body else {})}
        return judged(request_json(method, self.base + path, headers=headers | self.headers(), body=body))

    def item(self, data: Any, key: str, url: str) -> Item:
        """The item that an answer tells of, by the names of its parts."""
        if not isinstance(data, dict) or not data.get(key) or not is_web_address(data.get(url)):
            raise OutboundError(_("The tracker answered in a way that Chorus does not understand."))
        return Item(str(data[key])[:200], str(data[url]))


class GitHub(_Api):
    def headers(self) -> dict[str, str]:
        return {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.key}",
            "X-GitHub-Api-Version": "2022-11-28",
        }

    @property
    def issues(self) -> str:
        return f"/repos/{quote(self.destination.project)}/issues"

    def find(self, draft: Draft) -> Item | None:
        query = urlencode({"labels": draft.mark, "state": "all", "per_page": 1})
        found = self.ask("GET", f"{self.issues}?{query}").data
        return self.item(found[0], "number", "html_url") if isinstance(found, list) and found else None

    def create(self, draft: Draft) -> Item:
        data = {"title": draft.title, "body": draft.text, "labels": [draft.mark]}
        return self.item(self.ask("POST", self.issues, data).data, "number", "html_url")

    def update(self, key: str, draft: Draft) -> Item:
        data = {"title": draft.title, "body": draft.text}
        return self.item(self.ask("PATCH", f"{self.issues}/{quote(key)}", data).data, "number", "html_url")


class GitLab(_Api):
    def headers(self) -> dict[str, str]:
        return {"PRIVATE-TOKEN": self.key}

    @property
    def issues(self) -> str:
        return f"/api/v4/projects/{quote(self.destination.project, safe='')}/issues"

    def find(self, draft: Draft) -> Item | None:
        query = urlencode({"labels": draft.mark, "scope": "all", "per_page": 1})
        found = self.ask("GET", f"{self.issues}?{query}").data
        return self.item(found[0], "iid", "web_url") if isinstance(found, list) and found else None

    def create(self, draft: Draft) -> Item:
        data = {"title": draft.title, "description": draft.text, "labels": draft.mark}
        return self.item(self.ask("POST", self.issues, data).data, "iid", "web_url")

    def update(self, key: str, draft: Draft) -> Item:
        data = {"title": draft.title, "description": draft.text}
        return self.item(self.ask("PUT", f"{self.issues}/{quote(key)}", data).data, "iid", "web_url")


class Jira(_Api):
    """Jira's REST API of version 2, which its Cloud and its Data Center share, but for the search."""

    def headers(self) -> dict[str, str]:
        if not self.destination.account:
            return {"Authorization": f"Bearer {self.key}"}
        pair = f"{self.destination.account}:{self.key}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def find(self, draft: Draft) -> Item | None:
        jql = f'project = "{self.destination.project}" AND labels = "{draft.mark}"'
        query = urlencode({"jql": jql, "fields": "key", "maxResults": 1})
        try:
            found = self.ask("GET", f"/rest/api/2/search/jql?{query}").data
        except ItemGoneError:
            found = self.ask("GET", f"/rest/api/2/search?{query}").data
        issues = found.get("issues") if isinstance(found, dict) else None
        return self._item(issues[0]) if issues else None

    def create(self, draft: Draft) -> Item:
        kind = {"name": self.destination.issue_type or "Task"}
        fields = {"project": {"key": self.destination.project}, "issuetype": kind, "labels": [draft.mark]}
        return self._item(self.ask("POST", "/rest/api/2/issue", {"fields": fields | self._said(draft)}).data)

    def update(self, key: str, draft: Draft) -> Item:
        self.ask("PUT", f"/rest/api/2/issue/{quote(key)}", {"fields": self._said(draft)})
        return self._item({"key": key})

    def _said(self, draft: Draft) -> dict[str, Any]:
        return {"summary": draft.title, "description": draft.text}

    def _item(self, data: Any) -> Item:
        key = data.get("key") if isinstance(data, dict) else None
        return self.item({"key": key, "url": f"{self.base}/browse/{quote(str(key))}"}, "key", "url")


class Webhook(_Api):
    """A server of one's own. It hears of an idea with a signature, and may say what it made of it."""

    def headers(self) -> dict[str, str]:
        return {}

    def find(self, draft: Draft) -> Item | None:
        return None

    def create(self, draft: Draft) -> Item:
        return self._send("created", draft, "")

    def update(self, key: str, draft: Draft) -> Item:
        return self._send("updated", draft, key)

    def _send(self, event: str, draft: Draft, key: str) -> Item:
        body = json.dumps({"event": event, "key": key, **asdict(draft)}, sort_keys=True).encode()
        digest = hmac.new(self.key.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": hashlib.sha256(body).hexdigest(),
            "X-Chorus-Signature": f"sha256={digest}",
        }
        data = judged(request_json("POST", self.destination.url, headers=headers, body=body)).data
        said = data if isinstance(data, dict) else {}
        url = str(said.get("url") or "")
        return Item(str(said.get("key") or key or draft.mark)[:200], url if is_web_address(url) else "")


def judged(answer: Answer) -> Answer:
    """The answer, where the server did what it was asked. Raises ItemGoneError and OutboundError."""
    status = answer.status
    if 200 <= status < 300:
        return answer
    if status in (404, 410):
        raise ItemGoneError
    if status in (401, 403):
        raise OutboundError(_("The tracker refuses the key, or it may not do this."), is_final=True, status=status)
    if status in (408, 429) or status >= 500:
        raise OutboundError(_("The tracker is in trouble (%(status)d).") % {"status": status}, status=status)
    sentence = _("The tracker does not take it (%(status)d). Check the project and the type of issue.")
    raise OutboundError(sentence % {"status": status}, is_final=True, status=status)


def is_web_address(url: Any) -> bool:
    """Whether it may be put into a link, and fits its column."""
    if not isinstance(url, str) or len(url) > 500:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
