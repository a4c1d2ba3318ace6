from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from bot.domain.calls import Call, Reply
from bot.domain.outcome import (
    Accepted,
    Done,
    Failed,
    NotRun,
    Outcome,
    Partial,
    Result,
    ResultKind,
    Skipped,
    Unknown,
)
from bot.ports.store import Transaction
from bot.store.database import SqliteStore
from tests.store.samples import NOON, later, operation

INTENT = Call("call_1", "op_1", 0, "remove", (1, 2), repeatable=False, intent_at=NOON)
OUTCOMES: dict[int, Outcome] = {
    1: Done(),
    2: Accepted(),
    3: Partial("half"),
    4: Skipped("no session"),
    5: Failed("refused", retryable=True),
    6: Failed("refused", retryable=False),
    7: Unknown("no answer"),
    8: NotRun("cancelled"),
}


def _intend(call: Call, tx: Transaction) -> None:
    tx.add_intent(call)


@pytest.fixture(autouse=True)
async def _operation(store: SqliteStore) -> None:
    await store.write(lambda tx: tx.add_operation(operation()))


async def test_an_intent_without_reply_is_in_doubt(store: SqliteStore) -> None:
    """What was committed before the call is all that is known after a crash."""
    await store.write(lambda tx: tx.add_intent(INTENT))
    calls = await store.read(lambda tx: tx.calls("op_1"))
    assert (calls, calls[0].in_doubt) == ([INTENT], True)


async def test_a_reply_ends_the_doubt(store: SqliteStore) -> None:
    """Results per line, status and request id come back."""
    results = {1: Result(ResultKind.VERIFIED), 2: Result(ResultKind.FAILED, "gone", retryable=True)}
    await store.write(lambda tx: tx.add_intent(INTENT))
    await store.write(lambda tx: tx.add_reply("call_1", Reply(results, 200, "req-1"), later(1)))
    answered = replace(INTENT, results=results, answered_at=later(1), status=200, request_id="req-1")
    assert await store.read(lambda tx: tx.calls("op_1")) == [answered]


async def test_a_later_reply_replaces_results_line_by_line(store: SqliteStore) -> None:
    """Settling by re-reading says more of some lines and nothing of the others."""
    first = Reply({1: Result(ResultKind.ACCEPTED), 2: Result(ResultKind.ACCEPTED)}, 200, "req-1")
    second = Reply({2: Result(ResultKind.VERIFIED)}, 200, "req-2")
    await store.write(lambda tx: tx.add_intent(INTENT))
    await store.write(lambda tx: tx.add_reply("call_1", first, later(1)))
    await store.write(lambda tx: tx.add_reply("call_1", second, later(2)))
    [call] = await store.read(lambda tx: tx.calls("op_1"))
    assert call.results == {1: Result(ResultKind.ACCEPTED), 2: Result(ResultKind.VERIFIED)}


async def test_a_reply_without_results_ends_the_doubt_too(store: SqliteStore) -> None:
    """An answer that says nothing of anybody is an answer."""
    await store.write(lambda tx: tx.add_intent(INTENT))
    await store.write(lambda tx: tx.add_reply("call_1", Reply(), later(1)))
    [call] = await store.read(lambda tx: tx.calls("op_1"))
    assert (call.results, call.in_doubt) == ({}, False)


async def test_a_reply_to_nothing_is_refused(store: SqliteStore) -> None:
    """A result without an intent would be a call that nobody announced."""
    with pytest.raises(KeyError, match="call_9"):
        await store.write(lambda tx: tx.add_reply("call_9", Reply(), later(1)))


async def test_calls_are_in_the_order_of_their_intents(store: SqliteStore) -> None:
    """Whatever their ids and times; a batch can be asked for alone."""
    calls = [
        replace(INTENT, id="call_z", batch=0, intent_at=later(9)),
        replace(INTENT, id="call_a", batch=1),
        replace(INTENT, id="call_m", batch=0),
    ]
    for call in calls:
        await store.write(partial(_intend, call))
    listed = await store.read(lambda tx: (tx.calls("op_1"), tx.calls("op_1", 0), tx.calls("op_1", 7)))
    assert listed == (calls, [calls[0], calls[2]], [])


async def test_every_kind_of_outcome_comes_back(store: SqliteStore) -> None:
    """All kinds of design §2, with reason and whether a retry can help."""
    await store.write(lambda tx: [tx.set_outcome("op_1", n, one, later(n)) for n, one in OUTCOMES.items()])
    assert await store.read(lambda tx: tx.outcomes("op_1")) == OUTCOMES


async def test_an_outcome_is_written_once(store: SqliteStore) -> None:
    """The first one stays whatever comes later."""
    set_ = await store.write(
        lambda tx: [
            tx.set_outcome("op_1", 1, Done(), later(1)),
            tx.set_outcome("op_1", 1, Unknown("later doubt"), later(2)),
        ],
    )
    assert (set_, await store.read(lambda tx: tx.outcomes("op_1"))) == ([True, False], {1: Done()})
