"""Asking PostgreSQL's text search."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.search import CombinedSearchVector, SearchQuery, SearchRank
from django.db.models import BigIntegerField, F, Q, QuerySet
from django.db.models.functions import Cast
from wagtail.search.models import IndexEntry

from search.backends import Run, Term, Wanted
from search.text_index import POSTGRES_CONFIG


def matches(wanted: Wanted, columns: Sequence[str] = ("title", "body")) -> QuerySet[Any]:
    """The entries of the index that have the terms, with `type`, `post`, its key, and `score`, smaller being better."""
    # Each term in either column by itself, for the indexes are on the columns.
    found = reduce(or_ if wanted.any_term else and_, (_in_any(columns, [term]) for term in wanted.terms))
    if wanted.excluded:
        found &= ~_in_any(columns, wanted.excluded)
    text = CombinedSearchVector(F("title"), "||", F("body"), POSTGRES_CONFIG)
    return IndexEntry.objects.filter(found).annotate(
        type=F("content_type_id"),
        post=Cast("object_id", BigIntegerField()),
        score=0.0 - SearchRank(text, _query(wanted.terms)),
    )


def _in_any(columns: Iterable[str], terms: Iterable[Term]) -> Q:
    query = _query(terms)
    return reduce(or_, (Q(**{column: query}) for column in columns))


def _query(terms: Iterable[Term]) -> SearchQuery:
    """Any of the terms."""
    runs = " | ".join(_run(run) for term in terms for run in term.runs)
    return SearchQuery(runs, search_type="raw", config=POSTGRES_CONFIG)


def _run(run: Run) -> str:
    """Words hold letters and digits alone, so nothing in them ends the quotes."""
    words = " <-> ".join(f"'{word}'" for word in run.words)
    return f"({words}{':*' if run.is_prefix else ''})"
