"""The frame around every request: its memory, the content security policy, and errors that have a sentence."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.embedding import is_embedded
from core.errors import ConflictError, ForbiddenError
from core.scope import RequestScope

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestScopeMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with RequestScope():
            return self.get_response(request)


class EmbeddingMiddleware:
    """Pages that other sites show in a frame are those of a visitor, whoever is signed in: no cookie is read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_embedded(request):
            request.COOKIES = {}
        return self.get_response(request)


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The strict policy, but for redirects to sign-in providers and for Wagtail's admin.

    The admin needs inline scripts and styles, its own frames, and previews of pictures that are not uploaded yet.
    """

    def get_policy_parts(self, request: HttpRequest, response: Any, report_only: bool = False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith(reverse("wagtailadmin_home")):
            parts.replace = {
                **(parts.replace or {}),
                "script-src": [SELF, UNSAFE_INLINE],
                "style-src": [SELF, UNSAFE_INLINE],
                "img-src": [SELF, "data:", "blob:"],
                "frame-src": [SELF],
                "frame-ancestors": [SELF],
            }
        elif settings.SOCIALACCOUNT_PROVIDERS and request.path.startswith(
            reverse("account_login").removesuffix("login/")
        ):
            # Browsers hold the redirect to a provider, which answers a form of ours, to the policy for forms.
            parts.replace = {**(parts.replace or {}), "form-action": [SELF, "https:"]}
        return parts


class ErrorMiddleware:
    """An act that the present state refuses becomes a page with the sentence; everything else is Django's to answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ConflictError):
            context = {
                "exception": str(exception),
                "action_url": exception.leads_to and reverse(exception.leads_to),
                "action_label": exception.leads_to_label,
            }
            return render(request, "409.html", context, status=409)
        if isinstance(exception, ProtectedError):
            sentence = _("This can't be deleted, for something else depends on it.")
            return render(request, "409.html", {"exception": sentence}, status=409)
        return None


class AdminGateMiddleware:
    """Members who have no business in Wagtail's admin are told so; Wagtail would send them to sign in again."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        is_admin = request.path.startswith(reverse("wagtailadmin_home"))
        if is_admin and request.user.is_authenticated and not request.user.has_perm("wagtailadmin.access_admin"):
            raise ForbiddenError(_("Only moderators, the product team and administrators come in here."))
