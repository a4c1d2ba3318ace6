"""A start as audit rows: with which settings and which policy, and that the policy is another one now."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.audit import Event, EventKind
from bot.ports.store import Transaction
from bot.service.house import House


async def note_start(house: House, settings: Mapping[str, str | int], policy: str) -> None:
    """Write what was set (nothing secret) and the policy's digest, held against those of the last start."""
    key, now = house.binding.key, house.clock.now()

    def note(tx: Transaction) -> None:
        last = tx.newest(EventKind.STARTED, key)
        tx.append(Event(EventKind.STARTED, key, data={**settings, "policy": policy}), now)
        before = last.event.data.get("policy", policy) if last else policy
        if before != policy:
            tx.append(Event(EventKind.POLICY_CHANGED, key, data={"before": before, "after": policy}), now)

    await house.store.write(note)
