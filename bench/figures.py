"""The arithmetic of the figures, and the table that they are printed in."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FOR_INFORMATION = "-"
"""The verdict of a figure that has no goal of its own."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; ``met`` is None for a figure without a goal."""

    part: str
    what: str
    figure: str
    goal: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        """``met``, ``MISSED``, or a dash."""
        if self.met is None:
            return FOR_INFORMATION
        return "met" if self.met else "MISSED"


def told(part: str, what: str, figure: str) -> Figure:
    """A figure for information."""
    return Figure(part, what, figure)


def at_most(part: str, what: str, value: float, goal: float, unit: str) -> Figure:
    """A figure that should not be above its goal; ``unit`` follows both numbers."""
    return Figure(part, what, f"{_number(value)}{unit}", f"<= {goal:g}{unit}", value <= goal)


def at_least(part: str, what: str, value: float, goal: float, unit: str = "") -> Figure:
    """A figure that should not be below its goal."""
    return Figure(part, what, f"{_number(value)}{unit}", f">= {goal:g}{unit}", value >= goal)


def median(values: Sequence[float]) -> float:
    """The middle; raises statistics.StatisticsError for no values."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` (0 to 1) of the values do not exceed (nearest rank).

    Raises ValueError for no values: nothing that was not measured has a percentile.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def p99(values: Sequence[float]) -> float:
    """The 99th percentile."""
    return percentile(values, 0.99)


def busy(spans: Iterable[tuple[float, float]]) -> float:
    """How long at least one of these spans (begin, end) was under way; overlaps count once."""
    total, until = 0.0, -math.inf
    for begin, end in sorted(spans):
        total += max(0.0, end - max(begin, until))
        until = max(until, end)
    return total


def table(figures: Sequence[Figure]) -> str:
    """All figures in columns, the goals beside them."""
    rows = [("part", "what", "figure", "goal", "verdict")]
    rows += [(one.part, one.what, one.figure, one.goal, one.verdict) for one in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004  three digits tell enough
