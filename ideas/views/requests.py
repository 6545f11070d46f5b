"""Where a person came from, and where they go on to."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from community.views.requests import is_htmx


def came_from(request: HttpRequest, otherwise: str) -> str:
    """The path on this site that the request says to go back to (`next`)."""
    address = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if is_ours else otherwise


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Leads a visitor who pressed a button to sign in, and from there back to the page that the button is on."""
    response = redirect_to_login(came_from(request, otherwise="/"))
    return HttpResponseClientRedirect(response.url) if is_htmx(request) else response
