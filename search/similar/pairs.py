"""Finding what was probably posted twice, for moderators; and how often such finds were right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from search.backends import Kind
from search.models import Decision, IdeaPair, Profile, QuestionPair
from search.similar.finding import HOLDERS, MODELS, ranked_like
from search.similar.numbers import post_of

PAIRS: Mapping[Kind, Any] = {Kind.QUESTION: QuestionPair, Kind.IDEA: IdeaPair}
# Less alike are, as measured on sets of known duplicates, hardly ever the same.
LEAST = 0.4
MOST_FOR_A_POST = 5
BAND = 0.1


@dataclass(frozen=True)
class Precision:
    """How many pairs of about one likeness were merged, of those that moderators decided on."""

    merged: int
    decided: int


def compare_pending(limit: int = 500) -> int:
    """Look for duplicates of the posts that are new or have changed, at most so many; of how many it was.

    May run twice at once without harm.
    """
    numbers = list(_waiting().order_by("post").values_list("post", flat=True)[:limit])
    for number in numbers:
        _compare(number)
    return len(numbers)


def is_comparing() -> bool:
    """Whether there are posts that have not been compared since they were written or changed."""
    return _waiting().exists()


def band_of(likeness: float) -> int:
    """The tenth in which a likeness lies: 0.37 is in 3."""
    return min(int(likeness / BAND + 1e-9), 9)


def precisions(kind: Kind) -> dict[int, Precision]:
    """How often pairs were merged, by band of likeness. A merge that was undone was none."""
    decided = PAIRS[kind].objects.exclude(decision="").values_list("likeness", "decision")
    counted: dict[int, list[int]] = {}
    for likeness, decision in decided.iterator():
        band = counted.setdefault(band_of(likeness), [0, 0])
        band[0] += decision == Decision.MERGED
        band[1] += 1
    return {band: Precision(*counts) for band, counts in counted.items()}


def _waiting() -> QuerySet[Profile]:
    return Profile.objects.filter(compared_at__isnull=True)


def _compare(number: int) -> None:
    kind, pk = post_of(number)
    now = timezone.now()
    post = MODELS[kind].objects.listed().filter(pk=pk).first()
    if post:
        pages = frozenset(HOLDERS[kind].objects.live().values_list("pk", flat=True))
        found = ranked_like(post, pages)[:MOST_FOR_A_POST]
        alike = {post_of(each.number)[1]: each.likeness for each in found if each.likeness >= LEAST}
        listed = MODELS[kind].objects.listed().filter(pk__in=alike).values_list("pk", flat=True)
        _note(PAIRS[kind], pk, {other: alike[other] for other in listed})
    Profile.objects.filter(post=number, changed_at__lte=now).update(compared_at=now)


def _note(pairs: Any, pk: int, alike: Mapping[int, float]) -> None:
    """Keep these pairs. What has been decided stays; of the others, what is not alike any more goes."""
    ends = {other: (max(pk, other), min(pk, other)) for other in alike}
    pairs.objects.bulk_create(
        [
            pairs(newer_id=newer, older_id=older, likeness=alike[other])
            for other, (newer, older) in sorted(ends.items())
        ],
        ignore_conflicts=True,
    )
    undecided = pairs.objects.filter(decision="")
    for other, (newer, older) in sorted(ends.items()):
        undecided.filter(newer=newer, older=older).update(likeness=alike[other])
    undecided.filter(newer=pk).exclude(older__in=alike).delete()
