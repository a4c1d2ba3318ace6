"""A short run of the crash harness; `make crash` is the long one."""

from __future__ import annotations

import random

from crash.boundaries import exact
from crash.run import run

NAMES = (
    "after intent",
    "call done, answer lost",
    "before outcome",
    "checkpoint of batch",
    "post stands, answer lost",
    "before outbox",
)


async def test_a_bot_that_is_killed_at_boundaries_loses_and_doubles_nothing() -> None:
    """Two organizations, six kills, faults on: no violation, and every operation has its message and head."""
    programme = [one for one in exact() if one.name in NAMES]
    figures = await run(programme, 2, 300, random.Random(5), lambda _: None)
    assert figures.findings.violations == []
    operations = figures.findings.counts["operations"]
    assert operations >= 4
    assert (
        figures.findings.counts["messages: main"] == figures.findings.counts["messages: head"] == operations
    )
    assert figures.kills.total() + figures.missed.total() == len(NAMES)
