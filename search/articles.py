"""Help articles: the editorial pages that the search finds. Page types say of themselves that they are articles."""

from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Q
from wagtail.models import Page

from core.access import closed_paths
from core.scope import remembered
from core.site_pages import SitePage


@cache
def article_models() -> list[type[Any]]:
    return [model for model in apps.get_models() if issubclass(model, SitePage) and model.is_article]


def readable_articles(user: Any) -> frozenset[int]:
    """The ids of the published articles that the person may read now."""
    return remembered(("articles", user.pk), lambda: _readable_articles(user))


def _readable_articles(user: Any) -> frozenset[int]:
    closed = Q()
    for path in closed_paths(user):
        closed |= Q(path__startswith=path)
    articles = Page.objects.live().type(tuple(article_models()))
    return frozenset((articles.exclude(closed) if closed else articles).values_list("pk", flat=True))
