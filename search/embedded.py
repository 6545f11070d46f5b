"""The search that needs nothing but the database: SQLite's FTS5, or PostgreSQL's text search."""

from functools import reduce
from importlib import import_module
from operator import or_
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connections, router
from django.db.models import Count, Q, QuerySet
from wagtail.search.models import IndexEntry

from community.models import Question
from ideas.models import Idea
from search.backends import Kind, Wanted

MODELS = {Kind.QUESTION: Question, Kind.IDEA: Idea}


class EmbeddedBackend:
    """See search.backends.Backend."""

    def count(self, wanted: Wanted) -> dict[Kind, int]:
        kinds = _kinds()
        counts = _matches(wanted).order_by().values_list("type").annotate(count=Count("pk"))
        return dict.fromkeys(Kind, 0) | {kinds[of_type]: count for of_type, count in counts}

    def best(self, wanted: Wanted, most: int) -> list[tuple[Kind, int]]:
        kinds = _kinds()
        rows = _matches(wanted).order_by("score", "type", "-post").values_list("type", "post")[:most]
        return [(kinds[of_type], pk) for of_type, pk in rows]


def _matches(wanted: Wanted) -> QuerySet[Any]:
    """The entries of the index that have the words, and whose posts are listed on the pages."""
    vendor = connections[router.db_for_read(IndexEntry)].vendor
    ask = import_module("search.on_postgres" if vendor == "postgresql" else "search.on_sqlite")
    entries: QuerySet[Any] = ask.matches(wanted)
    listed = [
        Q(type=of_type, post__in=_listed(kind, wanted.pages[kind]).order_by().values("pk"))
        for of_type, kind in _kinds().items()
        if kind in wanted.pages
    ]
    return entries.filter(reduce(or_, listed))


def _listed(kind: Kind, pages: frozenset[int]) -> QuerySet[Any]:
    if kind == Kind.QUESTION:
        return Question.objects.listed().filter(forum__in=pages)
    return Idea.objects.listed().filter(board__in=pages)


def _kinds() -> dict[int, Kind]:
    """The kinds by the keys of their content types."""
    return {ContentType.objects.get_for_model(model).pk: kind for kind, model in MODELS.items()}
