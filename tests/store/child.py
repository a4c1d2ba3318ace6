"""What the process tests run in a second process: ``python -m tests.store.child MODE DIRECTORY ...``."""

from __future__ import annotations

import asyncio
import sys
import time
from functools import partial
from pathlib import Path

from bot.domain.audit import Event, EventKind
from bot.domain.operation import Actor, Approval, State
from bot.ports.store import OutboxRow, Transaction
from bot.store.database import SqliteStore, open_store, open_unlocked
from tests.store.samples import NOON, STILL, operation


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def whole_step(tx: Transaction, number: int, *, slow: bool) -> int:
    """Operation, audit row and outbox row: all or nothing."""
    operation_id = f"op_{number:06}"
    tx.add_operation(operation(operation_id, state=State.QUEUED))
    head = tx.append(Event(EventKind.PROPOSED, "acme", operation_id, data={"number": number}), NOON)
    if slow:
        say(f"inside {number}")
        time.sleep(30)
    tx.put_outbox(OutboxRow(f"execute-{operation_id}-1", operation_id, "acme"), NOON)
    return head.seq


async def append(directory: Path, slow_at: int) -> None:
    """Write step after step until killed, saying each one that was committed."""
    store = await open_store(directory, clock=STILL, entropy=bytes)
    number = (await store.read(lambda tx: tx.head())).seq
    while True:
        number += 1
        slow = number == slow_at
        seq = await store.write(partial(whole_step, number=number, slow=slow))
        say(f"committed {seq}")


async def race(directory: Path, name: str, count: int) -> None:
    """Once told to go: take every operation, decide on every operation; say what was won."""
    store = await open_unlocked(directory, clock=STILL, entropy=bytes)
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    await compete(store, name, count)
    await store.close()


def _decision(name: str) -> Approval:
    """Of the same person with another Slack account, or of somebody in the place of the first racer."""
    if name == "INSTEAD":
        first = Actor("U0ONE", "blt_same_person")
        return Approval(Actor("U0INSTEAD", "blt_other"), approved=True, at=NOON, stands_in_for=first)
    return Approval(Actor(f"U0{name}", "blt_same_person"), approved=True, at=NOON)


async def compete(store: SqliteStore, name: str, count: int) -> None:
    for number in range(count):
        operation_id = f"op_{number}"
        decision = _decision(name)

        def change(tx: Transaction, operation_id: str = operation_id, decision: Approval = decision) -> str:
            moved = tx.move(operation_id, State.QUEUED, State.RUNNING, NOON)
            decided = tx.add_approval(operation_id, decision)
            if moved:
                tx.append(Event(EventKind.MOVED, "acme", operation_id, name), NOON)
            return f"{operation_id} {int(moved)} {int(decided)}"

        say(await store.write(change))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["append", path, slow_at]:
            asyncio.run(append(Path(path), int(slow_at)))
        case ["race", path, racer, count]:
            asyncio.run(race(Path(path), racer, int(count)))
