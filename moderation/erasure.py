"""What moderation forgets about a person who is erased: the sentences about them. That they were suspended stays."""

from wagtail.models import ModelLogEntry

from accounts.erasure import register
from accounts.models import Member
from moderation.log import LIFT, SUSPEND
from moderation.models import Suspension


@register
def forget_reasons(member: Member) -> None:
    Suspension.objects.filter(member=member).update(reason="")
    ModelLogEntry.objects.for_instance(member).filter(action__in=(SUSPEND, LIFT)).update(data={})
