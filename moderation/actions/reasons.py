"""The reason that every decision has."""

from django.utils.translation import gettext_lazy as _

from core.errors import ConflictError
from moderation.models import REASON_LENGTH


class ReasonError(ConflictError):
    sentence = _("Give a reason, in at most 500 characters.")


def check_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > REASON_LENGTH:
        raise ReasonError
