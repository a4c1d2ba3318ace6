"""What the audit rows say: everything that happened, and nothing that is personal or secret."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from bot.domain.actions import ActionKey
from bot.domain.audit import EventKind
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from bot.service.admission import admit, note_opening, note_refusal
from bot.service.cancel import cancel
from bot.service.decide import approve, confirm, deny, withdraw
from bot.service.export import export
from bot.service.redaction import redact_person
from bot.service.starting import note_start
from bot.store.database import SqliteStore
from bot.words.sheets import Dates
from tests.service.stage import ADA, GRACE, MIA, Stage

BOT = Path(__file__).parents[2] / "bot"
REASON, COMMENT, ANSWER = "Zacharias reason", "Bartholomew comment", "Ezekiel answer"
SLACK_ID = re.compile(r"\bU0[A-Z]{2,}\b")
TELLS = {BOT / "domain" / "audit.py", BOT / "words" / "audit.py"}
ELSEWHERE = {
    EventKind.POLICY_CHANGED,
    EventKind.LINKED,
    EventKind.UNLINKED,
    EventKind.DELEGATED,
    EventKind.BROKE_GLASS,
    EventKind.REMINDED,
    EventKind.ESCALATED,
}
"""Kinds whose own tests say what stands in them."""


async def everything(stage: Stage) -> None:
    """A refusal and an opening, a start, an export; operations that end in every way, with texts in each."""
    house = stage.house
    await note_start(house, {"region": "na"}, "a" * 64)
    await note_opening(house, await stage.admitted(), "command")
    await admit(house, MIA, at="command")
    await export(house, await stage.admitted(), Dates.ISO)
    body = {"error_code": 422, "error_message": f"{ANSWER}: {seed.PLUS}", "errors": {}}
    stage.fault(Kind.ANSWER, "/share", "DELETE", count=None, status=422, body=body)
    for step in (approve, deny):
        asked = (await stage.propose(ActionKey.REMOVE, seed.PLUS, reason=REASON)).operation
        await confirm(house, asked.id, asked.digest, ADA)
        await note_refusal(house, ADA, "is_yourself", at="approve", operation=asked.id)
        await step(house, asked.id, asked.digest, GRACE, COMMENT)
        await stage.run(await stage.load(asked.id))
    stage.contentstack.faults.orders.clear()
    withdrawn = (await stage.propose(ActionKey.REMOVE, seed.UPPER, reason=REASON)).operation
    await confirm(house, withdrawn.id, withdrawn.digest, ADA)
    await withdraw(house, withdrawn.id, ADA)
    queued = await stage.queued(ActionKey.UNLOCK, seed.TIMED_LOCK, reason=REASON)
    await cancel(house, queued.id, ADA)
    assert isinstance(house.store, SqliteStore)
    await redact_person(house.store, house.clock, seed.UPPER)


async def test_no_row_holds_anything_personal_or_secret(stage: Stage) -> None:
    """No address or name of the directory, no Slack account, no reason, comment, text or token."""
    directory = await stage.house.contentstack.directory(max_age=3600)
    names = {name for one in directory.members for name in (one.email, one.first_name, one.last_name)}
    secrets = {REASON, COMMENT, ANSWER, seed.BOT_AUTHTOKEN, stage.workspace.bot_token}
    await everything(stage)
    rows = await stage.house.store.read(lambda tx: list(tx.rows()))
    told = [(str(row.event.data), row.event.actor, row.event.operation) for row in rows]
    words = {text for row in told for text in row}
    everything_said = "\n".join(words)
    assert [text for text in secrets | {one for one in names if "@" in one} if text in everything_said] == []
    assert SLACK_ID.findall(everything_said) == []
    assert {
        one for one in names if len(one) > 3 and re.search(rf"\b{re.escape(one)}\b", everything_said)
    } == set()
    assert {row.event.kind for row in rows} == set(EventKind) - ELSEWHERE


def test_every_kind_of_row_is_written_somewhere() -> None:
    """A kind that only the story knows of would be dead."""
    written = set()
    for path in set(BOT.rglob("*.py")) - TELLS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                written |= {node.attr} if node.value.id == "EventKind" else set()
    assert {kind for kind in EventKind if kind.name not in written} == set()


def test_no_state_changes_without_a_row() -> None:
    """The store's compare-and-set is called where its row is appended, and nowhere else."""
    callers = {
        path.relative_to(BOT).as_posix()
        for path in BOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr == "move"
        and isinstance(node.value, ast.Name)
        and node.value.id == "tx"
    }
    assert callers == {"service/moves.py", "service/restored.py"}
