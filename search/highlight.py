"""Showing where the words that were looked for stand in a text."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from core import markdown
from core.words import Word, composed, words_in
from search.backends import is_prefix

EXCERPT_LENGTH = 240
LEAD = 60


@dataclass(frozen=True)
class Fragment:
    """A piece of plain text, and whether it is one of the words."""

    text: str
    is_match: bool = False


def plain_text(rendered: str) -> str:
    """Rendered Markdown without its tags, in one line."""
    return composed(markdown.plain(rendered))


def matched_in(text: str, words: Sequence[str]) -> set[str]:
    """Which of the words stand in a composed text."""
    return {wanted for word in words_in(text) for wanted in words if _matches(word, wanted)}


def marked(text: str, words: Sequence[str]) -> list[Fragment]:
    """The whole text, in fragments."""
    text = composed(text)
    fragments = []
    position = 0
    for word in words_in(text):
        if any(_matches(word, wanted) for wanted in words):
            if word.start > position:
                fragments.append(Fragment(text[position : word.start]))
            fragments.append(Fragment(text[word.start : word.end], is_match=True))
            position = word.end
    if position < len(text):
        fragments.append(Fragment(text[position:]))
    return fragments


def excerpt(text: str, words: Sequence[str]) -> list[Fragment]:
    """The line of a composed text that has most of the words, or its beginning, in fragments."""
    first = _densest(text, words)
    start = _word_start(text, first - LEAD) if first > LEAD else 0
    end = start + EXCERPT_LENGTH
    shown = text[start:end] if end >= len(text) else text[start:end].rsplit(" ", 1)[0] + "…"
    return marked(f"… {shown}" if start else shown, words)


def _densest(text: str, words: Sequence[str]) -> int:
    """Where the first line begins that has as many different words as any."""
    found = [(word.start, wanted) for word in words_in(text) for wanted in words if _matches(word, wanted)]
    best, most = 0, 0
    for index, (start, _) in enumerate(found):
        end = bisect_left(found, (start + EXCERPT_LENGTH - LEAD, ""))
        if (different := len({wanted for _, wanted in found[index:end]})) > most:
            best, most = start, different
    return best


def _word_start(text: str, position: int) -> int:
    """Where the next word after this position begins."""
    return text.find(" ", position) + 1 or position


def _matches(word: Word, wanted: str) -> bool:
    return word.folded.startswith(wanted) if is_prefix(wanted) else word.folded == wanted
