"""Suspending members, who then read and do not take part, and whose votes are kept and not counted.

Votes come first in each of these: excluding and restoring them locks the families that they count in, and then the
member's row, which is the order of locks everywhere.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from accounts.actions import SystemMemberError
from accounts.managers import SYSTEM_HANDLE
from accounts.models import Member
from core.errors import ConflictError
from core.tasks import WORKER
from ideas.actions import exclude_votes, restore_votes
from moderation.actions.reasons import check_reason
from moderation.models import Suspension
from moderation.permissions import check_can_suspend
from moderation.signals import member_suspended, suspension_lifted


class AlreadySuspendedError(ConflictError):
    sentence = _("This member is suspended already.")


class AlreadyLiftedError(ConflictError):
    sentence = _("This suspension is lifted already.")


class EndInPastError(ConflictError):
    sentence = _("The end has to lie ahead.")


class NotOverError(ConflictError):
    sentence = _("This suspension is not over yet.")


@transaction.atomic
def suspend_member(*, member: Member, by: Member, reason: str, ends_at: datetime | None = None) -> Suspension:
    """Let a member read and not take part, and count none of their votes, until it is lifted or `ends_at` has come.

    Raises ForbiddenError, ReasonError, AlreadySuspendedError, EndInPastError and SystemMemberError.
    """
    exclude_votes(member=member, by=by)
    member = Member.objects.select_for_update(of=("self",), no_key=True).get(pk=member.pk)
    now = timezone.now()
    check_can_suspend(by, member)
    check_reason(reason)
    if member.handle == SYSTEM_HANDLE:
        raise SystemMemberError
    if member.is_suspended:
        raise AlreadySuspendedError
    if ends_at is not None and ends_at <= now:
        raise EndInPastError
    suspension = Suspension.objects.create(
        member=member, reason=reason, suspended_by=by, suspended_at=now, ends_at=ends_at
    )
    _store(member, is_suspended=True, until=ends_at)
    member_suspended.send(sender=Suspension, suspension=suspension, by=by)
    return suspension


@transaction.atomic
def lift_suspension(*, suspension: Suspension, by: Member) -> Suspension:
    """Let a member take part again, and count their votes. Raises ForbiddenError and AlreadyLiftedError."""
    restore_votes(member=suspension.member, by=by)
    suspension = _locked(suspension)
    check_can_suspend(by, suspension.member)
    return _lift(suspension, by)


@transaction.atomic
def end_suspension(*, suspension: Suspension) -> Suspension:
    """Lift a suspension whose end has come, in the name of the site. Raises AlreadyLiftedError and NotOverError."""
    restore_votes(member=suspension.member, by=None)
    suspension = _locked(suspension)
    if suspension.ends_at is None or suspension.ends_at > timezone.now():
        raise NotOverError
    return _lift(suspension, Member.objects.system())


@task(backend=WORKER)
def end_suspensions() -> int:
    """Lift every suspension whose end has come; how many it were."""
    ended = 0
    for suspension in Suspension.objects.over(timezone.now()).select_related("member").order_by("ends_at", "pk"):
        try:
            end_suspension(suspension=suspension)
        except ConflictError:  # somebody has lifted it meanwhile
            continue
        ended += 1
    return ended


def _locked(suspension: Suspension) -> Suspension:
    """The suspension as it is now; its member's row is locked first."""
    member = Member.objects.select_for_update(of=("self",), no_key=True).get(pk=suspension.member_id)
    suspension = Suspension.objects.select_for_update(no_key=True).get(pk=suspension.pk)
    suspension.member = member
    return suspension


def _lift(suspension: Suspension, by: Member) -> Suspension:
    if suspension.lifted_at is not None:
        raise AlreadyLiftedError
    suspension.lifted_by, suspension.lifted_at = by, timezone.now()
    suspension.save(update_fields=["lifted_by", "lifted_at"])
    _store(suspension.member, is_suspended=False, until=None)
    suspension_lifted.send(sender=Suspension, suspension=suspension, by=by)
    return suspension


def _store(member: Member, *, is_suspended: bool, until: datetime | None) -> None:
    member.is_suspended, member.suspended_until = is_suspended, until
    member.save(update_fields=["is_suspended", "suspended_until"])
