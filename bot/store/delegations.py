"""Stand-ins that approvers named (bot.domain.delegation): one at a time for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.delegation import Delegation
from bot.domain.operation import Actor
from bot.store.tables import Tables
from bot.store.values import parse_time, time_text


class Delegations(Tables):
    """The table ``delegation``."""

    def delegate(self, delegation: Delegation) -> None:
        """Name a stand-in; whoever stood in until now for the same person does so no longer."""
        self.end_delegation(delegation.binding, delegation.of.slack_user, delegation.since)
        self._db.execute(
            """INSERT INTO delegation
                   (binding, slack_user, user_uid, person, to_slack_user, to_user_uid, to_person,
                    since, until)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                delegation.binding,
                delegation.of.slack_user,
                delegation.of.user_uid,
                delegation.of.person,
                delegation.to.slack_user,
                delegation.to.user_uid,
                delegation.to.person,
                time_text(delegation.since),
                time_text(delegation.until),
            ],
        )

    def end_delegation(self, binding: str, slack_user: str, at: datetime) -> None:
        """Nobody stands in for this person from now on."""
        self._db.execute(
            """UPDATE delegation SET ended_at = ?
               WHERE binding = ? AND slack_user = ? AND ended_at IS NULL""",
            [time_text(at), binding, slack_user],
        )

    def delegations(self, binding: str, at: datetime) -> Sequence[Delegation]:
        """Who stands in for whom at that time, the oldest first."""
        rows = self._rows(
            """SELECT * FROM delegation
               WHERE binding = ? AND ended_at IS NULL AND since <= ? AND until > ? ORDER BY number""",
            [binding, time_text(at), time_text(at)],
        )
        return [_delegation(row) for row in rows]


def _delegation(row: Mapping[str, Any]) -> Delegation:
    return Delegation(
        binding=row["binding"],
        of=Actor(row["slack_user"], row["user_uid"], row["person"]),
        to=Actor(row["to_slack_user"], row["to_user_uid"], row["to_person"]),
        since=parse_time(row["since"]),
        until=parse_time(row["until"]),
    )
