"""What is like a post, or like what somebody is writing, for other pages to take in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from community.content import BODY_LENGTH
from community.models import Question
from community.views.requests import is_htmx
from core.access import is_restricted
from ideas import tally
from ideas.ballots import Ballot, ballot
from ideas.models import Idea, RelatedQuestion
from search.backends import Kind
from search.insight import suggestion_token
from search.similar import HELPFUL, Similar, similar_posts, similar_to

MOST_SUGGESTED = 5
MOST_RELATED = 5


@dataclass(frozen=True)
class Row:
    """A question or idea as a list shows it; of an idea with its vote button."""

    kind: Kind
    post: Any
    ballot: Ballot | None

    @property
    def is_private(self) -> bool:
        return is_restricted(self.post.page.path)


@require_POST
def similar(request: HttpRequest) -> HttpResponse:
    """What is like the `title` and the text (`body`) that somebody is writing; nothing of it is kept.

    A part of the page with htmx, otherwise a page of its own.
    """
    title, body = request.POST.get("title", ""), request.POST.get("body", "")[:BODY_LENGTH]
    found = similar_posts(title, body, user=request.user, most=MOST_SUGGESTED) if title.strip() else []
    rows = _rows(found, request.user)
    context = {"rows": rows, "title": title, "insight": suggestion_token((row.kind, row.post.pk) for row in rows)}
    template = "search/similar.html#list" if is_htmx(request) else "search/similar.html"
    response = render(request, template, context)
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
def related(request: HttpRequest) -> HttpResponse:
    """What is like an `idea` or a `question`, for its page to take in; otherwise the search for its title."""
    post = _named(request)
    if not is_htmx(request):
        return redirect(f"{reverse('search:search')}?{urlencode({'q': post.title})}")
    ties = RelatedQuestion.objects.standing()
    tied = ties.filter(idea=post.pk) if isinstance(post, Idea) else ties.none()
    shown_already = set(tied.values_list("question", flat=True))
    found = similar_to(post, user=request.user, most=MOST_RELATED + len(shown_already))
    fresh = [each for each in found if each.kind != Kind.QUESTION or each.post.pk not in shown_already]
    return render(request, "search/related.html", {"rows": _rows(fresh[:MOST_RELATED], request.user)})


def _named(request: HttpRequest) -> Any:
    for name, model in (("question", Question), ("idea", Idea)):
        number = request.GET.get(name, "")
        if number.isdecimal() and len(number) < 19:
            return get_object_or_404(model.objects.visible_to(request.user), pk=int(number))
    return get_object_or_404(Idea.objects.none())


def _rows(found: Iterable[Similar], user: Any) -> list[Row]:
    alike = [each for each in found if each.likeness >= HELPFUL]
    supported = _supported(user, [each.post for each in alike if each.kind == Kind.IDEA])
    return [Row(each.kind, each.post, _ballot(user, each.post, supported)) for each in alike]


def _supported(user: Any, ideas: list[Idea]) -> Collection[int]:
    return tally.supported_by(user, ideas) if ideas else ()


def _ballot(user: Any, post: Any, supported: Collection[int]) -> Ballot | None:
    if not isinstance(post, Idea):
        return None
    return ballot(user, post, at=post, is_voted=post.pk in supported, back=post.get_absolute_url())
