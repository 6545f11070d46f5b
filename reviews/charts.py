"""Small bar charts for the evidence: where each bar begins and how long it is, to be drawn as SVG by a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 160
ROW = 20
BEGINS, GAP = 148, 6
MOST_BARS = 12


@dataclass(frozen=True)
class Bar:
    label: str
    count: int
    y: int
    length: int

    @property
    def end(self) -> int:
        """Where its number stands."""
        return BEGINS + self.length + GAP


@dataclass(frozen=True)
class Chart:
    """Bars below each other. `more` is how many people the bars left out stand for."""

    title: str
    bars: list[Bar]
    more: int

    @property
    def height(self) -> int:
        return ROW * len(self.bars)


def chart(title: str, groups: Sequence[Sequence[Any]], unknown: str) -> Chart | None:
    """A bar for each group of people; none where there is no group. Months keep their order, the latest are shown."""
    if not groups:
        return None
    shown = list(groups[:MOST_BARS])
    most = max(count for _name, count in groups) or 1
    bars = [
        Bar(name or unknown, count, ROW * place, max(round(WIDTH * count / most), 1))
        for place, (name, count) in enumerate(shown)
    ]
    return Chart(title, bars, sum(count for _name, count in groups) - sum(bar.count for bar in bars))
