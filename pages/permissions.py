"""Who may make the site on its first day."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import ForbiddenError
from pages.first_run import has_administrator, is_setup_code


class SetupLinkNeededError(ForbiddenError):
    sentence = _("This page opens with the link that the command below prints on the server.")


class AdministratorNeededError(ForbiddenError):
    sentence = _("Sign in as an administrator to set up this site.")


def check_can_set_up(user: Any, code: str) -> None:
    """An administrator or, where there is none yet, whoever has the code from the server.

    Raises AdministratorNeededError or SetupLinkNeededError.
    """
    if user.is_authenticated and user.is_superuser:
        return
    if has_administrator():
        raise AdministratorNeededError
    if not is_setup_code(code):
        raise SetupLinkNeededError
