"""A figure, and how it is printed: beside the yardstick that was measured in the same run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles


@dataclass(frozen=True)
class Figure:
    """Something measured several times, and its yardstick as often, in turn; `ratio` is that of their medians."""

    name: str
    unit: str
    measured: Sequence[float]
    yardstick: Sequence[float]
    yardstick_name: str
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        return median(self.measured) / median(self.yardstick)

    @property
    def is_met(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        if self.at_least is not None:
            return self.ratio >= self.at_least
        if self.at_most is not None:
            return self.ratio <= self.at_most
        return None

    @property
    def target(self) -> str:
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return "–"


def p95(values: Sequence[float]) -> float:
    """What nineteen in twenty do not exceed."""
    return quantiles(values, n=20)[-1]


def show(figures: Sequence[Figure]) -> str:
    """The figures as a table in Markdown."""
    lines = ["| figure | measured | yardstick | ratio | target | |", "|---|---|---|---|---|---|"]
    for figure in figures:
        verdict = {True: "met", False: "missed", None: ""}[figure.is_met]
        measured = f"{_spread(figure.measured)} {figure.unit}"
        yardstick = f"{figure.yardstick_name}: {_spread(figure.yardstick)} {figure.unit}"
        note = "; ".join(filter(None, [verdict, figure.note]))
        lines.append(f"| {figure.name} | {measured} | {yardstick} | {figure.ratio:.4g} | {figure.target} | {note} |")
    return "\n".join(lines)


def save(figures: Sequence[Figure], path: Path) -> None:
    """Write the figures with every single measurement, in JSON."""
    rows = [asdict(figure) | {"ratio": figure.ratio, "is_met": figure.is_met} for figure in figures]
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


def _spread(values: Sequence[float]) -> str:
    """The median, with the smallest and the largest where there are several."""
    if len(set(values)) == 1:
        return _number(values[0])
    return f"{_number(median(values))} ({_number(min(values))}–{_number(max(values))})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
