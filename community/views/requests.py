"""What a request brought, and addresses to answer it with."""

from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest

from accounts.kept_forms import take
from accounts.models import Member


def typed(request: HttpRequest) -> Any:
    """What a form is bound to: the fields that were posted, None where nothing was."""
    return request.POST if request.method == "POST" else None


def begun(request: HttpRequest) -> dict[str, str]:
    """What a new topic's form begins with: the title that the address brings, or what was kept of an earlier try."""
    return {"title": request.GET.get("title", "")} | take(request)


def member_of(request: HttpRequest) -> Member:
    """The member who asks, behind member_required."""
    return cast(Member, request.user)


def is_htmx(request: HttpRequest) -> bool:
    """Whether the answer will be swapped into the page that asked."""
    return bool(request.htmx)  # type: ignore[attr-defined]


def with_cursor(address: str, cursor: str) -> str:
    """The address of the page of a list that the cursor points to."""
    return f"{address}?{urlencode({'after': cursor})}" if cursor else address
