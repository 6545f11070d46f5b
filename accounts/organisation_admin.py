"""Organisations in Wagtail's admin: what they are worth, and what was known of that before."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList, Panel
from wagtail.admin.widgets import AdminDateInput
from wagtail.snippets.views.snippets import SnippetViewSet

from accounts.actions import add_organisation, change_organisation
from accounts.models import Organisation
from accounts.organisations import Change, history_of


class OrganisationForm(WagtailAdminModelForm):
    """Writes what it says as a line of the ledger."""

    instance: Organisation

    since = forms.DateField(
        label=gettext_lazy("Since"),
        required=False,
        widget=AdminDateInput(),
        help_text=gettext_lazy("From which day on plan and value are so. Empty: from now on."),
    )

    def clean_since(self) -> datetime | None:
        day = self.cleaned_data["since"]
        if day is None:
            return None
        begins = timezone.make_aware(datetime.combine(day, time.min))
        if begins > timezone.now():
            raise forms.ValidationError(_("What will be so can be said on its day."))
        return begins

    def save(self, commit: bool = True) -> Organisation:
        known = {name: self.cleaned_data[name] for name in ("name", "plan", "segment", "yearly_value", "since")}
        if self.instance._state.adding:
            self.instance = add_organisation(by=self.for_user, **known)
        else:
            self.instance = change_organisation(organisation=self.instance, by=self.for_user, **known)
        return self.instance


class HistoryPanel(Panel):
    """Who said when what the organisation is worth, below the fields."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "accounts/organisation_history.html"

        def is_shown(self) -> bool:
            return self.instance.pk is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            changes: list[Change] = history_of(self.instance)
            return {**context, "changes": changes}


class OrganisationViewSet(SnippetViewSet):
    model = Organisation
    icon = "group"
    menu_label = gettext_lazy("Organisations")
    menu_order = 610
    add_to_settings_menu = True
    list_display: ClassVar[list[str]] = ["name", "plan", "segment", "yearly_value"]
    list_filter: ClassVar[list[str]] = ["plan", "segment"]
    search_fields: ClassVar[list[str]] = ["name"]
    ordering: ClassVar[list[str]] = ["name"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("segment"),
            FieldRowPanel([FieldPanel("plan"), FieldPanel("yearly_value"), FieldPanel("since")]),
            HistoryPanel(heading=gettext_lazy("What was known when")),
        ],
        base_form_class=OrganisationForm,
    )
