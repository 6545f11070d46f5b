"""Editing a board in the Wagtail admin."""

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm


class BoardForm(WagtailAdminPageForm):  # type: ignore[misc]
    """Refuses to remove a status that ideas have, and a board left without any status."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        formset = self.formsets.get("statuses")
        if formset is None or not formset.is_valid():
            return cleaned
        kept = [form for form in formset.forms if form.cleaned_data and form not in formset.deleted_forms]
        if self.instance.pk and not kept:
            self.add_error(None, _("A board needs at least one status."))
        for form in formset.deleted_forms:
            if form.instance.pk and (form.instance.ideas.exists() or form.instance.is_in_history()):
                self.add_error(
                    None,
                    _("The status “%(name)s” can't be removed: ideas have it or had it.")
                    % {"name": form.instance.name},
                )
        return cleaned
