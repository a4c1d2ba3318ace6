"""Outbox, posts, and what is remembered between starts."""

from __future__ import annotations

from functools import partial

import pytest

from bot.domain.actions import ActionKey, Readiness
from bot.ports.store import CapabilityRow, OutboxRow, Post, Transaction
from bot.store.database import SqliteStore
from tests.store.samples import NOON, later, operation


def _put(row: OutboxRow, tx: Transaction) -> None:
    tx.put_outbox(row, NOON)


@pytest.fixture(autouse=True)
async def _operation(store: SqliteStore) -> None:
    await store.write(lambda tx: tx.add_operation(operation()))


async def test_the_outbox_gives_what_is_not_delivered_oldest_first(store: SqliteStore) -> None:
    """Once per key, whatever the order of the keys."""
    rows = [OutboxRow(key, "op_1", "acme") for key in ("execute-op_1-2", "execute-op_1-1", "execute-op_1-2")]
    for row in rows:
        await store.write(partial(_put, row))
    before = await store.read(lambda tx: tx.outbox())
    await store.write(lambda tx: tx.delivered("execute-op_1-2", later(1)))
    await store.write(lambda tx: tx.put_outbox(rows[0], later(2)))
    assert (before, await store.read(lambda tx: tx.outbox())) == (rows[:2], rows[1:2])


async def test_a_post_is_intended_before_it_stands_somewhere(store: SqliteStore) -> None:
    """Its place is empty while in doubt and filled once known."""
    intended = await store.write(lambda tx: tx.put_post(Post("op_1", "main", "C0TEAM"), NOON))
    await store.write(lambda tx: tx.posted("op_1", "main", "1700.1", later(1)))
    posts = await store.read(lambda tx: tx.posts("op_1"))
    assert (intended, posts) == (
        Post("op_1", "main", "C0TEAM"),
        {"main": Post("op_1", "main", "C0TEAM", "1700.1")},
    )


async def test_a_second_intent_finds_the_first_post(store: SqliteStore) -> None:
    """Nobody posts twice: the row that is there comes back."""
    first = Post("op_1", "main", "C0TEAM", "1700.1")
    await store.write(lambda tx: tx.put_post(first, NOON))
    assert await store.write(lambda tx: tx.put_post(Post("op_1", "main", "C0ELSE"), later(1))) == first


async def test_a_place_without_intent_is_refused(store: SqliteStore) -> None:
    """A message that nobody announced is not recorded as ours."""
    with pytest.raises(KeyError, match="head"):
        await store.write(lambda tx: tx.posted("op_1", "head", "1700.1", NOON))


async def test_what_was_learnt_of_an_action_is_remembered_per_binding(store: SqliteStore) -> None:
    """The last lesson counts, and is nobody else's."""
    first = CapabilityRow(ActionKey.UNLOCK, Readiness.UNVERIFIED, "never tried")
    second = CapabilityRow(ActionKey.UNLOCK, Readiness.READY, "answered 200")
    await store.write(lambda tx: tx.save_capability("acme", first, NOON))
    await store.write(lambda tx: tx.save_capability("acme", second, later(1)))
    learnt = await store.read(lambda tx: (tx.capabilities("acme"), tx.capabilities("umbra")))
    assert learnt == ({ActionKey.UNLOCK: second}, {})


async def test_the_directory_is_kept_per_binding(store: SqliteStore) -> None:
    """The last snapshot counts; without one there is none."""
    await store.write(lambda tx: tx.save_snapshot("acme", b"one", NOON))
    await store.write(lambda tx: tx.save_snapshot("acme", b"\x00two", later(1)))
    assert await store.read(lambda tx: (tx.snapshot("acme"), tx.snapshot("umbra"))) == (b"\x00two", None)
