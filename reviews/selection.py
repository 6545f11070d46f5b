"""Which ideas a review holds and in which order, as its boards stood at its cut-off."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q, Sum
from django.utils import timezone

from accounts.models import Organisation
from community.content import Visibility
from core.batches import in_batches
from ideas import history
from ideas.history import AsOf
from ideas.models import Idea
from ideas.querysets import IdeaQuerySet
from ideas.standings import Standing, Standings
from reviews.models import Review, ReviewItem
from reviews.rules import BUILT_IN, Rule
from reviews.seals import moment

Choice = ReviewItem.Choice
BATCH = 500
# What is ranked within a request: so many ideas, with so many supporters altogether.
LARGE_BOARDS = 20_000
LARGE_SUPPORT = 500_000
MOST_RANKED = 1_000_000
AT_ONCE = 10_000
Told = Callable[[int, int], None]


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


@dataclass(frozen=True)
class Said:
    """What was said of single ideas in a draft."""

    pinned: frozenset[int]
    excluded: frozenset[int]
    themes: Mapping[int, str]

    @classmethod
    def of(cls, review: Review) -> Said:
        items = list(review.items.values_list("idea", "choice", "theme"))
        return cls(
            pinned=frozenset(pk for pk, choice, _theme in items if choice == Choice.PINNED),
            excluded=frozenset(pk for pk, choice, _theme in items if choice == Choice.EXCLUDED),
            themes={pk: theme for pk, _choice, theme in items if theme},
        )


def to_rank(review: Review, said: Said | None = None) -> IdeaQuerySet:
    """The ideas that are ranked for the review: those that its filters leave, as far as they are no matter of time."""
    said = said or Said.of(review)
    ideas = candidates(review).exclude(pk__in=said.excluded) if said.excluded else candidates(review)
    if not review.size:
        ideas = ideas.filter(pk__in=said.pinned)
    if tags := review.filters.get("tags"):
        tagged = Idea.objects.filter(tags__slug__in=tags).values("pk")
        ideas = ideas.filter(Q(pk__in=said.pinned) | Q(pk__in=tagged))
    if languages := review.filters.get("languages"):
        ideas = ideas.filter(Q(pk__in=said.pinned) | Q(language__in=languages))
    return ideas


def is_too_much(review: Review) -> bool:
    """Whether there are more ideas to rank than are ranked for anybody."""
    return bool(review.size) and to_rank(review).order_by()[MOST_RANKED : MOST_RANKED + 1].exists()


def takes_long(review: Review) -> bool:
    """Whether ranking it takes longer than a request should, by its ideas and their supporters.

    Both are counted only until they are too many.
    """
    if not review.size:
        return False
    some = to_rank(review).order_by()[: LARGE_BOARDS + 1]
    found = some.aggregate(ideas=Count("pk"), support=Sum("supporter_count"))
    return found["ideas"] > LARGE_BOARDS or (found["support"] or 0) > LARGE_SUPPORT


def wishes_of(review: Review) -> str:
    """A digest of what a draft asks for. Another one means that its ideas have to be ranked anew."""
    items = review.items.exclude(choice=Choice.NONE, theme="").order_by("idea")
    asked = [
        *(review.board_ids, review.ranking_id, review.policy, review.policy_version, review.filters, review.size),
        review.cut_off and moment(review.cut_off),
        list(items.values_list("idea", "choice", "theme")),
    ]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def select(review: Review, cut_off: datetime, tell: Told | None = None) -> Selection:
    """The review's ideas at the cut-off. `tell` hears now and then how many are ranked, and of how many."""
    said = Said.of(review)
    ideas = to_rank(review, said)
    as_of = ideas.as_of(cut_off)
    standings = sorted(_standings(review, ideas, as_of, tell), key=lambda row: (-row.score, -row.idea))
    chosen = _chosen(review, standings, said.pinned, as_of)
    places = [
        Place(
            rank=rank,
            idea=row.idea,
            score=row.score,
            supporters=row.supporters,
            is_pinned=row.idea in said.pinned,
            theme=said.themes.get(row.idea, ""),
        )
        for rank, row in enumerate(chosen, start=1)
    ]
    return Selection(places, len(standings), lost=sorted(said.pinned - {place.idea for place in places}))


def _standings(review: Review, ideas: IdeaQuerySet, as_of: AsOf, tell: Told | None) -> Iterator[Standing]:
    """The score of each idea, some thousands at a time where somebody wants to hear how far it is."""
    formula = rule_of(review).formula(segments_now())
    if tell is None:
        yield from Standings(as_of, formula)
        return
    done, last, total = 0, 0, ideas.count()
    tell(0, total)
    numbers = ideas.order_by("pk").values_list("pk", flat=True)
    while some := list(numbers.filter(pk__gt=last)[:AT_ONCE]):
        yield from Standings(as_of.of(ideas.filter(pk__gt=last, pk__lte=some[-1])), formula)
        done, last = done + len(some), some[-1]
        tell(done, total)


def _chosen(review: Review, standings: Iterable[Standing], pinned: Collection[int], as_of: AsOf) -> Iterator[Standing]:
    """Those of the ranked ideas that the review holds: so many from the top, and what is pinned."""
    statuses = set(review.filters.get("statuses", ()))
    left = review.size
    rows = (row for row in standings if row.idea in pinned or not statuses or row.status in statuses)
    for batch in in_batches(rows, BATCH):
        allowed = {row.idea for row in batch}
        if left and (segments := review.filters.get("segments")):
            allowed = _with_segments([row.idea for row in batch if row.idea not in pinned], segments, as_of)
        for row in batch:
            if row.idea in pinned:
                yield row
            elif left and row.idea in allowed:
                yield row
                left -= 1


def _with_segments(ideas: list[int], segments: list[str], as_of: AsOf) -> set[int]:
    """Those of the ideas that had a supporter from an organisation of one of these segments."""
    wanted = {segment.casefold() for segment in segments}
    organisations = {pk for pk, segment in segments_now().items() if segment.strip().casefold() in wanted}
    return {
        family.idea
        for family in as_of.of(Idea.objects.filter(pk__in=ideas)).families()
        if any(supporter.organisation in organisations for supporter in family.supporters.values())
    }
