"""Asking SQLite's FTS5."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, IntegerField, Lookup, QuerySet
from django.db.models.functions import Cast
from modelsearch.backends.database.sqlite.query import BM25
from wagtail.search.models import SQLiteFTSIndexEntry

from search.backends import Run, Term, Wanted

TABLE = SQLiteFTSIndexEntry._meta.db_table


class WeightedBM25(BM25):
    """SQLite's measure, smaller is better; a word in the title says more than one in the text."""

    weights = "0.0, 1.0, 5.0"  # of autocomplete, body and title

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return f"bm25({TABLE}, {self.weights})", []


class Match(Lookup[Any]):
    """The entries that match an FTS5 query, by whichever alias the table has: `Match(F("index_entry_id"), query)`."""

    lookup_name = "match"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return f'"{self.lhs.alias}"."{TABLE}" MATCH %s', [self.rhs]


def matches(wanted: Wanted, columns: Sequence[str] = ("title", "body")) -> QuerySet[Any]:
    """The entries of the index that have the terms, with `type`, `post`, its key, and `score`, smaller being better."""
    text = (" OR " if wanted.any_term else " AND ").join(map(_term, wanted.terms))
    if wanted.excluded:
        text = f"({text}) NOT ({' OR '.join(map(_term, wanted.excluded))})"
    query = f"{{{' '.join(columns)}}} : ({text})"
    # The sum keeps SQLite from beginning with the index of types: it would ask FTS5 anew for each post that there is.
    of_type = ExpressionWrapper(F("index_entry__content_type_id") + 0, output_field=IntegerField())
    return SQLiteFTSIndexEntry.objects.filter(Match(F("index_entry_id"), query)).annotate(
        type=of_type, post=Cast("index_entry__object_id", BigIntegerField()), score=WeightedBM25()
    )


def _term(term: Term) -> str:
    return f"({' OR '.join(map(_run, term.runs))})"


def _run(run: Run) -> str:
    """Words hold letters and digits alone, so nothing in them ends the quotes."""
    return f'"{" ".join(run.words)}"{"*" if run.is_prefix else ""}'
