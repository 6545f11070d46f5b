"""Serving the pages of the Wagtail tree."""

from typing import Any

from django.apps import apps
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from wagtail import hooks
from wagtail.models import Page

from accounts.kept_forms import keep
from core.access import closed_paths, is_restricted, opens_after_sign_in
from core.embedding import is_embedded
from core.forms import typed_texts
from core.readings import Reading
from pages.places import page_at

_pages: Reading[Any] = Reading(lambda model, page: apps.get_model(model)._default_manager.filter(pk=page))


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """A page of the tree, if the reader may read it; a visitor is sent to sign in where that is all it takes.

    This stands in for Wagtail's own view, which asks the database for what the gate knows already, and which would send
    members who lack a group to sign in again.
    """
    found = _route(request, path)
    if found is None or found[0].path.startswith(closed_paths(request.user)):
        return _refuse(request, found and found[0])
    page, args, kwargs = found
    for hook in hooks.get_hooks("before_serve_page"):
        response = hook(page, request, args, kwargs)
        if isinstance(response, HttpResponse):
            return response
    response = page.serve(request, *args, **kwargs)
    if is_restricted(page.path):
        add_never_cache_headers(response)
    return response


def _refuse(request: HttpRequest, page: Page | None) -> HttpResponse:
    """Sign-in where that is all it takes; otherwise there is nothing here.

    What a visitor sends is kept for them until they have signed in, at any address, so that the answer says nothing
    about which pages there are. Members read again what they sent to a page that has closed in the meantime.
    """
    if not request.user.is_authenticated:
        if request.method == "POST":
            keep(request)
            return redirect_to_login(request.get_full_path())
        if page is not None and opens_after_sign_in(page.path) and not is_embedded(request):
            return redirect_to_login(request.get_full_path())
    elif request.method == "POST":
        return render(request, "404.html", {"typed": typed_texts(request)}, status=404)
    raise Http404


def _route(request: HttpRequest, path: str) -> Any:
    """Wagtail's answer, begun at the page that the gate knows rather than at the root of the tree; None for no page."""
    known = page_at(path)
    if known is None:
        return None
    page, steps = known
    found = _pages.ask(page.model, page=page.pk)
    try:
        return found[0].route(request, steps) if found else None
    except Http404:
        return None
