"""The search that needs nothing but the database: SQLite's FTS5, or PostgreSQL's text search."""

from importlib import import_module
from typing import Any

from django.db import connections, router
from django.db.models import QuerySet
from wagtail.search.models import IndexEntry

from community.models import Question
from ideas.models import Idea
from search.backends import Kind, Wanted


class EmbeddedBackend:
    """See search.backends.Backend."""

    def count(self, wanted: Wanted) -> dict[Kind, int]:
        return {kind: self._matches(kind, wanted).count() for kind in wanted.pages}

    def best(self, wanted: Wanted, most: int) -> list[tuple[Kind, int]]:
        found = []
        for kind in wanted.pages:
            rows = self._matches(kind, wanted).order_by("score", "-post").values_list("score", "post")[:most]
            found += [(score, -pk, kind) for score, pk in rows]
        return [(kind, -negative) for _, negative, kind in sorted(found)[:most]]

    def _matches(self, kind: Kind, wanted: Wanted) -> QuerySet[Any]:
        posts = _listed(kind, wanted.pages[kind])
        vendor = connections[router.db_for_read(IndexEntry)].vendor
        ask = import_module("search.on_postgres" if vendor == "postgresql" else "search.on_sqlite")
        entries: QuerySet[Any] = ask.matches(posts.model, wanted)
        return entries.filter(post__in=posts.order_by().values("pk"))


def _listed(kind: Kind, pages: frozenset[int]) -> QuerySet[Any]:
    if kind == Kind.QUESTION:
        return Question.objects.listed().filter(forum__in=pages)
    return Idea.objects.listed().filter(board__in=pages)
