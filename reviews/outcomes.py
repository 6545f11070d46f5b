"""What product did with past reviews. The definitions are in docs/how-to/product-review.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Q

from ideas.models import Status, StatusChange
from reviews.models import Decision, DecisionKind, Review, ReviewItem


@dataclass
class Outcome:
    """What became of the ideas of one review, or of several together."""

    ideas: int = 0
    waits: list[timedelta] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    journeys: list[timedelta] = field(default_factory=list)

    @property
    def decided(self) -> int:
        return len(self.waits)

    @property
    def share_decided(self) -> int | None:
        """In per cent, rounded down: 100 means all."""
        return self.decided * 100 // self.ideas if self.ideas else None

    @property
    def time_to_decision(self) -> timedelta | None:
        return median_of(self.waits)

    @property
    def accepted(self) -> int:
        return self.kinds[DecisionKind.ACCEPTED]

    @property
    def shipped(self) -> int:
        return len(self.journeys)

    @property
    def time_to_ship(self) -> timedelta | None:
        return median_of(self.journeys)


def median_of(spans: Iterable[timedelta]) -> timedelta | None:
    """The middle one, or the mean of the two in the middle; None of none."""
    seconds = [span.total_seconds() for span in spans]
    return timedelta(seconds=median(seconds)) if seconds else None


@dataclass(frozen=True)
class ReviewOutcome:
    review: Review
    outcome: Outcome


def outcomes_for(user: Any) -> tuple[Outcome, list[ReviewOutcome]]:
    """What became of all published reviews that the person may see: together, and each, the newest first."""
    reviews = (
        Review.objects.visible_to(user).filter(state=Review.State.PUBLISHED).select_related("board").order_by("-pk")
    )
    found = {review.pk: ReviewOutcome(review, Outcome()) for review in reviews}
    together = Outcome()
    counts = ReviewItem.objects.filter(review__in=reviews).order_by().values_list("review").annotate(Count("pk"))
    for pk, count in counts:
        found[pk].outcome.ideas = count
        together.ideas += count
    lines = Decision.objects.filter(review__in=reviews).order_by("pk")
    first: dict[tuple[int, int], datetime] = {}
    kinds: dict[tuple[int, int], str] = {}
    for review, idea, kind, decided_at in lines.values_list("review", "idea", "kind", "decided_at"):
        first.setdefault((review, idea), decided_at)
        kinds[review, idea] = kind
    accepted = [pair for pair, kind in kinds.items() if kind == DecisionKind.ACCEPTED]
    shipments = _shipments({idea for _review, idea in accepted})
    for (pk, idea), decided_at in first.items():
        published_at = found[pk].review.published_at
        shipped_at = next((at for at in shipments.get(idea, ()) if at >= decided_at), None)
        for outcome in (together, found[pk].outcome):
            if published_at is not None:
                outcome.waits.append(decided_at - published_at)
            outcome.kinds[kinds[pk, idea]] += 1
            if shipped_at is not None and kinds[pk, idea] == DecisionKind.ACCEPTED:
                outcome.journeys.append(shipped_at - decided_at)
    return together, list(found.values())


def _shipments(ideas: Iterable[int]) -> dict[int, list[datetime]]:
    """When each of the ideas came to a status of the kind shipped from one of another kind, in order."""
    moves = StatusChange.objects.moves().filter(idea__in=list(ideas), new_status__kind=Status.Kind.SHIPPED)
    moves = moves.exclude(Q(old_status__kind=Status.Kind.SHIPPED))
    found: dict[int, list[datetime]] = defaultdict(list)
    for idea, recorded_at in moves.order_by("pk").values_list("idea", "recorded_at"):
        found[idea].append(recorded_at)
    return found
