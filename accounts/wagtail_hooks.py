"""Organisations in Wagtail's admin, and where its pages about users lead to ours."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry
from wagtail.snippets.models import register_snippet

from accounts.admin_users import AssignRole, Delete, SetActiveState
from accounts.log import ERASED
from accounts.organisation_admin import OrganisationViewSet

register_snippet(OrganisationViewSet)

# After Wagtail's own of the same names, which they replace.
for action in (AssignRole, Delete, SetActiveState):
    hooks.register("register_bulk_action", action, order=1)


@hooks.register("register_account_menu_item")
def settings_of_the_site(request: HttpRequest) -> dict[str, Any]:
    return {
        "url": reverse("accounts:settings"),
        "label": _("Settings"),
        "help_text": _("Your name, language, time zone, email address, password and two-factor sign-in."),
    }


@hooks.register("register_log_actions")
def accounts_log(actions: LogActionRegistry) -> None:
    actions.register_action(ERASED, _("Erase a person"), _("Erased"))


@hooks.register("register_permissions")
def accounts_permissions() -> QuerySet[Permission]:
    """So that administrators can give it to groups of their own."""
    return Permission.objects.filter(content_type__app_label="accounts", codename="erase_member")
