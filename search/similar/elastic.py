"""Candidates from Elasticsearch: words of the title, words of the whole, 4-grams, and meaning, each asked by itself."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from core.statements import Statement
from core.words import composed, words_in
from search.backends import Kind
from search.elastic import breaker, client
from search.elastic.documents import LANGUAGES, vector_field
from search.elastic.names import read_alias
from search.models import PendingDocument
from search.similar.meaning import model
from search.similar.numbers import number_of

logger = logging.getLogger(__name__)

MOST_FOUND = 100
# Of what was found so many are compared: the best by the sum of their scores, each as a share of the best of its kind.
MOST_CANDIDATES = 200
# How many near vectors are looked at in each index before the nearest are told.
MOST_LOOKED_AT = 150
# Of long texts Elasticsearch is asked for so much: each word is a clause of its query.
MOST_WORDS = 120
MOST_TEXT = 1_000
# So many of those that it has not been told of yet are candidates whatever they say.
MOST_WAITING = 100
KINDS = (Kind.QUESTION, Kind.IDEA)
# All that is read of its answers.
READ = (
    "responses.error",
    "responses.timed_out",
    "responses._shards.failed",
    "responses.hits.hits._index",
    "responses.hits.hits._score",
    "responses.hits.hits.fields",
)


def candidates(
    title: str, text: str, pages: Collection[int], vector: Sequence[float] | None = None
) -> list[int] | None:
    """The posts that are best by any of these, and what Elasticsearch has still to be told of, by their numbers.

    None where it does not answer in time. The vector is of the site's model.
    """
    if not breaker.lets_through():
        return None
    try:
        found = _asked(title, text, pages, vector)
    except client.FAILURES as error:
        logger.warning("Elasticsearch did not answer, and other candidates have to do: %s", error)
        breaker.failed()
        return None
    breaker.worked()
    return list(dict.fromkeys([*found, *_waiting()]))


def searches(
    title: str, text: str, pages: Collection[int], vector: Sequence[float] | None = None
) -> list[dict[str, Any]]:
    """What Elasticsearch is sent: three searches, with a vector a fourth, each with its header."""
    header = {"index": [read_alias(kind) for kind in KINDS]}
    within = {"terms": {"page": sorted(pages)}}
    whole = f"{title}\n{text}"
    queries = [
        _said(["title"], title),
        _said(["title", "text"], whole),
        {"match": {"grams": {"query": title}}},
    ]
    asked: list[dict[str, Any]] = [{"query": {"bool": {"must": [query], "filter": [within]}}} for query in queries]
    if vector is not None and (used := model()):
        near = {"field": vector_field(used), "query_vector": vector, "k": MOST_FOUND, "num_candidates": MOST_LOOKED_AT}
        asked.append({"knn": near | {"filter": [within]}})
    told = {
        "size": MOST_FOUND,
        "track_total_hits": False,
        "_source": False,
        "stored_fields": "_none_",
        "docvalue_fields": ["key"],
    }
    return [part for each in asked for part in (header, each | told)]


def _said(names: list[str], text: str) -> dict[str, Any]:
    """Some of these words as they are written, or another form of them in the languages that are spoken here."""
    spoken = {(get_language() or "")[:2], settings.LANGUAGE_CODE[:2]} & set(LANGUAGES)
    ways = [{"match": {name: {"query": _words(text)}}} for name in names]
    ways += [{"match": {f"{name}_{code}": {"query": text[:MOST_TEXT]}}} for name in names for code in sorted(spoken)]
    return {"bool": {"should": ways}}


def _asked(title: str, text: str, pages: Collection[int], vector: Sequence[float] | None) -> list[int]:
    asked = searches(title, text, pages, vector)
    answers = client.asking().msearch(searches=asked, filter_path=READ)["responses"]
    for answer in answers:
        if "error" in answer or answer["timed_out"] or answer["_shards"]["failed"]:
            raise client.PartialAnswerError("Not all of the index answered.")
    ideas = read_alias(Kind.IDEA)
    totals: dict[int, float] = defaultdict(float)
    for answer in answers:
        hits = answer.get("hits", {}).get("hits", ())
        best = max((hit["_score"] for hit in hits), default=1.0) or 1.0
        for hit in hits:
            kind = Kind.IDEA if hit["_index"].startswith(ideas) else Kind.QUESTION
            totals[number_of(kind, hit["fields"]["key"][0])] += hit["_score"] / best
    return sorted(totals, key=lambda number: (-totals[number], -number))[:MOST_CANDIDATES]


_pending = Statement(
    lambda: PendingDocument.objects.filter(kind__in=KINDS).order_by("-pk").values_list("kind", "key")[:MOST_WAITING]
)


def _waiting() -> list[int]:
    return [number_of(Kind(kind), key) for kind, key in _pending.ask()]


def _words(text: str) -> str:
    """The first different words, folded as in the index."""
    words = (word.folded for word in words_in(composed(text)))
    return " ".join(list(dict.fromkeys(words))[:MOST_WORDS])
