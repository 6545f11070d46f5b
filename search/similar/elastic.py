"""Candidates from Elasticsearch: words of the title, words of the whole, and 4-grams, each asked by itself."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from core.words import composed, words_in
from search.backends import Kind
from search.elastic import breaker, client, is_configured
from search.elastic.documents import LANGUAGES
from search.elastic.names import read_alias
from search.similar.numbers import number_of

logger = logging.getLogger(__name__)

MOST_FOUND = 100
# Of long texts Elasticsearch is asked for so much: each word is a clause of its query.
MOST_WORDS = 120
MOST_TEXT = 1_000
KINDS = (Kind.QUESTION, Kind.IDEA)


def candidates(title: str, text: str, pages: Collection[int]) -> list[int]:
    """The posts that are best by any of the three, by their numbers.

    Empty where there is no Elasticsearch, or it does not answer in time.
    """
    if not is_configured() or not breaker.lets_through():
        return []
    try:
        found = _asked(title, text, pages)
    except client.FAILURES as error:
        logger.warning("Elasticsearch did not answer, and other candidates have to do: %s", error)
        breaker.failed()
        return []
    breaker.worked()
    return found


def searches(title: str, text: str, pages: Collection[int]) -> list[dict[str, Any]]:
    """What Elasticsearch is sent: three searches, each with its header."""
    header = {"index": [read_alias(kind) for kind in KINDS]}
    whole = f"{title}\n{text}"
    queries = [
        _said(["title"], title),
        _said(["title", "text"], whole),
        {"match": {"grams": {"query": title}}},
    ]
    return [part for query in queries for part in (header, _limited(query, pages))]


def _said(names: list[str], text: str) -> dict[str, Any]:
    """Some of these words as they are written, or another form of them in the languages that are spoken here."""
    spoken = {(get_language() or "")[:2], settings.LANGUAGE_CODE[:2]} & set(LANGUAGES)
    ways = [{"match": {name: {"query": _words(text)}}} for name in names]
    ways += [{"match": {f"{name}_{code}": {"query": text[:MOST_TEXT]}}} for name in names for code in sorted(spoken)]
    return {"bool": {"should": ways}}


def _limited(query: dict[str, Any], pages: Collection[int]) -> dict[str, Any]:
    return {
        "query": {"bool": {"must": [query], "filter": [{"terms": {"page": sorted(pages)}}]}},
        "_source": ["kind", "key"],
        "size": MOST_FOUND,
        "track_total_hits": False,
    }


def _asked(title: str, text: str, pages: Collection[int]) -> list[int]:
    answers = client.asking().msearch(searches=searches(title, text, pages))["responses"]
    found: dict[int, None] = {}
    for answer in answers:
        if "error" in answer or answer["timed_out"] or answer["_shards"]["failed"]:
            raise client.PartialAnswerError("Not all of the index answered.")
        sources = (hit["_source"] for hit in answer["hits"]["hits"])
        found |= dict.fromkeys(number_of(Kind(source["kind"]), source["key"]) for source in sources)
    return list(found)


def _words(text: str) -> str:
    """The first different words, folded as in the index."""
    words = (word.folded for word in words_in(composed(text)))
    return " ".join(list(dict.fromkeys(words))[:MOST_WORDS])
