"""A database that was changed by hand runs nothing that the audit chain does not tell of."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest

from bot.domain.actions import ActionKey
from bot.domain.operation import Operation, State
from bot.domain.plan import canonical
from bot.ports.store import PlanTampered
from bot.sandbox.contentstack import seed
from bot.service.decide import approve, confirm, resume
from tests.service.stage import ADA, GRACE, Stage


def edit(tmp_path: Path, *statements: str) -> None:
    """What somebody with the file in his hands may do, also beside the running bot."""
    with sqlite3.connect(tmp_path / "data" / "rollcall.db", timeout=10) as db:
        for statement in statements:
            db.executescript(statement)
    db.close()


def other_plan(operation: Operation) -> str:
    """Somebody else in the plan, and the digest that fits it."""
    text = canonical(operation.plan.document()).decode().replace('"share_uid":"', '"share_uid":"other')
    digest = sha256(text.encode()).hexdigest()
    assert digest != operation.digest
    return f"UPDATE plan SET text = '{text}'; UPDATE operation SET digest = '{digest}'"


async def asked(stage: Stage) -> Operation:
    """Ada's request to remove somebody, which waits for approval."""
    proposal = await stage.propose(ActionKey.REMOVE, seed.PLUS)
    found = await confirm(stage.house, proposal.operation.id, proposal.operation.digest, ADA)
    assert isinstance(found, Operation)
    return found


async def state_of(stage: Stage, operation: Operation) -> tuple[State, str]:
    found = await stage.load(operation.id)
    return found.state, found.held_reason


WAYS = {
    "another plan with its digest": "",
    "nobody has to agree any more": "verdict = json_set(verdict, '$.stages', json_array())",
    "others have to agree": "verdict = json_set(verdict, '$.stages[0].of[0]', json_object("
    "'circle', 'people', 'ids', json_array('U0MIA')))",
    "another rule": "verdict = json_set(verdict, '$.rule', 'few-and-harmless')",
    "another requester": f"requester_person = '{'f' * 32}'",
    "another channel": "channel = 'C0ELSEWHERE'",
    "another time": "due_at = '2030-01-01T00:00:00.000000Z'",
}


def tampered(operation: Operation, way: str) -> str:
    return f"UPDATE operation SET {WAYS[way]}" if WAYS[way] else other_plan(operation)


@pytest.mark.parametrize("way", WAYS)
async def test_nobody_can_agree_to_what_was_changed_in_the_database(
    stage: Stage, tmp_path: Path, way: str
) -> None:
    """The approval is not taken, and the operation is held."""
    operation = await asked(stage)
    edit(tmp_path, tampered(operation, way))
    changed = await stage.load(operation.id)
    with pytest.raises(PlanTampered):
        await approve(stage.house, operation.id, changed.digest, GRACE)
    assert await state_of(stage, operation) == (State.HELD, "tampered")
    with pytest.raises(PlanTampered):
        await resume(stage.house, operation.id, GRACE)
    assert stage.told.changes[-1] == operation.id


@pytest.mark.parametrize("way", WAYS)
async def test_nothing_runs_that_was_changed_in_the_database(stage: Stage, tmp_path: Path, way: str) -> None:
    """Changed after everybody agreed: held before the first call."""
    operation = await stage.queued(ActionKey.REMOVE, seed.PLUS)
    edit(tmp_path, tampered(operation, way))
    await stage.run(operation)
    assert await state_of(stage, operation) == (State.HELD, "tampered")
    assert stage.asked("DELETE", "/share") == []


async def test_a_preview_that_was_changed_cannot_be_confirmed(stage: Stage, tmp_path: Path) -> None:
    """It stays what it was, a proposal that nobody confirmed."""
    proposal = await stage.propose(ActionKey.REMOVE, seed.PLUS)
    edit(tmp_path, other_plan(proposal.operation))
    changed = await stage.load(proposal.operation.id)
    with pytest.raises(PlanTampered):
        await confirm(stage.house, changed.id, changed.digest, ADA)
    assert await state_of(stage, changed) == (State.PROPOSED, "")


APPROVAL = (
    "INSERT INTO approval (operation, slack_user, user_uid, person, approved, at, comment) "
    "SELECT id, 'U0GRACE', 'blt_grace', '{person}', 1, created_at, '' FROM operation"
)


async def test_an_agreement_that_was_written_into_the_database_counts_for_nothing(
    stage: Stage, tmp_path: Path
) -> None:
    """Neither does the state that would follow from it."""
    operation = await asked(stage)
    grace = (await stage.admitted(GRACE)).actor.person
    edit(tmp_path, APPROVAL.format(person=grace), "UPDATE operation SET state = 'queued', run = 1")
    await stage.run(await stage.load(operation.id))
    assert await state_of(stage, operation) == (State.HELD, "tampered")
    assert stage.asked("DELETE", "/share") == []


async def test_a_glass_that_was_broken_in_the_database_only_lets_nothing_run(
    stage: Stage, tmp_path: Path
) -> None:
    """Nobody broke it, so the chain does not tell of it."""
    operation = await asked(stage)
    grace = (await stage.admitted(GRACE)).actor
    edit(
        tmp_path,
        f"INSERT INTO broken_glass SELECT id, 'U0GRACE', '{grace.user_uid}', '{grace.person}', 'now', "
        "created_at, created_at FROM operation",
        "UPDATE operation SET state = 'queued', run = 1",
    )
    await stage.run(await stage.load(operation.id))
    assert await state_of(stage, operation) == (State.HELD, "tampered")


async def test_what_was_put_into_the_queue_by_hand_does_not_run(stage: Stage, tmp_path: Path) -> None:
    """Nobody has agreed to it, whatever state it is in."""
    operation = await asked(stage)
    edit(tmp_path, "UPDATE operation SET state = 'queued', run = 1")
    await stage.run(await stage.load(operation.id))
    assert await state_of(stage, operation) == (State.DISMISSED, "not_agreed")
    assert stage.asked("DELETE", "/share") == []


async def test_an_agreement_that_was_made_to_count_for_more_counts_for_nothing(
    stage: Stage, tmp_path: Path
) -> None:
    """Its row says what it counted for, and in whose place."""
    operation = await stage.queued(ActionKey.REMOVE, seed.PLUS)
    edit(tmp_path, "UPDATE approval SET circles = '[0,1]', escalated = 1")
    await stage.run(operation)
    assert await state_of(stage, operation) == (State.HELD, "tampered")


async def test_a_row_that_was_changed_with_it_vouches_for_nothing(stage: Stage, tmp_path: Path) -> None:
    """Its hash would have to be changed too, and every later one, which the heads in Slack betray."""
    operation = await stage.queued(ActionKey.REMOVE, seed.PLUS)
    edit(
        tmp_path,
        "DROP TRIGGER audit_never_changes",
        "UPDATE operation SET channel = 'C0ELSEWHERE'",
        f"UPDATE audit SET data = replace(data, '{operation.channel}', 'C0ELSEWHERE')",
    )
    await stage.run(operation)
    assert await state_of(stage, operation) == (State.HELD, "tampered")
