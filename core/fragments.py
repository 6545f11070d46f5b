"""Parts of pages that are drawn once for all who are shown the same.

A fragment is drawn from values alone, and each process remembers it under all of them. Whoever asks has read the
values from the database for this request, through the gate, so that what comes back can say nothing older and nothing
that another person may not read: other values are another fragment.
"""

import re
from collections.abc import Hashable, Mapping
from functools import lru_cache
from secrets import token_hex
from typing import Any

from django.db.models import Model
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

# A row of a list takes 3 to 5 KiB with its values, and a process draws some hundred of them in a second.
KEPT = 4_096

# Stands where something is filled in. No text has it by chance or on purpose: it is never sent.
_MARK = token_hex(16)
_PLACE = re.compile(f"{_MARK}([a-z_]+);")


def fragment(template: str, filled: Mapping[str, Any] | None = None, **values: Hashable) -> SafeString:
    """The template, drawn with these values in the language and the time zone of the reader.

    It must draw on nothing else, such as the time. What is long or differs with each reader is `filled` in afterwards,
    and not remembered: the template may print it, as it is, and know nothing of it.
    """
    filled = filled or {}
    kinds = tuple(map(type, values.values()))
    where = get_language(), get_current_timezone_name()
    parts = _drawn(template, where, tuple(filled), tuple(values), kinds, tuple(values.values()))
    if len(parts) == 1:
        return mark_safe(parts[0])  # noqa: S308 -- templates escape
    texts = {name: conditional_escape(value) for name, value in filled.items()}
    return mark_safe("".join(texts[part] if n % 2 else part for n, part in enumerate(parts)))  # noqa: S308


@lru_cache(maxsize=KEPT)
def _drawn(
    template: str,
    _where: tuple[str, str],
    filled: tuple[str, ...],
    names: tuple[str, ...],
    _kinds: tuple[type, ...],
    values: tuple[Hashable, ...],
) -> tuple[str, ...]:
    """What the template draws, cut at the places that are filled in: text, name, text, and so on.

    True and 1 are equal, as are a text and the same text that counts as safe: what they draw is not, so their kinds
    are told apart.
    """
    for name, value in zip(names, values, strict=True):
        if isinstance(value, (Model, Promise)):
            raise TypeError(f"{name} is equal to itself when it has changed; hand over what it says.")
    places = {name: mark_safe(f"{_MARK}{name};") for name in filled}  # noqa: S308 -- it is ours
    return tuple(_PLACE.split(get_template(template).render({**dict(zip(names, values, strict=True)), **places})))
