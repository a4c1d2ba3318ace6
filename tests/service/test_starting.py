"""What the audit keeps of a start."""

from __future__ import annotations

from bot.domain.audit import EventKind
from bot.service.starting import note_start
from tests.service.stage import Stage


async def test_a_changed_policy_is_an_event_of_its_own(stage: Stage) -> None:
    """Held against the last start of the same binding; the first start changes nothing."""
    for policy in ("a" * 64, "a" * 64, "b" * 64):
        await note_start(stage.house, {"region": "na"}, policy)
    events = [row.event for row in await stage.house.store.read(lambda tx: list(tx.rows()))]
    assert [one.kind for one in events] == [EventKind.STARTED] * 3 + [EventKind.POLICY_CHANGED]
    assert events[-2].data == {"region": "na", "policy": "b" * 64}
    assert events[-1].data == {"before": "a" * 64, "after": "b" * 64}
