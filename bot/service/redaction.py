"""Redaction: somebody's personal data goes, his pseudonym and every proof stay (design §7, docs/audit.md)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.audit import Event, EventKind
from bot.domain.redaction import Forgotten
from bot.domain.together import together
from bot.ports.clock import Clock
from bot.ports.store import ScrubbedStore, Transaction
from bot.words.reasons import without_text

EVERY = 86_400.0
"""Seconds between two looks for people whose time has come."""
MESSAGES = 100
"""So many operations at most have their messages brought up to date at once: edits are few (design §6)."""
_KEYS = 500
"""Pseudonyms in one row; more people have more rows."""

_log = logging.getLogger(__name__)

Changed = Mapping[str, Callable[[str], None]]
"""Binding -> what is told the id of an operation whose messages are to be brought up to date."""


async def redact_person(store: ScrubbedStore, clock: Clock, email: str) -> Mapping[str, Forgotten]:
    """Delete what is known of whoever has this address; binding -> who that was."""
    now = clock.now()
    return await _redacted(store, lambda tx: _redact(tx, tx.known_as(email), now, "asked"))


async def redact_idle(store: ScrubbedStore, clock: Clock, days: int) -> Mapping[str, Forgotten]:
    """Delete what is known of everybody who had no part in anything for so many days."""
    now = clock.now()
    before = now - timedelta(days=days)
    if not await store.read(lambda tx: tx.idle_since(before)):
        return {}
    return await _redacted(store, lambda tx: _redact(tx, tx.idle_since(before), now, f"idle for {days} days"))


async def keep_redacting(store: ScrubbedStore, clock: Clock, days: int, changed: Changed) -> None:
    """Do so now and every day, until cancelled; what goes wrong is logged and tried again."""
    while True:
        try:
            for binding, forgotten in (await redact_idle(store, clock, days)).items():
                _log.info("redacted %d people who were idle for %d days", len(forgotten.people), days)
                tell = changed.get(binding, _nobody)
                for operation in forgotten.operations[-MESSAGES:]:
                    tell(operation)
        except Exception as error:  # noqa: BLE001  whatever it is, tomorrow's look must not be forgotten
            _log.error("cannot redact yet: %s", type(error).__name__)
        await clock.sleep(EVERY)


def _nobody(operation_id: str) -> None:
    """A binding that this process does not serve has nobody to tell."""


async def _redacted(
    store: ScrubbedStore, change: Callable[[Transaction], Mapping[str, Forgotten]]
) -> Mapping[str, Forgotten]:
    done = await store.write(change)
    await store.scrub()
    return done


def _redact(
    tx: Transaction, whom: Mapping[str, Sequence[str]], now: datetime, why: str
) -> Mapping[str, Forgotten]:
    """All of it, and the rows that say so, in the caller's transaction."""
    found = {binding: tx.redact(binding, keys, without_text) for binding, keys in whom.items()}
    for binding, keys in whom.items():
        for part in _parts(keys):
            data = {"why": why, "people": len(part), "keys": part}
            tx.append(Event(EventKind.REDACTED, binding, data=data), now)
    return found


def _parts(keys: Sequence[str]) -> Iterator[list[str]]:
    return map(list, together(keys, _KEYS))
