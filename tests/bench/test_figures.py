"""The bench's own arithmetic."""

from __future__ import annotations

import pytest

from bench.figures import Figure, at_least, at_most, busy, median, p99, percentile, table, told


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([7.0], 0.99, 7.0),
        (list(range(1, 101)), 0.99, 99),
        (list(range(1, 101)), 1.0, 100),
        (list(range(1, 101)), 0.0, 1),
        ([3.0, 1.0, 2.0], 0.5, 2.0),
        ([1.0, 2.0], 0.99, 2.0),
    ],
)
def test_a_percentile_is_a_value_that_was_measured(
    values: list[float], share: float, expected: float
) -> None:
    """Nearest rank: the smallest value that so many do not exceed."""
    assert percentile(values, share) == expected


def test_nothing_measured_has_no_percentile() -> None:
    """An empty measurement is an error, never a figure that meets its goal."""
    with pytest.raises(ValueError, match="no values"):
        p99([])


def test_the_median_is_the_middle() -> None:
    """Of an even number of values, the middle of both."""
    assert (median([5, 1, 3]), median([1, 2, 3, 10])) == (3, 2.5)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], 0.0),
        ([(0.0, 2.0), (5.0, 6.0)], 3.0),
        ([(0.0, 4.0), (1.0, 2.0)], 4.0),
        ([(1.0, 3.0), (0.0, 2.0)], 3.0),
        ([(0.0, 1.0), (1.0, 2.0)], 2.0),
    ],
)
def test_what_overlaps_counts_once(spans: list[tuple[float, float]], expected: float) -> None:
    """The time during which at least one request was under way."""
    assert busy(spans) == expected


def test_a_figure_at_its_goal_meets_it() -> None:
    """The goal itself is still good enough; one step beyond is not."""
    verdicts = [
        at_most("p", "w", 30.0, 30.0, " ms").verdict,
        at_most("p", "w", 30.1, 30.0, " ms").verdict,
        at_least("p", "w", 0.95, 0.95).verdict,
        at_least("p", "w", 0.94, 0.95).verdict,
        told("p", "w", "x").verdict,
    ]
    assert verdicts == ["met", "MISSED", "met", "MISSED", "-"]


def test_the_table_has_goal_figure_and_verdict_in_columns() -> None:
    """One line a figure, no blanks at the ends."""
    figures = [at_most("ack", "median", 1.234, 1.15, " x"), Figure("ack", "count", "200")]
    assert table(figures).splitlines() == [
        "part  what    figure  goal       verdict",
        "----  ------  ------  ---------  -------",
        "ack   median  1.23 x  <= 1.15 x  MISSED",
        "ack   count   200                -",
    ]
