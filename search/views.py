"""The search page, and what other pages take in from the search."""

from urllib.parse import urlencode

from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from accounts.clients import client_address
from community.views.requests import is_htmx, member_of
from core.pagination import BadCursorError
from search import insight, narrowing
from search.backends import Kind, Sort
from search.engine import respelled, search, suggestions, widened

MOST_SHOWN = 200


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What was found for `q`, of one `kind` or all, in an order (`sort`); without words, the empty form.

    Where the `cursor` is none of ours, the first page says so.
    """
    kind = next((kind for kind in Kind if kind == request.GET.get("kind")), None)
    sort = next((sort for sort in Sort if sort == request.GET.get("sort")), Sort.RELEVANCE)
    text, cursor = request.GET.get("q", ""), request.GET.get("cursor") or None
    refusal = ""
    try:
        results = search(text, request.user, kind, sort, cursor)
    except BadCursorError as error:
        refusal, cursor = str(error), None
        results = search(text, request.user, kind, sort)
    query = results.query
    meant = "" if cursor else respelled(results, request.user)
    context = {
        "search_query": query.text,
        "results": results,
        "alike": [] if cursor else widened(results, request.user),
        "meant": meant,
        "meant_url": narrowing.address(meant, kind, results.sort),
        "refusal": refusal,
        "tabs": narrowing.tabs(results),
        "sorts": narrowing.sorts(results),
        "applied": narrowing.applied(results),
        "facets": narrowing.facets(results, request.user),
        "first_url": narrowing.address(query.text, kind, results.sort) if cursor else None,
        "next_url": results.next_cursor and narrowing.address(query.text, kind, results.sort, results.next_cursor),
        "insight": "" if cursor else insight.search_token(results),
        "carried": urlencode({"title": query.words[:MOST_SHOWN]}),
    }
    return render(request, "search/search.html", context, status=400 if refusal else 200)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """What is found while somebody types, for the header to take in; otherwise the search page."""
    text = request.GET.get("q", "")
    if not is_htmx(request):
        return redirect(narrowing.address(text[:MOST_SHOWN]))
    context = {"hits": suggestions(text, request.user), "all_url": narrowing.address(text[:MOST_SHOWN])}
    response = render(request, "search/suggestions.html", context)
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_POST
def record_insight(request: HttpRequest) -> HttpResponse:
    """Count what a page tells of itself, unless the browser says that its owner wants no such thing."""
    if request.headers.get("Sec-GPC") == "1":
        return HttpResponse(status=204)
    if request.user.is_authenticated:
        visit = insight.visit_of_member(member_of(request))
    else:
        visit = insight.visit_of_visitor(client_address(request), request.headers.get("User-Agent", ""))
    rank = request.POST.get("rank", "")
    try:
        insight.record(
            request.POST.get("token", ""),
            rank=int(rank) if rank.isdecimal() and len(rank) < 4 else 0,
            visit=visit,
            language=get_language() or "",
        )
    except BadSignature:
        return HttpResponseBadRequest()
    return HttpResponse(status=204)
