"""Who may moderate what. Each check is quiet when allowed and raises ForbiddenError with a sentence when not."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Member
from community.content import Content
from community.models import Question
from community.querysets import MODERATE as MODERATE_QUESTIONS
from core.access import grants_of
from core.errors import ForbiddenError
from ideas.models import Idea
from ideas.permissions import CHANGE_STATUS, PLAN
from moderation.kinds import kind_of, moderated_by

SUSPEND = "moderation.suspend_member"


def check_can_moderate(user: Any, post: Content) -> None:
    """Hiding and restoring: moderators, of posts that they may read themselves."""
    kind = kind_of(post)
    if not user.has_perm(kind.permission):
        raise ForbiddenError(_("Only moderators can hide and restore posts."))
    if not kind.visible_to(user).filter(pk=post.pk).exists():
        raise ForbiddenError(_("You can moderate only what you may read yourself."))


def check_can_decide_on_merged(user: Any, merged: Sequence[Idea]) -> None:
    """Deciding on an idea together with those merged into it: whoever may read them all."""
    if Idea.objects.visible_to(user).filter(pk__in=[idea.pk for idea in merged]).count() != len(merged):
        raise ForbiddenError(
            _("An idea that you may not see was merged into this one. Somebody who may see both has to decide.")
        )


def check_is_moderator(user: Any) -> None:
    if not moderated_by(user):
        raise ForbiddenError(_("Only moderators can open this screen."))


def check_suspends(user: Any) -> None:
    """Seeing who is suspended, and the page that suspends somebody."""
    if not user.has_perm(SUSPEND):
        raise ForbiddenError(_("Only moderators can suspend members."))


def check_can_suspend(user: Any, member: Member) -> None:
    """Suspending and lifting: moderators, of anybody but themselves; who works in the admin is for administrators."""
    check_suspends(user)
    if user.pk == member.pk:
        raise ForbiddenError(_("Nobody can suspend themselves, or lift their own suspension."))
    if member.is_superuser and not user.is_superuser:
        raise ForbiddenError(_("Only a superuser can suspend a superuser."))
    works_here = "wagtailadmin.access_admin" in grants_of(member).permissions
    if works_here and not user.has_perm("accounts.change_member"):
        raise ForbiddenError(_("Only administrators can suspend somebody of the team."))


def may_suspend(user: Any, member: Member) -> bool:
    """What pages ask before they offer it."""
    try:
        check_can_suspend(user, member)
    except ForbiddenError:
        return False
    return True


def can_open_ideas_kanban(user: Any) -> bool:
    """Whether the person may both move ideas and know who looks after them: the board is about both."""
    return bool(user.has_perm(CHANGE_STATUS) and user.has_perm(PLAN))


def can_open_questions_kanban(user: Any) -> bool:
    return bool(user.has_perm(MODERATE_QUESTIONS))


def check_can_open_kanban(user: Any) -> None:
    if not (can_open_ideas_kanban(user) or can_open_questions_kanban(user)):
        raise ForbiddenError(_("Only the product team and moderators can open this screen."))


def check_can_open_ideas_kanban(user: Any) -> None:
    if not can_open_ideas_kanban(user):
        raise ForbiddenError(_("Only the product team and moderators can open this board."))


def check_can_open_questions_kanban(user: Any) -> None:
    if not can_open_questions_kanban(user):
        raise ForbiddenError(_("Only moderators can open this board."))


def check_can_move_idea(user: Any, idea: Idea) -> None:
    """Moving an idea's card: who may open such boards, of ideas that they may see themselves."""
    check_can_open_ideas_kanban(user)
    if not Idea.objects.visible_to(user).filter(pk=idea.pk).exists():
        raise ForbiddenError(_("You can move only what you may read yourself."))


def check_can_move_question(user: Any, question: Question) -> None:
    """Moving a question's card: moderators, of questions that they may see themselves."""
    check_can_open_questions_kanban(user)
    if not Question.objects.visible_to(user).filter(pk=question.pk).exists():
        raise ForbiddenError(_("You can move only what you may read yourself."))
