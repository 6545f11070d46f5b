"""Who may do what in the forums. Each check is quiet when allowed and raises ForbiddenError with a sentence if not."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.permissions import check_is_in_good_standing, check_is_not_suspended
from community.content import Content
from community.models import Question
from community.querysets import MODERATE
from core.errors import ForbiddenError


def is_moderator(user: Any) -> bool:
    return bool(user.has_perm(MODERATE))


def check_can_post(user: Any) -> None:
    """Asking, answering, commenting."""
    check_is_in_good_standing(user)


def check_can_edit(user: Any, content: Content, moderate: str = MODERATE) -> None:
    check_is_not_suspended(user)
    if content.author_id != user.pk and not user.has_perm(moderate):
        raise ForbiddenError(_("Only its author and the moderators can change this."))


def check_can_accept(user: Any, question: Question) -> None:
    check_is_not_suspended(user)
    if question.author_id != user.pk and not is_moderator(user):
        raise ForbiddenError(_("Only the person who asked and the moderators can accept an answer."))


def check_can_merge(user: Any) -> None:
    if not is_moderator(user):
        raise ForbiddenError(_("Only moderators can mark questions as duplicates."))
