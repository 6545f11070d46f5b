"""What all page types of the site have in common."""

from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from wagtail.models import Page


class SitePage(Page):
    """A page without shared passwords, and never at an address that Chorus itself needs.

    Where `holds_content` is set, members' content lives in the page, and the page's privacy is that of the content.
    Where `is_article` is set, the page is one that people search for, by its title and what `article_text` gives.
    """

    private_page_options: ClassVar[list[str]] = ["login", "groups"]
    holds_content: ClassVar[bool] = False
    is_article: ClassVar[bool] = False

    class Meta:
        abstract = True

    def article_text(self) -> str:
        """The words of an article, without markup."""
        return ""

    @classmethod
    def can_exist_under(cls, parent: Any) -> bool:
        """Forums and boards have to be reachable, so they stand below the home page, not beside it."""
        allowed: bool = super().can_exist_under(parent)
        return allowed and not (cls.holds_content and parent.depth == 1)

    @staticmethod
    def _slug_is_available(slug: str, parent_page: Any, page: Any = None) -> bool:
        """Wagtail's answer, where the slug would not hide the page behind an address of ours."""
        if parent_page is not None and parent_page.depth == 2 and slug.lower() in reserved_slugs():
            return False
        free: bool = Page._slug_is_available(slug, parent_page, page)
        return free


# Promised in docs/reference/addresses.md, though nothing answers there yet.
PROMISED = {"api", "feeds"}


@cache
def reserved_slugs() -> frozenset[str]:
    """The first steps of the addresses that belong to no page."""
    return frozenset(_first_steps(get_resolver()) | PROMISED | {settings.STATIC_URL.strip("/")})


def _first_steps(resolver: URLResolver) -> set[str]:
    steps = set()
    for entry in resolver.url_patterns:
        if not isinstance(entry.pattern, RoutePattern):
            continue
        if route := str(entry.pattern):
            steps.add(route.split("/")[0])
        elif isinstance(entry, URLResolver):
            steps |= _first_steps(entry)
    return steps
