"""A member's own settings."""

from typing import cast

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as set_language_cookie

from accounts.actions import change_settings, choose_language
from accounts.forms import SettingsForm
from accounts.kept_forms import member_required
from accounts.models import Member


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


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """What the language picker asks for: visitors' browsers remember it, members' accounts do too."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(django_settings.LANGUAGES):
        choose_language(member=Member.objects.get(pk=request.user.pk), language=language)
    return set_language_cookie(request)
