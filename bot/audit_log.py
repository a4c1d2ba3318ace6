"""What whoever runs the bot may ask of the audit log: does it hold, give it to me, tell me one operation.

Reads beside a running bot; writes nothing. Personal values are in no row, so none is in an export; `show`
adds the names that are still kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from bot.domain.audit import Broken, EventKind, Head, Row, verify
from bot.domain.operation import Operation
from bot.domain.plan import UnknownSchemaError
from bot.ports.store import PlanTampered, Transaction
from bot.store.database import open_beside
from bot.terminal import printable
from bot.words import audit as words
from bot.words.cells import line

PAGE = 5_000
"""Rows read at a time: a chain may be longer than memory likes."""

_SECONDS = len("2026-11-23T12:05:00")

COLUMNS = ("seq", "at", "binding", "operation", "kind", "actor", "data", "previous", "hash")


async def check(directory: Path, heads: Sequence[Head]) -> Head | Broken:
    """Walk the whole chain, and hold every operation's plan against it; the head, or the first fault."""
    store = await open_beside(directory)
    try:
        return await store.read(lambda tx: _check(tx, heads))
    finally:
        await store.close()


async def export(directory: Path, form: str, write: Callable[[str], object]) -> None:
    """Write every row as ``jsonl`` or ``csv``, a line at a time: a chain may be longer than memory likes."""
    store = await open_beside(directory)
    try:
        await store.read(lambda tx: _export(_all(tx), form, write))
    finally:
        await store.close()


async def show(directory: Path, operation_id: str) -> str | None:
    """One operation as a story, a line a row; None where there is no such operation."""
    store = await open_beside(directory)
    try:
        return await store.read(lambda tx: _story(tx, operation_id))
    finally:
        await store.close()


def _all(tx: Transaction) -> Iterator[Row]:
    after: int | None = None
    while page := list(tx.rows(after=after, limit=PAGE)):
        yield from page
        after = page[-1].seq


def _check(tx: Transaction, heads: Sequence[Head]) -> Head | Broken:
    proposed: dict[str, tuple[int, object]] = {}

    def remembering() -> Iterator[Row]:
        for row in _all(tx):
            if row.event.kind is EventKind.PROPOSED:
                proposed[row.event.operation] = (row.seq, row.event.data.get("digest"))
            yield row

    found = verify(remembering(), heads)
    return found if isinstance(found, Broken) else _held_against(tx, proposed) or found


def _held_against(tx: Transaction, proposed: dict[str, tuple[int, object]]) -> Broken | None:
    """The first operation whose plan is not what its row says, or that has no row, or that is gone."""
    for operation, digest, of_plan in tx.digests():
        seq, written = proposed.pop(operation, (0, None))
        if not written == digest == of_plan:
            return Broken(seq, f"the plan of {operation} is not the one that was proposed")
    gone = min(((seq, operation) for operation, (seq, _) in proposed.items()), default=None)
    return Broken(gone[0], f"operation {gone[1]} is gone") if gone else None


def _export(rows: Iterable[Row], form: str, write: Callable[[str], object]) -> None:
    if form == "csv":
        write(line(COLUMNS))
    for row in rows:
        columns = _columns(row)
        write(line(map(_cell, columns.values())) if form == "csv" else f"{_json(columns)}\n")


def _columns(row: Row) -> dict[str, object]:
    event = row.event
    values = (row.seq, row.at, event.binding, event.operation, event.kind.value, event.actor)
    return dict(zip(COLUMNS, (*values, dict(event.data), row.previous, row.hash), strict=True))


def _cell(value: object) -> str:
    return _json(value) if isinstance(value, dict) else str(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _story(tx: Transaction, operation_id: str) -> str | None:
    rows = list(tx.rows(operation=operation_id))
    if not rows:
        return None
    operation = _readable(tx, operation_id)
    cast = _cast(tx, rows, operation)
    head = words.heading(operation, cast) if operation else words.unreadable(operation_id)
    told = [f"{row.seq:>6}  {row.at[:_SECONDS]}Z  {words.sentence(row.event, cast)}" for row in rows]
    return "\n".join(printable(line) for line in (*head, "", *told))


def _readable(tx: Transaction, operation_id: str) -> Operation | None:
    try:
        return tx.operation(operation_id)
    except (PlanTampered, UnknownSchemaError):
        return None


def _cast(tx: Transaction, rows: Iterable[Row], operation: Operation | None) -> words.Cast:
    lines = {line.number: line.person for line in operation.plan.lines} if operation else {}
    told = (value for row in rows for value in (row.event.actor, *row.event.data.values()))
    keys = {value for value in told if isinstance(value, str)} | set(lines.values())
    if operation:
        keys |= {operation.requester.person, *(one.actor.person for one in operation.approvals)}
    accounts = {key: f"Slack account {user}" for key, user in tx.accounts(keys).items()}
    return words.Cast({**accounts, **tx.addresses(keys)}, lines)
