"""Signing up, and a member's own settings."""

import zoneinfo
from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Member


class SignupForm(AllauthSignupForm):
    """Email address and password, as allauth asks for them, and the name to show."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Shown beside what you write."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1"]


class SettingsForm(forms.ModelForm[Member]):
    """What members may change about themselves."""

    class Meta:
        model = Member
        fields = ["name", "handle", "language", "time_zone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zoneinfo.available_timezones())
        self.fields["time_zone"].widget = forms.Select(choices=[(zone, zone.replace("_", " ")) for zone in zones])
