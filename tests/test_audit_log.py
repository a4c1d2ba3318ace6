"""`app.py audit`: does the log hold, give it to me, tell me one operation."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from pathlib import Path

import pytest

from bot import audit_log
from bot.domain.actions import ActionKey
from bot.domain.audit import Broken, Event, EventKind, Head, parse_head
from bot.sandbox.contentstack import seed
from bot.words import audit as words
from tests.service.stage import staged


@pytest.fixture
async def finished(tmp_path: Path) -> tuple[Path, str, Head]:
    """A data directory in which one removal was approved and run; its operation and the head."""
    async with staged(tmp_path) as stage:
        done = await stage.run(await stage.queued(ActionKey.REMOVE, seed.PLUS))
        head = await stage.house.store.read(lambda tx: tx.head())
    return tmp_path / "data", done.id, head


def edit(directory: Path, sql: str) -> None:
    """What somebody with the file in his hands may do."""
    with sqlite3.connect(directory / "rollcall.db") as db:
        for trigger in ("audit_never_changes", "audit_never_goes"):
            db.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        db.execute(sql)
    db.close()


async def test_a_sound_log_holds_up_to_its_head(finished: tuple[Path, str, Head]) -> None:
    """With the head that was posted, and without."""
    directory, _, head = finished
    assert await audit_log.check(directory, []) == head
    assert await audit_log.check(directory, [parse_head(str(head))]) == head


async def test_a_changed_row_is_named(finished: tuple[Path, str, Head]) -> None:
    """Somebody turns a denial's trace around: the row is found."""
    directory, _, head = finished
    edit(directory, "UPDATE audit SET kind = 'opened' WHERE seq = 3")
    assert await audit_log.check(directory, [head]) == Broken(3, "changed")


async def test_a_cut_tail_shows_by_the_posted_head_alone(finished: tuple[Path, str, Head]) -> None:
    """The rows that are left hold; only Slack knows that there were more."""
    directory, _, head = finished
    edit(directory, f"DELETE FROM audit WHERE seq > {head.seq - 2}")
    cut = await audit_log.check(directory, [])
    assert isinstance(cut, Head)
    assert await audit_log.check(directory, [head]) == Broken(
        head.seq - 1, f"cut off: a head with number {head.seq} was posted"
    )


@pytest.mark.parametrize("text", ["", "7", "7:abc", "x:" + "0" * 64, "7:" + "G" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    """A typing mistake is not taken for a broken log."""
    with pytest.raises(ValueError, match="SEQ:HASH"):
        parse_head(text)


async def test_an_export_has_every_row_and_no_address(finished: tuple[Path, str, Head]) -> None:
    """Both forms have the same rows, and nobody's e-mail."""
    directory, operation, head = finished
    written: list[str] = []
    await audit_log.export(directory, "jsonl", written.append)
    lines = [json.loads(line) for line in "".join(written).splitlines()]
    written.clear()
    await audit_log.export(directory, "csv", written.append)
    text = "".join(written)
    table = list(csv.DictReader(io.StringIO(text)))
    assert [row["seq"] for row in lines] == list(range(1, head.seq + 1))
    assert [int(row["seq"]) for row in table] == [row["seq"] for row in lines]
    assert {row["operation"] for row in lines} == {operation}
    assert "@" not in text


async def test_an_operation_is_told_as_a_story(finished: tuple[Path, str, Head]) -> None:
    """What was asked for, by whom and why; who approved; what became of whom."""
    directory, operation, _ = finished
    told = await audit_log.show(directory, operation)
    assert told is not None
    lines = [re.sub(r"^ *\d+  [-\dT:]+Z  ", "", line) for line in told.splitlines()]
    plan = lines[3].removeprefix("Plan: ")
    kept = [re.sub(r"request [-\w]+", "request R", line) for line in lines]
    proposed = (
        f"{seed.ADA} proposed: Remove from organization, 1 person, of whom 1 to run; plan {plan[:12]}; "
        "rule remove-or-reset-mfa, approvals needed: 1"
    )
    assert kept == [
        f"Operation {operation}: Remove from organization: 1 person",
        f"Asked for by {seed.ADA}",
        "Reason: left the company",
        f"Plan: {plan}",
        "Policy: this action always needs another admin. One other admin has to agree.",
        "Now: Done",
        "",
        proposed,
        f"Proposed -> Waiting for approval, by {seed.ADA}",
        f"{seed.GRACE} approved plan {plan[:12]}",
        f"Waiting for approval -> Approved, by {seed.GRACE}",
        f"Approved -> In line, by {seed.GRACE}",
        "In line -> Running",
        f"about to call remove for line 1, {seed.PLUS}",
        f"answered (HTTP 200, request R): line 1, {seed.PLUS} accepted",
        f"answered (HTTP 200, request R): line 1, {seed.PLUS} verified",
        f"line 1, {seed.PLUS}: Done",
        "Running -> Done",
    ]
    assert await audit_log.show(directory, "op_nowhere") is None


async def test_a_story_can_be_told_of_a_plan_that_was_changed(finished: tuple[Path, str, Head]) -> None:
    """The rows are told all the same, and that the plan is not what it was."""
    directory, operation, _ = finished
    edit(directory, "UPDATE plan SET text = replace(text, 'remove', 'unlock')")
    told = await audit_log.show(directory, operation)
    assert told is not None
    assert told.splitlines()[:2] == words.unreadable(operation)
    assert "approved plan" in told


def test_every_kind_of_row_is_told() -> None:
    """A sentence of its own for each, whatever its data is."""
    cast = words.Cast({"f" * 32: "ada@x"})
    told = {kind: words.sentence(Event(kind, "acme", actor="f" * 32, data={}), cast) for kind in EventKind}
    assert len(set(told.values())) == len(EventKind)
    assert [text for text in told.values() if "_" in text] == []
