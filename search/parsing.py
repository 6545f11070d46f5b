"""What people type into the search, read: words, phrases in quotes, -exclusions and filters such as status:planned.

Whatever is typed has a reading. What is no filter, or a filter with a value that can't be one, is words.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from core.words import composed, folded_words, words_in

LONGEST = 400
MOST_TERMS = 12
MOST_FILTERS = 12

# What is: asks for, the kinds of statuses among it.
STATES = ("unanswered", "answered", "solved", "open", "planned", "started", "shipped", "declined")
FILTERS = ("tag", "status", "by", "is", "before", "after", "in", "lang")

# Controls, and signs without a shape, among them those that turn the direction of what follows.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_PIECE = re.compile(r'(?P<minus>-?)(?:(?P<name>[^\W\d_]{1,20}):)?(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))')
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


@dataclass(frozen=True)
class Typed:
    """Folded words that were typed as one: in quotes they stand together and are meant exactly."""

    words: tuple[str, ...]
    is_quoted: bool = False


@dataclass(frozen=True)
class Filter:
    """A filter by its English name; `typed` is how it stands in the query, from `start` to `end`."""

    name: str
    value: str
    typed: str
    start: int
    end: int


@dataclass(frozen=True)
class Query:
    """What was typed, cleaned, and how it is read. Each of `typed` is one word, or one phrase in quotes."""

    text: str
    typed: tuple[Typed, ...] = ()
    excluded: tuple[Typed, ...] = ()
    filters: tuple[Filter, ...] = ()

    def without(self, unwanted: Filter) -> str:
        """The text without a filter, however often it stands there."""
        rest = self.text
        for part in reversed(self.filters):
            if (part.name, part.value) == (unwanted.name, unwanted.value):
                rest = f"{rest[: part.start]} {rest[part.end :]}"
        return " ".join(rest.split())

    def respelled(self, spellings: Mapping[str, str]) -> str:
        """The text with these folded words in another spelling; what stands in a filter stays."""
        rest = self.text
        for word in reversed(list(words_in(self.text))):
            is_filter = any(part.start <= word.start < part.end for part in self.filters)
            if word.folded in spellings and not is_filter:
                rest = rest[: word.start] + spellings[word.folded] + rest[word.end :]
        return rest

    @property
    def words(self) -> str:
        """The text without filters and exclusions, as a title would say it."""
        rest = self.text.translate(_QUOTES)
        for part in reversed(self.filters):
            rest = f"{rest[: part.start]} {rest[part.end :]}"
        said = (piece[0].replace('"', "") for piece in _PIECE.finditer(rest) if not piece["minus"])
        return " ".join(" ".join(said).split())


def clean(text: str) -> str:
    """What was typed in one line, without signs that nobody sees, and cut to LONGEST."""
    return composed(" ".join(_UNSEEN.sub(" ", text[: LONGEST * 4]).split()))[:LONGEST].strip()


def parse(text: str, names: Mapping[str, str] | None = None, states: Mapping[str, str] | None = None) -> Query:
    """The reading of a text; `names` and `states` give FILTERS and STATES by what another language calls them."""
    text = clean(text)
    names = {name: name for name in FILTERS} | dict(names or {}) | {name: name for name in FILTERS}
    states = dict(states or {}) | {state: state for state in STATES}
    typed: dict[Typed, None] = {}
    excluded: dict[Typed, None] = {}
    filters: list[Filter] = []
    for piece in _PIECE.finditer(text.translate(_QUOTES)):
        said = piece["quoted"] if piece["quoted"] is not None else piece["bare"]
        name = names.get((piece["name"] or "").casefold())
        value = _VALUES[name](said.strip(), states) if name and not piece["minus"] else None
        if name and value and len(filters) < MOST_FILTERS:
            filters.append(Filter(name, value, text[piece.start() : piece.end()], *piece.span()))
            continue
        words = tuple(folded_words(f"{piece['name'] or ''} {said}"))
        is_quoted = piece["quoted"] is not None and not piece["name"]
        if piece["minus"] and words:
            excluded[Typed(words, is_quoted=is_quoted or len(words) > 1)] = None
        elif is_quoted and words:
            typed[Typed(words[:MOST_TERMS], is_quoted=True)] = None
        else:
            typed |= {Typed((word,)): None for word in words}
    if not typed and not filters:
        # Nothing but what is not wanted asks for nothing: it is read as words.
        typed = {Typed((word,)): None for part in excluded for word in part.words}
        excluded = {}
    return Query(text, tuple(typed)[:MOST_TERMS], tuple(excluded)[:MOST_TERMS], tuple(filters))


def first_day(value: str) -> date | None:
    """The day that 2026-05-17, the month 2026-05 or the year 2026 begins with; None where there is none."""
    found = _DATE.fullmatch(value)
    if not found:
        return None
    year, month, day = (int(part) if part else 1 for part in found.groups())
    # Dates at the ends of the calendar have no moment in some time zones.
    if not (1 < year < 9999 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def _text(value: str, states: Mapping[str, str]) -> str | None:
    return value or None


def _named(value: str, states: Mapping[str, str]) -> str | None:
    return value.casefold().lstrip("@") or None


def _state(value: str, states: Mapping[str, str]) -> str | None:
    return states.get(value.casefold())


def _day(value: str, states: Mapping[str, str]) -> str | None:
    day = first_day(value)
    return day.isoformat() if day else None


def _language(value: str, states: Mapping[str, str]) -> str | None:
    value = value.casefold()
    return value if _LANGUAGE.fullmatch(value) else None


_VALUES: dict[str, Callable[[str, Mapping[str, str]], str | None]] = {
    "tag": _text,
    "status": _text,
    "by": _named,
    "is": _state,
    "before": _day,
    "after": _day,
    "in": _text,
    "lang": _language,
}
