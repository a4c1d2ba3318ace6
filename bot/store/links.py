"""Links between accounts, and the attempts to make one (ports.links)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.identity import Link
from bot.ports.links import Attempt, Step
from bot.store.tables import Tables
from bot.store.values import json_text, parse_json, parse_time, time_text


class LinkTables(Tables):
    """The tables ``link`` and ``link_attempt``."""

    def link(self, binding: str, slack_user: str) -> Link | None:
        """The link of a Slack account."""
        return _first(
            self._rows("SELECT * FROM link WHERE binding = ? AND slack_user = ?", [binding, slack_user])
        )

    def link_of(self, binding: str, user_uid: str) -> Link | None:
        """The link of a Contentstack user."""
        return _first(
            self._rows("SELECT * FROM link WHERE binding = ? AND user_uid = ?", [binding, user_uid])
        )

    def links(self, binding: str) -> Sequence[Link]:
        """All links, the oldest first."""
        rows = self._rows("SELECT * FROM link WHERE binding = ? ORDER BY linked_at, slack_user", [binding])
        return [_link(row) for row in rows]

    def save_link(self, link: Link) -> bool:
        """Make a link or prove it anew; False where one of the two is linked to somebody else."""
        for known in (self.link(link.binding, link.slack_user), self.link_of(link.binding, link.user_uid)):
            if known and (known.slack_user, known.user_uid) != (link.slack_user, link.user_uid):
                return False
        self._db.execute(
            """INSERT INTO link (binding, slack_user, user_uid, person, sealed, scopes, expires_at, version,
                                 leased_until, broken, linked_at, proven_at)
               VALUES (?, ?, ?, ?, ?, ?, ?, 1, NULL, 0, ?, ?)
               ON CONFLICT (binding, slack_user) DO UPDATE SET
                   person = excluded.person, sealed = excluded.sealed, scopes = excluded.scopes,
                   expires_at = excluded.expires_at, version = version + 1, leased_until = NULL, broken = 0,
                   proven_at = excluded.proven_at""",
            [
                link.binding,
                link.slack_user,
                link.user_uid,
                link.person,
                link.sealed,
                json_text(sorted(link.scopes)),
                time_text(link.expires_at),
                time_text(link.linked_at),
                time_text(link.proven_at),
            ],
        )
        return True

    def lease_link(self, link: Link, now: datetime, until: datetime) -> bool:
        """Take the right to renew the tokens of exactly this version; False where somebody has it."""
        taken = self._db.execute(
            """UPDATE link SET leased_until = :until
               WHERE binding = :binding AND slack_user = :slack_user AND version = :version
                 AND broken = 0 AND (leased_until IS NULL OR leased_until <= :now)""",
            {**_version(link), "until": time_text(until), "now": time_text(now)},
        )
        return bool(taken.rowcount)

    def release_link(self, link: Link) -> None:
        """Give the right to renew back: nothing came of it."""
        self._db.execute(
            """UPDATE link SET leased_until = NULL
               WHERE binding = :binding AND slack_user = :slack_user AND version = :version""",
            _version(link),
        )

    def renew_link(self, link: Link) -> bool:
        """Replace the tokens of exactly this version, which counts up; False where it is gone."""
        renewed = self._db.execute(
            """UPDATE link SET sealed = :sealed, scopes = :scopes, expires_at = :expires_at,
                               leased_until = NULL, version = version + 1
               WHERE binding = :binding AND slack_user = :slack_user AND version = :version""",
            {
                **_version(link),
                "sealed": link.sealed,
                "scopes": json_text(sorted(link.scopes)),
                "expires_at": time_text(link.expires_at),
            },
        )
        return bool(renewed.rowcount)

    def break_link(self, link: Link) -> bool:
        """Say that exactly this version proves nothing any more; False where it is gone."""
        broken = self._db.execute(
            """UPDATE link SET broken = 1, leased_until = NULL, version = version + 1
               WHERE binding = :binding AND slack_user = :slack_user AND version = :version""",
            _version(link),
        )
        return bool(broken.rowcount)

    def drop_link(self, binding: str, slack_user: str) -> bool:
        """Forget a link with its tokens; False where there was none."""
        gone = self._db.execute(
            "DELETE FROM link WHERE binding = ? AND slack_user = ?", [binding, slack_user]
        )
        return bool(gone.rowcount)

    def add_attempt(self, attempt: Attempt) -> None:
        """Keep an attempt; an earlier one of the same person at the same step is forgotten."""
        self._db.execute(
            """INSERT OR REPLACE INTO link_attempt (hash, binding, slack_user, step, sealed, expires_at)
               VALUES (?, ?, ?, ?, ?, ?)""",
            [
                attempt.hash,
                attempt.binding,
                attempt.slack_user,
                attempt.step.value,
                attempt.sealed,
                time_text(attempt.expires_at),
            ],
        )

    def take_attempt(self, binding: str, hash_: str, step: Step) -> Attempt | None:
        """Take an attempt out, whether it expired or not; None where there is none."""
        found = self._rows(
            "SELECT * FROM link_attempt WHERE binding = ? AND hash = ? AND step = ?",
            [binding, hash_, step.value],
        )
        for row in list(found):
            self._db.execute("DELETE FROM link_attempt WHERE hash = ?", [hash_])
            return _attempt(row)
        return None

    def drop_attempts(self, binding: str, before: datetime) -> Sequence[Attempt]:
        """Take out those that expired before that time."""
        given = [binding, time_text(before)]
        found = self._rows("SELECT * FROM link_attempt WHERE binding = ? AND expires_at < ?", given)
        dead = [_attempt(row) for row in found]
        self._db.execute("DELETE FROM link_attempt WHERE binding = ? AND expires_at < ?", given)
        return dead


def _version(link: Link) -> dict[str, object]:
    """The parameters that name exactly this version of a link."""
    return {"binding": link.binding, "slack_user": link.slack_user, "version": link.version}


def _first(rows: Iterable[Mapping[str, Any]]) -> Link | None:
    return next((_link(row) for row in rows), None)


def _link(row: Mapping[str, Any]) -> Link:
    return Link(
        binding=row["binding"],
        slack_user=row["slack_user"],
        user_uid=row["user_uid"],
        person=row["person"],
        sealed=bytes(row["sealed"]),
        scopes=frozenset(parse_json(row["scopes"])),
        expires_at=parse_time(row["expires_at"]),
        linked_at=parse_time(row["linked_at"]),
        proven_at=parse_time(row["proven_at"]),
        version=row["version"],
        broken=bool(row["broken"]),
    )


def _attempt(row: Mapping[str, Any]) -> Attempt:
    return Attempt(
        hash=row["hash"],
        binding=row["binding"],
        slack_user=row["slack_user"],
        step=Step(row["step"]),
        sealed=bytes(row["sealed"]),
        expires_at=parse_time(row["expires_at"]),
    )
