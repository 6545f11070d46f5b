"""The cursors of result pages: signed, so that nobody makes up their own."""

from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from core.pagination import BadCursorError

SALT = "search.cursor"
LONGEST = 4_000


def sealed(position: list[Any]) -> str:
    """A cursor that holds a position: numbers and words."""
    return signing.dumps(position, salt=SALT)


def not_ours() -> BadCursorError:
    return BadCursorError(_("This address is not that of a page we know. This is the first page."))


def opened(cursor: str) -> list[Any]:
    """The position that a cursor holds. Raises BadCursorError where it is not one of ours."""
    try:
        position = signing.loads(cursor, salt=SALT) if len(cursor) <= LONGEST else None
    except (signing.BadSignature, ValueError):
        position = None
    if not isinstance(position, list):
        raise not_ours()
    return position
