"""What deciding keeps: whose decisions count once, stand-ins, notices, broken glass."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.delegation import Delegation
from bot.domain.operation import Actor, Approval, BrokenGlass, State, Weight
from bot.ports.deciding import Notice
from bot.store.database import SqliteStore
from tests.store.samples import ADA, BEN, NOON, adding, later, operation

EVE = Actor("U0EVE", "blt_eve", "e" * 32)
WEIGHT = Weight(1, frozenset({0, 2}), frozenset({1}), escalated=True)
INSTEAD = Approval(EVE, True, later(1), "for Ben", WEIGHT, BEN)


async def test_a_decision_comes_back_with_what_it_counted_for(store: SqliteStore) -> None:
    """Stage, circles, second set, and in whose place."""
    await store.write(adding(operation()))
    assert await store.write(lambda tx: tx.add_approval("op_1", INSTEAD))
    found = await store.read(lambda tx: tx.operation("op_1"))
    assert found is not None
    assert found.approvals == (INSTEAD,)


@pytest.mark.parametrize(
    "second",
    [
        Approval(BEN, True, later(2)),
        Approval(EVE, True, later(2)),
        Approval(ADA, False, later(2), "no", stands_in_for=BEN),
        Approval(
            replace(ADA, user_uid="blt_x"), True, later(2), stands_in_for=replace(BEN, slack_user="U0X")
        ),
    ],
    ids=["himself", "the stand-in himself", "another stand-in", "his other Slack account"],
)
async def test_one_person_counts_once_whoever_clicks(store: SqliteStore, second: Approval) -> None:
    """The database itself refuses the second row."""
    await store.write(adding(operation()))
    await store.write(lambda tx: tx.add_approval("op_1", INSTEAD))
    assert await store.write(lambda tx: tx.add_approval("op_1", second)) is False


async def test_what_waits_is_known_without_its_plan(store: SqliteStore) -> None:
    """Of this binding, with the verdict and the decisions so far."""
    mine = operation(state=State.AWAITING_APPROVAL)
    await store.write(adding(mine, operation("op_2"), operation("op_3", binding="umbra")))
    await store.write(lambda tx: tx.add_approval("op_1", INSTEAD))
    (waiting,) = await store.read(lambda tx: tx.waiting("acme"))
    assert (waiting.operation, waiting.since) == ("op_1", mine.changed_at)
    assert (waiting.verdict, waiting.approvals) == (mine.verdict, (INSTEAD,))


async def test_one_stand_in_at_a_time_and_for_its_time_only(store: SqliteStore) -> None:
    """The next one replaces the former; of another binding nothing is known."""
    first = Delegation("acme", BEN, EVE, NOON, NOON + timedelta(days=2))
    then = Delegation("acme", BEN, ADA, later(60), NOON + timedelta(days=1))
    await store.write(lambda tx: tx.delegate(first))
    assert await store.read(lambda tx: tx.delegations("acme", later(30))) == [first]
    await store.write(lambda tx: tx.delegate(then))
    assert await store.read(lambda tx: tx.delegations("acme", later(90))) == [then]
    assert await store.read(lambda tx: tx.delegations("acme", NOON + timedelta(days=1))) == []
    assert await store.read(lambda tx: tx.delegations("umbra", later(90))) == []
    await store.write(lambda tx: tx.end_delegation("acme", BEN.slack_user, later(100)))
    assert await store.read(lambda tx: tx.delegations("acme", later(101))) == []


async def test_a_notice_is_planned_once_and_begun_once(store: SqliteStore) -> None:
    """The same round again writes nothing; nobody to tell is remembered as well."""
    await store.write(adding(operation()))
    people = ["U0BEN", "U0EVE", "U0BEN"]
    assert await store.write(lambda tx: tx.plan_notices("op_1", "reminder:0:1", people, NOON))
    assert not await store.write(lambda tx: tx.plan_notices("op_1", "reminder:0:1", ["U0X"], NOON))
    assert await store.write(lambda tx: tx.plan_notices("op_1", "escalation:0", [], NOON))
    waiting = [Notice("op_1", "reminder:0:1", one) for one in ("U0BEN", "U0EVE")]
    assert await store.read(lambda tx: tx.unsent("acme")) == waiting
    begun = [await store.write(lambda tx: tx.begin_notice(waiting[0], NOON)) for _ in range(2)]
    assert begun == [True, False]
    assert await store.read(lambda tx: tx.unsent("acme")) == waiting[1:]
    planned = await store.read(lambda tx: tx.planned("op_1"))
    assert planned == {"reminder:0:1", "escalation:0"}


async def test_a_glass_is_broken_once_and_holds_what_is_scheduled(store: SqliteStore) -> None:
    """Due when its hold is over, or at its date where that is later."""
    glass = BrokenGlass(EVE, "now", NOON, later(120))
    dated = replace(operation("op_2", state=State.SCHEDULED), due_at=later(600))
    await store.write(adding(operation(state=State.SCHEDULED), dated))
    for _ in range(2):
        await store.write(lambda tx: tx.break_glass("op_2", glass))
    broken = [await store.write(lambda tx: tx.break_glass("op_1", glass)) for _ in range(2)]
    assert broken == [True, False]
    assert await store.read(lambda tx: tx.in_hold("acme")) == ["op_1", "op_2"]
    assert await store.read(lambda tx: tx.due("acme", later(119))) == []
    assert await store.read(lambda tx: tx.due("acme", later(120))) == ["op_1"]
    assert await store.read(lambda tx: tx.due("acme", later(600))) == ["op_1", "op_2"]
    found = await store.read(lambda tx: tx.operation("op_2"))
    assert found is not None
    assert (found.glass, found.starts_at) == (glass, later(600))
