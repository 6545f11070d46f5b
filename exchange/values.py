"""The values of a source's fields, or a RowError that says what is wrong with them."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.text import slugify

LONGEST_ID = 120
LONGEST_NAME = 80
LONGEST_TITLE = 255
LONGEST_TAG = 100
LONGEST_BODY = 100_000
LARGEST_SCORE = 2**31 - 1
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ADDRESS = re.compile(r"(?P<local>[^\s@]+)@(?P<domain>[^\s@]+\.[^\s@]+)")


class RowError(Exception):
    """The row can't be used; the text says why."""


def _present(row: Mapping[str, Any], field: str) -> Any:
    """The field's value. Tools that know no absent whole numbers write 7.0 for 7, and NaN for nothing."""
    value = row.get(field)
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return int(value) if value.is_integer() else value
    return value


def text(row: Mapping[str, Any], field: str) -> str:
    """The field as text, empty if it is absent or null, with \\n for its line ends and without control characters."""
    value = _present(row, field)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise RowError(f"{field} is not text")
    return _CONTROL.sub("", _LINE_END.sub("\n", str(value)))


def body(row: Mapping[str, Any], field: str) -> str:
    """The field as a text of several lines, of which no post may have more than LONGEST_BODY characters."""
    value = text(row, field)
    if len(value) > LONGEST_BODY:
        raise RowError(f"{field} is longer than {LONGEST_BODY:,} characters")
    return value


def line(row: Mapping[str, Any], field: str) -> str:
    """The field as one line of text, white space as single blanks; empty if there is nothing in it to see."""
    value = " ".join(text(row, field).split())
    return value if any(unicodedata.category(character)[0] not in "ZC" for character in value) else ""


def title(row: Mapping[str, Any], field: str) -> str:
    value = line(row, field)
    if not value:
        raise RowError(f"{field} is missing")
    return value


def shortened(value: str) -> str:
    """The title, or its beginning where it is longer than LONGEST_TITLE."""
    return value if len(value) <= LONGEST_TITLE else value[: LONGEST_TITLE - 1].rstrip() + "…"


def identifier(row: Mapping[str, Any], field: str, *, optional: bool = False) -> str:
    """The id in the field. An absent one is an error unless it is optional, then it is empty."""
    value = text(row, field).strip()
    if not value and not optional:
        raise RowError(f"{field} is missing")
    if len(value) > LONGEST_ID or any(character.isspace() for character in value):
        raise RowError(f"{field} is not an id")
    return value


def whole_number(row: Mapping[str, Any], field: str) -> int:
    """The field as a number, 0 if it is absent or null."""
    value = _present(row, field)
    if value is None or value == "":
        return 0
    try:
        if isinstance(value, (bool, float)):
            raise ValueError
        number = int(value)
    except (TypeError, ValueError) as error:
        raise RowError(f"{field} is not a whole number") from error
    if abs(number) > LARGEST_SCORE:
        raise RowError(f"{field} is too large a number")
    return number


def flag(row: Mapping[str, Any], field: str) -> bool:
    """Whether the field says yes; absent or null says nothing, and counts as no."""
    value = _present(row, field)
    if value not in (None, True, False):
        raise RowError(f"{field} is neither true nor false")
    return bool(value)


def moment(row: Mapping[str, Any], field: str, form: str = "") -> datetime:
    """The moment in the field, in UTC, which is also what it means where it names no zone. Nothing lies ahead of us.

    It is written as in ISO 8601, or in the form given as for strptime.
    """
    value = line(row, field)
    if not value:
        raise RowError(f"{field} is missing")
    try:
        iso = re.sub(r" (?=[+-]\d\d:?\d\d$)", "", value)
        parsed = datetime.strptime(value, form) if form else datetime.fromisoformat(iso)  # noqa: DTZ007
        aware = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RowError(f"{field} is not a date: {value[:40]}") from error
    if aware < EARLIEST:
        raise RowError(f"{field} is before 1970: {value[:40]}")
    if aware > datetime.now(UTC) + timedelta(days=1):
        raise RowError(f"{field} lies in the future: {value[:40]}")
    return aware


def tags(names: Iterable[Any]) -> tuple[str, ...]:
    """The tags, each once; those without a letter or digit, of which no address can be made, are left out."""
    seen: dict[str, str] = {}
    for name in names:
        tag = line({"a tag": name}, "a tag")
        if len(tag) > LONGEST_TAG:
            raise RowError("a tag is too long")
        if slugify(tag, allow_unicode=True).strip("-_"):
            seen.setdefault(tag.casefold(), tag)
    return tuple(seen.values())


def person_name(name: str) -> str:
    """The name to show for somebody; of an email address only the part before the @ is shown."""
    address = _ADDRESS.fullmatch(name)
    return (address["local"] if address else name)[:LONGEST_NAME].strip()


def is_masked(value: str) -> bool:
    """Whether the name is an address of no real domain, put there in place of several people's own."""
    address = _ADDRESS.fullmatch(value.strip())
    return bool(address and address["domain"].lower().endswith(".invalid"))
