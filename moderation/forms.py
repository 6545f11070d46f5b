"""What moderators fill in when they decide on a post or a member."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moderation.actions import EndInPastError, FamilyChoice, MergedIdeasError
from moderation.models import REASON_LENGTH


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The author and other moderators can read it."),
    )


class HideForm(ReasonForm):
    """Asks, of an idea that others were merged into, what becomes of those."""

    family = forms.ChoiceField(
        label=_("The ideas that were merged into it"),
        choices=FamilyChoice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": MergedIdeasError.sentence},
    )

    def __init__(self, *args: Any, has_merged: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_merged:
            del self.fields["family"]


class SuspendForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The member and moderators can read it."),
    )
    ends_at = forms.DateField(
        label=_("Until"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_(
            "The day on which they may take part again. Leave it empty if you will lift the suspension yourself."
        ),
    )

    def clean_ends_at(self) -> datetime | None:
        """The day begins where the moderator is."""
        day: date | None = self.cleaned_data["ends_at"]
        if day is None:
            return None
        if day <= timezone.localdate():
            raise forms.ValidationError(EndInPastError.sentence)
        return timezone.make_aware(datetime.combine(day, time.min))
