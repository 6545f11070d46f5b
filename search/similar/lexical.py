"""Candidates from the table of postings: the rarest words and 4-grams first, and never more than a bounded number."""

from collections import defaultdict
from collections.abc import Collection

import numpy as np

from core.statements import Among, Statement
from search.models import Posting, Profile
from search.similar.statistics import Statistics
from search.similar.traits import Traits

MOST_CANDIDATES = 400
# How many rows are read for words, and for 4-grams.
MOST_ROWS = 8_000

_profiles = Statement(
    lambda: Profile.objects.filter(Among("post", "posts"), Among("page", "pages")).values_list("post", "traits")
)


def candidates(query: Traits, pages: Collection[int], known: Statistics) -> list[int]:
    """The posts on these pages that most of the rarest traits lead to, by their numbers."""
    words = known.words.of(query.words)
    grams = known.title_grams[query.grams[: query.title_grams]]
    totals: dict[int, float] = defaultdict(float)
    for leads, used in ((query.words.tolist(), words), (query.gram_leads, grams)):
        found = _led_to(leads, used, pages, known)
        best = max(found.values(), default=1.0)
        for number, score in found.items():
            totals[number] += score / best
    return sorted(totals, key=lambda number: (-totals[number], -number))[:MOST_CANDIDATES]


def profiles(numbers: Collection[int], pages: Collection[int]) -> dict[int, Traits]:
    """The traits of posts on these pages, by their numbers; what is not compared (any more) is left out."""
    rows = _profiles.ask(posts=numbers, pages=pages)
    return {number: Traits.unpacked(bytes(packed)) for number, packed in rows}


def _led_to(leads: list[int], used: np.ndarray, pages: Collection[int], known: Statistics) -> dict[int, float]:
    weights, expected = known.weights(used), known.expected(used)
    chosen: dict[int, float] = {}
    rows = 0.0
    for place in np.argsort(used, kind="stable"):
        if rows and rows + expected[place] > MOST_ROWS:
            break
        rows += expected[place]
        chosen[leads[place]] = float(weights[place])
    totals: dict[int, float] = defaultdict(float)
    led = Posting.objects.filter(lead__in=list(chosen), page__in=pages).values_list("lead", "post")
    for lead, number in led[: 2 * MOST_ROWS]:
        totals[number] += chosen[lead]
    return totals
