"""Wagtail's screens for users, with a member's fields."""

from typing import Any, ClassVar

from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

FIELDS = {"handle", "name", "email", "organisation", "is_superuser", "groups"}


class MemberCreationForm(UserCreationForm):  # type: ignore[misc]
    first_name = None
    last_name = None

    class Meta(UserCreationForm.Meta):  # type: ignore[misc]
        fields: ClassVar[set[str]] = FIELDS


class MemberEditForm(UserEditForm):  # type: ignore[misc]
    first_name = None
    last_name = None

    class Meta(UserEditForm.Meta):  # type: ignore[misc]
        fields: ClassVar[set[str]] = FIELDS | {"is_active"}


class MemberViewSet(UserViewSet):  # type: ignore[misc]
    def get_form_class(self, for_update: bool = False) -> type[Any]:
        return MemberEditForm if for_update else MemberCreationForm
