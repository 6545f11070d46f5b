"""Editing boards, policies and the changelog in the Wagtail admin."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm

from ideas.weights import counts_something


class ColourChoice(forms.RadioSelect):
    """Colours to choose from, each shown beside its name."""

    class Media:
        css = {"all": ["css/admin.css"]}

    def __init__(self, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__({"class": "c-colour-choice", **(attrs or {})}, **kwargs)

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        shown = format_html('<span class="c-swatch is-{}"></span>{}', value, label)
        option: dict[str, Any] = super().create_option(name, value, shown, *args, **kwargs)
        return option


class BoardForm(WagtailAdminPageForm):
    """Refuses to remove a status that ideas have, and a board left without any status."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        formset = self.formsets.get("statuses")
        if formset is None or not formset.is_valid():
            return cleaned
        kept = [form for form in formset.forms if form.cleaned_data and form not in formset.deleted_forms]
        if not kept and self.instance.pk:
            self.add_error(None, _("A board needs at least one status."))
        for status in self._removed({form.instance.pk for form in kept}):
            if status.ideas.exists() or status.is_in_history():
                sentence = _("The status “%(name)s” can't be removed: ideas have it or had it.")
                self.add_error(None, sentence % {"name": status.name})
        return cleaned

    def _removed(self, kept: set[Any]) -> Iterable[Any]:
        """The board's stored statuses that the form leaves out, whichever version of the page it began with."""
        from ideas.models import Status

        return Status.objects.filter(board=self.instance.pk).exclude(pk__in=kept - {None})


class ChangelogEntryForm(WagtailAdminPageForm):
    """Offers the ideas that the editor may see, and says beforehand what publishing would not do for them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from ideas.models import Idea

        super().__init__(*args, **kwargs)
        for form in self._rows():
            field = form.fields["idea"]
            kept = Idea.objects.filter(pk=form.instance.idea_id)
            field.queryset = Idea.objects.visible_to(self.for_user).listed() | kept
            field.widget.reader = self.for_user

    def clean(self) -> dict[str, Any]:
        from ideas.shipping import refusals

        cleaned: dict[str, Any] = super().clean()
        formset = self.formsets.get("shipped_ideas")
        if formset is None or not formset.is_valid():
            return cleaned
        rows = [form.cleaned_data for form in formset.forms if form not in formset.deleted_forms]
        ticked = [row["idea"].pk for row in rows if row.get("idea") and row.get("marks_shipped")]
        for sentence in refusals(self.for_user, self.instance.pk, ticked):
            self.add_error(None, sentence)
        return cleaned

    def _rows(self) -> Iterable[Any]:
        formset = self.formsets.get("shipped_ideas")
        return formset.forms if formset is not None else []


class PolicyForm(WagtailAdminModelForm):
    """Refuses a policy that ranks nothing: without boards, or with nothing that weighs anything."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        self._check_slug(cleaned.get("slug"))
        if not cleaned.get("is_for_all_boards") and "boards" in cleaned and not cleaned["boards"]:
            self.add_error("boards", _("Choose at least one board, or let the policy be for all."))
        kept = {name: self._rows(name) for name in ("segments", "plans", "bands")}
        if self.errors or any(rows is None for rows in kept.values()):
            return cleaned
        segments, plans, bands = (kept[name] or [] for name in ("segments", "plans", "bands"))
        if _has_twice(row["segment"].casefold() for row in segments):
            self.add_error(None, _("Each segment can have one multiplier only."))
        if _has_twice(row["plan"].casefold() for row in plans):
            self.add_error(None, _("Each plan can have one multiplier only."))
        begins = [row["least"] for row in bands]
        if any(one >= other for one, other in pairwise(begins)):
            self.add_error(None, _("Put the bands in order: each begins with a higher value than the one before."))
        if not counts_something(
            supporter=cleaned["supporter_weight"],
            importances=[cleaned[f"{name}_multiplier"] for name in ("critical", "important", "nice", "unsaid")],
            segments=[cleaned["other_multiplier"], *(row["multiplier"] for row in segments)],
            organisation=cleaned["organisation_weight"],
            plans=[cleaned["other_plan_multiplier"], *(row["multiplier"] for row in plans)],
            bands=[cleaned["no_band_multiplier"], *(row["multiplier"] for row in bands)],
            base=cleaned["base_weight"],
            question=cleaned["question_weight"],
        ):
            self.add_error(None, _("By this policy every idea would have the score 0. Give something a weight."))
        return cleaned

    def _rows(self, name: str) -> list[dict[str, Any]] | None:
        """What was typed into the rows that stay, in their order; None where something in them is wrong."""
        formset = self.formsets.get(name)
        if formset is None or not formset.is_valid():
            return None
        return [form.cleaned_data for form in formset.forms if form not in formset.deleted_forms and form.cleaned_data]

    def _check_slug(self, slug: str | None) -> None:
        """Versions are made by copying, so that a short name is given once."""
        others = type(self.instance).objects.filter(slug=slug, version=self.instance.version)
        if slug and others.exclude(pk=self.instance.pk).exists():
            self.add_error("slug", _("Another policy has this short name."))


def _has_twice(names: Iterable[str]) -> bool:
    listed = list(names)
    return len(set(listed)) != len(listed)
