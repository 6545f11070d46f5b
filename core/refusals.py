"""How screens of the Wagtail admin say that somebody may not do something, or that it is not possible."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from core.errors import ConflictError, ForbiddenError


class RefusalMixin:
    """Answers a refusal that has a sentence with a page that says it: 403, or 409 for what the present state refuses.

    Wagtail alone would lead to its home page.
    """

    def check_permission(self, request: HttpRequest) -> None:
        """Raises ForbiddenError where the person may not open the screen at all."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.check_permission(request)
            response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except (ForbiddenError, ConflictError) as error:
            context = {"sentence": str(error), "is_forbidden": isinstance(error, ForbiddenError)}
            status = 403 if context["is_forbidden"] else 409
            return TemplateResponse(request, "core/refused.html", context, status=status)
        return response
