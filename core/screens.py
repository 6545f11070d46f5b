"""What screens of the Wagtail admin have in common."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext


class PathMixin:
    """The way to a screen, which begins at the admin's first page."""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            {"url": reverse("wagtailadmin_home"), "label": gettext("Home")},
            *({"url": url, "label": label} for url, label in self.get_path()),
        ]

    def get_path(self) -> list[tuple[str, str]]:
        """The way from there, as (address, label), the screen itself last and without an address."""
        raise NotImplementedError
