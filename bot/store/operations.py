"""Operations and their sealed plans (design §4); the decisions on them are a room of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.domain.consequences import Consequences
from bot.domain.identity import Identity
from bot.domain.operation import Actor, Operation, Origin, State, may_follow
from bot.domain.plan import canonical, digest_of
from bot.domain.verdict import Verdict, parse_verdict
from bot.ports.runs import workflow_id
from bot.ports.store import OutboxRow
from bot.store.decisions import Decisions
from bot.store.values import json_text, parse_json, parse_time, parse_time_or_none, time_text

_BUT_PLAN = """
    id, binding, state, digest, requester_slack_user, requester_user_uid, requester_person, reason,
    channel, verdict, created_at, changed_at, held_reason, run, identity, stopped_by, origin, parent, due_at,
    consequences, names, expires_at, ticket"""
"""Columns of an operation; its plan stands apart and is read a piece at a time."""
_PIECE = 2**16
"""Bytes of a plan that are read at a time."""


class Operations(Decisions):
    """The table ``operation``, with what was decided on each."""

    def add_operation(self, operation: Operation) -> None:
        """Insert a new operation with its sealed plan.

        Raises ValueError if its digest is not its plan's.
        """
        self._db.execute(
            """INSERT INTO operation
                   (id, binding, state, digest, requester_slack_user, requester_user_uid,
                    requester_person, reason, channel, approvals_needed, rule, identity, created_at,
                    changed_at, held_reason, run, stopped_by, origin, parent, due_at, consequences, names,
                    verdict, expires_at, ticket)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                       ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                operation.id,
                operation.binding,
                operation.state.value,
                operation.digest,
                operation.requester.slack_user,
                operation.requester.user_uid,
                operation.requester.person,
                operation.reason,
                operation.channel,
                operation.approvals_needed,
                operation.rule,
                operation.identity.value,
                time_text(operation.created_at),
                time_text(operation.changed_at),
                operation.held_reason,
                operation.run,
                operation.stopped_by,
                operation.origin.value,
                operation.parent or None,
                None if operation.due_at is None else time_text(operation.due_at),
                json_text(asdict(operation.consequences)),
                json_text(dict(operation.names)),
                canonical(operation.verdict.document()).decode(),
                None if operation.expires_at is None else time_text(operation.expires_at),
                operation.ticket,
            ],
        )
        self._add_plan(operation)
        for approval in operation.approvals:
            self.add_approval(operation.id, approval)

    def _add_plan(self, operation: Operation) -> None:
        added = self._db.execute(
            "INSERT INTO plan (operation, text) VALUES (?, CAST(zeroblob(?) AS TEXT))",
            [operation.id, operation.plan.size],
        )
        digest = hashlib.sha256()
        self._fill("plan", "text", added, _digested(operation.plan.pieces(), digest))
        if operation.digest != digest.hexdigest():
            raise ValueError(f"the digest of {operation.id} is not its plan's")

    def operation(self, operation_id: str) -> Operation | None:
        """One operation with its plan and approvals.

        Raises UnknownSchemaError for a plan from elsewhere, PlanTampered for one that lost its seal.
        """
        rows = self._rows(f"SELECT {_BUT_PLAN} FROM operation WHERE id = ?", [operation_id])  # noqa: S608  names of our own columns
        return next(map(self._whole, rows), None)

    def standing(self, operation_id: str) -> tuple[State, int] | None:
        """State and run of one operation without its plan, or None."""
        rows = self._rows("SELECT state, run FROM operation WHERE id = ?", [operation_id])
        return next(((State(row["state"]), row["run"]) for row in rows), None)

    def binding_of(self, operation_id: str) -> str | None:
        """The binding of one operation without its plan, or None."""
        rows = self._rows("SELECT binding FROM operation WHERE id = ?", [operation_id])
        return next((str(row["binding"]) for row in rows), None)

    def everywhere(
        self, state: State, *, binding: str | None = None, before: datetime | None = None
    ) -> Sequence[tuple[str, str]]:
        """Id and binding of every operation in this state, oldest first.

        ``binding`` leaves out those of others, ``before`` those that changed then or later.
        """
        rows = self._rows(
            """SELECT id, binding FROM operation
               WHERE state = :state AND (:binding IS NULL OR binding = :binding)
                 AND (:before IS NULL OR changed_at < :before)
               ORDER BY created_at, id""",
            {
                "state": state.value,
                "binding": binding,
                "before": None if before is None else time_text(before),
            },
        )
        return [(row["id"], row["binding"]) for row in rows]

    def digests(self) -> Iterator[tuple[str, str, str]]:
        """Id of every operation, its digest, and the digest of its stored plan as it stands there."""
        for row in self._rows("SELECT id, digest FROM operation ORDER BY id"):
            yield row["id"], row["digest"], digest_of(self._stored(row["id"]))

    def unfinished_runs(self) -> Sequence[OutboxRow]:
        """Every run that the engine was told of and that is not over for us, oldest first."""
        rows = self._rows(
            """SELECT id, run, binding FROM operation
               WHERE state IN ('queued', 'running', 'cancelling') ORDER BY changed_at, id"""
        )
        runs = [OutboxRow(workflow_id(row["id"], row["run"]), row["id"], row["binding"]) for row in rows]
        waiting = {row["key"] for row in self._rows("SELECT key FROM outbox WHERE delivered_at IS NULL")}
        return [run for run in runs if run.key not in waiting]

    def operations(
        self,
        binding: str,
        *,
        states: Collection[State] | None = None,
        slack_user: str | None = None,
        changed_after: datetime | None = None,
        limit: int = 20,
    ) -> Sequence[str]:
        """Ids of a binding's operations, newest first; their plans are not read."""
        rows = self._rows(
            """SELECT id FROM operation
               WHERE binding = :binding
                 AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
                 AND (:slack_user IS NULL OR requester_slack_user = :slack_user)
                 AND (:changed_after IS NULL OR changed_at > :changed_after)
               ORDER BY created_at DESC, id DESC LIMIT :limit""",
            {
                "binding": binding,
                "states": None if states is None else json_text([state.value for state in states]),
                "slack_user": slack_user,
                "changed_after": None if changed_after is None else time_text(changed_after),
                "limit": limit,
            },
        )
        return [row["id"] for row in rows]

    def ahead(self, operation_id: str) -> int:
        """How many operations of the same binding run or wait in front of this queued one."""
        [row] = self._rows(
            """SELECT count(*) AS number FROM operation AS mine
               JOIN operation AS other ON other.binding = mine.binding AND other.id <> mine.id
               WHERE mine.id = ? AND mine.state = 'queued'
                 AND (other.state IN ('running', 'cancelling')
                      OR (other.state = 'queued'
                          AND (other.changed_at, other.id) < (mine.changed_at, mine.id)))""",
            [operation_id],
        )
        return int(row["number"])

    def children(self, parent: str) -> Sequence[Operation]:
        """Operations that retry or undo this one, oldest first; raises as :meth:`operation` does."""
        rows = self._rows(
            f"SELECT {_BUT_PLAN} FROM operation WHERE parent = ? ORDER BY created_at, id",  # noqa: S608  names of our own columns
            [parent],
        )
        return [self._whole(row) for row in list(rows)]

    def due(self, binding: str, now: datetime) -> Sequence[str]:
        """Ids of scheduled operations whose time has come, earliest first."""
        rows = self._rows(
            """SELECT id, max(coalesce(due_at, ''), coalesce(until, '')) AS starts_at
               FROM operation LEFT JOIN broken_glass ON operation = id
               WHERE binding = ? AND state = 'scheduled' AND starts_at <= ? ORDER BY starts_at, id""",
            [binding, time_text(now)],
        )
        return [row["id"] for row in rows]

    def held_because(self, binding: str, reason: str) -> Sequence[tuple[str, Verdict]]:
        """Id and sealed verdict of operations that are held for this reason; their plans are not read."""
        rows = self._db.query(
            """SELECT id, verdict FROM operation
               WHERE binding = ? AND state = 'held' AND held_reason = ? ORDER BY changed_at, id""",
            [binding, reason],
        )
        return [(row["id"], parse_verdict(parse_json(row["verdict"]))) for row in rows]

    def expiring(self, binding: str, now: datetime) -> Sequence[tuple[str, State]]:
        """Id and state of what has not begun, or is held, past its time; the longest past first."""
        rows = self._db.query(
            """SELECT id, state FROM operation
               WHERE binding = ? AND expires_at <= ?
                 AND state IN ('awaiting_approval', 'approved', 'scheduled', 'queued', 'held')
               ORDER BY expires_at, id""",
            [binding, time_text(now)],
        )
        return [(row["id"], State(row["state"])) for row in rows]

    def move(
        self,
        operation_id: str,
        source: State,
        target: State,
        at: datetime,
        *,
        held_reason: str = "",
        stopped_by: str = "",
        new_run: bool = False,
        expires_at: datetime | None = None,
    ) -> bool:
        """Compare-and-set of the state; False if it was no longer ``source``.

        ``held_reason`` stands until the next move, ``stopped_by`` for ever; ``new_run`` counts ``run`` up,
        ``expires_at`` stands until another one comes.
        Raises ValueError for a step that design §4 does not allow.
        """
        if not may_follow(source, target):
            raise ValueError(f"an operation never goes from {source} to {target}")
        moved = self._db.execute(
            """UPDATE operation
               SET state = ?, changed_at = ?, held_reason = ?, run = run + ?,
                   stopped_by = coalesce(nullif(?, ''), stopped_by), expires_at = coalesce(?, expires_at)
               WHERE id = ? AND state = ?""",
            [
                target.value,
                time_text(at),
                held_reason,
                int(new_run),
                stopped_by,
                None if expires_at is None else time_text(expires_at),
                operation_id,
                source.value,
            ],
        )
        return moved.rowcount == 1

    def _whole(self, row: Mapping[str, Any]) -> Operation:
        return Operation(
            id=row["id"],
            binding=row["binding"],
            state=State(row["state"]),
            plan=self._plans.unsealed(row, lambda: self._stored(row["id"])),
            digest=row["digest"],
            requester=Actor(row["requester_slack_user"], row["requester_user_uid"], row["requester_person"]),
            reason=row["reason"],
            channel=row["channel"],
            verdict=parse_verdict(parse_json(row["verdict"])),
            created_at=parse_time(row["created_at"]),
            changed_at=parse_time(row["changed_at"]),
            approvals=self._approvals(row["id"]),
            held_reason=row["held_reason"],
            run=row["run"],
            identity=Identity(row["identity"]),
            stopped_by=row["stopped_by"],
            origin=Origin(row["origin"]),
            parent=row["parent"] or "",
            due_at=parse_time_or_none(row["due_at"]),
            consequences=_consequences(parse_json(row["consequences"])),
            names=parse_json(row["names"]),
            expires_at=parse_time_or_none(row["expires_at"]),
            ticket=row["ticket"],
            glass=self._glass(row["id"]),
        )

    def _stored(self, operation_id: str) -> Iterator[bytes]:
        """A plan's text as it stands in the table, a piece at a time: of 10,000 people it is 5 MB."""
        for row in self._rows("SELECT number FROM plan WHERE operation = ?", [operation_id]):
            with self._db.conn.blobopen("plan", "text", row["number"], readonly=True) as text:
                while piece := text.read(_PIECE):
                    yield piece


def _digested(pieces: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    """The pieces as they come, each added to the digest."""
    for piece in pieces:
        digest.update(piece)
        yield piece


def _consequences(counted: Mapping[str, Any]) -> Consequences:
    """The counts, with JSON's lists as tuples again."""
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in counted.items()
    }
    return Consequences(**values)
