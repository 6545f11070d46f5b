"""Where ideas of reviews can be sent, and which of them are."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.outbound import OutboundError, check_address
from reviews.deciding import ReviewedIdea
from reviews.models import Destination
from reviews.tracker_actions import KeyNeededError, NothingToSendError

Kind = Destination.Kind
# What stands in an address or a query of the tracker, and nothing that would mean more there.
_PROJECTS = {
    Kind.JIRA: (r"[A-Za-z][A-Za-z0-9_]+", _("The key of the project, such as ABC.")),
    Kind.GITHUB: (r"[\w.-]+/[\w.-]+", _("The owner and the repository, such as acme/app.")),
    Kind.GITLAB: (r"[\w.-]+(/[\w.-]+)+", _("The path of the project, such as acme/apps/web.")),
}


class DestinationForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        help_text=_(
            "Jira: https://acme.atlassian.net. GitHub: https://api.github.com. GitLab: https://gitlab.com. "
            "Webhook: where it listens."
        ),
    )
    project = forms.CharField(
        label=_("Project"),
        required=False,
        max_length=200,
        help_text=_("Jira: its key. GitHub: owner/repository. GitLab: its path. Webhook: nothing."),
    )
    account = forms.CharField(
        label=_("Account"),
        required=False,
        max_length=200,
        help_text=_("Only for Jira in the cloud: the email address that the key belongs to."),
    )
    issue_type = forms.CharField(
        label=_("Type of issue"), required=False, max_length=80, help_text=_("Only for Jira. Empty: Task.")
    )
    key = forms.CharField(
        label=_("Key"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "An access token; of a webhook, what its messages are signed with. It is kept encrypted and never shown. "
            "Empty: the one that is kept."
        ),
    )
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(self, *args: Any, destination: Destination | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.destination = destination

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        namesake = Destination.objects.filter(name=name).first()
        if namesake is not None and namesake != self.destination:
            raise ValidationError(gettext("There is a destination of this name already."))
        return name

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            check_address(url)
        except OutboundError as error:
            raise ValidationError(error.sentence) from error
        return url

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind, project = cleaned.get("kind"), cleaned.get("project", "")
        if kind in _PROJECTS:
            pattern, sentence = _PROJECTS[Kind(kind)]
            if "project" not in self.errors and not re.fullmatch(pattern, project):
                self.add_error("project", sentence)
        if self.destination is None and not cleaned.get("key") and "key" not in self.errors:
            self.add_error("key", KeyNeededError.sentence)
        return cleaned


class SendForm(forms.Form):
    """Ideas of a review, and where they go. Valid, it has their ids in `cleaned_data["ideas"]`."""

    destination = forms.ModelChoiceField(
        label=_("Where to"), queryset=Destination.objects.filter(is_active=True), empty_label=None
    )
    ideas = forms.TypedMultipleChoiceField(
        label=_("Ideas"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NothingToSendError.sentence},
    )

    def __init__(self, *args: Any, rows: Sequence[ReviewedIdea], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["ideas"].choices = [(row.pk, f"{row.rank}. {row.title}") for row in rows]
        fields["ideas"].initial = [row.pk for row in rows if row.decided and row.decided.latest.kind == "accepted"]
