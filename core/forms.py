"""Forms that lead to an action, and what of a form is nobody's business."""

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest

from core.errors import ConflictError


def submit(form: BaseForm, action: Callable[..., Any], **known: Any) -> tuple[Any, int]:
    """Call the action with what was typed and what is known; its result, or None, and the status to answer with.

    Without a result the form is to be shown again: unsent (200), wrong (422), or refused by the present state (409),
    which the form then says.
    """
    if not form.is_bound:
        return None, 200
    if not form.is_valid():
        return None, 422
    try:
        return action(**known, **form.cleaned_data), 302
    except ConflictError as error:
        form.add_error(None, str(error))
        return None, 409


def typed_texts(request: HttpRequest) -> list[str]:
    """What somebody typed into a form that could not be taken, to be shown so that it can be copied."""
    return [str(value) for name, value in request.POST.items() if not is_secret(name) and len(str(value)) > 2]


def is_secret(name: str) -> bool:
    """Whether a posted field holds something that is never shown or kept."""
    return "password" in name or name in ("csrfmiddlewaretoken", "code")
