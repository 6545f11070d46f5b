"""Wagtail's screens for users, with a member's fields, and what of Wagtail's own account page is not the site's."""

from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import account
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.bulk_actions import AssignRoleBulkAction, DeleteBulkAction, SetActiveStateBulkAction
from wagtail.users.views.users import CreateView, EditView, IndexView, UserViewSet

from accounts.actions import follow_email
from accounts.models import Member
from accounts.roles import CUSTOMERS

FIELDS = ("handle", "name", "email", "organisation", "is_superuser", "groups")
SEARCHED = ("name", "handle", "email", "organisation__name")


class _MemberForm:
    """Without first and last names, and without administrators where the editor is none."""

    first_name = None
    last_name = None
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by.is_superuser:
            self.fields.pop("is_superuser", None)

    def save(self, commit: bool = True) -> Member:
        member: Member = super().save(commit)  # type: ignore[misc]
        if commit:
            follow_email(member=member)
        return member


class MemberCreationForm(_MemberForm, UserCreationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groups"].initial = Group.objects.filter(name=CUSTOMERS)

    class Meta(UserCreationForm.Meta):
        fields: ClassVar[tuple[str, ...]] = FIELDS


class MemberEditForm(_MemberForm, UserEditForm):
    # Placeholders have no address, and may be edited without getting one.
    email = forms.EmailField(label=_("Email"), required=False)

    class Meta(UserEditForm.Meta):
        fields: ClassVar[tuple[str, ...]] = (*FIELDS, "is_active")


class MemberIndexView(IndexView):
    search_fields = SEARCHED

    @cached_property
    def columns(self) -> list[Column]:
        select, name, handle, *rest = super().columns
        name.sort_key = "name"
        handle.label = _("Handle")
        return [select, name, handle, Column("organisation", label=_("Organisation"), sort_key="organisation"), *rest]

    def get_base_queryset(self) -> QuerySet[Member]:
        members: QuerySet[Member] = super().get_base_queryset().select_related("organisation")
        return members

    def order_queryset(self, queryset: QuerySet[Member]) -> QuerySet[Member]:
        field = {"name": "name", "organisation": "organisation__name"}.get(self.ordering.removeprefix("-"))
        if field is None:
            ordered: QuerySet[Member] = super().order_queryset(queryset)
            return ordered
        return queryset.order_by(f"-{field}" if self.ordering.startswith("-") else field, "pk")


class MemberCreateView(CreateView):
    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": self.request.user}


class MemberEditView(EditView):
    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Whoever may edit an administrator could set their password, and so become one."""
        super().setup(request, *args, **kwargs)
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": self.request.user}


class MemberViewSet(UserViewSet):
    index_view_class = MemberIndexView
    add_view_class = MemberCreateView
    edit_view_class = MemberEditView

    def get_form_class(self, for_update: bool = False) -> type[Any]:
        return MemberEditForm if for_update else MemberCreationForm


class _AllFound:
    """«All» are those whom the search of the list finds, by whichever field."""

    request: HttpRequest

    def get_all_objects_in_listing_query(self, parent_id: Any) -> QuerySet[Any]:
        query = self.request.GET.get("q", "")
        found = reduce(or_, (Q(**{f"{field}__icontains": query}) for field in SEARCHED)) if query else Q()
        return Member.objects.filter(found).values_list("pk", flat=True)


class AssignRole(_AllFound, AssignRoleBulkAction):
    pass


class Delete(_AllFound, DeleteBulkAction):
    pass


class SetActiveState(_AllFound, SetActiveStateBulkAction):
    pass


class MemberAccountView(account.AccountView):
    """Wagtail's page for its own preferences; name, address, language and time zone are in the site's settings."""

    elsewhere = (
        account.NameEmailSettingsPanel,
        account.AvatarSettingsPanel,
        account.LocaleSettingsPanel,
        account.ChangePasswordPanel,
    )

    def get_panels(self) -> list[Any]:
        return [panel for panel in super().get_panels() if not isinstance(panel, self.elsewhere)]
