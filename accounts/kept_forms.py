"""What somebody typed into a form and sent without being signed in, kept until they have signed in or signed up."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from core.forms import is_secret

SESSION_KEY = "kept_forms"
MOST_CHARACTERS = 64_000

View = Callable[..., HttpResponse]


def member_required(view: View) -> View:
    """Only members get in; others are sent to sign in, and what they typed waits for them on the same page.

    The whole page goes there, also where htmx asked for a part of it.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return to_sign_in(request)

    return wrapped


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Leads to sign in and back to the same page, where what was posted waits."""
    if request.method == "POST":
        keep(request)
    response = redirect_to_login(request.get_full_path())
    return HttpResponseClientRedirect(response.url) if request.htmx else response  # type: ignore[attr-defined]


def keep(request: HttpRequest) -> None:
    """Put the posted fields aside in the session, if they are of a size that a person types."""
    typed = {name: str(value) for name, value in request.POST.items() if not is_secret(name)}
    if typed and sum(map(len, typed.values())) <= MOST_CHARACTERS:
        request.session[SESSION_KEY] = {request.path: typed}
        messages.info(request, _("Sign in to send what you wrote. We have kept it for you."))


def take(request: HttpRequest) -> dict[str, str]:
    """What was kept for this page, for use as a form's initial values.

    It is handed out to a member once. A visitor who looks at the page again before signing in takes nothing away.
    """
    kept: dict[str, str] = request.session.get(SESSION_KEY, {}).get(request.path, {})
    if kept and request.user.is_authenticated:
        del request.session[SESSION_KEY]
    return kept
