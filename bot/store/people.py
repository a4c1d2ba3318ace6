"""Pseudonyms and the personal values behind them (design §7).

A person's key is HMAC-SHA256 of the case-folded e-mail under a salt of its own: without the salt nobody
can tell whose key it is, not even by trying all e-mails, which is what makes redaction possible.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping

from bot.ports.store import PersonData
from bot.store.tables import Tables
from bot.store.values import json_text, parse_json

_SALT_BYTES = 32
_KEY_CHARACTERS = 32


class People(Tables):
    """The table ``person``."""

    def pseudonym(self, binding: str, data: PersonData) -> str:
        """The key of this e-mail's person, made with a new salt on first sight.

        Keeps the e-mail's spelling (calls are addressed by it), name and facts current; empty ones are
        no news.
        """
        email = data.email.strip()
        folded = email.casefold()
        for row in self._rows(
            "SELECT key, email, name, facts FROM person WHERE binding = ? AND folded = ?", [binding, folded]
        ):
            name, facts = data.name or row["name"], _facts(data) if data.facts else row["facts"]
            if (email, name, facts) != (row["email"], row["name"], row["facts"]):
                self._db.execute(
                    "UPDATE person SET email = ?, name = ?, facts = ? WHERE key = ?",
                    [email, name, facts, row["key"]],
                )
            return str(row["key"])
        salt = self._entropy(_SALT_BYTES)
        key = hmac.new(salt, folded.encode(), hashlib.sha256).hexdigest()[:_KEY_CHARACTERS]
        self._db.execute(
            """INSERT INTO person (key, binding, salt, email, folded, name, facts)
               VALUES (?, ?, ?, ?, ?, ?, ?)""",
            [key, binding, salt, email, folded, data.name, _facts(data)],
        )
        return key

    def people(self, keys: Collection[str]) -> Mapping[str, PersonData]:
        """Personal values behind these pseudonyms; redacted ones are missing."""
        rows = self._rows(
            """SELECT key, email, name, facts FROM person
               WHERE key IN (SELECT value FROM json_each(?)) AND email IS NOT NULL""",
            [json_text(list(keys))],
        )
        return {row["key"]: PersonData(row["email"], row["name"], _known(row["facts"])) for row in rows}

    def addresses(self, keys: Collection[str]) -> Mapping[str, str]:
        """The e-mails alone: of 10,000 people they are a twelfth of it all."""
        rows = self._rows(
            """SELECT key, email FROM person
               WHERE key IN (SELECT value FROM json_each(?)) AND email IS NOT NULL""",
            [json_text(list(keys))],
        )
        return {row["key"]: row["email"] for row in rows}


def _facts(data: PersonData) -> str:
    return json_text(dict(data.facts))


def _known(facts: str) -> Mapping[str, str]:
    """The facts back; most people have none, and a list may name 10,000."""
    return {} if facts == "{}" else parse_json(facts)
