"""Hiding and restoring posts."""

from typing import TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogContext

from accounts.models import Member
from community import families
from community.actions import set_visibility
from community.actions.content import locked
from community.content import Content, Visibility
from core.errors import ConflictError
from ideas.actions import undo_idea_merge
from ideas.models import Idea, IdeaMerge
from moderation.actions.reasons import check_reason
from moderation.log import HIDE
from moderation.models import PostLogEntry
from moderation.permissions import check_can_decide_on_merged, check_can_moderate

C = TypeVar("C", bound=Content)


class FamilyChoice(models.TextChoices):
    """What becomes of the ideas that were merged into one that is hidden."""

    HIDE = "hide", _("Hide them too: their addresses will lead to nothing")
    UNDO = "undo", _("Undo these merges first: they go back to their boards")


class AlreadyHiddenError(ConflictError):
    sentence = _("This post is hidden or deleted already.")


class AlreadyVisibleError(ConflictError):
    sentence = _("This post is visible already.")


class MergedIdeasError(ConflictError):
    sentence = _("Other ideas were merged into this one. Choose what becomes of them.")


class CanonicalNotVisibleError(ConflictError):
    sentence = _("This idea was merged into one that is not visible. Restore that one first, or undo the merge.")


@transaction.atomic
def hide_post(*, post: C, by: Member, reason: str, family: FamilyChoice | None = None) -> C:
    """Take a post off the site, for all but its author and the moderators.

    Where ideas were merged into an idea, `family` says what becomes of them. Raises ForbiddenError, ReasonError,
    AlreadyHiddenError and MergedIdeasError.
    """
    rows = families.lock(Idea, post.pk) if isinstance(post, Idea) else {}
    post = locked(post)
    check_can_moderate(by, post)
    check_reason(reason)
    if post.visibility not in (Visibility.VISIBLE, Visibility.HELD):
        raise AlreadyHiddenError
    merged = [row for row in rows.values() if row.canonical_id == post.pk]
    check_can_decide_on_merged(by, merged)
    with LogContext(user=by):
        if merged and family == FamilyChoice.UNDO:
            for edge in IdeaMerge.objects.standing().filter(target=post.pk).order_by("pk"):
                undo_idea_merge(edge=edge, by=by)
        elif merged and family == FamilyChoice.HIDE:
            for idea in merged:
                if idea.visibility in (Visibility.VISIBLE, Visibility.HELD):
                    set_visibility(content=idea, by=by, visibility=Visibility.HIDDEN, reason=reason)
        elif merged:
            raise MergedIdeasError
        return set_visibility(content=post, by=by, visibility=Visibility.HIDDEN, reason=reason)


@transaction.atomic
def restore_post(*, post: C, by: Member, reason: str) -> C:
    """Bring back a post that is held, hidden or deleted, and with an idea those that were hidden together with it.

    Raises ForbiddenError, ReasonError, AlreadyVisibleError and CanonicalNotVisibleError.
    """
    rows = families.lock(Idea, post.pk) if isinstance(post, Idea) else {}
    post = locked(post)
    check_can_moderate(by, post)
    check_reason(reason)
    if post.is_visible:
        raise AlreadyVisibleError
    if isinstance(post, Idea) and post.canonical_id is not None and not rows[post.canonical_id].is_visible:
        raise CanonicalNotVisibleError
    together = hidden_together(post)
    check_can_decide_on_merged(by, together)
    with LogContext(user=by):
        for idea in together:
            set_visibility(content=idea, by=by, visibility=Visibility.VISIBLE, reason=reason)
        return set_visibility(content=post, by=by, visibility=Visibility.VISIBLE, reason=reason)


def hidden_together(post: Content) -> list[Idea]:
    """The merged ideas that the decision which hid this idea hid as well, and that are hidden still."""
    if not isinstance(post, Idea):
        return []
    decision = PostLogEntry.objects.for_instance(post).filter(action=HIDE).first()
    if decision is None:
        return []
    lines = PostLogEntry.objects.filter(content_type=decision.content_type, uuid=decision.uuid, action=HIDE)
    hidden = lines.values_list("object_id", flat=True)
    return list(post.duplicates.filter(visibility=Visibility.HIDDEN, pk__in=list(hidden)).order_by("pk"))
