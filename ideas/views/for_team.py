"""For the team: who voted for an idea, adding votes for customers who called or wrote, and taking those back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import member_required, take
from community.views.posts import parents_of
from community.views.requests import member_of, typed, with_cursor
from core.forms import submit
from ideas.actions import add_vote, withdraw_vote_for
from ideas.claims import token_for
from ideas.forms import CustomerVoteForm
from ideas.manipulation import report_on
from ideas.models import Vote
from ideas.permissions import VOTE_ON_BEHALF, check_can_see_voters, check_can_vote_for_others
from ideas.views.finding import find_with_canonical
from ideas.voters import read_voters


@require_safe
@member_required
def voters(request: HttpRequest, pk: int) -> HttpResponse:
    """Who voted for an idea and for what was merged into it, as far as the person may see that."""
    idea, canonical = find_with_canonical(request, pk)
    check_can_see_voters(request.user)
    page = read_voters(idea, request.user, cursor=request.GET.get("after", ""))
    may_add = request.user.has_perm(VOTE_ON_BEHALF)
    context = {
        "parents": parents_of(idea),
        "idea": idea,
        "canonical": canonical,
        "rows": [
            {
                "voter": voter,
                "take_back_url": _take_back_url(voter.vote) if may_add and voter.is_by_team else "",
                "claim_url": _claim_url(request, voter.vote) if may_add and voter.is_unclaimed else "",
            }
            for voter in page.voters
        ],
        "add_url": reverse("ideas:vote-add", args=[idea.pk]) if may_add and idea.is_visible else "",
        "signals_url": reverse("ideas:manipulation", args=[idea.canonical_id or idea.pk]),
        "next_url": page.next_cursor and with_cursor("", page.next_cursor),
        "previous_url": page.previous_cursor and with_cursor("", page.previous_cursor),
        "is_first": "after" not in request.GET,
    }
    return render(request, "ideas/voters.html", context)


def _take_back_url(vote: Vote) -> str:
    return reverse("ideas:vote-take-back", args=[vote.idea_id, vote.pk])


def _claim_url(request: HttpRequest, vote: Vote) -> str:
    return request.build_absolute_uri(reverse("ideas:votes-claim-link", args=[token_for(vote.member)]))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def vote_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the vote of a customer who called or wrote. With `find` the form comes back with the people found."""
    idea, _canonical = find_with_canonical(request, pk)
    check_can_vote_for_others(request.user, idea)
    is_search = "find" in request.POST
    form = CustomerVoteForm(typed(request), initial=take(request), by=member_of(request), is_search=is_search)
    stood = None if is_search else form.standing_vote(idea)
    vote, status = (None, 200) if is_search else submit(form, add_vote, idea=idea, by=request.user)
    if vote:
        if stood:
            text = _("The vote of {name} was there already. Nothing was added to it but what they say, if nothing was.")
        else:
            text = _("The vote of {name} counts for this idea now.")
        messages.success(request, text.format(name=vote.member.name))
        return redirect("ideas:voters", idea.pk)
    context = {"parents": parents_of(idea), "idea": idea, "form": form, "is_search": is_search}
    return render(request, "ideas/vote_add.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def vote_take_back(request: HttpRequest, pk: int, vote: int) -> HttpResponse:
    """Take back a vote that the team added, after asking once more."""
    idea, _canonical = find_with_canonical(request, pk)
    check_can_vote_for_others(request.user, idea)
    found = get_object_or_404(Vote.objects.select_related("member"), pk=vote, idea=idea.pk)
    if request.method == "POST":
        withdraw_vote_for(idea=idea, member=found.member, by=member_of(request))
        messages.success(request, _("The vote of {name} is taken back.").format(name=found.member.name))
        return redirect("ideas:voters", idea.pk)
    context = {"idea": idea, "voter": found.member, "cancel_url": reverse("ideas:voters", args=[idea.pk])}
    return render(request, "ideas/vote_take_back.html", context)


@require_safe
@member_required
def manipulation(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs that an idea's support may not be what it looks like; a part of it, for htmx, is the summary alone."""
    idea, canonical = find_with_canonical(request, pk)
    check_can_see_voters(request.user)
    is_part = request.GET.get("part") == "summary"
    if canonical:
        return redirect(reverse("ideas:manipulation", args=[canonical.pk]) + ("?part=summary" if is_part else ""))
    context = {"parents": parents_of(idea), "idea": idea, "report": report_on(idea, request.user)}
    return render(request, f"ideas/manipulation.html{'#summary' if is_part else ''}", context)
