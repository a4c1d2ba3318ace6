"""Deletes what is known of people, and leaves their pseudonyms (design §7).

The chain, the sealed plans and their digests hold pseudonyms alone, so nothing of them has to be touched. A
free text that may name a person goes as a whole: nobody can tell which word of a reason is a name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from bot.domain.operation import ENDS, State
from bot.domain.redaction import REDACTED, Forgotten
from bot.store.tables import Tables
from bot.store.values import json_text, time_text

Cleaner = Callable[[str], str]
"""Makes a stored reason of an outcome one that holds nothing but codes of ours."""

_ENDED = ", ".join(f"'{state.value}'" for state in sorted(ENDS))
_NOT_WAITED_FOR = f"{_ENDED}, '{State.PROPOSED.value}'"
"""A preview that nobody confirmed waits for nobody."""
_LINES = "json_each(CASE WHEN json_valid(plan.text) THEN plan.text ELSE '{}' END, '$.lines') AS line"
"""The lines of a plan, of which somebody may have made something else."""
_PERSON = "json_extract(line.value, '$.email')"
_KEYS = "SELECT value FROM json_each(:keys)"
_IDS = "SELECT value FROM json_each(:ids)"
_OVER = f"SELECT id FROM operation WHERE state IN ({_ENDED})"  # noqa: S608  our own states
_NOBODY = "SELECT key FROM person WHERE email IS NULL"
_OF_CALLS = "call IN (SELECT id FROM call WHERE operation = :operation)"
_SHORTEST_NAME = 3
"""Characters: what is shorter stands in too many words to be looked for."""


class Redaction(Tables):
    """All tables that hold something of a person."""

    def known_as(self, email: str) -> Mapping[str, Sequence[str]]:
        """Binding -> pseudonyms of whoever has this address."""
        rows = self._db.query(
            "SELECT binding, key FROM person WHERE folded = ? ORDER BY binding", [email.strip().casefold()]
        )
        return _by_binding((row["binding"], row["key"]) for row in rows)

    def idle_since(self, before: datetime) -> Mapping[str, Sequence[str]]:
        """Binding -> pseudonyms of people and accounts that had no part in anything from then on.

        Whoever is in an operation that is not over, or linked, still has a part in it.
        """
        rows = self._db.query(
            f"""WITH recent AS (
                    SELECT * FROM operation WHERE changed_at >= :before OR state NOT IN ({_NOT_WAITED_FOR})),
                involved (key) AS (
                    SELECT requester_person FROM recent
                    UNION SELECT person FROM approval WHERE operation IN (SELECT id FROM recent)
                    UNION SELECT {_PERSON} FROM recent JOIN plan ON plan.operation = recent.id, {_LINES}
                    UNION SELECT for_person FROM approval WHERE operation IN (SELECT id FROM recent)
                    UNION SELECT person FROM broken_glass WHERE operation IN (SELECT id FROM recent)
                    UNION SELECT person FROM delegation WHERE ended_at IS NULL AND until >= :before
                    UNION SELECT to_person FROM delegation WHERE ended_at IS NULL AND until >= :before
                    UNION SELECT person FROM link
                    UNION SELECT actor FROM audit WHERE at >= :before),
                part (key) AS (
                    SELECT key FROM involved
                    UNION SELECT person FROM account WHERE key IN involved
                    UNION SELECT key FROM account WHERE person IN involved)
                SELECT binding, key FROM person WHERE email IS NOT NULL AND key NOT IN part
                UNION ALL
                SELECT binding, key FROM account
                WHERE slack_user IS NOT NULL AND person = '' AND key NOT IN part
                ORDER BY binding, key""",  # noqa: S608  parts of our own
            {"before": time_text(before)},
        )
        return _by_binding((row["binding"], row["key"]) for row in rows)

    def involving(self, keys: Collection[str]) -> Sequence[str]:
        """Ids of operations that one of these people asked for, decided on or is in, oldest first."""
        rows = self._db.query(
            f"""SELECT id FROM operation
                WHERE requester_person IN ({_KEYS})
                   OR id IN (SELECT operation FROM approval
                             WHERE person IN ({_KEYS}) OR for_person IN ({_KEYS}))
                   OR id IN (SELECT operation FROM broken_glass WHERE person IN ({_KEYS}))
                   OR id IN (SELECT plan.operation FROM plan, {_LINES} WHERE {_PERSON} IN ({_KEYS}))
                ORDER BY created_at, id""",  # noqa: S608  parts of our own
            {"keys": json_text(list(keys))},
        )
        return [row["id"] for row in rows]

    def redact(self, binding: str, keys: Collection[str], clean: Cleaner) -> Forgotten:
        """Delete what is known of these people and accounts, and every text that may name them."""
        known = list(
            self._db.query(
                f"""SELECT key, name, folded FROM person
                    WHERE binding = :binding AND email IS NOT NULL AND key IN ({_KEYS})""",  # noqa: S608
                {"binding": binding, "keys": json_text(list(keys))},
            )
        )
        people = [row["key"] for row in known]
        operations = self.involving(people) if people else []
        one = {
            "binding": binding,
            "keys": json_text(list(keys)),
            "ids": json_text(operations),
            "users": json_text(self._slack_users(keys)),
            "redacted": REDACTED,
        }
        marks = [mark for row in known for mark in (row["folded"], row["name"].casefold())]
        marks = [mark for mark in marks if len(mark) >= _SHORTEST_NAME]
        self._texts(one, marks)
        for operation in operations:
            self._reasons({**one, "operation": operation}, marks, clean)
        self._kept_for_a_while(one, marks)
        self._people_themselves(one)
        self._accounts_in_operations(one)
        return Forgotten(tuple(people), tuple(operations))

    def _slack_users(self, keys: Collection[str]) -> list[str]:
        rows = self._db.query(
            f"""SELECT slack_user FROM account
                WHERE slack_user IS NOT NULL AND (key IN ({_KEYS}) OR person IN ({_KEYS}))
                UNION SELECT requester_slack_user FROM operation WHERE requester_person IN ({_KEYS})
                UNION SELECT slack_user FROM approval WHERE person IN ({_KEYS})
                UNION SELECT for_slack_user FROM approval WHERE for_person IN ({_KEYS})
                UNION SELECT slack_user FROM delegation WHERE person IN ({_KEYS})
                UNION SELECT to_slack_user FROM delegation WHERE to_person IN ({_KEYS})""",  # noqa: S608
            {"keys": json_text(list(keys))},
        )
        return [row["slack_user"] for row in rows]

    def _texts(self, one: dict[str, str], marks: Sequence[str]) -> None:
        """Why it was asked for, and what was said to it; a ticket only where it names somebody."""
        self._db.execute(f"UPDATE operation SET reason = :redacted WHERE id IN ({_IDS})", one)  # noqa: S608
        self._db.execute(
            f"""UPDATE approval SET comment = :redacted
                WHERE comment <> '' AND operation IN ({_IDS})""",  # noqa: S608
            one,
        )
        self._db.execute(f"UPDATE broken_glass SET reason = :redacted WHERE operation IN ({_IDS})", one)  # noqa: S608
        rows = self._db.query(f"SELECT id, ticket FROM operation WHERE id IN ({_IDS})", one)  # noqa: S608
        for row in list(rows):
            if _names(row["ticket"], marks):
                self._db.execute("UPDATE operation SET ticket = ? WHERE id = ?", [REDACTED, row["id"]])

    def _reasons(self, one: dict[str, str], marks: Sequence[str], clean: Cleaner) -> None:
        """Contentstack's own texts in an operation: of these people's lines all, else what names them."""
        rows = self._db.query(
            f"""SELECT json_extract(line.value, '$.number') AS number
                FROM plan, {_LINES}
                WHERE plan.operation = :operation AND {_PERSON} IN ({_KEYS})""",  # noqa: S608
            one,
        )
        lines = {row["number"] for row in rows}
        for table, owner in (("outcome", "operation = :operation"), ("call_result", _OF_CALLS)):
            for row in list(self._db.query(f"SELECT rowid, line, reason FROM {table} WHERE {owner}", one)):  # noqa: S608
                if row["line"] in lines or _names(row["reason"], marks):
                    self._db.execute(
                        f"UPDATE {table} SET reason = ? WHERE rowid = ?",  # noqa: S608
                        [clean(row["reason"]), row["rowid"]],
                    )

    def _accounts_in_operations(self, one: dict[str, str]) -> None:
        """Slack accounts, where the operation is over and nobody has to be asked about it any more.

        Also of people who were redacted while it was not over yet.
        """
        for table, user, person, owner in (
            ("operation", "requester_slack_user", "requester_person", "id"),
            ("approval", "slack_user", "person", "operation"),
            ("approval", "for_slack_user", "for_person", "operation"),
            ("broken_glass", "slack_user", "person", "operation"),
        ):
            self._db.execute(
                f"""UPDATE {table} SET {user} = :redacted || ' ' || substr({person}, 1, 12)
                    WHERE {person} IN ({_NOBODY}) AND {owner} IN ({_OVER})""",  # noqa: S608
                one,
            )
        self._db.execute(
            f"""UPDATE operation SET stopped_by = :redacted
                WHERE stopped_by IN (SELECT value FROM json_each(:users)) AND id IN ({_OVER})""",  # noqa: S608
            one,
        )

    def _kept_for_a_while(self, one: dict[str, str], marks: Sequence[str]) -> None:
        """Submitted forms, links, stand-ins, notices, and the directory kept for the next start."""
        for table in ("form", "link", "link_attempt"):
            self._db.execute(
                f"""DELETE FROM {table} WHERE binding = :binding
                    AND slack_user IN (SELECT value FROM json_each(:users))""",  # noqa: S608
                one,
            )
        self._db.execute(
            f"""DELETE FROM delegation
                WHERE binding = :binding AND (person IN ({_KEYS}) OR to_person IN ({_KEYS}))""",  # noqa: S608
            one,
        )
        self._db.execute(
            f"""DELETE FROM notice
                WHERE slack_user IN (SELECT value FROM json_each(:users)) AND operation IN ({_OVER})""",  # noqa: S608
            one,
        )
        self._db.execute("DELETE FROM snapshot WHERE binding = :binding", one)
        rows = self._db.query("SELECT id, content FROM form WHERE binding = :binding", one)
        for row in list(rows):
            if _names(row["content"], marks):
                self._db.execute("DELETE FROM form WHERE id = ?", [row["id"]])

    def _people_themselves(self, one: dict[str, str]) -> None:
        self._db.execute(
            f"""UPDATE person SET salt = NULL, email = NULL, folded = NULL, name = NULL, facts = NULL
                WHERE binding = :binding AND key IN ({_KEYS})""",  # noqa: S608
            one,
        )
        self._db.execute(
            f"""UPDATE account SET salt = NULL, slack_user = NULL
                WHERE binding = :binding AND (key IN ({_KEYS}) OR person IN ({_KEYS}))""",  # noqa: S608
            one,
        )


def _names(text: str, marks: Sequence[str]) -> bool:
    folded = text.casefold()
    return any(mark in folded for mark in marks)


def _by_binding(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for binding, key in pairs:
        found.setdefault(binding, []).append(key)
    return found
