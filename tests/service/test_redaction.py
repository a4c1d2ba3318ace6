"""Somebody's data is deleted: it is nowhere any more, and every proof holds."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot import audit_log
from bot.contentstack import snapshot
from bot.domain.actions import ActionKey
from bot.domain.audit import EventKind, Head
from bot.domain.delegation import Delegation
from bot.domain.draft import SubmittedForm
from bot.domain.operation import BrokenGlass, Operation, State
from bot.domain.outcome import Done, Failed, NotRun, Unknown
from bot.domain.problems import Problem, Trouble
from bot.domain.redaction import REDACTED
from bot.ports.clock import Clock
from bot.ports.store import Transaction
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from bot.service.decide import approve, confirm
from bot.service.named import named
from bot.service.redaction import keep_redacting, redact_idle, redact_person
from bot.service.retry import retry
from bot.service.run.worker import Runner
from bot.service.seal import Proposal
from bot.service.story import story
from bot.service.undo import undo
from bot.store.database import SqliteStore
from tests.service.stage import ADA, GRACE, Stage

TWO = (seed.PLUS, seed.NON_ASCII)
REASON = "Zacharias-Reason left"
COMMENT = "Bartholomew-Comment agrees"
ANSWER = "Ezekiel-Answer cannot be removed"


@dataclass(frozen=True)
class Later:
    """A clock that is so many days ahead; it waits for ever."""

    real: Clock
    days: int = 0

    def now(self) -> datetime:
        return self.real.now() + timedelta(days=self.days)

    def monotonic(self) -> float:
        return self.real.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()


def on_disk(stage: Stage) -> SqliteStore:
    """The store behind the port: only files can be cleaned."""
    assert isinstance(stage.house.store, SqliteStore)
    return stage.house.store


async def removal(stage: Stage, *people: str) -> Operation:
    """Asked for by Ada with a reason, agreed to by Grace with a comment, run."""
    proposal = await stage.propose(ActionKey.REMOVE, *people, reason=REASON)
    operation = proposal.operation
    await confirm(stage.house, operation.id, operation.digest, ADA)
    await approve(stage.house, operation.id, operation.digest, GRACE, COMMENT)
    return await stage.run(await stage.load(operation.id))


def refuse(stage: Stage, email: str) -> None:
    """Contentstack refuses the next removal with a text that names somebody."""
    body = {"error_code": 422, "error_message": f"{ANSWER}: {email}", "errors": {}}
    stage.fault(Kind.ANSWER, "/share", "DELETE", count=None, status=422, body=body)


async def keep_traces(stage: Stage, email: str) -> None:
    """The directory kept for the next start, and a form that was submitted a moment ago."""
    directory = await stage.house.contentstack.directory(max_age=3600)
    binding, now = stage.house.binding.key, stage.house.clock.now()

    def write(tx: Transaction) -> None:
        tx.save_snapshot(binding, snapshot.dumps(directory), now)
        tx.save_form(SubmittedForm("form", binding, ADA, f'{{"reason":"{email}"}}', now))

    await stage.house.store.write(write)


def found_in_files(directory: Path, *texts: str) -> list[tuple[str, str]]:
    """Which of the texts stand in which file of the data directory, byte by byte."""
    files = [(path.name, path.read_bytes().lower()) for path in directory.iterdir() if path.is_file()]
    return [(name, text) for name, data in files for text in texts if text.lower().encode() in data]


async def rows(stage: Stage, kind: EventKind) -> list[dict[str, object]]:
    found = await stage.house.store.read(lambda tx: list(tx.rows(kinds=[kind])))
    return [dict(row.event.data) for row in found]


async def test_nothing_personal_is_left_in_any_file(stage: Stage, tmp_path: Path) -> None:
    """Address, name, reason, comment, Contentstack's own text, form, snapshot: byte by byte, also the log."""
    refuse(stage, seed.PLUS)
    operation = await removal(stage, seed.PLUS)
    assert isinstance((await stage.outcomes(operation))[0], Failed)
    await keep_traces(stage, seed.PLUS)
    texts = (seed.PLUS, REASON, COMMENT, ANSWER)
    assert {text for _, text in found_in_files(tmp_path / "data", *texts)} == set(texts)
    done = await redact_person(on_disk(stage), stage.house.clock, f" {seed.PLUS.upper()} ")
    person = operation.plan.lines[0].person
    assert {binding: (list(one.people), list(one.operations)) for binding, one in done.items()} == {
        "test": ([person], [operation.id])
    }
    assert found_in_files(tmp_path / "data", *texts) == []
    assert await stage.house.store.read(lambda tx: tx.snapshot("test")) is None
    assert await rows(stage, EventKind.REDACTED) == [{"why": "asked", "people": 1, "keys": [person]}]


async def test_every_proof_holds_afterwards(stage: Stage, tmp_path: Path) -> None:
    """The chain, the digest of the plan, the rows of others; the story says (redacted)."""
    operation = await removal(stage, *TWO)
    before = await stage.house.store.read(lambda tx: tx.head())
    await redact_person(on_disk(stage), stage.house.clock, seed.PLUS)
    after = await audit_log.check(tmp_path / "data", [before])
    assert isinstance(after, Head)
    assert after.seq == before.seq + 1
    loaded = await stage.load(operation.id)
    assert (loaded.plan, loaded.digest, loaded.reason) == (operation.plan, operation.digest, REDACTED)
    assert [one.comment for one in loaded.approvals] == [REDACTED]
    left = await stage.house.store.read(lambda tx: named(tx, operation.plan.lines))
    assert {number: one.email for number, one in left.items()} == {2: seed.NON_ASCII}
    shown = await audit_log.show(tmp_path / "data", operation.id)
    assert shown is not None
    key = operation.plan.lines[0].person[:12]
    assert f"line 1, {key} {REDACTED}: Done" in shown
    assert f"line 2, {seed.NON_ASCII}: Done" in shown
    assert f"Reason: {REDACTED}" in shown
    assert seed.PLUS not in shown


async def test_requester_and_approver_are_people_too(stage: Stage, tmp_path: Path) -> None:
    """Their Slack accounts go from what is over; who they were to each other can still be told apart."""
    operation = await removal(stage, seed.NON_ASCII)
    for email in (seed.ADA, seed.GRACE):
        await redact_person(on_disk(stage), stage.house.clock, email)
    loaded = await stage.load(operation.id)
    ada, grace = loaded.requester.person[:12], loaded.approvals[0].actor.person[:12]
    assert loaded.requester.slack_user == f"{REDACTED} {ada}"
    assert loaded.approvals[0].actor.slack_user == f"{REDACTED} {grace}"
    assert ada != grace
    assert found_in_files(tmp_path / "data", seed.ADA, seed.GRACE, ADA, GRACE, REASON) == []


async def test_whoever_decided_in_somebodys_place_or_without_anybody_is_a_person_too(
    stage: Stage, tmp_path: Path
) -> None:
    """Stand-in, the one stood in for, who broke a glass and why, and whoever was reminded."""
    ada, grace = [(await stage.admitted(one)).actor for one in (ADA, GRACE)]
    now = stage.house.clock.now()
    operation = await removal(stage, seed.NON_ASCII)

    def write(tx: Transaction) -> None:
        tx.delegate(Delegation("test", grace, ada, now, now + timedelta(days=3)))
        tx.plan_notices(operation.id, "reminder:0:1", [GRACE], now)
        assert tx.break_glass(operation.id, BrokenGlass(grace, REASON, now, now))

    await stage.house.store.write(write)
    await redact_person(on_disk(stage), stage.house.clock, seed.GRACE)
    loaded = await stage.load(operation.id)
    assert loaded.glass is not None
    assert (loaded.glass.reason, loaded.approvals[0].stands_in_for) == (REDACTED, None)
    assert await stage.house.store.read(lambda tx: tx.delegations("test", now)) == []
    assert found_in_files(tmp_path / "data", seed.GRACE, GRACE, REASON) == []


async def test_whoever_comes_again_is_somebody_new(stage: Stage) -> None:
    """The same address gets another pseudonym: nobody can tell that they are one."""
    old = (await stage.admitted(ADA)).actor.person
    await redact_person(on_disk(stage), stage.house.clock, seed.ADA)
    new = (await stage.admitted(ADA)).actor.person
    assert new != old
    assert list(await stage.house.store.read(lambda tx: tx.people([old, new]))) == [new]


async def test_somebody_redacted_cannot_be_called_for(stage: Stage) -> None:
    """A plan that waits runs for the others; his line says why it did not."""
    operation = await stage.queued(ActionKey.REMOVE, *TWO)
    await redact_person(on_disk(stage), stage.house.clock, seed.PLUS)
    done = await stage.run(operation)
    assert done.state is State.PARTLY_DONE
    assert await stage.outcomes(done) == [NotRun("redacted"), Done()]


async def test_somebody_redacted_in_mid_call_is_unknown(stage: Stage) -> None:
    """The call was sent, the answer is lost, and nobody can be asked about him any more: never *done*."""
    operation = await stage.queued(ActionKey.REMOVE, seed.PLUS)
    stage.fault(Kind.HANG_BEFORE, "/share", "DELETE", count=None)
    running = asyncio.create_task(stage.run(operation))
    await stage.until_asked("DELETE", "/share")
    await redact_person(on_disk(stage), stage.house.clock, seed.PLUS)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    again = Runner(stage.house)
    done = await stage.run(await stage.load(operation.id), again)
    assert await stage.outcomes(done) == [Unknown("redacted")]


async def test_an_undo_leaves_out_whom_it_cannot_address(stage: Stage) -> None:
    """The preview says so; where nobody is left, that is said instead."""
    operation = await removal(stage, *TWO)
    await redact_person(on_disk(stage), stage.house.clock, seed.PLUS)
    told = await story(stage.house, operation.id)
    assert told is not None
    assert told.to_undo == (2,)
    ada = await stage.admitted(ADA)
    proposed = await undo(stage.house, ada, operation.id, "a mistake")
    assert isinstance(proposed, Proposal)
    assert len(proposed.operation.plan.lines) == 1
    assert proposed.notes == ("1 person is left out: their data was deleted from Rollcall.",)
    await redact_person(on_disk(stage), stage.house.clock, seed.NON_ASCII)
    assert await undo(stage.house, ada, operation.id, "a mistake") == Problem(Trouble.PEOPLE_REDACTED)


async def test_a_retry_of_somebody_redacted_says_so(stage: Stage) -> None:
    """There is no address to try again."""
    stage.fault(Kind.SERVER_ERROR, "/share", "DELETE", count=None)
    operation = await removal(stage, seed.PLUS)
    await redact_person(on_disk(stage), stage.house.clock, seed.PLUS)
    again = await retry(stage.house, await stage.admitted(ADA), operation.id, [], "again")
    assert again == Problem(Trouble.PEOPLE_REDACTED)


async def test_the_texts_of_operations_without_him_stay(stage: Stage) -> None:
    """Nobody else's reasons are lost."""
    other = await removal(stage, seed.NON_ASCII)
    await removal(stage, seed.PLUS)
    await redact_person(on_disk(stage), stage.house.clock, seed.PLUS)
    assert (await stage.load(other.id)).reason == REASON


async def test_only_the_idle_are_redacted_after_some_days(stage: Stage, tmp_path: Path) -> None:
    """Whoever had a part in anything since, or is in something that is not over, is left alone."""
    old = await removal(stage, seed.PLUS)
    unconfirmed = await stage.propose(ActionKey.REMOVE, seed.UPPER)
    waiting = await stage.propose(ActionKey.REMOVE, seed.NON_ASCII)
    await confirm(stage.house, waiting.operation.id, waiting.operation.digest, ADA)
    ahead = Later(stage.house.clock, days=400)
    assert await redact_idle(on_disk(stage), Later(stage.house.clock, days=364), 365) == {}
    done = await redact_idle(on_disk(stage), ahead, 365)
    gone = {line.person for one in (old, unconfirmed.operation) for line in one.plan.lines}
    assert gone | {old.approvals[0].actor.person} == set(done["test"].people)
    assert found_in_files(tmp_path / "data", seed.PLUS) == []
    kept = await stage.house.store.read(
        lambda tx: tx.people([waiting.operation.plan.lines[0].person, old.requester.person])
    )
    assert len(kept) == 2
    assert await redact_idle(on_disk(stage), ahead, 365) == {}


async def test_the_running_bot_redacts_by_itself(stage: Stage) -> None:
    """And has the messages of what it touched brought up to date."""
    operation = await removal(stage, seed.PLUS)
    changed: list[str] = []
    clock = Later(stage.house.clock, days=10)
    task = asyncio.create_task(keep_redacting(on_disk(stage), clock, 5, {"test": changed.append}))
    async with asyncio.timeout(10):
        while not changed:  # noqa: ASYNC110  the loop tells nobody that it has looked
            await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert changed == [operation.id]
