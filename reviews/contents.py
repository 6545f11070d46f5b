"""Which ideas a review holds."""

from collections.abc import Collection
from itertools import islice

from reviews.models import Review, ReviewItem


def holds(review: Review, ideas: Collection[int]) -> bool:
    """Whether all of these ideas are in the review; of a draft, whether all of them were chosen by hand."""
    items = review.items.exclude(choice=ReviewItem.Choice.EXCLUDED)
    return items.filter(idea__in=ideas).count() == len(set(ideas))


def first_ideas(review: Review, most: int) -> list[int]:
    """The ideas that rank first in a published review."""
    return [facts["id"] for facts in islice(review.snapshot.facts(), most)]
