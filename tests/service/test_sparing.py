"""At most one row a minute of what clicking alone can cause."""

from __future__ import annotations

from bot.service.sparing import Sparing
from tests.store.samples import later


def test_the_next_row_tells_how_many_were_spared() -> None:
    """Counted for each subject alone; a new minute has a row again."""
    sparing = Sparing()
    ada, ben = ("refused", "U0ADA"), ("refused", "U0BEN")
    asked = [(ada, 0.0), (ada, 1.0), (ben, 2.0), (ada, 59.0), (ada, 60.0), (ada, 130.0)]
    assert [sparing.spared(subject, later(at)) for subject, at in asked] == [0, None, 0, None, 2, 0]
