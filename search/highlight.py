"""Showing where what was looked for stands in a text."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core import markdown
from core.words import composed, words_in
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
    beginnings: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    runs: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
    for number, term in enumerate(terms):
        for run in term.runs:
            if run.is_prefix:
                beginnings[len(run.words[0])][run.words[0]].append(number)
            else:
                runs[run.words[0]].append((run.words, number))
    words = list(words_in(text))
    places = []
    for index, word in enumerate(words):
        for length, known in beginnings.items():
            places += [Place(word.start, word.end, number) for number in known.get(word.folded[:length], ())]
        for wanted, number in runs.get(word.folded, ()):
            if tuple(other.folded for other in words[index : index + len(wanted)]) == wanted:
                places.append(Place(word.start, words[index + len(wanted) - 1].end, number))
    return places


def marked(text: str, terms: Sequence[Term]) -> list[Fragment]:
    """The whole text, in fragments."""
    text = composed(text)
    return _fragments(text, places_in(text, terms))


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
    return _fragments(lead + shown, inside)


def _fragments(text: str, places: Sequence[Place]) -> list[Fragment]:
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
