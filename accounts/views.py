"""A member's own settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actions import change_settings
from accounts.forms import SettingsForm
from accounts.kept_forms import member_required
from accounts.models import Member


@member_required
def settings(request: HttpRequest) -> HttpResponse:
    member = Member.objects.get(pk=request.user.pk)
    form = SettingsForm(request.POST or None, instance=member)
    if request.method == "POST" and form.is_valid():
        change_settings(member=member, **form.cleaned_data)
        with translation.override(member.language):
            messages.success(request, _("Your settings are saved."))
        return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form}, status=422 if form.errors else 200)
