"""A member's own votes, and those that wait for them from before they had an account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept_forms import member_required
from accounts.models import Member
from community.views.requests import member_of, with_cursor
from ideas.actions import claim_votes
from ideas.budgets import purses
from ideas.claims import customer_named_by, offers, waiting_for
from ideas.models import IdeaBoardPage
from ideas.own_votes import read_own_votes
from ideas.querysets import readable_boards


@require_safe
@member_required
def own_votes(request: HttpRequest) -> HttpResponse:
    """What the member supports, how many votes they have left where that is limited, and votes to claim."""
    member = member_of(request)
    page = read_own_votes(member, cursor=request.GET.get("after", ""))
    boards = IdeaBoardPage.objects.filter(pk__in=readable_boards(member), vote_budget__isnull=False)
    context = {
        "page": page,
        "purses": [{"purse": purse, "ideas": ideas} for purse, ideas in purses(member, boards.order_by("title", "pk"))],
        "offers": offers(list(waiting_for(member)), to=member),
        "next_url": page.next_cursor and with_cursor("", page.next_cursor),
        "previous_url": page.previous_cursor and with_cursor("", page.previous_cursor),
        "is_first": "after" not in request.GET,
    }
    return render(request, "ideas/own_votes.html", context)


@require_POST
@member_required
def votes_claim(request: HttpRequest, customer: int) -> HttpResponse:
    """«These are mine»: the votes of a customer whose address the member has proved to be theirs."""
    if not Member.objects.filter(pk=customer, claimed_by=member_of(request)).exists():
        found = get_object_or_404(waiting_for(request.user), pk=customer)
        claim_votes(customer=found, by=member_of(request))
    return _claimed(request)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def votes_claim_link(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link leads that the team gave to a customer: asks whether the votes are theirs."""
    customer = customer_named_by(token)
    if request.method == "POST":
        claim_votes(customer=customer, by=member_of(request))
        return _claimed(request)
    return render(request, "ideas/votes_claim.html", {"offer": offers([customer], to=request.user)[0]})


def _claimed(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("These votes are yours now. Each idea counts you once."))
    return redirect("ideas:own-votes")
