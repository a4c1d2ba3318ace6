"""Slack accounts by pseudonym (design §7): how the audit names somebody whose address it does not know.

As with `bot.store.people` the key is an HMAC under a salt of its own; ``person`` is who it belongs to, once
that is known, so that he is redacted with it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping

from bot.store.tables import Tables
from bot.store.values import json_text

_SALT_BYTES = 32
_KEY_CHARACTERS = 32


class Accounts(Tables):
    """The table ``account``."""

    def account(self, binding: str, slack_user: str, person: str = "") -> str:
        """The key of this Slack account, made with a new salt on first sight; remembers whose it is."""
        for row in self._rows(
            "SELECT key, person FROM account WHERE binding = ? AND slack_user = ?", [binding, slack_user]
        ):
            if person not in {"", row["person"]}:
                self._db.execute("UPDATE account SET person = ? WHERE key = ?", [person, row["key"]])
            return str(row["key"])
        salt = self._entropy(_SALT_BYTES)
        key = hmac.new(salt, slack_user.encode(), hashlib.sha256).hexdigest()[:_KEY_CHARACTERS]
        self._db.execute(
            "INSERT INTO account (key, binding, salt, slack_user, person) VALUES (?, ?, ?, ?, ?)",
            [key, binding, salt, slack_user, person],
        )
        return key

    def accounts(self, keys: Collection[str]) -> Mapping[str, str]:
        """Key -> Slack user; redacted ones are missing."""
        rows = self._rows(
            """SELECT key, slack_user FROM account
               WHERE key IN (SELECT value FROM json_each(?)) AND slack_user IS NOT NULL""",
            [json_text(list(keys))],
        )
        return {row["key"]: row["slack_user"] for row in rows}
