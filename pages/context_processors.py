"""What every template may use."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from pages.places import frame_for


def site(request: HttpRequest) -> dict[str, Any]:
    """`site`: see pages.places.Frame. It is read when a template asks for it.

    The sign-in pages have a `site` of their own, so theirs is found under `chorus`.
    """
    reader = getattr(request, "user", None) or AnonymousUser()
    frame = SimpleLazyObject(lambda: frame_for(reader))
    return {"site": frame, "chorus": frame}
