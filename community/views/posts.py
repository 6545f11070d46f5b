"""Pages that all posts have in common, ideas and the comments on them too."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import Member
from community.changes import marked_changes
from community.content import AbstractRevision, Content, Topic
from community.views.requests import with_cursor
from core.pagination import keyset_page

VERSIONS_ON_A_PAGE = 10


def parents_of(topic: Topic, *, is_below: bool = True) -> list[dict[str, str]]:
    """The way back up: the forum or board, and the question or idea where the page stands below it."""
    page = {"title": topic.page.title, "url": topic.page.url}
    return [page, {"title": topic.title, "url": topic.get_absolute_url()}] if is_below else [page]


def confirm_deletion(request: HttpRequest, post: Content, title: str, text: str = "") -> HttpResponse:
    """Ask once more, showing what is about to go."""
    context = {"post": post, "title": title, "text": text}
    return render(request, "community/post_delete.html", context)


def show_history(request: HttpRequest, post: Content) -> HttpResponse:
    """The versions of a post, the newest first, each with what had changed since the one before it."""
    revisions = post.revisions  # type: ignore[attr-defined]
    page = keyset_page(
        revisions.select_related("edited_by"),
        order=("-id",),
        cursor=request.GET.get("after", ""),
        size=VERSIONS_ON_A_PAGE,
    )
    versions = _edits(post, revisions, page.items)
    if page.next_cursor is None:
        versions.append(_first_version(post, page.items))
    context = {
        "post": post,
        "topic": post.topic,
        "parents": parents_of(post.topic),
        "versions": versions,
        "next_url": page.next_cursor and with_cursor("", page.next_cursor),
        "previous_url": page.previous_cursor and with_cursor("", page.previous_cursor),
    }
    return render(request, "community/post_history.html", context)


@dataclass(frozen=True)
class Version:
    """How a post read from a moment on; what differs from the version before is marked in the safe HTML."""

    by: Member
    at: datetime
    verb: str
    title: SafeString
    body: SafeString


def _edits(post: Content, revisions: Any, page: list[AbstractRevision]) -> list[Version]:
    """The versions that replaced these texts."""
    if not page:
        return []
    newer = revisions.filter(pk__gt=page[0].pk).order_by("pk").first()
    title, body = (newer.title, newer.body) if newer else (_title_of(post), post.body)
    versions = []
    for old in page:
        changes = marked_changes(old.title, title), marked_changes(old.body, body)
        versions.append(Version(old.edited_by, old.replaced_at, _("edited"), *changes))
        title, body = old.title, old.body
    return versions


def _first_version(post: Content, page: list[AbstractRevision]) -> Version:
    """What the author posted: the oldest text there is."""
    title, body = (page[-1].title, page[-1].body) if page else (_title_of(post), post.body)
    return Version(post.author, post.created_at, _("posted"), conditional_escape(title), conditional_escape(body))


def _title_of(post: Content) -> str:
    return post.title if isinstance(post, Topic) else ""
