"""A member's own settings, and the end of their account."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from django import forms
from django.conf import settings as django_settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language as set_language_cookie

from accounts.actions import change_settings, choose_language, erase_member
from accounts.forms import SettingsForm
from accounts.kept_forms import member_required
from accounts.models import Member
from core.forms import submit


@member_required
def settings(request: HttpRequest) -> HttpResponse:
    member = Member.objects.get(pk=cast(Member, request.user).pk)
    form = SettingsForm(request.POST or None, instance=member)
    if request.method == "POST" and form.is_valid():
        change_settings(member=member, **form.cleaned_data)
        with translation.override(member.language):
            messages.success(request, _("Your settings are saved."))
        return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
@reauthentication_required
def delete(request: HttpRequest) -> HttpResponse:
    """What deleting one's account does, and doing it. Whoever has a password or a second factor proves it first."""
    member = cast(Member, request.user)
    form = forms.Form(request.POST if request.method == "POST" else None)
    erased, status = submit(form, erase_member, member=member, by=member)
    if erased:
        logout(request)
        messages.success(request, _("Your account is deleted."))
        return redirect("/")
    return render(request, "accounts/delete.html", {"form": form}, status=status)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """What the language picker asks for: visitors' browsers remember it, members' accounts do too."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(django_settings.LANGUAGES):
        choose_language(member=Member.objects.get(pk=request.user.pk), language=language)
    return set_language_cookie(request)
