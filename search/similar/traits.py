"""What posts are compared by: the beginnings of their words, and their runs of four signs, as numbers."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from core.words import composed, folded_words

# Endings differ more than beginnings do, in every language: a word is known by its first signs.
STEM = 6
GRAM = 4
MOST_TEXT = 30_000
MOST_WORDS = 120
MOST_GRAMS = 400
# How many of a post's words lead to it. Whoever has something to say begins with it.
MOST_LEADS = 48
GRAM_SPACE = 1 << 16
_COUNTS = struct.Struct("<HHH")

Numbers = NDArray[np.int32]


@dataclass(frozen=True)
class Traits:
    """The different words of a text with how often each stands there, and its different 4-grams.

    Those of the title come first: so many words, so many grams.
    """

    words: Numbers
    counts: NDArray[np.uint8]
    grams: NDArray[np.uint16]
    title_words: int
    title_grams: int

    @classmethod
    def of(cls, title: str, text: str = "") -> Traits:
        """Those of a title and a text; of long texts only what comes first."""
        in_title = _folded(title)
        in_all = in_title + _folded(text)
        often = Counter(word[:STEM] for word in in_all)
        words = list(islice(often, MOST_WORDS))
        grams = list(islice(dict.fromkeys(_grams(in_all)), MOST_GRAMS))
        return cls(
            np.array([word_number(word) for word in words], np.int32),
            np.array([min(often[word], 255) for word in words], np.uint8),
            np.array([gram_number(gram) for gram in grams], np.uint16),
            min(len({word[:STEM] for word in in_title}), len(words)),
            min(len(set(_grams(in_title))), len(grams)),
        )

    @classmethod
    def unpacked(cls, packed: bytes) -> Traits:
        title_words, words, title_grams = _COUNTS.unpack_from(packed)
        start = _COUNTS.size
        return cls(
            np.frombuffer(packed, np.int32, words, start),
            np.frombuffer(packed, np.uint8, words, start + 4 * words),
            np.frombuffer(packed, np.uint16, offset=start + 5 * words),
            title_words,
            title_grams,
        )

    def packed(self) -> bytes:
        """The same in a few hundred bytes."""
        counts = _COUNTS.pack(self.title_words, len(self.words), self.title_grams)
        return b"".join((counts, self.words.tobytes(), self.counts.tobytes(), self.grams.tobytes()))

    @cached_property
    def leads(self) -> frozenset[int]:
        """What leads to the post in the table of postings."""
        words = (int(word) for word in self.words[: max(MOST_LEADS, self.title_words)])
        return frozenset((*words, *self.gram_leads))

    @cached_property
    def gram_leads(self) -> list[int]:
        return [gram_lead(int(gram)) for gram in self.grams[: self.title_grams]]


def word_number(word: str) -> int:
    return crc32(word.encode()) - (1 << 31)


def gram_number(gram: str) -> int:
    return crc32(gram.encode()) % GRAM_SPACE


def gram_lead(gram: int) -> int:
    """The number of a gram among those of words."""
    return crc32(b"\0%d" % gram) - (1 << 31)


def _folded(text: str) -> list[str]:
    return list(folded_words(composed(text[:MOST_TEXT])))


def _grams(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        bounded = f" {word} "
        for start in range(max(len(bounded) - GRAM, 0) + 1):
            yield bounded[start : start + GRAM]
