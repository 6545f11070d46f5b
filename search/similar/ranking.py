"""Ranking candidates: five measures of likeness by words, one of meaning where there are vectors, fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.similar.statistics import Floats, Statistics
from search.similar.traits import GRAM_SPACE, Traits

MEASURES = 5
# The shares of meaning beside the five of words: as many where there are few words to go by.
MEANING = 3
MEANING_OF_FEW = 5
FEW_WORDS = 20
SATURATION = 1.2
LENGTH = 0.75


class _Texts:
    """The traits of the candidates end to end, each with the place of its candidate."""

    def __init__(self, candidates: Sequence[Traits]) -> None:
        self.many = len(candidates)
        every = np.concatenate([each.words for each in candidates])
        # Each different word is looked up once.
        self.words, self.which = np.unique(every, return_inverse=True)
        self.counts = np.concatenate([each.counts for each in candidates]).astype(np.float64)
        self.grams = np.concatenate([each.grams for each in candidates])
        words = [len(each.words) for each in candidates]
        grams = [len(each.grams) for each in candidates]
        self.word_owners = np.repeat(np.arange(self.many), words)
        self.gram_owners = np.repeat(np.arange(self.many), grams)
        self.title_words = np.array([each.title_words for each in candidates])
        self.title_grams = np.array([each.title_grams for each in candidates])
        self.in_title = _places(words) < np.repeat(self.title_words, words)
        self.gram_in_title = _places(grams) < np.repeat(self.title_grams, grams)
        self.lengths = np.asarray(np.bincount(self.word_owners, self.counts, self.many), np.float64)
        self.gram_lengths = np.array(grams)


@dataclass(frozen=True)
class _Shared:
    """Which words of the texts are of the query too, and where each stands there."""

    mine: NDArray[np.bool_]
    places: NDArray[np.int64]


def by_words(query: Traits, candidates: Sequence[Traits], known: Statistics) -> Floats:
    """The measures by words, a row for each candidate; see docs/explanation/similar-posts.md."""
    if not candidates or not len(query.words):
        return np.zeros((len(candidates), MEASURES))
    texts = _Texts(candidates)
    shared = _shared(query, texts)
    of_title = _Shared(shared.mine & texts.in_title & (shared.places < query.title_words), shared.places)
    title = query.words[: query.title_words]
    often = query.counts.astype(np.float64)
    usage = known.words.of(query.words)
    said = often * (SATURATION + 1) / (often + SATURATION)
    return np.stack(
        [
            _words(texts, of_title, known.weights(known.title_words.of(title)), known.title_words.mean_length, True),
            _words(texts, shared, known.weights(usage) * said, known.words.mean_length, False),
            _cosine(texts, query, shared, known),
            _grams(texts, query.grams[: query.title_grams], known, True),
            _grams(texts, query.grams, known, False),
        ],
        axis=1,
    )


def fused(query: Traits, measures: Floats, near: Floats | None = None) -> tuple[Floats, Floats]:
    """How the rows are ordered, and how alike each is, both from 0 to 1.

    Words order by the mean of their measures, each brought to the scale of its best row; the best row of all gets as
    much as its measures say. Nearness of meaning, where it is known, has three shares beside the five of words; in the
    order as many as words where the query has few of them.
    """
    if not len(measures):
        return np.zeros(0), np.zeros(0)
    alike = measures.clip(0, 1).mean(axis=1)
    order = _scaled(_scaled(measures).mean(axis=1)) * alike.max()
    if near is None:
        return order, alike
    meaning = MEANING_OF_FEW if len(query.words) <= FEW_WORDS else MEANING
    return _joined(order, near, meaning), _joined(alike, near, MEANING)


def _joined(words: Floats, near: Floats, meaning: int) -> Floats:
    joined: Floats = (MEASURES * words + meaning * near) / (MEASURES + meaning)
    return joined


def _scaled(measures: Floats) -> Floats:
    best = measures.max(axis=0)
    scaled: Floats = measures / np.where(best > 0, best, 1.0)
    return scaled


def _words(texts: _Texts, shared: _Shared, weights: Floats, mean_length: float, in_title: bool) -> Floats:
    """BM25 of words, as a share of what each of them said once would give."""
    mine, places = shared.mine, shared.places
    owners = texts.word_owners[mine]
    counts = np.ones(len(owners)) if in_title else texts.counts[mine]
    lengths = (texts.title_words if in_title else texts.lengths)[owners]
    gained = weights[places[mine]] * _saturated(counts, lengths / mean_length)
    return _share(np.bincount(owners, gained, texts.many), weights.sum())


def _grams(texts: _Texts, grams: NDArray[np.uint16], known: Statistics, in_title: bool) -> Floats:
    """The same of 4-grams."""
    usage, mean = (known.title_grams, known.mean_title_grams) if in_title else (known.grams, known.mean_grams)
    weights = np.zeros(GRAM_SPACE)
    weights[grams] = known.weights(usage[grams])
    gained = weights[texts.grams]
    if in_title:
        gained = gained * texts.gram_in_title
    lengths = (texts.title_grams if in_title else texts.gram_lengths) / mean
    sums = np.bincount(texts.gram_owners, gained, texts.many)
    return _share(sums * _saturated(np.ones(texts.many), lengths), weights.sum())


def _cosine(texts: _Texts, query: Traits, shared: _Shared, known: Statistics) -> Floats:
    """How alike both are as wholes, so that what only one of them says counts against it."""
    mine, places = shared.mine, shared.places
    asked = known.weights(known.words.of(query.words)) * (1 + np.log(query.counts))
    said = known.weights(known.words.of(texts.words))[texts.which] * (1 + np.log(texts.counts))
    common = np.bincount(texts.word_owners[mine], asked[places[mine]] * said[mine], texts.many)
    norms = np.sqrt(np.bincount(texts.word_owners, said**2, texts.many) * (asked**2).sum())
    cosine: Floats = common / np.where(norms > 0, norms, 1.0)
    return cosine


def _shared(query: Traits, texts: _Texts) -> _Shared:
    order = np.argsort(query.words)
    places = order[np.minimum(np.searchsorted(query.words, texts.words, sorter=order), len(query.words) - 1)]
    mine = query.words[places] == texts.words
    return _Shared(mine[texts.which], places[texts.which])


def _saturated(counts: Floats, lengths: Floats) -> Floats:
    saturated: Floats = counts * (SATURATION + 1) / (counts + SATURATION * (1 - LENGTH + LENGTH * lengths))
    return saturated


def _share(gained: NDArray[Any], of: float) -> Floats:
    return np.asarray(gained / of if of > 0 else gained * 0, np.float64)


def _places(lengths: Sequence[int]) -> NDArray[np.int64]:
    """0, 1, 2 … for each text anew."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
