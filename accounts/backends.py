"""Who is signed in, and what members may do."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import Member
from core.access import grants_of
from core.statements import Given, Statement

_member = Statement(lambda: Member.objects.filter(pk=Given("member")))


class MemberBackend(AuthenticationBackend):
    """Signing in as django-allauth has it, with Django's permissions.

    A member's own permissions and those of their roles are read together with the roles in one query. Whoever is
    suspended has none meanwhile, except superusers.
    """

    def get_user(self, user_id: Any) -> Member | None:
        found = _member.ask(member=user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or user_obj.is_superuser or obj is not None:
            return super().get_all_permissions(user_obj, obj)
        if not hasattr(user_obj, "_perm_cache"):
            user_obj._perm_cache = set() if user_obj.is_suspended else set(grants_of(user_obj).permissions)
        permissions: set[str] = user_obj._perm_cache
        return permissions
