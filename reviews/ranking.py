"""In which order a board's ideas stand in a review, by a policy that is published and never changed."""

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
class Policy:
    """A named ranking. Another formula is another version; both stay, for what was ranked by them."""

    name: str
    version: int
    formula: str


SUPPORTERS = Policy(
    name="supporters",
    version=1,
    formula=(
        "score = supporters: the different members with a standing vote on the idea or on an idea merged into it. "
        "Votes imported without voters weigh 0. Of equal scores, the idea with the higher number comes first."
    ),
)


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


def ranked(user: Any, board: IdeaBoardPage) -> QuerySet[Idea]:
    """The board's ideas that the person may see and that are on its lists, in the policy's order."""
    return Idea.objects.visible_to(user).listed().filter(board=board).order_by(*ORDER)


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
