"""Wagtail's screens for users, with a member's fields, and what of Wagtail's own account page is not the site's."""

from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import account
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.bulk_actions import AssignRoleBulkAction, DeleteBulkAction, SetActiveStateBulkAction
from wagtail.users.views.users import CreateView, EditView, IndexView, UserViewSet

from accounts.actions import AlreadyErasedError, erase_member, follow_email
from accounts.models import Member
from accounts.permissions import ERASE, check_can_erase
from accounts.roles import CUSTOMERS
from core.errors import ForbiddenError
from core.forms import submit

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
        if self.object.erased_at is not None:
            raise AlreadyErasedError

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons: list[Button] = super().header_more_buttons
        if self.request.user.has_perm(ERASE):
            address = reverse("wagtailusers_users:erase", args=[self.object.pk])
            buttons.append(Button(_("Erase"), url=address, icon_name="user", priority=25))
        return buttons

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": self.request.user}


class MemberEraseView(WagtailAdminTemplateMixin, View):
    """Says what erasing a person does, and does it."""

    page_title = _("Erase a person")
    header_icon = "user"
    template_name = "accounts/erase_member.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.member = get_object_or_404(Member, pk=kwargs["pk"])
        try:
            check_can_erase(request.user, self.member)
        except ForbiddenError as error:
            messages.error(request, str(error))
            return redirect("wagtailadmin_home")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(forms.Form())

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        form = forms.Form(request.POST)
        erased, status = submit(form, erase_member, member=self.member, by=request.user)
        if not erased:
            return self.show(form, status)
        messages.success(request, gettext("The person is erased. What they wrote is still on the site."))
        return redirect("wagtailusers_users:index")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        users = {"url": reverse("wagtailusers_users:index"), "label": _("Users")}
        return [*super().get_breadcrumbs_items(), users, {"url": "", "label": self.page_title}]

    def show(self, form: forms.Form, status: int = 200) -> HttpResponse:
        context = self.get_context_data(form=form, member=self.member)
        response: HttpResponse = self.render_to_response(context, status=status)
        return response


class MemberViewSet(UserViewSet):
    erase_view_class = MemberEraseView
    index_view_class = MemberIndexView
    add_view_class = MemberCreateView
    edit_view_class = MemberEditView

    def get_form_class(self, for_update: bool = False) -> type[Any]:
        return MemberEditForm if for_update else MemberCreationForm

    def get_urlpatterns(self) -> list[URLPattern]:
        erase = path("erase/<int:pk>/", self.construct_view(self.erase_view_class), name="erase")
        return [*super().get_urlpatterns(), erase]


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
