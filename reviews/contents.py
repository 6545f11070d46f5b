"""Which ideas a review holds."""

from collections.abc import Collection
from itertools import islice

from reviews.models import Review, ReviewItem
from reviews.selection import candidates


def holds(review: Review, ideas: Collection[int]) -> bool:
    """Whether all of these ideas are in the review; of a draft, whether they may be.

    Those may that are on its boards and not left out.
    """
    items = review.items.filter(idea__in=ideas)
    if not review.is_published:
        is_left_out = items.filter(choice=ReviewItem.Choice.EXCLUDED).exists()
        return not is_left_out and candidates(review).filter(pk__in=ideas).count() == len(set(ideas))
    return items.count() == len(set(ideas))


def first_ideas(review: Review, most: int) -> list[int]:
    """The ideas that rank first in a published review."""
    return [facts["id"] for facts in islice(review.snapshot.facts(), most)]
