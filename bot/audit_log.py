"""What whoever runs the bot may ask of the audit log: does it hold, give it to me, tell me one operation.

Reads beside a running bot; writes nothing. Personal values are in no row, so none is in an export; `show`
adds the names that are still kept.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bot.domain.audit import Broken, EventKind, Head, Row, verify
from bot.ports.store import PersonData, Transaction
from bot.store.database import open_beside

PAGE = 5_000
"""Rows read at a time: a chain may be longer than memory likes."""

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
    operation = tx.operation(operation_id)
    keys = {row.event.actor for row in rows if row.event.actor}
    lines = operation.plan.lines if operation else ()
    people = tx.people(keys | {line.person for line in lines})
    names = {line.number: _name(people, line.person) for line in lines}
    told = [f"{row.seq:>6}  {row.at}  {_sentence(row, people, names)}" for row in rows]
    return "\n".join(told)


def _sentence(row: Row, people: Mapping[str, PersonData], names: Mapping[int, str]) -> str:
    data, who = row.event.data, _name(people, row.event.actor)
    match row.event.kind:
        case EventKind.PROPOSED:
            plan = str(data["digest"])[:12]
            return f"{who} proposed {data['action']} for {data['people']} people, plan {plan}"
        case EventKind.DECIDED:
            return f"{who} {'approved' if data['approved'] else 'denied'} plan {str(data['digest'])[:12]}"
        case EventKind.MOVED:
            because = f" ({data['why']})" if data["why"] else ""
            by = f" by {who}" if row.event.actor else ""
            return f"{data['from']} -> {data['to']}{because}{by}"
        case EventKind.OUTCOME:
            number = int(str(data["line"]))
            return f"outcome of line {number}, {names.get(number, 'unknown')}: {data['kind']}"
        case kind:
            return f"{kind.value} {json.dumps(dict(data), ensure_ascii=False)}"


def _name(people: Mapping[str, PersonData], key: str) -> str:
    person = people.get(key)
    return person.email if person else f"somebody ({key[:8] or 'unknown'})"
