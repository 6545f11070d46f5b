"""What moderators fill in when they decide on a post."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moderation.actions import REASON_LENGTH, FamilyChoice, MergedIdeasError


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
