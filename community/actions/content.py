"""What can be done to any post, whichever app it belongs to: editing, deleting, and changing who may see it."""

from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from community.content import AbstractRevision, Content, Topic, Visibility
from community.permissions import check_can_edit
from community.querysets import MODERATE
from community.signals import content_edited, visibility_changed
from core.errors import ConflictError

C = TypeVar("C", bound=Content)


class NotVisibleError(ConflictError):
    sentence = _("This post is not on the site any more.")


class AlreadyPostedError(ConflictError):
    sentence = _("You have already posted this.")


def locked(content: C) -> C:
    """The post as it is now, its row locked until the transaction ends; its topic is locked first."""
    content.topic.lock()
    row: C = type(content)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=content.pk)
    return row


@transaction.atomic
def edit_content(*, content: C, by: Member, body: str, title: str = "", moderate: str = MODERATE) -> C:
    """Change a post's text (and a topic's title); what it said before is kept as a revision.

    Raises ForbiddenError, and NotVisibleError for what is deleted. An edit that changes nothing writes nothing.
    """
    content = locked(content)
    check_can_edit(by, content, moderate)
    if content.visibility == Visibility.DELETED:
        raise NotVisibleError
    earlier = content.title if isinstance(content, Topic) else ""
    if (content.body, earlier) == (body, title):
        return content
    revisions: type[AbstractRevision] = content._meta.get_field("revisions").related_model  # type: ignore[assignment]
    now = timezone.now()
    revision = {"content": content, "title": earlier, "body": content.body, "edited_by": by, "replaced_at": now}
    revisions._default_manager.create(**revision)
    content.write(body)
    content.edited_at = now
    fields = ["body", "body_html", "excerpt", "edited_at"]
    if isinstance(content, Topic):
        content.name(title)
        fields += ["title", "slug"]
    content.save(update_fields=fields)
    content_edited.send(sender=type(content), content=content, by=by)
    return content


def delete_content(*, content: C, by: Member, moderate: str = MODERATE) -> C:
    """Take a post off the site on its author's or a moderator's word. Nothing is lost; a moderator can restore it."""
    check_can_edit(by, content, moderate)
    return set_visibility(content=content, by=by, visibility=Visibility.DELETED)


@transaction.atomic
def set_visibility(*, content: C, by: Member, visibility: Visibility, reason: str = "") -> C:
    """Record who may see a post from now on, by whom and why. Whether `by` may is the caller's to check."""
    content = locked(content)
    previous = content.visibility
    if previous == visibility:
        return content
    content.visibility = visibility
    content.visibility_by, content.visibility_reason, content.visibility_at = by, reason, timezone.now()
    content.save(update_fields=["visibility", "visibility_by", "visibility_reason", "visibility_at"])
    content.topic.recount()
    visibility_changed.send(sender=type(content), content=content, by=by, previous=previous)
    return content


def check_not_posted_twice(posts: Any, body: str) -> None:
    """Raises AlreadyPostedError when the newest of these has the same text and is a moment old: a doubled click."""
    newest = posts.order_by("-pk").first()
    if newest is not None and newest.body == body and (timezone.now() - newest.created_at).total_seconds() < 60:
        raise AlreadyPostedError
