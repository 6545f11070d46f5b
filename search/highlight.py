"""Showing where what was looked for stands in a text."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core import markdown
from core.words import composed, folded_words, words_in
from search.backends import Term

EXCERPT_LENGTH = 240
LEAD = 60


@dataclass(frozen=True)
class Fragment:
    """A piece of plain text, and whether it is one of the words."""

    text: str
    is_match: bool = False


class Place(NamedTuple):
    """Where a term stands in a text, and which it is."""

    start: int
    end: int
    term: int


def plain_text(rendered: str) -> str:
    """Rendered Markdown without its tags, in one line."""
    return composed(markdown.plain(rendered))


def places_in(text: str, terms: Sequence[Term]) -> list[Place]:
    """Where the terms stand in a composed text, in its order. A word that several terms mean is given once for each."""
    words = "\n".join(["", *folded_words(text), ""])
    found = []
    for number, term in enumerate(terms):
        for run in term.runs:
            wanted = "\n".join(["", *run.words, *([] if run.is_prefix else [""])])
            before, at = 0, words.find(wanted)
            word = 0
            while at >= 0:
                word += words.count("\n", before, at)
                found.append((word, word + len(run.words) - 1, number))
                before, at = at, words.find(wanted, at + 1)
    if not found:
        return []
    placed = list(words_in(text))
    return [Place(placed[first].start, placed[last].end, number) for first, last, number in sorted(found)]


def marked(text: str, places: Sequence[Place]) -> list[Fragment]:
    """A text in fragments, marked in these places."""
    fragments = []
    position = 0
    for place in places:
        if place.end <= position:
            continue
        start = max(place.start, position)
        if start > position:
            fragments.append(Fragment(text[position:start]))
        fragments.append(Fragment(text[start : place.end], is_match=True))
        position = place.end
    if position < len(text):
        fragments.append(Fragment(text[position:]))
    return fragments


def excerpt(text: str, places: Sequence[Place]) -> list[Fragment]:
    """The line of a text that has most of the terms, which stand in these places, or its beginning; in fragments."""
    first = _densest(places)
    start = _word_start(text, first - LEAD) if first > LEAD else 0
    end = start + EXCERPT_LENGTH
    shown = text[start:end] if end >= len(text) else text[start:end].rsplit(" ", 1)[0] + "…"
    lead = "… " if start else ""
    moved = len(lead) - start
    last = start + len(shown)
    inside = [
        Place(place.start + moved, place.end + moved, place.term)
        for place in places
        if place.start >= start and place.end <= last
    ]
    return marked(lead + shown, inside)


def _densest(places: Sequence[Place]) -> int:
    """Where the first line begins that has as many different terms as any."""
    starts = [place.start for place in places]
    best, most = 0, 0
    for index, start in enumerate(starts):
        end = bisect_left(starts, start + EXCERPT_LENGTH - LEAD)
        if (different := len({place.term for place in places[index:end]})) > most:
            best, most = start, different
    return best


def _word_start(text: str, position: int) -> int:
    """Where the next word after this position begins."""
    return text.find(" ", position) + 1 or position
