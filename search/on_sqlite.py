"""Asking SQLite's FTS5."""

from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Model, QuerySet
from django.db.models.functions import Cast
from modelsearch.backends.database.sqlite.query import BM25, Lexeme, MatchExpression, SearchQueryExpression
from wagtail.search.models import SQLiteFTSIndexEntry

from search.backends import Wanted, is_prefix


class WeightedBM25(BM25):
    """SQLite's measure, smaller is better; a word in the title says more than one in the text."""

    weights = "0.0, 1.0, 5.0"  # of autocomplete, body and title

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return f"bm25({SQLiteFTSIndexEntry._meta.db_table}, {self.weights})", []


def matches(model: type[Model], wanted: Wanted) -> QuerySet[Any]:
    """The entries of the index that have the words, with `post`, its key, and `score`, smaller being better."""
    lexemes = (Lexeme(word, prefix=is_prefix(word)) for word in wanted.words)
    expression = SearchQueryExpression(reduce(or_ if wanted.any_word else and_, lexemes))
    content_type = ContentType.objects.get_for_model(model)
    return SQLiteFTSIndexEntry.objects.filter(
        MatchExpression(["title", "body"], expression), index_entry__content_type=content_type
    ).annotate(post=Cast("index_entry__object_id", BigIntegerField()), score=WeightedBM25())
