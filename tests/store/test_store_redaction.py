"""What a redaction does with every table; a new table has to say it here."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.store.database import SqliteStore
from bot.store.directory import DATABASE

HANDLED = {
    "account": "the Slack account and its salt are deleted",
    "approval": "comments are redacted, the Slack accounts of those who are gone too",
    "broken_glass": "the reason is redacted, the Slack account of who is gone too",
    "call_result": "Contentstack's own texts go",
    "delegation": "deleted, whichever of the two it is",
    "form": "forms of and about the person are deleted",
    "link": "deleted, with its tokens",
    "link_attempt": "deleted",
    "notice": "deleted once its operation is over",
    "operation": "the reason is redacted, the Slack account of a requester who is gone too",
    "outcome": "Contentstack's own texts go",
    "person": "all but the key is deleted",
    "snapshot": "deleted: it is read anew",
}
NOTHING_PERSONAL = {
    "audit": "pseudonyms",
    "call": "line numbers",
    "capability": "sentences of our own",
    "migration": "names of functions",
    "outbox": "ids of operations",
    "post": "ids of messages and files",
}


async def test_every_table_is_handled_or_holds_nothing_personal(store: SqliteStore, directory: Path) -> None:
    """Each by name."""
    with sqlite3.connect(directory / DATABASE) as db:
        found = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    db.close()
    assert found == {*HANDLED, *NOTHING_PERSONAL}
