"""How a review is drafted every month."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from community.fields import TitleField
from core.audience import readers_of
from ideas.forms import OwnerField
from ideas.models import IdeaBoardPage, Policy
from ideas.querysets import readable_boards
from reviews.models.tracking import MOST_IDEAS, USUAL_COUNT
from reviews.tracking import reviewers


class OwnersField(forms.ModelMultipleChoiceField):
    label_from_instance = OwnerField.label_from_instance


class RecurringForm(forms.Form):
    board = forms.ModelChoiceField(label=_("Board"), queryset=IdeaBoardPage.objects.none())
    title = TitleField(label=_("Title"), max_length=190, help_text=_("The month is put behind it."))
    policy = forms.ChoiceField(
        label=_("Ideas from the top by"),
        required=False,
        help_text=_("Of a policy, its latest version. What is shipped or declined is left out."),
    )
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST_IDEAS, initial=USUAL_COUNT)
    day = forms.IntegerField(label=_("Day of the month"), min_value=1, max_value=28, initial=1)
    owners = OwnersField(
        label=_("Owners"),
        queryset=Member.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They find the draft on the admin's first page."),
    )
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        boards = IdeaBoardPage.objects.filter(pk__in=readable_boards(user)).order_by("title", "pk")
        fields["board"].queryset = boards
        if len(boards) == 1:
            fields["board"].initial = boards[0]
        policies = Policy.objects.current().order_by("name", "pk").values_list("slug", "name")
        fields["policy"].choices = [("", _("the number of supporters")), *policies]
        fields["owners"].queryset = reviewers()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        board, owners, policy = cleaned.get("board"), cleaned.get("owners"), cleaned.get("policy")
        if board and owners is not None:
            readers = set(owners.filter(readers_of(board)).values_list("pk", flat=True))
            if outside := [member.name for member in owners if member.pk not in readers]:
                names = ", ".join(outside)
                self.add_error("owners", _("May not read this board: %(names)s") % {"names": names})
        if board and policy and not Policy.objects.current().of_board(board.pk).filter(slug=policy).exists():
            self.add_error("policy", _("This policy is not for this board."))
        return cleaned
