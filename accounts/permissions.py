"""Who may do what with members. Each check is quiet when allowed and raises ForbiddenError with a sentence if not."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Member
from core.errors import ForbiddenError

ERASE = "accounts.erase_member"
ADD_ORGANISATION, CHANGE_ORGANISATION = "accounts.add_organisation", "accounts.change_organisation"


class SuspendedError(ForbiddenError):
    """Somebody is suspended, until a moment or until further notice."""

    def __init__(self, member: Member) -> None:
        super().__init__(suspended_sentence(member))


def suspended_sentence(member: Member) -> str:
    """What somebody who is suspended is told about it, in their own time."""
    if member.suspended_until is None:
        return _("Your account is suspended: you can read, but not take part.")
    day = date_format(timezone.localtime(member.suspended_until), "DATE_FORMAT")
    return _("Your account is suspended until %(day)s: you can read, but not take part.") % {"day": day}


def check_is_in_good_standing(user: Any) -> None:
    """Writing and voting: every member who is signed in, active and not suspended."""
    if not (user.is_authenticated and user.is_active):
        raise ForbiddenError(_("Sign in to take part."))
    check_is_not_suspended(user)


def check_is_not_suspended(user: Any) -> None:
    if user.is_authenticated and user.is_suspended:
        raise SuspendedError(user)


def check_can_erase(user: Any, member: Member) -> None:
    """Erasing a person: they themselves, or an administrator; superusers are a superuser's to erase."""
    if user.pk == member.pk:
        return
    if not user.has_perm(ERASE):
        raise ForbiddenError(_("Only administrators can delete somebody else's account."))
    if member.is_superuser and not user.is_superuser:
        raise ForbiddenError(_("Only a superuser can delete a superuser's account."))


def check_can_add_organisations(user: Any) -> None:
    if not user.has_perm(ADD_ORGANISATION):
        raise ForbiddenError(_("Only administrators can add organisations."))


def check_can_change_organisations(user: Any) -> None:
    """Their plan and what they are worth too."""
    if not user.has_perm(CHANGE_ORGANISATION):
        raise ForbiddenError(_("Only administrators can change organisations."))
