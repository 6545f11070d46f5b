"""The form that makes the site."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from pages.models import HomePage

ADMINISTRATOR_FIELDS = ("administrator_name", "administrator_email", "administrator_password")


class SetupForm(forms.Form):
    """What a new site needs, and who its first administrator is where there is none yet."""

    name = forms.CharField(
        label=_("Name of the community"), max_length=80, help_text=_("Shown at the top of every page and in mails.")
    )
    home_title = forms.CharField(label=_("Heading of the home page"), max_length=120)
    home_intro = forms.CharField(
        label=_("Introduction"),
        max_length=HomePage._meta.get_field("intro").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences: who meets here, and what for."),
    )
    forum_title = forms.CharField(
        label=_("First forum"), max_length=80, initial=_("Help"), help_text=_("Where members ask and answer questions.")
    )
    board_title = forms.CharField(
        label=_("First idea board"), max_length=80, initial=_("Ideas"), help_text=_("Where members propose and vote.")
    )
    administrator_name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    administrator_email = forms.EmailField(
        label=_("Your email address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    administrator_password = forms.CharField(
        label=_("Your password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, has_administrator: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_administrator:
            for name in ADMINISTRATOR_FIELDS:
                del self.fields[name]
        else:
            self.fields["administrator_password"].help_text = password_validators_help_text_html()

    def clean_administrator_email(self) -> str:
        email: str = self.cleaned_data["administrator_email"]
        if Member.objects.filter(email__iexact=email).exists():
            raise ValidationError(_("This email address is taken."))
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "administrator_password" in cleaned:
            person = Member(name=cleaned.get("administrator_name", ""), email=cleaned.get("administrator_email"))
            try:
                validate_password(cleaned["administrator_password"], person)
            except ValidationError as error:
                self.add_error("administrator_password", error)
        return cleaned
