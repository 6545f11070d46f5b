"""Erasing a person is a line of Wagtail's log, in its own transaction and without a word about who it was."""

from typing import Any

from django.dispatch import receiver
from wagtail.log_actions import log

from accounts.models import Member
from accounts.signals import member_erased

ERASED = "accounts.erase"


@receiver(member_erased)
def record_erasure(member: Member, by: Member, **kwargs: Any) -> None:
    log(instance=member, action=ERASED, user=by)
