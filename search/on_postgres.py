"""Asking PostgreSQL's text search."""

from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.search import CombinedSearchVector, SearchQuery, SearchRank
from django.db.models import BigIntegerField, F, Q, QuerySet
from django.db.models.functions import Cast
from modelsearch.backends.database.postgres.query import Lexeme
from wagtail.search.models import IndexEntry

from search.backends import Wanted, is_prefix
from search.text_index import POSTGRES_CONFIG


def matches(wanted: Wanted) -> QuerySet[Any]:
    """The entries of the index that have the words, with `type`, `post`, its key, and `score`, smaller being better."""
    lexemes = [Lexeme(word, prefix=is_prefix(word)) for word in wanted.words]
    # Each word in either column by itself, for the indexes are on the columns.
    found = [Q(title=_query(lexeme)) | Q(body=_query(lexeme)) for lexeme in lexemes]
    text = CombinedSearchVector(F("title"), "||", F("body"), POSTGRES_CONFIG)
    return IndexEntry.objects.filter(reduce(or_ if wanted.any_word else and_, found)).annotate(
        type=F("content_type_id"),
        post=Cast("object_id", BigIntegerField()),
        score=0.0 - SearchRank(text, _query(reduce(or_, lexemes))),
    )


def _query(lexeme: Any) -> SearchQuery:
    return SearchQuery(lexeme, search_type="raw", config=POSTGRES_CONFIG)
