"""The search page, and what other pages take in from the search."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.views.requests import is_htmx
from ideas.models import Idea
from search.backends import Kind
from search.engine import Results, questions_like, search

MOST_SHOWN = 200


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What was found for `q`, of one `kind` or all; without words, the empty form."""
    query = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:MOST_SHOWN]
    kind = next((kind for kind in Kind if kind == request.GET.get("kind")), None)
    page = request.GET.get("page", "1")
    results = search(query, request.user, kind, int(page) if page.isdecimal() and len(page) < 4 else 1)
    context = {
        "search_query": query,
        "results": results,
        "tabs": _tabs(query, results),
        "previous_url": _address(query, kind, results.page - 1) if results.page > 1 else None,
        "next_url": _address(query, kind, results.page + 1) if results.has_next else None,
        "carried": urlencode({"title": query}),
    }
    return render(request, "search/search.html", context)


@require_safe
def related_questions(request: HttpRequest) -> HttpResponse:
    """The questions that are like an `idea`, for its page to take in; otherwise the search for its title."""
    number = request.GET.get("idea", "")
    wanted = int(number) if number.isdecimal() and len(number) < 19 else 0
    idea = get_object_or_404(Idea.objects.visible_to(request.user), pk=wanted)
    if not is_htmx(request):
        return redirect(_address(idea.title[:MOST_SHOWN], Kind.QUESTION))
    return render(request, "search/related.html", {"hits": questions_like(idea, request.user)})


def _tabs(query: str, results: Results) -> list[dict[str, object]]:
    counts: list[tuple[Kind | None, str, int]] = [
        (None, _("All"), sum(results.counts.values())),
        (Kind.QUESTION, _("Questions"), results.counts[Kind.QUESTION]),
        (Kind.IDEA, _("Ideas"), results.counts[Kind.IDEA]),
    ]
    return [
        {"label": label, "url": _address(query, kind), "is_current": kind == results.kind, "count": count}
        for kind, label, count in counts
    ]


def _address(query: str, kind: Kind | None, page: int = 1) -> str:
    wanted = {"q": query} | ({"kind": kind.value} if kind else {}) | ({"page": page} if page > 1 else {})
    return f"{reverse('search:search')}?{urlencode(wanted)}"
