"""Going through many things a few at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """The things in their order, so many in a list and the rest in the last; none of them is read before its turn."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
