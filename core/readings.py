"""What nearly every page reads: query sets of which Django makes the SQL once.

A reading is a statement with places for ids and for lists of ids. One behind the gate is made once for each kind of
reader (core.access.ReaderKind says what that is), with a place for the reader's number. What a reading tells is read
anew each time.
"""

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db.models import BigIntegerField, QuerySet

from core.access import kind_of
from core.statements import Given, GivenList, Statement

Row = TypeVar("Row")
Sizes = tuple[tuple[str, int], ...]

# Several times the kinds of readers that a site has, and the lengths of lists. How many of one reading are kept.
KEPT = 256


class Reading(Generic[Row]):
    """The query set that `make(*shape, **values)` gives, for any values.

    Values are ids, or lists of them for conditions such as `pk__in`; the shape is what the query differs by in other
    ways. Related rows come by select_related alone.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Row]]) -> None:
        self.make = make
        self._statement_for = lru_cache(maxsize=KEPT)(self._make_statement)

    def ask(self, *shape: Hashable, **values: int | Iterable[int] | None) -> list[Row]:
        """What there is of it now; nothing where a list is empty, or an id is larger than any can be, or not given."""
        given: dict[str, Any] = {}
        sizes = []
        for name, value in values.items():
            if isinstance(value, int):
                if value > BigIntegerField.MAX_BIGINT:
                    return []
                given[name] = value
                sizes.append((name, 0))
                continue
            listed = list(value or ())
            if not listed:
                return []
            size = _room_for(len(listed))
            sizes.append((name, size))
            given.update((f"{name} {n}", listed[min(n, len(listed) - 1)]) for n in range(size))
        return self._statement_for(shape, tuple(sizes)).ask(**given)

    def _make_statement(self, shape: tuple[Hashable, ...], sizes: Sizes) -> Statement[Row]:
        places = {name: GivenList(name, size) if size else Given(name) for name, size in sizes}
        return Statement(lambda: self.make(*shape, **places))


class GatedReading(Generic[Row]):
    """The query set that `make(reader, *shape, **values)` gives: a reading behind the gate, for any reader.

    Of the reader `make` may ask what the gate asks, and the `pk`.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Row]]) -> None:
        self._reading: Reading[Row] = Reading(lambda kind, *shape, reader, **values: make(kind, *shape, **values))

    def ask(self, user: Any, *shape: Hashable, **values: int | Iterable[int] | None) -> list[Row]:
        """What the person may see of it now; nothing where Reading.ask gives nothing."""
        return self._reading.ask(kind_of(user), *shape, reader=user.pk or 0, **values)


def _room_for(many: int) -> int:
    """The next power of two: the last value is repeated until a list is that long, so that there are few lengths."""
    return 1 << (many - 1).bit_length()
