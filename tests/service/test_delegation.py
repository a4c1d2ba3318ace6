"""Standing in: both need the right, it counts once, in the place of the one who named him, and no further."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.circles import Named, Stage
from bot.domain.delegation import Delegation
from bot.domain.operation import Operation, State
from bot.domain.problems import Problem, Trouble
from bot.sandbox.contentstack import membership, seed
from bot.service.decide import approve
from bot.service.delegate import come_back, delegate, standing
from tests.service.approvers import OWNER, ahead, asked, hire, policy
from tests.service.stage import ADA, GRACE, GUS, MIA
from tests.service.stage import Stage as House
from tests.service.test_deciding import agrees


def in_days(number: int) -> date:
    return (datetime.now(UTC) + timedelta(days=number)).date()


async def named(stage: House, who: str, stand_in: str, days: int = 7) -> Delegation:
    made = await delegate(stage.house, who, stand_in, in_days(days))
    assert isinstance(made, Delegation), made
    return made


async def test_a_stand_in_counts_in_the_place_of_the_one_who_named_him(stage: House) -> None:
    """Grace is asked; Bea, who is not, decides in her place, and both are on record."""
    bea = hire(stage)
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)))
    operation = await asked(stage)
    assert await agrees(stage, operation, bea) == Problem(Trouble.NOT_ASKED)
    await named(stage, GRACE, bea)
    assert await agrees(stage, operation, bea) is State.QUEUED
    (given,) = (await stage.load(operation.id)).approvals
    instead = given.stands_in_for
    assert (given.actor.slack_user, instead and instead.slack_user) == (bea, GRACE)


async def test_the_two_of_them_are_one_vote(stage: House) -> None:
    """Whoever of them comes second is told that the decision is there already; also at the same moment."""
    bea = hire(stage)
    policy(stage, Stage(2, (Named(frozenset({GRACE})), Named(frozenset({OWNER})))))
    operation = await asked(stage)
    await named(stage, GRACE, bea)
    came = await asyncio.gather(agrees(stage, operation, GRACE), agrees(stage, operation, bea))
    assert came.count(State.AWAITING_APPROVAL) == 1
    assert len((await stage.load(operation.id)).approvals) == 1


async def test_there_are_no_chains(stage: House) -> None:
    """Whom a stand-in names stands in for the stand-in, and not for the first one."""
    bea, cas = hire(stage), hire(stage)
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)))
    operation = await asked(stage)
    await named(stage, GRACE, bea)
    await named(stage, bea, cas)
    assert await agrees(stage, operation, cas) == Problem(Trouble.NOT_ASKED)
    away = await delegate(stage.house, OWNER, bea, in_days(3))
    assert getattr(away, "trouble", None) is Trouble.STAND_IN_AWAY


async def test_it_ends_with_its_day_or_earlier(stage: House) -> None:
    """After that the stand-in counts for himself only."""
    bea, clock = hire(stage), ahead(stage)
    policy(stage, Stage(2, (Named(frozenset({GRACE, OWNER})),)), approval_expiry=timedelta(days=30))
    operation = await asked(stage)
    made = await named(stage, GRACE, bea, days=1)
    clock.ahead = made.until - made.since + timedelta(seconds=1)
    assert await agrees(stage, operation, bea) == Problem(Trouble.NOT_ASKED)
    clock.ahead = timedelta()
    assert await come_back(stage.house, GRACE) == made
    assert await come_back(stage.house, GRACE) is None
    assert await agrees(stage, operation, bea) == Problem(Trouble.NOT_ASKED)


@pytest.mark.parametrize(
    ("who", "trouble"),
    [
        (MIA, Trouble.STAND_IN_NO_ADMIN),
        (GUS, Trouble.STAND_IN_NO_ADMIN),
        ("U0NOWHERE", Trouble.STAND_IN_NO_ADMIN),
        (GRACE, Trouble.STAND_IN_IS_YOU),
    ],
)
async def test_a_stand_in_has_to_be_an_admin_and_somebody_else(
    stage: House, who: str, trouble: Trouble
) -> None:
    """A member, a guest, nobody at all, oneself."""
    made = await delegate(stage.house, GRACE, who, in_days(7))
    assert getattr(made, "trouble", None) is trouble


@pytest.mark.parametrize(
    ("days", "trouble"), [(-3, Trouble.DAY_PAST), (92, Trouble.DAY_TOO_FAR), (400, Trouble.DAY_TOO_FAR)]
)
async def test_it_is_for_a_period_that_is_to_come_and_not_for_ever(
    stage: House, days: int, trouble: Trouble
) -> None:
    """Until days ago and until after next quarter are refused."""
    made = await delegate(stage.house, GRACE, OWNER, in_days(days))
    assert getattr(made, "trouble", None) is trouble


async def test_who_has_no_right_names_nobody(stage: House) -> None:
    """A plain member is refused, with an audit row."""
    made = await delegate(stage.house, MIA, GRACE, in_days(7))
    assert getattr(made, "why", None) == "not_admin"
    assert "refused" in await stage.audit()


async def test_a_right_that_is_lost_takes_the_stand_in_with_it(stage: House) -> None:
    """Of the one who named him, read at the click."""
    bea = hire(stage)
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)))
    operation = await asked(stage)
    await named(stage, GRACE, bea)
    world = stage.contentstack.state
    organization = world.organizations[seed.ORG_UID]
    membership.set_roles(world, organization, organization.by_email[seed.GRACE], [seed.MEMBER_ROLE])
    assert await agrees(stage, operation, bea) == Problem(Trouble.NOT_ASKED)


async def test_nobody_stands_in_for_the_requester_or_for_people_in_the_plan(stage: House) -> None:
    """What they must not decide themselves, nobody decides in their place."""
    bea = hire(stage)
    policy(stage, Stage(1, (Named(frozenset({ADA, GRACE, OWNER})),)))
    await named(stage, ADA, bea)
    mine = await asked(stage)
    assert await agrees(stage, mine, bea) == Problem(Trouble.NOT_ASKED)
    await come_back(stage.house, ADA)
    await named(stage, GRACE, bea)
    about_grace = await asked(stage, seed.GRACE)
    assert await agrees(stage, about_grace, bea) == Problem(Trouble.NOT_ASKED)


async def test_a_stand_in_who_asked_himself_decides_for_nobody(stage: House) -> None:
    """Ada stands in for Grace, and asks for something."""
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)))
    await named(stage, GRACE, ADA)
    operation = await asked(stage)
    assert await agrees(stage, operation, ADA) == Problem(Trouble.OWN_REQUEST)


async def test_naming_somebody_else_replaces_the_first_and_both_are_on_record(stage: House) -> None:
    """One stand-in at a time; the audit names both by their pseudonyms."""
    bea, cas = hire(stage), hire(stage)
    await named(stage, GRACE, bea)
    made = await named(stage, GRACE, cas)
    assert (await standing(stage.house, GRACE)).away == made
    assert (await standing(stage.house, bea)).for_others == []
    assert list((await standing(stage.house, cas)).for_others) == [made]
    assert (await stage.audit()).count("delegated") == 2


async def test_a_no_in_somebody_elses_place_is_kept_as_such(stage: House) -> None:
    """The message can say for whom it was."""
    bea = hire(stage)
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)))
    operation = await asked(stage)
    await named(stage, GRACE, bea)
    found = await approve(stage.house, operation.id, operation.digest, bea, "in her name")
    assert isinstance(found, Operation)
    assert [one.comment for one in found.approvals] == ["in her name"]
