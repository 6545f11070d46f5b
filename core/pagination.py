"""Keyset pagination: a page begins after the last row of the one before, so page 1,000 costs what page 1 costs."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import BadRequest, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

M = TypeVar("M", bound=Model)


class BadCursorError(BadRequest):
    """The address holds a cursor that no page of ours gave out: 400."""


@dataclass(frozen=True)
class KeysetPage(Generic[M]):
    """One page of rows with the cursors of its neighbours, None at either end."""

    items: list[M]
    next_cursor: str | None
    previous_cursor: str | None


@dataclass(frozen=True)
class Place(Generic[M]):
    """Where a row stands in a list, from 1, and its neighbours, None at either end."""

    number: int
    total: int
    previous: M | None
    next: M | None


def keyset_page(queryset: QuerySet[M], *, order: Sequence[str], cursor: str = "", size: int = 20) -> KeysetPage[M]:
    """The page of the query set that a cursor points to, the first where it is empty.

    `order` names concrete fields that are never null, with "-" for descending; the last must be unique. Raises
    BadCursorError.
    """
    backwards, position = _decode(cursor, queryset, order) if cursor else (False, None)
    if position is not None:
        queryset = queryset.filter(_beyond(order, position, backwards))
    wanted = [_flipped(name) for name in order] if backwards else order
    rows = list(keyset_rows(queryset, order=wanted, size=size))
    has_more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_next, has_previous = (bool(cursor), has_more) if backwards else (has_more, bool(cursor))
    return KeysetPage(
        items=rows,
        next_cursor=_encode("n", rows[-1], order) if rows and has_next else None,
        previous_cursor=_encode("p", rows[0], order) if rows and has_previous else None,
    )


def keyset_rows(queryset: QuerySet[M], *, order: Sequence[str], size: int = 20) -> QuerySet[M]:
    """The rows of a page that begins with the query set, and one more that says whether there is a next page."""
    # The keys first: an index gives them in order, where a database might join everything and then sort it.
    keys = queryset.order_by(*order).values("pk")[: size + 1]
    return queryset.filter(pk__in=keys).order_by(*order)


def first_page(rows: list[M], *, order: Sequence[str], size: int = 20) -> KeysetPage[M]:
    """The first page, made of what `keyset_rows` has found."""
    has_next = len(rows) > size
    rows = rows[:size]
    return KeysetPage(rows, _encode("n", rows[-1], order) if has_next else None, None)


def cursor_to(queryset: QuerySet[M], *, order: Sequence[str], row: M, size: int = 20) -> str:
    """The cursor of a page that holds this row: empty where the first page does, else of a page that begins with it."""
    before = queryset.filter(_beyond(order, _position(row, order), backwards=True))
    rows = list(before.order_by(*map(_flipped, order)).only(*(name.removeprefix("-") for name in order))[:size])
    return _encode("n", rows[0], order) if len(rows) == size else ""


def place_of(queryset: QuerySet[M], *, order: Sequence[str], row: M) -> Place[M]:
    """Where the row, which is in the query set, stands in it."""
    position = _position(row, order)
    before = queryset.filter(_beyond(order, position, backwards=True))
    after = queryset.filter(_beyond(order, position, backwards=False))
    return Place(
        number=before.count() + 1,
        total=queryset.count(),
        previous=before.order_by(*map(_flipped, order)).first(),
        next=after.order_by(*order).first(),
    )


def _beyond(order: Sequence[str], position: list[Any], backwards: bool) -> Q:
    """Rows after the position: (a, b) beyond (x, y) is a ≥ x and (a > x or b > y), which an index serves."""
    operators = ["lt" if name.startswith("-") != backwards else "gt" for name in order]
    names = [name.removeprefix("-") for name in order]
    condition = Q(**{f"{names[-1]}__{operators[-1]}": position[-1]})
    for name, operator, value in reversed(list(zip(names[:-1], operators[:-1], position[:-1], strict=True))):
        condition = Q(**{f"{name}__{operator}e": value}) & (Q(**{f"{name}__{operator}": value}) | condition)
    return condition


def _flipped(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _position(row: Model, order: Sequence[str]) -> list[Any]:
    return [getattr(row, row._meta.get_field(name.removeprefix("-")).attname) for name in order]  # type: ignore[union-attr]


def _encode(direction: str, row: Model, order: Sequence[str]) -> str:
    text = json.dumps([direction, *_position(row, order)], cls=_Encoder, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, queryset: QuerySet[M], order: Sequence[str]) -> tuple[bool, list[Any]]:
    try:
        direction, *raw = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if direction not in ("n", "p") or not all(isinstance(value, (str, int, float)) for value in raw):
            raise ValueError
        fields = [queryset.model._meta.get_field(name.removeprefix("-")) for name in order]
        values = [_in_utc(field.to_python(value)) for field, value in zip(fields, raw, strict=True)]  # type: ignore[union-attr]
        for field, value in zip(fields, values, strict=True):
            (field.target_field if field.is_relation else field).run_validators(value)  # type: ignore[union-attr]
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError, ValidationError) as error:
        raise BadCursorError(
            _("This address is not that of a page we know. Start again from the first page.")
        ) from error
    return direction == "p", values


def _in_utc(value: Any) -> Any:
    """The value; a moment in UTC, where databases compare it. Raises OverflowError where it has no place there."""
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _Encoder(DjangoJSONEncoder):
    """Moments keep their microseconds: cut to milliseconds, a page would repeat or skip rows."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)
