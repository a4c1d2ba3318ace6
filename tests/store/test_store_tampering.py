"""Whoever has the file in his hands cannot change the past unseen: every way is tried, none is a sample."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.domain.audit import START, Broken, Event, EventKind, Head, append, verify
from bot.domain.plan import canonical
from bot.ports.store import Transaction
from bot.store.audit import AuditChain
from bot.store.database import SqliteStore
from bot.store.directory import DATABASE
from tests.store.samples import later

LENGTH = len(EventKind)
COLUMNS = ("seq", "at", "kind", "binding", "operation", "actor", "data", "prev_hash", "hash")
OTHER: dict[str, tuple[str, ...]] = {
    "seq": ("-seq", "0", "seq + 1000", "seq + 0.5", "seq + 0.0", "'x'", "NULL"),
    **dict.fromkeys(
        COLUMNS[1:],
        (
            "{} || 'x'", "{} || ' '", "substr({}, 2)", "upper({}) || 'a'", "NULL", "7", "7.5",
            "CAST(x'c328' AS TEXT)", "CAST({} || x'00' AS TEXT)", "CAST({} AS BLOB)",
            "(SELECT {} FROM audit WHERE seq = {other})",
            "'[' || {}", "replace({}, 'e', 'E') || 'Z'",
        ),
    ),
}  # fmt: skip
"""SQL that makes something else of each column; ``{other}`` is another row."""
DATA = (
    *OTHER["data"],
    "'{}'",
    "'[]'",
    "'null'",
    "'{\"n\":NaN}'",
    "replace(data, ':', ': ')",
    "replace(data, '}', ',\"more\":1}')",
    "replace(data, '}', ',\"n\":1.0}')",
    "replace(data, '}', ',\"n\":0}')",
    "printf('%.*c', 200000, '[')",
)


def events() -> Iterator[Event]:
    """Every kind of row, with all kinds of values."""
    for number, kind in enumerate(EventKind):
        actor = f"{number:032x}" if number % 3 else ""
        data = {"n": number, "why": "grüße", "lines": [number, 2], "each": {"1": "done"}}
        yield Event(kind, "acme", f"op_{number % 5}", actor, data)


@pytest.fixture
async def chain(store: SqliteStore, directory: Path) -> AsyncIterator[Database]:
    """The chain's file as somebody has it who took its constraints and triggers away."""

    def write(tx: Transaction) -> None:
        for number, event in enumerate(events()):
            tx.append(event, later(number))

    await store.write(write)
    connection = sqlite3.connect(directory / DATABASE, isolation_level=None)
    db = Database(connection, execute_plugins=False)
    for statement in (
        "CREATE TABLE loose AS SELECT * FROM audit",
        "DROP TABLE audit",
        "ALTER TABLE loose RENAME TO audit",
    ):
        db.execute(statement)
    yield db
    connection.close()


def found(db: Database, heads: Iterable[Head] = ()) -> Broken | Head:
    return verify(AuditChain(db, bytes).rows(), heads)


@contextmanager
def done(db: Database, *changes: str) -> Iterator[None]:
    """Inside, this was done to the file; all is as before afterwards."""
    db.execute("BEGIN")
    try:
        for change in changes:
            db.execute(change)
        yield
    finally:
        db.rollback()


def after(db: Database, *changes: str) -> Broken | Head:
    """What is found once this was done."""
    with done(db, *changes):
        return found(db)


def heads_of(db: Database) -> list[Head]:
    return [Head(row["seq"], row["hash"]) for row in db.query("SELECT seq, hash FROM audit ORDER BY seq")]


async def test_the_chain_itself_holds(chain: Database) -> None:
    """With every head that was ever posted, whole or shortened to 32 characters."""
    heads = heads_of(chain)
    short = [Head(one.seq, one.hash[:32]) for one in heads]
    assert found(chain, [*heads, *short]) == heads[-1] == Head(LENGTH, heads[-1].hash)


@pytest.mark.parametrize("column", COLUMNS)
async def test_every_edit_of_every_column_of_every_row_is_found(chain: Database, column: str) -> None:
    """And the row is named: the one that was edited, or the number that is missing now."""
    unseen = []
    for seq in range(1, LENGTH + 1):
        other = seq % LENGTH + 1
        for form in DATA if column == "data" else OTHER[column]:
            value = form.replace("{other}", str(other)).replace("{}", column) if "{}" in form else form
            change = f"UPDATE audit SET {column} = {value} WHERE seq = {seq}"
            same = next(chain.query(f"SELECT {column} IS ({value}) AS same FROM audit WHERE seq = {seq}"))
            broken = after(chain, change)
            if not same["same"] and not (isinstance(broken, Broken) and broken.seq in {seq, 1}):
                unseen.append((change, broken))
    assert unseen == []


async def test_every_deletion_is_found_but_for_the_tail(chain: Database) -> None:
    """One row, and any run of rows, that something follows: the first missing number is named."""
    assert [
        (first, last)
        for first in range(1, LENGTH)
        for last in range(first, LENGTH)
        if after(chain, f"DELETE FROM audit WHERE seq BETWEEN {first} AND {last}")
        != Broken(first, "missing or out of order")
    ] == []


async def test_every_swap_is_found(chain: Database) -> None:
    """Any two rows that change places, neighbours or not: the first of them is named."""
    assert [
        (one, two)
        for one in range(1, LENGTH)
        for two in range(one + 1, LENGTH + 1)
        if after(
            chain,
            f"UPDATE audit SET seq = -1 WHERE seq = {one}",
            f"UPDATE audit SET seq = {one} WHERE seq = {two}",
            f"UPDATE audit SET seq = {two} WHERE seq = -1",
        )
        != Broken(one, "changed")
    ] == []


async def test_every_added_row_is_found(chain: Database) -> None:
    """A row that appears twice, or hides behind a number below one."""
    assert [
        seq
        for seq in range(1, LENGTH + 1)
        for number in ("seq", "-seq", "0")
        if not isinstance(
            after(
                chain,
                f"INSERT INTO audit SELECT {number}, {', '.join(COLUMNS[1:])} FROM audit WHERE seq = {seq}",
            ),
            Broken,
        )
    ] == []


@pytest.mark.parametrize("characters", [32, 64])
async def test_every_cut_of_the_tail_is_found_by_any_head_from_beyond_it(
    chain: Database, characters: int
) -> None:
    """Only a head that was posted can tell; the first row that is missing is named."""
    heads = [Head(one.seq, one.hash[:characters]) for one in heads_of(chain)]
    for kept in range(LENGTH):
        with done(chain, f"DELETE FROM audit WHERE seq > {kept}"):
            assert isinstance(found(chain), Head)
            assert [found(chain, [head]) for head in heads[kept:]] == [
                Broken(kept + 1, f"cut off: a head with number {head.seq} was posted")
                for head in heads[kept:]
            ]


def recompute(db: Database) -> None:
    """Give every row the number, predecessor and hash that the chain wants."""
    rows, head = list(AuditChain(db, bytes).rows()), START
    db.execute("DELETE FROM audit")
    for row in rows:
        made, event = append(head, row.event, row.at), row.event
        head = Head(made.seq, made.hash)
        values = [made.seq, made.at, event.kind.value, event.binding, event.operation, event.actor]
        values += [canonical(dict(event.data)).decode(), made.previous, made.hash]
        db.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


ATTACKS: dict[str, Callable[[int], str]] = {
    "edit": lambda seq: f"UPDATE audit SET actor = 'somebody else' WHERE seq = {seq}",
    "delete": lambda seq: f"DELETE FROM audit WHERE seq = {seq}",
    "swap": lambda seq: f"UPDATE audit SET seq = {2 * seq + 1} - seq WHERE seq IN ({seq}, {seq + 1})",
}


@pytest.mark.parametrize("kind", ATTACKS)
async def test_a_chain_that_was_computed_anew_is_found_by_any_later_head(chain: Database, kind: str) -> None:
    """Heads from before the changed row cannot tell; any one from there on does, also a shortened one."""
    heads = heads_of(chain)
    for seq in range(1, LENGTH):
        with done(chain, ATTACKS[kind](seq)):
            recompute(chain)
            rows = list(AuditChain(chain, bytes).rows())
            seen = [verify(rows, [Head(head.seq, head.hash[:32])]) for head in heads]
            assert all(isinstance(one, Head) for one in seen[: seq - 1])
            assert [one.seq for one in seen if isinstance(one, Broken)] == list(range(seq, LENGTH + 1))
