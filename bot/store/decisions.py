"""Decisions on operations: who agreed, or did not, and who went on without agreement (design §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.operation import Actor, Approval, BrokenGlass, Weight
from bot.domain.verdict import parse_verdict
from bot.ports.deciding import Waiting
from bot.store.tables import Tables
from bot.store.values import json_text, parse_json, parse_time, time_text


class Decisions(Tables):
    """The tables ``approval`` and ``broken_glass``."""

    def add_approval(self, operation_id: str, approval: Approval) -> bool:
        """Record a decision; False if this person (by either id) has already decided.

        Or somebody in his place, or he himself where the decision stands in his place.
        """
        actor, weight = approval.actor, approval.weight
        place = approval.stands_in_for or actor
        added = self._db.execute(
            """INSERT INTO approval
                   (operation, slack_user, user_uid, person, approved, at, comment, stage, circles, second,
                    escalated, for_slack_user, for_user_uid, for_person)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
            [
                operation_id,
                actor.slack_user,
                actor.user_uid,
                actor.person,
                int(approval.approved),
                time_text(approval.at),
                approval.comment,
                weight.stage,
                json_text(sorted(weight.circles)),
                json_text(sorted(weight.second)),
                int(weight.escalated),
                place.slack_user,
                place.user_uid,
                place.person,
            ],
        )
        return added.rowcount == 1

    def break_glass(self, operation_id: str, glass: BrokenGlass) -> bool:
        """Record that the approvals are done without, and that it starts after the hold; once for ever."""
        broken = self._db.execute(
            """INSERT INTO broken_glass (operation, slack_user, user_uid, person, reason, at, until)
               VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
            [
                operation_id,
                glass.by.slack_user,
                glass.by.user_uid,
                glass.by.person,
                glass.reason,
                time_text(glass.at),
                time_text(glass.until),
            ],
        )
        return broken.rowcount == 1

    def waiting(self, binding: str) -> Sequence[Waiting]:
        """Everything that waits for approval, oldest first; their plans are not read."""
        rows = self._rows(
            """SELECT id, changed_at, verdict FROM operation
               WHERE binding = ? AND state = 'awaiting_approval' ORDER BY created_at, id""",
            [binding],
        )
        return [
            Waiting(
                row["id"],
                parse_time(row["changed_at"]),
                parse_verdict(parse_json(row["verdict"])),
                self._approvals(row["id"]),
            )
            for row in rows
        ]

    def in_hold(self, binding: str) -> Sequence[str]:
        """Ids of operations that wait for the end of the hold after a broken glass."""
        rows = self._rows(
            """SELECT id FROM broken_glass JOIN operation ON id = operation
               WHERE binding = ? AND state = 'scheduled' ORDER BY id""",
            [binding],
        )
        return [row["id"] for row in rows]

    def _approvals(self, operation_id: str) -> tuple[Approval, ...]:
        rows = self._rows("SELECT * FROM approval WHERE operation = ? ORDER BY number", [operation_id])
        return tuple(map(_approval, rows))

    def _glass(self, operation_id: str) -> BrokenGlass | None:
        for row in self._rows("SELECT * FROM broken_glass WHERE operation = ?", [operation_id]):
            by = Actor(row["slack_user"], row["user_uid"], row["person"])
            return BrokenGlass(by, row["reason"], parse_time(row["at"]), parse_time(row["until"]))
        return None


def _approval(row: Mapping[str, Any]) -> Approval:
    actor = Actor(row["slack_user"], row["user_uid"], row["person"])
    place = Actor(row["for_slack_user"], row["for_user_uid"], row["for_person"])
    return Approval(
        actor=actor,
        approved=bool(row["approved"]),
        at=parse_time(row["at"]),
        comment=row["comment"],
        weight=Weight(
            stage=row["stage"],
            circles=frozenset(parse_json(row["circles"])),
            second=frozenset(parse_json(row["second"])),
            escalated=bool(row["escalated"]),
        ),
        stands_in_for=None if place.slack_user == actor.slack_user else place,
    )
