"""The bench's way of measuring: what it drives is the real thing, and what fails is never a figure."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import hands, scale
from bench.children import ChildFailed, running
from bench.place import enlist, served
from bot.sandbox.contentstack.journal import Entry

BARE = Path(scale.__file__).with_name("bare_app.py")


async def test_a_bare_app_acknowledges_and_its_time_is_in_the_journal(tmp_path: Path) -> None:
    """One command from a person who was enlisted: one time, within the three seconds that Slack gives."""
    async with served() as place:
        [person] = enlist(place, 1)
        settings = place.settings()
        async with running(BARE, tmp_path, settings):
            await hands.first_answer(place.core, person, 20.0)
            since = place.core.journal.seq
            await hands.command(place.core, person)
            [time] = hands.acknowledged(place.core, since)
    assert 0 < time < 3000


async def test_what_was_never_acknowledged_is_an_error() -> None:
    """An envelope without an answer does not vanish from the times."""
    async with served() as place:
        place.core.journal.add({"kind": "envelope", "what": "/org-users", "acked_ms": None})
        with pytest.raises(TimeoutError, match="1 of 1"):
            hands.acknowledged(place.core, 0)


async def test_a_child_that_fails_says_why(tmp_path: Path) -> None:
    """The end of its log comes with the error."""
    script = tmp_path / "broken.py"
    script.write_text("raise SystemExit('no figures today')")
    async with running(script, tmp_path / "home", {}) as child:
        with pytest.raises(ChildFailed, match="no figures today"):
            await child.result(20.0)


def test_the_physical_limit_counts_the_busier_lane_of_each_phase() -> None:
    """Two reads and a search before the first call; a call, two searches and a read from there on."""
    asked = ["GET", "GET", "POST", "DELETE", "POST", "GET", "POST"]
    entries = [Entry(0, 0.0, 0.0, method, "", "", None, None, None) for method in asked]
    assert scale.physical(entries, 5.0) == (2 + 3) / 5.0
