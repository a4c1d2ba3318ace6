from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.domain.audit import START, Event, EventKind, Head, append, verify
from bot.store.database import SqliteStore
from bot.store.directory import DATABASE
from tests.store.samples import NOON, later

STARTED = Event(EventKind.STARTED, "acme", actor="a" * 32, data={"from": "cli", "people": 3, "who": ["ü"]})
PROPOSED = Event(EventKind.PROPOSED, "acme", "op_1", data={"digest": "f" * 64})


async def test_an_empty_chain_has_its_start_as_head(store: SqliteStore) -> None:
    """Nothing happened yet."""
    assert await store.read(lambda tx: (tx.head(), list(tx.rows()))) == (START, [])


async def test_rows_follow_each_other_by_hash(store: SqliteStore) -> None:
    """What is stored is what the domain's chain makes of the same events."""
    heads = await store.write(lambda tx: [tx.append(STARTED, NOON), tx.append(PROPOSED, later(1))])
    first = append(START, STARTED, "2026-03-04T12:00:00.000000Z")
    second = append(Head(1, first.hash), PROPOSED, "2026-03-04T12:00:01.000000Z")
    rows = await store.read(lambda tx: list(tx.rows()))
    assert (heads, rows, verify(rows)) == (
        [Head(1, first.hash), Head(2, second.hash)],
        [first, second],
        Head(2, second.hash),
    )


async def test_rows_can_be_asked_for_in_parts(store: SqliteStore) -> None:
    """By operation, after a number, and at most so many."""
    await store.write(lambda tx: [tx.append(event, NOON) for event in (STARTED, PROPOSED, STARTED, PROPOSED)])
    numbers = await store.read(
        lambda tx: (
            [row.seq for row in tx.rows(operation="op_1")],
            [row.seq for row in tx.rows(after=2)],
            [row.seq for row in tx.rows(after=1, limit=2)],
        ),
    )
    assert numbers == ([2, 4], [3, 4], [2, 3])


async def test_an_event_without_canonical_form_is_not_appended(store: SqliteStore) -> None:
    """A float would hash differently elsewhere."""
    with pytest.raises(TypeError, match="float"):
        await store.write(lambda tx: tx.append(Event(EventKind.STARTED, "acme", data={"share": 0.5}), NOON))
    assert await store.read(lambda tx: tx.head()) == START


@pytest.mark.parametrize("sql", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
async def test_the_database_itself_refuses_to_change_the_past(
    store: SqliteStore, directory: Path, sql: str
) -> None:
    """Not even a slip of our own pen changes or removes a row."""
    await store.write(lambda tx: tx.append(STARTED, NOON))
    connection = sqlite3.connect(directory / DATABASE)
    with pytest.raises(sqlite3.IntegrityError, match="audit rows never"):
        connection.execute(sql)
    connection.close()


async def test_the_chain_cannot_fork(store: SqliteStore, directory: Path) -> None:
    """Two rows never name the same predecessor."""
    head = await store.write(lambda tx: tx.append(STARTED, NOON))
    await store.write(lambda tx: tx.append(STARTED, NOON))
    connection = sqlite3.connect(directory / DATABASE)
    with pytest.raises(sqlite3.IntegrityError, match=r"audit\.prev_hash"):
        connection.execute(
            "INSERT INTO audit VALUES (3, '', 'opened', 'acme', '', '', '{}', ?, ?)", [head.hash, "e" * 64]
        )
    connection.close()
