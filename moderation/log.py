"""Every decision about a post becomes a line of Wagtail's log, in its own transaction: no line, no decision."""

from typing import Any

from django.dispatch import receiver
from wagtail.log_actions import log

from accounts.models import Member
from community.content import Content, Visibility
from community.signals import visibility_changed

HIDE = "moderation.hide"
RESTORE = "moderation.restore"
DELETE = "moderation.delete"
HOLD = "moderation.hold"

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
