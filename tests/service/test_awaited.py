"""What waits for one person: exactly the requests in which his agreement would count just now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.circles import ORG_ADMINS, Escalation, Named, Stage
from bot.domain.identity import Identity
from bot.domain.operation import Operation
from bot.sandbox.contentstack import seed
from bot.service.awaited import awaited
from bot.service.decide import approve
from bot.service.delegate import delegate
from tests.service.approvers import ahead, asked, group, hire, policy
from tests.service.stage import ADA, GRACE
from tests.service.stage import Stage as House

GRACES = seed.GRACE


async def waits(stage: House, operation: Operation, *people: str) -> list[bool]:
    """For each of them whether it waits for him."""
    now = await stage.load(operation.id)
    return [await awaited(stage.house, await stage.admitted(one), [now]) == [now.id] for one in people]


async def test_neither_the_requester_nor_whom_it_is_about_is_asked(stage: House) -> None:
    """One other admin is needed: it waits for each who could be that one."""
    policy(stage, Stage(1))
    sue = hire(stage)
    operation = await asked(stage, GRACES)
    assert await waits(stage, operation, ADA, GRACE, sue) == [False, False, True]


async def test_only_those_of_the_open_stage_who_have_not_decided_are_asked(stage: House) -> None:
    """First Grace, then anybody of a group; whoever agreed is done."""
    sue, leo = hire(stage), hire(stage)
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)), Stage(2, (group(stage, sue), ORG_ADMINS)))
    operation = await asked(stage)
    assert await waits(stage, operation, GRACE, sue, leo) == [True, False, False]
    await approve(stage.house, operation.id, operation.digest, GRACE)
    assert await waits(stage, operation, GRACE, sue, leo) == [False, True, True]
    await approve(stage.house, operation.id, operation.digest, sue)
    assert await waits(stage, operation, GRACE, sue, leo) == [False, False, True]


async def test_the_second_set_is_asked_when_its_time_has_come(stage: House) -> None:
    """Grace has an hour; then it waits for Leo, too."""
    leo = hire(stage)
    hour = timedelta(hours=1)
    second = Escalation(hour, Stage(1, (Named(frozenset({leo})),)))
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)), escalation=second)
    clock = ahead(stage)
    operation = await asked(stage)
    assert await waits(stage, operation, GRACE, leo) == [True, False]
    clock.ahead = hour
    assert await waits(stage, operation, GRACE, leo) == [True, True]


async def test_a_stand_in_is_asked_in_the_place_of_the_other(stage: House) -> None:
    """Leo is in no circle; since Grace named him it waits for both, until one has decided."""
    leo = hire(stage)
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)))
    operation = await asked(stage)
    assert await waits(stage, operation, leo) == [False]
    await delegate(stage.house, GRACE, leo, stage.house.clock.now().date() + timedelta(days=2))
    assert await waits(stage, operation, GRACE, leo) == [True, True]


async def test_who_is_not_known_well_enough_is_not_asked(stage: House) -> None:
    """The policy wants linked accounts, and Grace has none."""
    policy(stage, Stage(1))
    operation = await asked(stage)
    strict = replace(operation, verdict=replace(operation.verdict, identity=Identity.LINKED))
    grace = await stage.admitted(GRACE)
    assert await awaited(stage.house, grace, [operation]) == [operation.id]
    assert await awaited(stage.house, grace, [strict]) == []
