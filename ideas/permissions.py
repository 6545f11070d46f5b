"""Who may do what on the boards. Each check is quiet when allowed and raises ForbiddenError with a sentence if not."""

from typing import Any

from django.utils.translation import gettext as _

from core.errors import ForbiddenError
from ideas.models import Idea

MERGE = "ideas.merge_idea"
CHANGE_STATUS = "ideas.change_idea_status"


def check_can_take_part(user: Any) -> None:
    """Proposing, voting, commenting: every member who is signed in and active."""
    if not (user.is_authenticated and user.is_active):
        raise ForbiddenError(_("Sign in to take part."))


def check_can_merge(user: Any, *ideas: Idea) -> None:
    """Merging and undoing merges: moderators, of ideas that they may see themselves."""
    if not user.has_perm(MERGE):
        raise ForbiddenError(_("Only moderators can merge ideas."))
    wanted = {idea.pk for idea in ideas}
    if Idea.objects.visible_to(user).filter(pk__in=wanted).count() != len(wanted):
        raise ForbiddenError(_("You can merge only ideas that you may see."))


def check_can_change_status(user: Any) -> None:
    if not user.has_perm(CHANGE_STATUS):
        raise ForbiddenError(_("Only the product team and moderators can change an idea's status."))
