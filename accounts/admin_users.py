"""Wagtail's screens for users, with a member's fields."""

from typing import Any, ClassVar

from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

FIELDS = {"handle", "name", "email", "organisation", "is_superuser", "groups"}


class MemberCreationForm(UserCreationForm):
    first_name = None
    last_name = None

    class Meta(UserCreationForm.Meta):
        fields: ClassVar[set[str]] = FIELDS


class MemberEditForm(UserEditForm):
    first_name = None
    last_name = None

    class Meta(UserEditForm.Meta):
        fields: ClassVar[set[str]] = FIELDS | {"is_active"}


class MemberViewSet(UserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[Any]:
        return MemberEditForm if for_update else MemberCreationForm
