"""Quarters of a year, stored as 2027-Q1."""

import re
from datetime import date

from django.utils.translation import gettext as _

COMING = 8

_QUARTER = re.compile(r"[0-9]{4}-Q[1-4]")


def is_quarter(text: str) -> bool:
    return _QUARTER.fullmatch(text) is not None


def quarter_label(quarter: str) -> str:
    """As people read it."""
    year, _dash, number = quarter.partition("-Q")
    return _("Q%(number)s %(year)s") % {"number": number, "year": year}


def coming_quarters(today: date) -> list[str]:
    """The present quarter and those after it."""
    first = today.year * 4 + (today.month - 1) // 3
    return [f"{quarter // 4}-Q{quarter % 4 + 1}" for quarter in range(first, first + COMING)]


def quarter_choices(today: date, current: str = "") -> list[tuple[str, str]]:
    """The quarters to choose from: none, those that come, and the one that is chosen already."""
    quarters = coming_quarters(today)
    if current and current not in quarters:
        quarters.insert(0, current)
    return [("", _("None")), *((quarter, quarter_label(quarter)) for quarter in quarters)]
