"""Every decision becomes a line of Wagtail's log, in its own transaction: no line, no decision."""

from typing import Any

from django.dispatch import receiver
from wagtail.log_actions import log

from accounts.models import Member
from community.content import Content, Visibility
from community.signals import visibility_changed
from moderation.models import Suspension
from moderation.signals import member_suspended, suspension_lifted

HIDE = "moderation.hide"
RESTORE = "moderation.restore"
DELETE = "moderation.delete"
HOLD = "moderation.hold"
SUSPEND = "moderation.suspend"
LIFT = "moderation.lift_suspension"
MOVE_QUESTION = "moderation.move_question"

ACTIONS = {
    Visibility.VISIBLE: RESTORE,
    Visibility.HELD: HOLD,
    Visibility.HIDDEN: HIDE,
    Visibility.DELETED: DELETE,
}


@receiver(visibility_changed)
def record_decision(content: Content, by: Member, previous: str, **kwargs: Any) -> None:
    """Log who decided, what and why. What authors delete of their own is no decision of moderation."""
    visibility = Visibility(content.visibility)
    if visibility == Visibility.DELETED and by.pk == content.author_id:
        return
    data = {"reason": content.visibility_reason, "previous": previous}
    log(instance=content, action=ACTIONS[visibility], user=by, data=data)


@receiver(member_suspended)
def record_suspension(suspension: Suspension, by: Member, **kwargs: Any) -> None:
    data = {"reason": suspension.reason, "ends_at": suspension.ends_at}
    log(instance=suspension.member, action=SUSPEND, user=by, data=data)


@receiver(suspension_lifted)
def record_lifting(suspension: Suspension, by: Member, **kwargs: Any) -> None:
    log(instance=suspension.member, action=LIFT, user=by)
