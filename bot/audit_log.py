"""What whoever runs the bot may ask of the audit log: does it hold, give it to me, tell me one operation.

Reads beside a running bot; writes nothing. Personal values are in no row, so none is in an export; `show`
adds the names that are still kept.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bot.domain.audit import Broken, Head, Row, verify
from bot.domain.operation import Operation
from bot.domain.plan import UnknownSchemaError
from bot.ports.store import PlanTampered, Transaction
from bot.store.database import open_beside
from bot.terminal import printable
from bot.words import audit as words

PAGE = 5_000
"""Rows read at a time: a chain may be longer than memory likes."""

_SECONDS = len("2026-11-23T12:05:00")

COLUMNS = ("seq", "at", "binding", "operation", "kind", "actor", "data", "previous", "hash")


def parse_head(text: str) -> Head:
    """A head as it was posted, ``SEQ:HASH``; raises ValueError for anything else."""
    seq, _, digest = text.strip().partition(":")
    if not seq.isdigit() or not re.fullmatch("[0-9a-f]{64}", digest):
        raise ValueError("a head is SEQ:HASH, as Rollcall posted it in the thread")
    return Head(int(seq), digest)


async def check(directory: Path, heads: Sequence[Head]) -> Head | Broken:
    """Walk the whole chain; the head if it holds, otherwise the first row that does not fit."""
    store = await open_beside(directory)
    try:
        return await store.read(lambda tx: verify(_all(tx), heads))
    finally:
        await store.close()


async def export(directory: Path, form: str) -> str:
    """Every row as ``jsonl`` or ``csv``."""
    store = await open_beside(directory)
    try:
        return await store.read(lambda tx: _csv(_all(tx)) if form == "csv" else _jsonl(_all(tx)))
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


def _columns(row: Row) -> dict[str, object]:
    event = row.event
    values = (row.seq, row.at, event.binding, event.operation, event.kind.value, event.actor)
    return dict(zip(COLUMNS, (*values, dict(event.data), row.previous, row.hash), strict=True))


def _jsonl(rows: Iterable[Row]) -> str:
    return "".join(f"{json.dumps(_columns(row), ensure_ascii=False)}\n" for row in rows)


def _csv(rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for row in rows:
        columns = _columns(row)
        writer.writerow({**columns, "data": json.dumps(columns["data"], ensure_ascii=False)})
    return text.getvalue()


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
    keys = {row.event.actor for row in rows if row.event.actor} | set(lines.values())
    if operation:
        keys.add(operation.requester.person)
    return words.Cast({key: one.email for key, one in tx.people(keys).items()}, lines)
