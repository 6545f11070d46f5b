"""Who may do what with members. Each check is quiet when allowed and raises ForbiddenError with a sentence if not."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Member
from core.errors import ForbiddenError

ERASE = "accounts.erase_member"


def check_can_erase(user: Any, member: Member) -> None:
    """Erasing a person: they themselves, or an administrator; superusers are a superuser's to erase."""
    if user.pk == member.pk:
        return
    if not user.has_perm(ERASE):
        raise ForbiddenError(_("Only administrators can delete somebody else's account."))
    if member.is_superuser and not user.is_superuser:
        raise ForbiddenError(_("Only a superuser can delete a superuser's account."))
