"""The pages on which a moderator decides about one post or one member."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.kept_forms import member_required, take
from accounts.managers import SYSTEM_HANDLE
from accounts.models import Member
from community.content import Content
from community.views.requests import typed
from core.forms import submit
from ideas.models import Idea
from moderation.actions import hidden_together, hide_post, lift_suspension, restore_post, suspend_member
from moderation.forms import HideForm, ReasonForm, SuspendForm
from moderation.kinds import KINDS
from moderation.models import Suspension
from moderation.permissions import (
    check_can_decide_on_merged,
    check_can_moderate,
    check_can_suspend,
    check_suspends,
)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def hide(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    post = _find(request, kind, pk)
    merged = list(post.duplicates.order_by("pk")) if isinstance(post, Idea) else []
    check_can_decide_on_merged(request.user, merged)
    form = HideForm(typed(request), initial=take(request), has_merged=bool(merged))
    context = {"post": post, "form": form, "merged": merged, "is_hiding": True}
    return _decide(request, context, hide_post, _("The post is hidden."))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def restore(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    post = _find(request, kind, pk)
    together = hidden_together(post)
    check_can_decide_on_merged(request.user, together)
    form = ReasonForm(typed(request), initial=take(request))
    context = {"post": post, "form": form, "merged": together}
    return _decide(request, context, restore_post, _("The post is visible again."))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def suspend(request: HttpRequest, pk: int) -> HttpResponse:
    check_suspends(request.user)
    member = get_object_or_404(Member.objects.exclude(handle=SYSTEM_HANDLE), pk=pk)
    check_can_suspend(request.user, member)
    form = SuspendForm(typed(request), initial=take(request))
    suspended, status = submit(form, suspend_member, member=member, by=request.user)
    if suspended:
        messages.success(request, _("The member is suspended, and their votes are not counted."))
        return redirect(_next(request) or member)
    context = {"member": member, "form": form, "next_url": _next(request)}
    return render(request, "moderation/suspend.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    check_suspends(request.user)
    suspension = get_object_or_404(Suspension.objects.select_related("member", "suspended_by"), pk=pk)
    check_can_suspend(request.user, suspension.member)
    form = forms.Form(typed(request))
    lifted, status = submit(form, lift_suspension, suspension=suspension, by=request.user)
    if lifted:
        messages.success(request, _("The suspension is lifted, and the member's votes count again."))
        return redirect(_next(request) or suspension.member)
    context = {"suspension": suspension, "form": form, "next_url": _next(request)}
    return render(request, "moderation/lift.html", context, status=status)


def _find(request: HttpRequest, kind: str, pk: int) -> Any:
    if kind not in KINDS:
        raise Http404
    post: Content = get_object_or_404(KINDS[kind].visible_to(request.user).select_related("author"), pk=pk)
    check_can_moderate(request.user, post)
    return post


def _decide(
    request: HttpRequest, context: dict[str, Any], action: Callable[..., Content], success: str
) -> HttpResponse:
    """Show the form, or call the action with what it holds and go back to where the moderator came from."""
    post = context["post"]
    decided, status = submit(context["form"], action, post=post, by=request.user)
    if decided:
        messages.success(request, success)
        return redirect(_next(request) or post.get_absolute_url())
    return render(request, "moderation/decide.html", {**context, "next_url": _next(request)}, status=status)


def _next(request: HttpRequest) -> str:
    """The address on this site to return to, empty where none was given."""
    address = request.POST.get("next", request.GET.get("next", ""))
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if is_ours else ""
