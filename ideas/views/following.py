"""Following an idea without voting for it, and what voters say to edits."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from community.views.requests import is_htmx, member_of
from ideas.actions import acknowledge_edit, follow_idea, unfollow_idea
from ideas.models import IdeaRevision
from ideas.views.finding import find_idea, find_with_canonical
from ideas.views.requests import came_from, to_sign_in


@require_POST
def idea_follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Want to hear of an idea."""
    return _follow(request, pk, follow_idea, _("You will hear what becomes of this idea."))


@require_POST
def idea_unfollow(request: HttpRequest, pk: int) -> HttpResponse:
    """Not want to hear of it."""
    return _follow(request, pk, unfollow_idea, _("You will not hear of this idea any more."))


def _follow(request: HttpRequest, pk: int, action: Callable[..., object], said: str) -> HttpResponse:
    if not request.user.is_authenticated:
        return to_sign_in(request)
    idea, _canonical = find_with_canonical(request, pk)
    action(idea=idea, by=request.user)
    if is_htmx(request):
        context = {"idea": idea, "is_following": action is follow_idea, "said": said}
        return render(request, "ideas/parts/follow_button.html", context)
    messages.success(request, said)
    return redirect(came_from(request, otherwise=idea.get_absolute_url()))


@require_POST
def edit_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """«My vote still stands»: the voter has seen the edit whose revision the form names."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    idea = find_idea(request, pk)
    until = request.POST.get("until", "")
    known = int(until) if until.isdecimal() and len(until) < 19 else 0
    revision = get_object_or_404(IdeaRevision, content=idea, pk=known)
    acknowledge_edit(idea=idea, by=member_of(request), revision=revision)
    if is_htmx(request):
        return HttpResponse("")
    messages.success(request, _("Thank you. Your vote stands as it is."))
    return redirect(came_from(request, otherwise=idea.get_absolute_url()))
