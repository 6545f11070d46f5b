"""How screens of the Wagtail admin say that somebody may not do something."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from core.errors import ForbiddenError


class RefusalMixin:
    """Answers a refusal that has a sentence with a page that says it, 403; Wagtail would lead to its home page."""

    def check_permission(self, request: HttpRequest) -> None:
        """Raises ForbiddenError where the person may not open the screen at all."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.check_permission(request)
            response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except ForbiddenError as error:
            return TemplateResponse(request, "moderation/refused.html", {"sentence": str(error)}, status=403)
        return response
