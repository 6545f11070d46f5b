"""Asking SQLite's FTS5."""

from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, IntegerField, QuerySet
from django.db.models.functions import Cast
from modelsearch.backends.database.sqlite.query import BM25, Lexeme, MatchExpression, SearchQueryExpression
from wagtail.search.models import SQLiteFTSIndexEntry

from search.backends import Wanted, is_prefix


class WeightedBM25(BM25):
    """SQLite's measure, smaller is better; a word in the title says more than one in the text."""

    weights = "0.0, 1.0, 5.0"  # of autocomplete, body and title

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return f"bm25({SQLiteFTSIndexEntry._meta.db_table}, {self.weights})", []


def matches(wanted: Wanted) -> QuerySet[Any]:
    """The entries of the index that have the words, with `type`, `post`, its key, and `score`, smaller being better."""
    lexemes = (Lexeme(word, prefix=is_prefix(word)) for word in wanted.words)
    expression = SearchQueryExpression(reduce(or_ if wanted.any_word else and_, lexemes))
    # The sum keeps SQLite from beginning with the index of types: it would ask FTS5 anew for each post that there is.
    of_type = ExpressionWrapper(F("index_entry__content_type_id") + 0, output_field=IntegerField())
    return SQLiteFTSIndexEntry.objects.filter(MatchExpression(["title", "body"], expression)).annotate(
        type=of_type, post=Cast("index_entry__object_id", BigIntegerField()), score=WeightedBM25()
    )
