"""Reminders and escalation: to those who can decide and to nobody else, once each, across restarts."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.domain.circles import ORG_ADMINS, Escalation, Named, Stage
from bot.domain.operation import Operation
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from bot.service.decide import approve, withdraw
from bot.service.deciders import may_agree
from bot.service.delegate import delegate
from bot.service.reminding import remind
from tests.service.approvers import OWNER, ahead, asked, group, hire, policy
from tests.service.stage import ADA, GRACE, MIA
from tests.service.stage import Stage as House
from tests.service.test_delegation import in_days

HOUR = timedelta(hours=1)


async def told(stage: House) -> list[str]:
    """Look once; who was told what by it."""
    stage.told.changes.clear()
    await remind(stage.house)
    return sorted(one.rpartition(":")[0] for one in stage.told.changes if ":" in one)


async def test_those_who_can_decide_are_reminded_each_time_once(stage: House) -> None:
    """Not before the interval, once in it, again in the next; after a long sleep once and not five times."""
    clock, other = ahead(stage), hire(stage)
    policy(stage, Stage(1, (group(stage, GRACE, other, MIA, ADA),)), reminder=HOUR)
    operation = await asked(stage)
    both = sorted([f"{GRACE}:reminder", f"{other}:reminder"])
    assert await told(stage) == []
    clock.ahead = HOUR + timedelta(seconds=1)
    assert [await told(stage), await told(stage)] == [both, []]
    clock.ahead = 5 * HOUR + timedelta(seconds=1)
    assert [await told(stage), await told(stage)] == [both, []]
    assert (await stage.audit(operation)).count("reminded") == 2


async def test_requester_people_in_the_plan_and_who_has_agreed_are_left_alone(stage: House) -> None:
    """Admins are asked: of all there are, only those whose click would count are reminded."""
    clock, other = ahead(stage), hire(stage)
    policy(stage, Stage(2), reminder=HOUR)
    operation = await asked(stage, seed.GRACE)
    await stage.house.contentstack.directory(max_age=0)
    await approve(stage.house, operation.id, operation.digest, OWNER)
    found = await may_agree(stage.house, await stage.load(operation.id))
    assert (GRACE in found, ADA in found, OWNER in found, other in found) == (False, False, False, True)
    clock.ahead = HOUR + timedelta(minutes=1)
    assert f"{other}:reminder" in await told(stage)


async def test_a_stand_in_is_reminded_too(stage: House) -> None:
    """Whoever is away may not read it."""
    clock, bea = ahead(stage), hire(stage)
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)), reminder=HOUR)
    await asked(stage)
    await delegate(stage.house, GRACE, bea, in_days(3))
    clock.ahead = HOUR + timedelta(seconds=1)
    assert await told(stage) == sorted([f"{GRACE}:reminder", f"{bea}:reminder"])


async def test_after_its_time_the_second_set_is_asked_once(stage: House) -> None:
    """And reminded with the first from then on."""
    clock = ahead(stage)
    second = Escalation(3 * HOUR, Stage(1, (Named(frozenset({OWNER})),)))
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)), escalation=second, reminder=2 * HOUR)
    operation = await asked(stage)
    clock.ahead = 2 * HOUR + timedelta(seconds=1)
    assert await told(stage) == [f"{GRACE}:reminder"]
    clock.ahead = 3 * HOUR + timedelta(seconds=1)
    assert [await told(stage), await told(stage)] == [[f"{OWNER}:escalation"], []]
    clock.ahead = 4 * HOUR + timedelta(seconds=1)
    assert await told(stage) == [f"{GRACE}:reminder", f"{OWNER}:reminder"]
    assert (await stage.audit(operation)).count("escalated") == 1


async def test_what_is_over_reminds_nobody(stage: House) -> None:
    """Withdrawn before the interval is round; also where it was planned already."""
    clock = ahead(stage)
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)), reminder=HOUR)
    operation = await asked(stage)
    now = clock.now()
    await stage.house.store.write(lambda tx: tx.plan_notices(operation.id, "reminder:0:1", [GRACE], now))
    await withdraw(stage.house, operation.id, ADA)
    clock.ahead = HOUR + timedelta(seconds=1)
    assert await told(stage) == []


async def test_a_restart_sends_what_was_planned_and_repeats_nothing(stage: House) -> None:
    """Two looks at once, as of two processes, tell each person once."""
    clock = ahead(stage)
    policy(stage, Stage(1, (Named(frozenset({GRACE, OWNER})),)), reminder=HOUR)
    operation = await asked(stage)
    clock.ahead = HOUR + timedelta(seconds=1)
    now = clock.now()
    await stage.house.store.write(lambda tx: tx.plan_notices(operation.id, "reminder:0:1", [GRACE], now))
    stage.told.changes.clear()
    await asyncio.gather(remind(stage.house), remind(stage.house))
    assert stage.told.changes == [f"{GRACE}:reminder:{operation.id}"]


async def test_while_rights_cannot_be_read_nobody_is_left_out(stage: House) -> None:
    """Contentstack is down: it is tried again instead of reminding nobody."""
    clock = ahead(stage)
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)), reminder=HOUR)
    operation: Operation = await asked(stage)
    clock.ahead = HOUR + timedelta(seconds=1)
    stage.fault(Kind.BAD_GATEWAY, "/share", count=None)
    failed = (await asyncio.gather(remind(stage.house), return_exceptions=True))[0]
    assert isinstance(failed, Exception)
    stage.contentstack.faults.orders.clear()
    assert await told(stage) == [f"{GRACE}:reminder"]
    assert (await stage.audit(operation)).count("reminded") == 1


async def test_what_is_planned_goes_out_while_nothing_can_be_read(stage: House) -> None:
    """Contentstack is down: whoever was to be told already is told, the next round waits."""
    clock = ahead(stage)
    policy(stage, Stage(1, (Named(frozenset({GRACE, OWNER})),)), reminder=HOUR)
    operation = await asked(stage)
    now = clock.now()
    await stage.house.store.write(lambda tx: tx.plan_notices(operation.id, "reminder:0:1", [GRACE], now))
    clock.ahead = 2 * HOUR + timedelta(seconds=1)
    stage.fault(Kind.BAD_GATEWAY, "/share", count=None)
    stage.told.changes.clear()
    await asyncio.gather(remind(stage.house), return_exceptions=True)
    assert stage.told.changes == [f"{GRACE}:reminder:{operation.id}"]


async def test_a_later_stage_counts_its_own_time(stage: House) -> None:
    """Those of the second stage are reminded an interval after the first was agreed."""
    clock = ahead(stage)
    first, then = Stage(1, (Named(frozenset({GRACE})),)), Stage(1, (ORG_ADMINS,))
    policy(stage, first, then, reminder=HOUR)
    operation = await asked(stage)
    clock.ahead = HOUR - timedelta(seconds=30)
    await approve(stage.house, operation.id, operation.digest, GRACE)
    clock.ahead = HOUR + timedelta(seconds=30)
    assert await told(stage) == []
    clock.ahead = 2 * HOUR
    found = await told(stage)
    assert (f"{OWNER}:reminder" in found, f"{GRACE}:reminder" in found) == (True, False)
