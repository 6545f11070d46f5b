"""Recognising items of issue trackers by their addresses. Nobody is asked: an address says it all."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit, urlunsplit

_ISSUE = r"[A-Za-z][A-Za-z0-9_]*-\d+"
_JIRA = re.compile(rf"/(?:[\w.~-]+/)*browse/(?P<label>{_ISSUE})/?")
_GITHUB = re.compile(r"/(?P<project>[\w.-]+/[\w.-]+)/(?:issues|pull)/(?P<number>\d+)(?:/.*)?")
_GITLAB = re.compile(
    r"/(?P<project>[\w.-]+(?:/[\w.-]+)+?)(?P<dash>/-)?/(?P<kind>issues|work_items|merge_requests)/(?P<number>\d+)/?"
)
_LINEAR = re.compile(rf"/[\w.-]+/issue/(?P<label>{_ISSUE})(?:/.*)?")
_AZURE = re.compile(r"/(?:[^/]+/)*_workitems/edit/(?P<number>\d+)/?")


@dataclass(frozen=True)
class Reference:
    """What an address points at: the tracker's name, and what its item is called there."""

    tracker: str
    label: str


def recognise(address: str) -> Reference | None:
    """The item that an address points at; None for anything else.

    Jira and GitLab that a company runs itself are recognised by the path, whatever the host.
    """
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    for find in (_github, _linear, _azure, _gitlab, _jira):
        if found := find(host, parts):
            return found
    return None


def tidied(address: str) -> str:
    """The address as it is stored, so that the same item is the same address: without a place on its page."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path, parts.query, ""))


def _github(host: str, parts: SplitResult) -> Reference | None:
    found = _GITHUB.fullmatch(parts.path) if host in ("github.com", "www.github.com") else None
    return Reference("GitHub", f"{found['project']}#{found['number']}") if found else None


def _linear(host: str, parts: SplitResult) -> Reference | None:
    found = _LINEAR.fullmatch(parts.path) if host == "linear.app" else None
    return Reference("Linear", found["label"].upper()) if found else None


def _azure(host: str, parts: SplitResult) -> Reference | None:
    is_theirs = host == "dev.azure.com" or host.endswith(".visualstudio.com")
    found = _AZURE.fullmatch(unquote(parts.path)) if is_theirs else None
    return Reference("Azure DevOps", f"#{found['number']}") if found else None


def _gitlab(host: str, parts: SplitResult) -> Reference | None:
    found = _GITLAB.fullmatch(parts.path)
    if not found or not (found["dash"] or host == "gitlab.com"):
        return None
    sign = "!" if found["kind"] == "merge_requests" else "#"
    return Reference("GitLab", f"{found['project']}{sign}{found['number']}")


def _jira(host: str, parts: SplitResult) -> Reference | None:
    found = _JIRA.fullmatch(parts.path)
    if found:
        return Reference("Jira", found["label"].upper())
    chosen = parse_qs(parts.query).get("selectedIssue", [""])[0] if host.endswith(".atlassian.net") else ""
    return Reference("Jira", chosen.upper()) if re.fullmatch(_ISSUE, chosen) else None
