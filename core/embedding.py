"""Pages that other sites show in a frame."""

from collections.abc import Callable, Sequence
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_exempt


def is_embedded(request: HttpRequest) -> bool:
    """Whether a page is asked for in the form that is put into frames of other sites."""
    return request.method in ("GET", "HEAD") and request.GET.get("embed") == "1"


def framed_by(origins: Sequence[str], view: Callable[..., HttpResponse]) -> Callable[..., Any]:
    """The view, whose pages the sites with these origins may show in a frame."""
    allowed: Callable[..., Any] = csp_replace({"frame-ancestors": list(origins)})(xframe_options_exempt(view))
    return allowed
