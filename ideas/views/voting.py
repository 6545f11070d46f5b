"""Voting, withdrawing, and setting one's votes apart from a merge."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.clients import client_address
from community.views.requests import is_htmx
from ideas import budgets, tally
from ideas.actions import cast_vote, rejoin_votes, set_votes_apart, withdraw_vote
from ideas.ballots import ballot, counting_at
from ideas.forms import VoteReasonForm, reason_of
from ideas.models import Idea
from ideas.stakes import follows, stakes_of, vote_to_explain
from ideas.threads import read_family
from ideas.views.finding import find_for_vote, find_with_canonical
from ideas.views.requests import came_from, to_sign_in


@require_POST
def vote_cast(request: HttpRequest, pk: int) -> HttpResponse:
    """Vote for an idea."""
    return _vote(request, pk, cast_vote, network=client_address(request))


@require_POST
def vote_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's vote for an idea back."""
    return _vote(request, pk, withdraw_vote)


def _vote(request: HttpRequest, pk: int, action: Callable[..., object], **known: object) -> HttpResponse:
    """Do it; htmx swaps the button for the new one, everybody else goes back to where it was."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    found = find_for_vote(request, pk)
    action(idea=found, by=request.user, **known)
    back = came_from(request, otherwise=found.get_absolute_url())
    if not is_htmx(request):
        return redirect(back)
    # Who casts supports the idea where the vote counts, who withdraws does not: neither has to be looked up.
    is_voted = action is cast_vote
    at = counting_at(tally.crown_for(request.user, found))
    context: dict[str, Any] = {
        "ballot": ballot(request.user, found, at=at, is_voted=is_voted, back=back.partition("#")[0]),
        "purse": budgets.purse(request.user, at.board),
        "back": back,
    }
    if request.POST.get("is_large"):
        context |= {"is_large": True, "is_open": is_voted, **_beside_the_button(request, pk, at)}
    return render(request, "ideas/vote_answer.html", context)


def _beside_the_button(request: HttpRequest, pk: int, at: Idea) -> dict[str, Any]:
    """What else of an idea's own page a vote changes: what becomes of it, why one votes, whether one follows."""
    idea, canonical = find_with_canonical(request, pk)
    counted = tally.votes_of(request.user, [idea])
    stakes = stakes_of(request.user, read_family(canonical or idea, request.user).seen())
    reason = vote_to_explain(stakes, [voted for voted, crown in counted.items() if crown == at.pk], idea.pk)
    return {
        "duplicate": idea if idea.canonical_id else None,
        "is_counted": counted.get(idea.pk) == idea.canonical_id,
        "reason": reason,
        "reason_form": VoteReasonForm(initial=reason_of(reason)),
        "followed": canonical or idea,
        "is_following": follows(stakes, (canonical or idea).pk),
    }


@require_POST
def vote_apart(request: HttpRequest, pk: int) -> HttpResponse:
    """«That is not what I meant»: one's votes count for the duplicate alone."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    idea, _canonical = find_with_canonical(request, pk)
    set_votes_apart(duplicate=idea, by=request.user)
    messages.success(request, _("Your vote counts for this idea alone."))
    return redirect(f"{idea.get_absolute_url()}?stay=1")


@require_POST
def vote_rejoin(request: HttpRequest, pk: int) -> HttpResponse:
    """The way back: one's votes on the duplicate count with the others again."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    idea, canonical = find_with_canonical(request, pk)
    rejoin_votes(duplicate=idea, by=request.user)
    messages.success(request, _("Your vote counts together with the others."))
    return redirect(canonical or idea)
