"""Calls with their results, and the outcomes of lines (design §4, per call)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain import outcome as outcomes_
from bot.domain.calls import Call, Reply
from bot.domain.members import Shared
from bot.domain.outcome import Outcome, Result, ResultKind
from bot.store.tables import Tables
from bot.store.values import json_text, parse_json, parse_time, parse_time_or_none, time_text

_LAST = 2**62


class Calls(Tables):
    """The tables ``call``, ``call_result`` and ``outcome``."""

    def add_intent(self, call: Call) -> None:
        """Record that a call is about to be made."""
        self._db.execute(
            """INSERT INTO call
                   (id, operation, batch, name, lines, repeatable, intent_at, status, request_id)
               VALUES (?, ?, ?, ?, ?, ?, ?, 0, '')""",
            [
                call.id,
                call.operation,
                call.batch,
                call.name,
                json_text(call.lines),
                int(call.repeatable),
                time_text(call.intent_at),
            ],
        )

    def add_reply(self, call_id: str, reply: Reply, at: datetime) -> None:
        """Record what came of it; a later reply for the same call replaces results line by line.

        Raises KeyError for a call that was never intended.
        """
        answered = self._db.execute(
            "UPDATE call SET answered_at = ?, status = ?, request_id = ? WHERE id = ?",
            [time_text(at), reply.status, reply.request_id, call_id],
        )
        if not answered.rowcount:
            raise KeyError(call_id)
        for line, result in reply.results.items():
            self._db.execute(
                """INSERT OR REPLACE INTO call_result (call, line, kind, reason, retryable)
                   VALUES (?, ?, ?, ?, ?)""",
                [call_id, line, result.kind.value, result.reason, int(result.retryable)],
            )

    def calls(self, operation_id: str, batch: int | None = None) -> Sequence[Call]:
        """Recorded calls in the order of their intents."""
        results = self._results(operation_id, batch)
        rows = self._rows(
            """SELECT * FROM call WHERE operation = :operation AND batch BETWEEN :first AND :last
               ORDER BY number""",
            {"operation": operation_id, **_between(batch, batch)},
        )
        return [_call(row, results.get(row["id"], {})) for row in rows]

    def _results(self, operation_id: str, batch: int | None) -> Mapping[str, Mapping[int, Result]]:
        found: defaultdict[str, dict[int, Result]] = defaultdict(dict)
        for row in self._rows(
            """SELECT call_result.* FROM call_result JOIN call ON call.id = call_result.call
               WHERE call.operation = :operation AND call.batch BETWEEN :first AND :last
               ORDER BY call.number, call_result.line""",
            {"operation": operation_id, **_between(batch, batch)},
        ):
            result = Result(ResultKind(row["kind"]), row["reason"], bool(row["retryable"]))
            found[row["call"]][row["line"]] = result
        return found

    def set_outcome(self, operation_id: str, line: int, outcome: Outcome, at: datetime) -> bool:
        """Record a line's outcome; False if it already has one, which stays."""
        document = outcomes_.document(outcome)
        added = self._db.execute(
            """INSERT INTO outcome (operation, line, kind, reason, retryable, at)
               VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (operation, line) DO NOTHING""",
            [
                operation_id,
                line,
                document["kind"],
                document["reason"],
                document.get("retryable", 0),
                time_text(at),
            ],
        )
        return added.rowcount == 1

    def outcomes(self, operation_id: str, lines: Collection[int] | None = None) -> Mapping[int, Outcome]:
        """Line number -> outcome, in the order of the lines; of these lines alone where they are given."""
        wanted = None if lines is None else frozenset(lines)
        ends = _between(min(wanted, default=0), max(wanted, default=0)) if wanted is not None else _between()
        rows = self._rows(
            """SELECT line, kind, reason, retryable FROM outcome
               WHERE operation = :operation AND line BETWEEN :first AND :last ORDER BY line""",
            {"operation": operation_id, **ends},
        )
        shared = Shared()
        found = {row["line"]: shared.same(outcomes_.parse(row)) for row in rows}
        return {line: one for line, one in found.items() if wanted is None or line in wanted}


def _between(first: int | None = None, last: int | None = None) -> dict[str, int]:
    """Ends of a range that an index can serve, which ``OR :x IS NULL`` would not let it."""
    return {"first": 0 if first is None else first, "last": _LAST if last is None else last}


def _call(row: Mapping[str, Any], results: Mapping[int, Result]) -> Call:
    return Call(
        id=row["id"],
        operation=row["operation"],
        batch=row["batch"],
        name=row["name"],
        lines=tuple(parse_json(row["lines"])),
        repeatable=bool(row["repeatable"]),
        intent_at=parse_time(row["intent_at"]),
        results=results if row["answered_at"] is not None else None,
        answered_at=parse_time_or_none(row["answered_at"]),
        status=row["status"],
        request_id=row["request_id"],
    )
