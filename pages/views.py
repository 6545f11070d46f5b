"""Serving the pages of the Wagtail tree; members' and tags' pages; the first run."""

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from wagtail import hooks

from core.access import closed_paths, is_restricted, opens_after_sign_in
from core.errors import ForbiddenError
from pages.actions import NewAdministrator, set_up_site
from pages.first_run import has_administrator, has_home
from pages.forms import ADMINISTRATOR_FIELDS, SetupForm
from pages.permissions import AdministratorNeededError, check_can_set_up
from pages.places import page_at


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """A page of the tree, if the reader may read it; a visitor is sent to sign in where that is all it takes.

    This stands in for Wagtail's own view, which asks the database for what the gate knows already, and which would send
    members who lack a group to sign in again.
    """
    found = _route(request, path)
    if found is None:
        raise Http404
    page, args, kwargs = found
    if page.path.startswith(closed_paths(request.user)):
        if not request.user.is_authenticated and opens_after_sign_in(page.path):
            return redirect_to_login(request.get_full_path())
        raise Http404
    for hook in hooks.get_hooks("before_serve_page"):
        response = hook(page, request, args, kwargs)
        if isinstance(response, HttpResponse):
            return response
    response = page.serve(request, *args, **kwargs)
    if is_restricted(page.path):
        add_never_cache_headers(response)
    return response


def _route(request: HttpRequest, path: str) -> Any:
    """Wagtail's answer, begun at the page that the gate knows rather than at the root of the tree."""
    known = page_at(path)
    if known is None:
        return None
    page, steps = known
    return get_object_or_404(apps.get_model(page.model), pk=page.pk).route(request, steps)


@never_cache
def setup(request: HttpRequest) -> HttpResponse:
    """The one page that makes the site. When there is one, this page is gone."""
    if has_home():
        raise Http404
    try:
        check_can_set_up(request.user, request.GET.get("code", ""))
    except ForbiddenError as error:
        context = {"exception": str(error), "may_sign_in": isinstance(error, AdministratorNeededError)}
        return render(request, "pages/setup_closed.html", context, status=403)
    form = SetupForm(request.POST or None, has_administrator=has_administrator())
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        person = [values.pop(name) for name in ADMINISTRATOR_FIELDS if name in values]
        administrator = set_up_site(**values, administrator=NewAdministrator(*person) if person else None)
        if administrator is not None:
            login(request, administrator, backend="accounts.backends.MemberBackend")
        messages.success(request, _("Your site is ready. Everything can be changed under Administration."))
        return redirect("/")
    return render(request, "pages/setup.html", {"form": form}, status=422 if form.errors else 200)
