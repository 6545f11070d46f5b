"""The first run: a site without a home page greets its first administrator."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from pages.first_run import has_home

GetResponse = Callable[[HttpRequest], HttpResponse]


class FirstRunMiddleware:
    """Until there is a home page, everything leads to the page that makes it, but for what that page needs itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.setup = reverse("pages:setup")
        self.open = (
            self.setup,
            reverse("account_login").removesuffix("login/"),
            reverse("wagtailadmin_home"),
            reverse("set_language"),
            reverse("healthz"),
            reverse("readyz"),
            settings.STATIC_URL,
            settings.MEDIA_URL,
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(self.open) or has_home():
            return self.get_response(request)
        return redirect(self.setup)
