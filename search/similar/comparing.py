"""Comparing: the posts on some pages that are like a text, whoever may see them.

It and what it imports need numpy, which is big: who asks imports it when there is something to compare.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from search.elastic import is_configured
from search.similar import lexical, vectors
from search.similar.meaning import query_vector
from search.similar.ranking import by_words, fused
from search.similar.statistics import Floats, statistics
from search.similar.traits import Traits

MOST_NEAR = 100


@dataclass(frozen=True)
class Ranked:
    """A post by its number, before anybody has looked whether it may be seen."""

    number: int
    order: float
    likeness: float


def ranked(
    title: str, text: str, pages: Collection[int], left_out: Collection[int], post: int | None = None
) -> list[Ranked]:
    """The posts on these pages that are like a title and a text, by words and, with a model, by meaning.

    Where these are what a post says, its vector is there already, which saves making it.
    """
    query, known = Traits.of(title, text), statistics()
    vector = None if post is None else vectors.stored(post)
    if vector is None and len(query.words):
        vector = query_vector(title, text)
    numbers = _of_elasticsearch(title, text, pages, vector)
    if numbers is None:
        numbers = lexical.candidates(query, pages, known)
        if vector is not None:
            numbers += vectors.nearest(vector, pages, MOST_NEAR)
    found = lexical.profiles(set(numbers).difference(left_out), pages)
    measures = by_words(query, list(found.values()), known)
    orders, likenesses = fused(query, measures, None if vector is None else _near(vector, list(found)))
    posts = zip(found, orders.tolist(), likenesses.tolist(), strict=True)
    return sorted((Ranked(*post) for post in posts), key=lambda post: (-post.order, -post.number))


def _of_elasticsearch(
    title: str, text: str, pages: Collection[int], vector: vectors.Vector32 | None
) -> list[int] | None:
    """Its candidates; None where there is no Elasticsearch, or where it does not answer."""
    if not is_configured():
        return None
    if not pages:
        return []
    from search.similar import elastic

    return elastic.candidates(title, text, pages, None if vector is None else vector.tolist())


def _near(vector: vectors.Vector32, numbers: list[int]) -> Floats | None:
    """How near each is in meaning, as near as others where its own vector is still to be made; None without any."""
    known = vectors.similarities(vector, numbers)
    if not known:
        return None
    usual = sum(known.values()) / len(known)
    return np.clip(np.array([known.get(number, usual) for number in numbers]), 0, 1)
