"""How often words and 4-grams are used, estimated from the newest posts."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from core.statements import Statement
from search.models import Profile
from search.similar.traits import GRAM_SPACE, Numbers, Traits

SAMPLE = 2_000
# What two posts share is not common because there are only three.
FEW = 50
# A site of so many posts doesn't change in minutes.
SETTLED = 500
LASTING = 300.0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Usage:
    """In how many of the sampled texts each word stands, and how long they are."""

    words: Numbers
    counts: NDArray[np.int64]
    mean_length: float

    def of(self, words: Numbers) -> NDArray[np.int64]:
        if not len(self.words):
            return np.zeros(len(words), np.int64)
        places = np.minimum(np.searchsorted(self.words, words), len(self.words) - 1)
        return np.where(self.words[places] == words, self.counts[places], 0)


@dataclass(frozen=True)
class Statistics:
    """What a sample of posts says about words and 4-grams, of titles and of all that posts say."""

    sampled: int
    posts: int
    title_words: Usage
    words: Usage
    title_grams: NDArray[np.int64]
    grams: NDArray[np.int64]
    mean_title_grams: float
    mean_grams: float

    def weights(self, used: NDArray[np.int64]) -> Floats:
        """The weight of what is used in so many of the sampled posts: the rarer, the more (as BM25 has it)."""
        of = max(self.sampled, FEW)
        return np.asarray(np.log1p((of - used + 0.5) / (used + 0.5)), np.float64)

    def expected(self, used: NDArray[np.int64]) -> Floats:
        """In how many of all posts something will be used."""
        return np.asarray((used + 0.5) * (self.posts / max(self.sampled, 1)), np.float64)


_newest = Statement(lambda: Profile.objects.order_by("-changed_at").values_list("changed_at", flat=True)[:1])
_lock = Lock()
_known: tuple[tuple[str, datetime | None], float, Statistics] | None = None


def statistics() -> Statistics:
    """The estimates, made anew in each process when posts have come; on a settled site every few minutes."""
    global _known
    name = str(connection.settings_dict["NAME"])
    newest = next(iter(_newest.ask()), None)
    known = _known
    if known and known[0] == (name, newest):
        return known[2]
    is_recent = known and known[0][0] == name and time.monotonic() - known[1] < LASTING
    if known and is_recent and known[2].sampled >= SETTLED:
        return known[2]
    with _lock:
        made = _estimated()
        _known = ((name, newest), time.monotonic(), made)
    return made


def _estimated() -> Statistics:
    newest = Profile.objects.order_by("-changed_at").values_list("traits", flat=True)[:SAMPLE]
    sample = [Traits.unpacked(bytes(packed)) for packed in newest]
    posts = len(sample) if len(sample) < SAMPLE else Profile.objects.count()
    return Statistics(
        sampled=len(sample),
        posts=posts,
        title_words=_usage([each.words[: each.title_words] for each in sample], _mean(e.title_words for e in sample)),
        words=_usage([each.words for each in sample], _mean(int(each.counts.sum()) for each in sample)),
        title_grams=_gram_usage([each.grams[: each.title_grams] for each in sample]),
        grams=_gram_usage([each.grams for each in sample]),
        mean_title_grams=_mean(each.title_grams for each in sample),
        mean_grams=_mean(len(each.grams) for each in sample),
    )


def _usage(texts: list[Numbers], mean_length: float) -> Usage:
    every = np.concatenate(texts) if texts else np.zeros(0, np.int32)
    words, counts = np.unique(every, return_counts=True)
    return Usage(words, counts, mean_length)


def _gram_usage(texts: list[NDArray[np.uint16]]) -> NDArray[np.int64]:
    every = np.concatenate(texts) if texts else np.zeros(0, np.uint16)
    return np.bincount(every, minlength=GRAM_SPACE)


def _mean(lengths: object) -> float:
    values = list(lengths)  # type: ignore[call-overload]
    return max(sum(values) / len(values), 1.0) if values else 1.0
