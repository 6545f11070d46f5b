"""What members may do."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from core.access import grants_of


class MemberBackend(ModelBackend):
    """Django's permissions, the member's own and those of their roles, read together with the roles in one query.

    Whoever is suspended has none meanwhile, except superusers.
    """

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or user_obj.is_superuser or obj is not None:
            return super().get_all_permissions(user_obj, obj)
        if not hasattr(user_obj, "_perm_cache"):
            user_obj._perm_cache = set() if user_obj.is_suspended else set(grants_of(user_obj).permissions)
        permissions: set[str] = user_obj._perm_cache
        return permissions
