"""Drafts: what requesters have chosen so far; the service drops them after 24 hours (design §7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.actions import ActionKey, Parameters
from bot.domain.draft import Draft
from bot.store.tables import Tables
from bot.store.values import json_text, parse_json, parse_time, parse_time_or_none, time_text


class Drafts(Tables):
    """The table ``draft``."""

    def save_draft(self, draft: Draft) -> None:
        """Insert or replace a draft."""
        self._db.execute(
            """INSERT OR REPLACE INTO draft
                   (id, binding, slack_user, action, people, parameters, reason, channel, saved_at, due_at)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                draft.id,
                draft.binding,
                draft.slack_user,
                draft.action.value,
                json_text(draft.people),
                json_text({"org_roles": draft.parameters.org_roles, "stacks": dict(draft.parameters.stacks)}),
                draft.reason,
                draft.channel,
                time_text(draft.saved_at),
                None if draft.due_at is None else time_text(draft.due_at),
            ],
        )

    def draft(self, draft_id: str) -> Draft | None:
        """A draft that was not dropped, or None."""
        for row in self._db.query("SELECT * FROM draft WHERE id = ?", [draft_id]):
            return _draft(row)
        return None

    def drop_drafts(self, before: datetime) -> int:
        """Delete drafts saved before that time; how many there were."""
        return self._db.execute("DELETE FROM draft WHERE saved_at < ?", [time_text(before)]).rowcount


def _draft(row: Mapping[str, Any]) -> Draft:
    parameters = parse_json(row["parameters"])
    return Draft(
        id=row["id"],
        binding=row["binding"],
        slack_user=row["slack_user"],
        action=ActionKey(row["action"]),
        people=tuple(parse_json(row["people"])),
        parameters=Parameters(
            org_roles=tuple(parameters["org_roles"]),
            stacks={uid: tuple(roles) for uid, roles in parameters["stacks"].items()},
        ),
        reason=row["reason"],
        channel=row["channel"],
        saved_at=parse_time(row["saved_at"]),
        due_at=parse_time_or_none(row["due_at"]),
    )
