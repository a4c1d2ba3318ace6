from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import pytest

from bot.engine.dispatcher import Dispatcher
from bot.ports.runs import run_of, workflow_id
from bot.ports.store import OutboxRow
from bot.store.database import SqliteStore
from tests.engine.recorder import SystemClock, ask
from tests.store.samples import operation

ROWS = [OutboxRow(f"execute-op_{number}-1", f"op_{number}", "acme") for number in range(3)]


class Carrier:
    """Delivers into a list; rows named in ``broken`` cannot be delivered."""

    def __init__(self) -> None:
        self.carried: list[OutboxRow] = []
        self.broken: set[str] = set()
        self.arrived = asyncio.Event()

    async def __call__(self, row: OutboxRow) -> None:
        if row.key in self.broken:
            raise LookupError("ada@example.com")
        self.carried.append(row)
        self.arrived.set()


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


@pytest.fixture
def dispatcher(store: SqliteStore, carrier: Carrier) -> Dispatcher:
    return Dispatcher(store, SystemClock(), carrier, tick=3600)


async def test_rows_are_delivered_once_and_in_order(
    dispatcher: Dispatcher, carrier: Carrier, store: SqliteStore
) -> None:
    """What is delivered is not delivered again."""
    await ask(store, [operation(row.operation) for row in ROWS])
    await dispatcher.drain()
    await dispatcher.drain()
    assert (carrier.carried, await store.read(lambda tx: tx.outbox())) == (ROWS, [])


async def test_a_row_that_cannot_be_delivered_keeps_nobody_waiting(
    dispatcher: Dispatcher, carrier: Carrier, store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    """It is tried again every time, and said once until it works, without the error's text."""
    carrier.broken.add(ROWS[1].key)
    await ask(store, [operation(row.operation) for row in ROWS])
    with caplog.at_level(logging.ERROR):
        await dispatcher.drain()
        await dispatcher.drain()
    waiting = await store.read(lambda tx: tx.outbox())
    carrier.broken.clear()
    await dispatcher.drain()
    assert (waiting, carrier.carried) == ([ROWS[1]], [ROWS[0], ROWS[2], ROWS[1]])
    assert caplog.messages == ["cannot deliver execute-op_1-1 yet: LookupError"]


async def test_a_wake_is_heard_between_two_ticks(
    dispatcher: Dispatcher, carrier: Carrier, store: SqliteStore
) -> None:
    """The next tick would be in an hour."""
    running = asyncio.create_task(dispatcher.run())
    await ask(store, [operation("op_0")])
    dispatcher.wake()
    async with asyncio.timeout(60):
        await carrier.arrived.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert carrier.carried == ROWS[:1]


async def test_a_tick_comes_without_a_wake(store: SqliteStore, carrier: Carrier) -> None:
    """A row that somebody forgot to announce is found all the same."""
    running = asyncio.create_task(Dispatcher(store, SystemClock(), carrier, tick=0.01).run())
    await asyncio.sleep(0.05)
    await ask(store, [operation("op_0")])
    async with asyncio.timeout(60):
        await carrier.arrived.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert carrier.carried == ROWS[:1]


@pytest.mark.parametrize(("operation_id", "run"), [("op_1", 1), ("op-with-dashes-2", 17)])
def test_the_run_can_be_read_back_from_the_key(operation_id: str, run: int) -> None:
    """The outbox keeps no other note of it."""
    assert run_of(workflow_id(operation_id, run), operation_id) == run


def test_a_key_of_another_operation_is_refused() -> None:
    """Nothing runs under a wrong name."""
    with pytest.raises(ValueError, match="no run of 'op_2'"):
        run_of("execute-op_1-1", "op_2")
