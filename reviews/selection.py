"""Which ideas a review holds and in which order, as its boards stood at its cut-off."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation
from community.content import Visibility
from ideas import history
from ideas.history import AsOf
from ideas.models import Idea
from ideas.querysets import IdeaQuerySet
from ideas.standings import Standing, Standings
from reviews.models import Review, ReviewItem
from reviews.rules import BUILT_IN, Rule

Choice = ReviewItem.Choice
BATCH = 500
LARGE_BOARDS = 20_000
REMEMBERED_FOR = 300


@dataclass(frozen=True)
class Place:
    """An idea's place in a review; the score is in millionths."""

    rank: int
    idea: int
    score: int
    supporters: int
    is_pinned: bool
    theme: str


@dataclass
class Selection:
    """The ideas of a review by rank, how many were ranked for it, and what of the draft's wishes can't be met.

    `lost` are pinned ideas that were not on the boards by themselves, or may not be seen.
    """

    places: list[Place]
    ranked: int
    lost: list[int] = field(default_factory=list)

    @property
    def ideas(self) -> list[int]:
        return [place.idea for place in self.places]


def rule_of(review: Review) -> Rule:
    return Rule.of(review.ranking) if review.ranking else BUILT_IN[review.policy]


def latest_cut_off() -> datetime:
    """The latest moment that the ledgers can tell for good."""
    return timezone.now() - history.SETTLES_AFTER


def cut_off_of(review: Review) -> datetime:
    return review.cut_off or latest_cut_off()


def segments_now() -> dict[int, str]:
    """The segment of each organisation that has one."""
    return dict(Organisation.objects.exclude(segment="").values_list("pk", "segment"))


def candidates(review: Review) -> IdeaQuerySet:
    """The visible ideas of the review's boards: whoever may read the review sees them all."""
    return Idea.objects.filter(board__in=review.board_ids, visibility=Visibility.VISIBLE)


def select(review: Review, cut_off: datetime) -> Selection:
    """The review's ideas at the cut-off."""
    items = review.items.values_list("idea", "choice", "theme")
    pinned = {pk for pk, choice, _theme in items if choice == Choice.PINNED}
    excluded = {pk for pk, choice, _theme in items if choice == Choice.EXCLUDED}
    themes = {pk: theme for pk, _choice, theme in items}
    ideas = candidates(review).exclude(pk__in=excluded) if excluded else candidates(review)
    if not review.size:
        ideas = ideas.filter(pk__in=pinned)
    if tags := review.filters.get("tags"):
        ideas = ideas.filter(Q(pk__in=pinned) | Q(pk__in=Idea.objects.filter(tags__slug__in=tags).values("pk")))
    if languages := review.filters.get("languages"):
        ideas = ideas.filter(Q(pk__in=pinned) | Q(language__in=languages))
    as_of = ideas.as_of(cut_off)
    standings = sorted(
        Standings(as_of, rule_of(review).formula(segments_now())), key=lambda row: (-row.score, -row.idea)
    )
    chosen = _chosen(review, standings, pinned, as_of)
    places = [
        Place(
            rank=rank,
            idea=row.idea,
            score=row.score,
            supporters=row.supporters,
            is_pinned=row.idea in pinned,
            theme=themes.get(row.idea, ""),
        )
        for rank, row in enumerate(chosen, start=1)
    ]
    return Selection(places, len(standings), lost=sorted(pinned - {place.idea for place in places}))


def remembered_selection(review: Review, cut_off: datetime) -> Selection:
    """The same to be looked at: a draft on large boards is ranked anew only when it changes, or some minutes later."""
    if not review.size or candidates(review).count() <= LARGE_BOARDS:
        return select(review, cut_off)
    items = list(review.items.order_by("idea").values_list("idea", "choice", "theme"))
    wishes = [review.board_ids, review.policy, review.policy_version, review.filters, review.size, items]
    asked = json.dumps([review.pk, *wishes, f"{cut_off:%Y-%m-%dT%H:%M}"])
    key = f"review-{hashlib.sha256(asked.encode()).hexdigest()}"
    found: Selection | None = cache.get(key)
    if found is None:
        found = select(review, cut_off)
        cache.set(key, found, REMEMBERED_FOR)
    return found


def _chosen(review: Review, standings: Iterable[Standing], pinned: set[int], as_of: AsOf) -> list[Standing]:
    statuses = set(review.filters.get("statuses", ()))
    standings = [row for row in standings if row.idea in pinned or not statuses or row.status in statuses]
    if segments := review.filters.get("segments"):
        allowed = _with_segments([row.idea for row in standings if row.idea not in pinned], segments, as_of)
        standings = [row for row in standings if row.idea in pinned or row.idea in allowed]
    chosen, left = [], review.size
    for row in standings:
        if row.idea in pinned:
            chosen.append(row)
        elif left:
            chosen.append(row)
            left -= 1
    return chosen


def _with_segments(ideas: list[int], segments: list[str], as_of: AsOf) -> set[int]:
    """Those of the ideas that had a supporter from an organisation of one of these segments."""
    wanted = {segment.casefold() for segment in segments}
    organisations = {pk for pk, segment in segments_now().items() if segment.strip().casefold() in wanted}
    found = set()
    for start in range(0, len(ideas), BATCH):
        for family in Idea.objects.filter(pk__in=ideas[start : start + BATCH]).as_of(as_of.moment).families():
            if any(supporter.organisation in organisations for supporter in family.supporters.values()):
                found.add(family.idea)
    return found
