"""What the numbers of a ranking policy amount to, whether they stand in a form, in a policy or in a review."""

from collections.abc import Iterable
from decimal import Decimal


def counts_something(
    *,
    supporter: Decimal,
    importances: Iterable[Decimal],
    segments: Iterable[Decimal],
    organisation: Decimal,
    plans: Iterable[Decimal],
    bands: Iterable[Decimal],
    base: Decimal,
    question: Decimal,
) -> bool:
    """Whether any idea can have another score than 0 by these weights and multipliers; each kind has at least one."""
    supporters = supporter and max(importances) and max(segments)
    organisations = organisation and max(plans) and max(bands)
    return bool(supporters or organisations or base or question)
