"""How a word that nothing has was probably meant to be written: as posts write it that the person may read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import SequenceMatcher
from string import ascii_lowercase
from typing import Any

from django.db.models import Count, Max

from core.words import composed, words_in
from search.backends import Kind
from search.models import Posting
from search.similar.keeping import shown, text_of
from search.similar.numbers import post_of
from search.similar.traits import STEM, word_number

# Of a shorter word one error leaves too little.
LEAST = 4
# One error in four letters, two in eight.
CLOSE = 0.75
MOST_POSTS = 20


def nearest(word: str, pages: Collection[int], user: Any) -> str | None:
    """The word most like this folded one in what posts on these pages say, written as there; of several the most used.

    What begins with the word is none: the search finds it anyway. None where there is nothing like it.
    """
    found = Posting.objects.filter(lead__in={word_number(stem) for stem in _stems(word)}, page__in=pages)
    counted = found.values("lead").annotate(posts=Count("post"), newest=Max("post")).order_by("-posts", "lead")
    used = {row["lead"]: row for row in counted[:MOST_POSTS]}
    best: tuple[float, int, str] = (CLOSE, 0, "")
    for text in _texts({row["newest"] for row in used.values()}, user):
        for other in words_in(text):
            row = used.get(word_number(other.folded[:STEM]))
            if row and not other.folded.startswith(word):
                likeness = SequenceMatcher(None, word, other.folded).ratio()
                best = max(best, (likeness, row["posts"], text[other.start : other.end].lower()))
    return best[2] or None


def _stems(word: str) -> set[str]:
    """How a word may begin that has one letter more or less, another one, or two that changed places."""
    letters = {*ascii_lowercase, *word}
    halves = [(word[:place], word[place:]) for place in range(min(len(word), STEM) + 1)]
    fewer = {start + rest[1:] for start, rest in halves}
    swapped = {start + rest[1] + rest[0] + rest[2:] for start, rest in halves if len(rest) > 1}
    others = {start + letter + rest[1:] for start, rest in halves for letter in letters}
    more = {start + letter + rest for start, rest in halves for letter in letters}
    return {other[:STEM] for other in fewer | swapped | others | more}


def _texts(numbers: Collection[int], user: Any) -> Iterator[str]:
    """What these posts say, of those that the person may read."""
    for kind in Kind.QUESTION, Kind.IDEA:
        pks = [pk for of, pk in map(post_of, numbers) if of == kind]
        posts: Any = shown(kind)
        for post in posts.visible_to(user).filter(pk__in=pks):
            yield composed(f"{post.title}\n{text_of(post)}")
