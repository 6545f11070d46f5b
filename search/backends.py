"""The boundary behind which texts are found: the embedded search answers these calls, and Elasticsearch can too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

# A word of so many signs also finds those that begin with it.
PREFIX_FROM = 3
# To leave out takes more: few of the longer words are another word altogether.
LEFT_OUT_FROM = 5
# A count of so many stands for as many or more.
MOST_COUNTED = 10_000


class Kind(StrEnum):
    """What can be found."""

    QUESTION = "question"
    IDEA = "idea"
    ARTICLE = "article"
    MEMBER = "member"
    TAG = "tag"


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    SUPPORTERS = "supporters"


@dataclass(frozen=True)
class Run:
    """Folded words (core.words) that follow one another; of a prefix the last also stands for longer words."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True)
class Term:
    """One thing that is looked for: what was typed, then what means the same, each a run of folded words.

    What is quoted is meant exactly: it stands for no longer words, and no typing error in it is forgiven. What is
    being typed stands for longer words however short it is. What is left out takes other forms of the word along, and
    forgives nothing: a word too many is seen, one too few is not.
    """

    alternatives: tuple[tuple[str, ...], ...]
    is_quoted: bool = False
    is_being_typed: bool = False
    is_left_out: bool = False

    @property
    def runs(self) -> tuple[Run, ...]:
        """The alternatives; a single word that was typed stands for longer ones too, unless it is short or quoted."""
        first, *others = self.alternatives
        is_long = self.is_being_typed or len(first[0]) >= (LEFT_OUT_FROM if self.is_left_out else PREFIX_FROM)
        is_prefix = not self.is_quoted and len(first) == 1 and is_long
        return (Run(first, is_prefix), *map(Run, others))


@dataclass(frozen=True)
class Wanted:
    """What to look for. Of the sets that may be None, None admits everything and an empty one nothing.

    `pages` has, for questions and ideas, the forums and boards, and for articles the pages that the reader may read
    now. Of the boards, `ranked_pages` has those whose ideas the reader may see in the order of their support.
    A post is found that has all terms or, where `any_term` is set, some of them, and none of those `excluded`.
    """

    pages: Mapping[Kind, frozenset[int]]
    terms: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()
    kinds: frozenset[Kind] = frozenset(Kind)
    ranked_pages: frozenset[int] = frozenset()
    any_term: bool = False
    tags: frozenset[str] = frozenset()
    statuses: frozenset[int] | None = None
    authors: frozenset[int] | None = None
    languages: frozenset[str] | None = None
    within: frozenset[int] | None = None
    is_unanswered: bool = False
    is_answered: bool = False
    is_solved: bool = False
    created_from: datetime | None = None
    created_before: datetime | None = None

    @property
    def possible_kinds(self) -> frozenset[Kind]:
        """The kinds that have what the filters ask for: only ideas have a status."""
        posts = frozenset((Kind.QUESTION, Kind.IDEA))
        possible = frozenset(Kind)
        if self.statuses is not None:
            possible &= {Kind.IDEA}
        if self.is_unanswered or self.is_answered or self.is_solved:
            possible &= {Kind.QUESTION}
        if self.tags or self.authors is not None or self.within is not None:
            possible &= posts
        if self.languages is not None or self.created_from or self.created_before:
            possible &= posts | {Kind.ARTICLE}
        return possible


@dataclass(frozen=True)
class Found:
    """One page of kinds and keys, and what leads to the next one, None on the last."""

    keys: list[tuple[Kind, int]]
    next_cursor: str | None = None


@dataclass(frozen=True)
class Facets:
    """How many there are of each kind, whichever are wanted, and among the wanted of each page, tag, status, language.

    A count stops at MOST_COUNTED. Where `is_sampled`, those of pages and so on are of a sample only.
    """

    kinds: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(Kind, 0))
    pages: dict[int, int] = field(default_factory=dict)
    tags: dict[str, int] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    is_sampled: bool = False


class Backend(Protocol):
    """Finds what is listed: visible canonical questions and ideas, live articles, members with a page of their own, and
    tags that something listed carries. An idea is found by the words of its whole family, of which those that stand on
    a board count only for its readers."""

    @property
    def is_limited(self) -> bool:
        """Whether the last answer came from a search that stands in for another."""

    def find(self, wanted: Wanted, *, sort: Sort, cursor: str | None, size: int) -> Found:
        """The page that a cursor of this backend leads to, the first without one. Raises BadCursorError.

        Without terms the newest come first. By support: ideas, of boards that hide it last.
        """

    def facets(self, wanted: Wanted) -> Facets:
        """The counts of everything that is wanted."""

    def suggest(self, wanted: Wanted, most: int) -> list[tuple[Kind, int]]:
        """The best of what has the terms in its title."""
