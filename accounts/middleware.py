"""In which language and time zone somebody reads, and what they are told when a sign-in provider does not answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from requests import RequestException

GetResponse = Callable[[HttpRequest], HttpResponse]


class MemberLocaleMiddleware:
    """Members read in their own language and time zone; visitors in what their browser asks for, and UTC."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with translation.override(request.user.language), timezone.override(request.user.time_zone):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
            return response


class ProviderErrorMiddleware:
    """A provider that cannot be reached is not our error: the page says that signing in through it did not work."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, RequestException):
            return render(request, "socialaccount/authentication_error.html", status=502)
        return None
