"""How Chorus differs from django-allauth's defaults when people sign up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from accounts.models import Member


class AccountAdapter(DefaultAccountAdapter):
    def populate_username(self, request: HttpRequest, user: Member) -> None:
        """A new member's handle is made from their name, or from the part of their address before the @."""
        if not user.name:
            user.name = (user.email or "").partition("@")[0]
        if not user.handle:
            user.handle = Member.objects.free_handles([user.name])[0]

    def save_user(self, request: HttpRequest, user: Member, form: Any, commit: bool = True) -> Member:
        """Keeps the name given and the language that the person was reading in."""
        user.name = form.cleaned_data.get("name") or user.name
        user.language = request.LANGUAGE_CODE.partition("-")[0]
        member: Member = super().save_user(request, user, form, commit)
        return member


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Member:
        """Takes the name that the provider knows the person by."""
        member: Member = super().populate_user(request, sociallogin, data)
        full = f"{data.get('first_name') or ''} {data.get('last_name') or ''}".strip()
        member.name = (data.get("name") or full or data.get("username") or "")[:80]
        return member
