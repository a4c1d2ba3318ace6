"""What a redaction does with every table; a new table has to say it here."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.domain.operation import State
from bot.domain.redaction import REDACTED, Forgotten
from bot.ports.store import PersonData
from bot.store.database import SqliteStore
from bot.store.directory import DATABASE
from bot.store.values import time_text
from tests.store.samples import NOON, adding, later, operation

HANDLED = {
    "account": "the Slack account and its salt are deleted",
    "approval": "comments are redacted, the Slack accounts of those who are gone too",
    "broken_glass": "the reason is redacted, the Slack account too",
    "delegation": "deleted: the chain has its rows",
    "notice": "deleted once its operation is over",
    "call_result": "Contentstack's own texts go",
    "form": "forms of and about the person are deleted",
    "link": "deleted, with its tokens",
    "link_attempt": "deleted",
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
    "plan": "pseudonyms",
    "post": "ids of messages and files",
}


async def test_every_table_is_handled_or_holds_nothing_personal(store: SqliteStore, directory: Path) -> None:
    """Each by name."""
    with sqlite3.connect(directory / DATABASE) as db:
        found = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    db.close()
    assert found == {*HANDLED, *NOTHING_PERSONAL}


def everything_in(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir())


STATEMENTS = """
INSERT INTO delegation (binding, slack_user, user_uid, person, to_slack_user, to_user_uid, to_person, since,
    until) VALUES ('acme', 'U0EVE', 'blt_eve', '{eve}', 'U0BEN', 'blt_ben', '{ben}', '{at}', '{until}');
INSERT INTO broken_glass (operation, slack_user, user_uid, person, reason, at, until)
    VALUES ('op_1', 'U0EVE', 'blt_eve', '{eve}', 'Eve was in a hurry', '{at}', '{at}');
INSERT INTO approval (operation, slack_user, user_uid, person, approved, at, comment, for_slack_user,
    for_user_uid, for_person)
    VALUES ('op_1', 'U0BEN', 'blt_ben', '{ben}', 1, '{at}', 'said Eve', 'U0EVE', 'blt_eve', '{eve}');
INSERT INTO notice (operation, what, slack_user, at) VALUES ('op_1', 'reminder:0:1', '', '{at}');
INSERT INTO notice (operation, what, slack_user, at) VALUES ('op_1', 'reminder:0:1', 'U0EVE', '{at}');
UPDATE operation SET ticket = 'EVE-17';
"""


async def test_stand_ins_broken_glass_and_reminders_go_too(store: SqliteStore, directory: Path) -> None:
    """Of somebody who decided in another's place, or had somebody decide in hers; over and done with."""
    await store.write(adding(operation("op_1", state=State.DONE)))
    eve, ben = await store.write(
        lambda tx: [tx.pseudonym("acme", PersonData(f"{name}@x.example", name)) for name in ("eve", "ben")]
    )
    told = {"eve": eve, "ben": ben, "at": time_text(NOON), "until": time_text(later(3600))}
    with sqlite3.connect(directory / DATABASE) as db:
        db.executescript(STATEMENTS.format(**told))
    db.close()
    assert await store.read(lambda tx: tx.idle_since(later(3600))) == {}
    assert await store.read(lambda tx: tx.idle_since(later(3601))) == {"acme": sorted([eve, ben])}
    done = await store.write(lambda tx: tx.redact("acme", [eve], str))
    assert done == Forgotten((eve,), ("op_1",))
    await store.scrub()
    found = await store.read(lambda tx: tx.operation("op_1"))
    assert found is not None
    assert found.ticket == REDACTED
    assert [(one.actor.slack_user, one.comment) for one in found.approvals] == [("U0BEN", REDACTED)]
    assert found.glass is not None
    assert (found.glass.by.slack_user, found.glass.reason) == (f"{REDACTED} {eve[:12]}", REDACTED)
    left = everything_in(directory)
    assert [text for text in (b"U0EVE", b"eve@", b"EVE-17", b"hurry", b"said Eve") if text in left] == []
