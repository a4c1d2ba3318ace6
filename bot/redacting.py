"""`audit redact`: deletes personal data beside a running bot or without one, and says what is left to do.

What it says names nobody: the terminal's scrollback is no place for an address.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.domain.redaction import Forgotten
from bot.ports.store import Post, Transaction
from bot.service.redaction import redact_idle, redact_person
from bot.store.database import open_beside, open_to_write_beside
from bot.words import audit as words


@dataclass(frozen=True, slots=True)
class Whom:
    """Either one address, or everybody idle for so many days."""

    email: str | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What was deleted, and the messages in Slack that still say it."""

    forgotten: Mapping[str, Forgotten]
    posts: tuple[Post, ...] = ()


async def look(directory: Path, whom: Whom) -> tuple[int, int]:
    """How many people it would be, and in how many operations they have a part."""
    store = await open_beside(directory)
    try:
        return await store.read(lambda tx: _look(tx, whom))
    finally:
        await store.close()


def _look(tx: Transaction, whom: Whom) -> tuple[int, int]:
    before = SystemClock().now() - timedelta(days=whom.days or 0)
    found = tx.idle_since(before) if whom.email is None else tx.known_as(whom.email)
    keys = [key for keys in found.values() for key in keys]
    return len(keys), len(tx.involving(keys)) if keys else 0


async def redact(directory: Path, whom: Whom) -> Done:
    """Do it."""
    clock = SystemClock()
    store = await open_to_write_beside(directory, entropy=secrets.token_bytes)
    try:
        if whom.email is None:
            forgotten = await redact_idle(store, clock, whom.days or 0)
        else:
            forgotten = await redact_person(store, clock, whom.email)
        operations = [one for found in forgotten.values() for one in found.operations]
        return Done(forgotten, await store.read(lambda tx: _posts(tx, operations)))
    finally:
        await store.close()


def _posts(tx: Transaction, operations: list[str]) -> tuple[Post, ...]:
    return tuple(post for one in operations for post in tx.posts(one).values() if post.ts)


def announced(found: tuple[int, int]) -> str:
    """What would happen."""
    return words.to_redact(*found)


def done(what: Done) -> str:
    """What happened, and what stands in Slack."""
    people = sum(len(one.people) for one in what.forgotten.values())
    operations = sum(len(one.operations) for one in what.forgotten.values())
    posts = [(post.channel, post.operation, post.part, post.ts) for post in what.posts]
    return words.redacted(people, operations, posts)
