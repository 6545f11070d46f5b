"""A board's ideas by their supporters now, to choose from by hand."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, QuerySet

from community.content import Visibility
from ideas.models import Idea, IdeaBoardPage
from ideas.tally import decay

ORDER = ["-supporter_count", "-id"]


@dataclass(frozen=True)
class RankedIdea:
    """An idea as a ranked list shows it.

    `merged_count` counts the visible ideas of the same board that were merged into it. `recent` is Trending, made
    readable: how many supporters it has if each counts half after every half-life of the board.
    """

    idea: Idea
    merged_count: int
    recent: float
    rank: int


def ranked(user: Any, *boards: IdeaBoardPage) -> QuerySet[Idea]:
    """The boards' ideas that the person may see and that are on their lists, those with most supporters first."""
    return Idea.objects.visible_to(user).listed().filter(board__in=boards).order_by(*ORDER)


def for_ranked_list(ideas: QuerySet[Idea]) -> QuerySet[Idea]:
    """With what a row of a ranked list shows, and without the texts that it doesn't."""
    with_tags = ideas.prefetch_related("tags")  # type: ignore[misc]  # taggit
    return with_tags.select_related("status", "board").defer("body", "body_html")


def with_figures(ideas: Iterable[Idea], now: datetime) -> list[RankedIdea]:
    """The ideas with their figures, in the order given."""
    ideas = list(ideas)
    merged = Idea.objects.filter(
        canonical__in=[idea.pk for idea in ideas], visibility=Visibility.VISIBLE, board=F("canonical__board")
    )
    counts = dict(merged.order_by().values_list("canonical").annotate(Count("pk")))
    return [
        RankedIdea(idea, counts.get(idea.pk, 0), recent_support(idea, now), rank)
        for rank, idea in enumerate(ideas, start=1)
    ]


def recent_support(idea: Idea, now: datetime) -> float:
    """See RankedIdea."""
    if not idea.supporter_count:
        return 0.0
    return math.exp(idea.trending - decay(idea.board.half_life_days) * now.timestamp())
