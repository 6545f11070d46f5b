"""Candidates from Elasticsearch: words of the title, words of the whole, and 4-grams, each asked by itself."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.translation import get_language

from core.words import composed, words_in
from search.backends import Kind
from search.elastic import breaker, client
from search.elastic.documents import LANGUAGES
from search.elastic.names import read_alias
from search.similar.numbers import number_of
from search.similar.statistics import Floats

logger = logging.getLogger(__name__)

MOST_FOUND = 100
# Of long texts Elasticsearch is asked for so much: each word is a clause of its query.
MOST_WORDS = 120
MOST_TEXT = 1_000
MEASURES = 3
KINDS = (Kind.QUESTION, Kind.IDEA)


@dataclass(frozen=True)
class Found:
    """For each post that was found by its number: its three scores, each as a share of the best one's."""

    scores: Mapping[int, tuple[float, ...]]

    def measures(self, numbers: Collection[int]) -> Floats:
        """The scores of these posts, a row for each; 0 where one was not among the best."""
        nothing = (0.0,) * MEASURES
        return np.array([self.scores.get(number, nothing) for number in numbers], np.float64)


def candidates(title: str, text: str, pages: Collection[int]) -> Found | None:
    """The best by each of the three; None where there is no Elasticsearch, or it does not answer in time."""
    if not client.is_configured() or not breaker.lets_through():
        return None
    try:
        found = _asked(title, text, pages)
    except client.FAILURES as error:
        logger.warning("Elasticsearch did not answer, and the embedded candidates do: %s", error)
        breaker.failed()
        return None
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


def _asked(title: str, text: str, pages: Collection[int]) -> Found:
    answers = client.asking().msearch(searches=searches(title, text, pages))["responses"]
    scores: dict[int, list[float]] = {}
    for place, answer in enumerate(answers):
        if "error" in answer or answer["timed_out"] or answer["_shards"]["failed"]:
            raise client.PartialAnswerError("Not all of the index answered.")
        hits = answer["hits"]["hits"]
        for hit in hits:
            number = number_of(Kind(hit["_source"]["kind"]), hit["_source"]["key"])
            scores.setdefault(number, [0.0] * MEASURES)[place] = hit["_score"] / hits[0]["_score"]
    return Found({number: tuple(each) for number, each in scores.items()})


def _words(text: str) -> str:
    """The first different words, folded as in the index."""
    words = (word.folded for word in words_in(composed(text)))
    return " ".join(list(dict.fromkeys(words))[:MOST_WORDS])
