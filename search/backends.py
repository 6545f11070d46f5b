"""The boundary behind which texts are found: the embedded search answers these calls, and Elasticsearch can too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

# A word of so many signs also finds those that begin with it.
PREFIX_FROM = 3


class Kind(StrEnum):
    """What can be found."""

    QUESTION = "question"
    IDEA = "idea"


@dataclass(frozen=True)
class Wanted:
    """What to look for: folded words (core.words), and for each kind the pages whose posts the reader may see.

    A post is found if it is listed on one of these pages and has all of the words or, where `any_word` is set, some of
    them; is_prefix says which also stand for longer words.
    """

    words: Sequence[str]
    pages: Mapping[Kind, frozenset[int]]
    any_word: bool = False


class Backend(Protocol):
    def count(self, wanted: Wanted) -> dict[Kind, int]:
        """How many posts of each kind there are."""

    def best(self, wanted: Wanted, most: int) -> list[tuple[Kind, int]]:
        """Kind and key of the best posts, in that order, at most so many."""


def is_prefix(word: str) -> bool:
    """Whether a word that is looked for also stands for longer ones."""
    return len(word) >= PREFIX_FROM
