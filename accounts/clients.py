"""Where requests come from."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The IP address of whoever asks, as told by the proxies that the site trusts; empty where nobody can tell.

    It is the address that django-allauth counts tries of signing in by.
    """
    try:
        address: str = get_adapter(request).get_client_ip(request)
    except (PermissionDenied, ImproperlyConfigured):
        return ""
    return address
