"""Who may decide on what, with groups and rights as they are at the click; each decision counts once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.circles import ORG_ADMINS, Escalation, Mode, Named, SlackGroup, Stage
from bot.domain.identity import Identity
from bot.domain.operation import Approval, Operation, State, Weight
from bot.domain.problems import Problem, Trouble
from bot.sandbox.contentstack import seed
from bot.service.decide import Decided, approve, deny, withdraw
from tests.service.approvers import OWNER, ahead, asked, group, hire, policy, proven, refused
from tests.service.stage import ADA, GRACE, MIA
from tests.service.stage import Stage as House

NOW, LATER = frozenset({0}), frozenset({1})


def became(decided: Decided) -> object:
    """The state it went to, or what was wrong."""
    return decided.state if isinstance(decided, Operation) else decided


async def agrees(stage: House, operation: Operation, who: str) -> object:
    return became(await approve(stage.house, operation.id, operation.digest, who))


def weights(operation: Operation) -> list[tuple[str, Weight]]:
    return [(one.actor.slack_user, one.weight) for one in operation.approvals]


async def test_only_members_of_the_group_count_and_only_admins_of_them(stage: House) -> None:
    """The group narrows: an admin outside of it does not count, nor does a plain member inside of it."""
    security = group(stage, GRACE, MIA)
    policy(stage, Stage(1, (security,)))
    operation = await asked(stage)
    outside = hire(stage)
    assert await agrees(stage, operation, outside) == Problem(Trouble.NOT_ASKED)
    assert getattr(await agrees(stage, operation, MIA), "why", "") == "not_admin"
    assert await agrees(stage, operation, GRACE) is State.QUEUED
    assert await refused(stage) == [(outside, "not_asked"), (MIA, "not_admin")]
    assert weights(await stage.load(operation.id)) == [(GRACE, Weight(0, NOW))]


async def test_a_group_is_read_at_the_click(stage: House) -> None:
    """Who was taken out of it no longer counts, who was put in does; one that is gone has nobody."""
    security = group(stage, GRACE)
    policy(stage, Stage(1, (security,)))
    operation = await asked(stage)
    groups = stage.workspace.core.workspace.usergroups
    groups[-1].users.remove(GRACE)
    assert await agrees(stage, operation, GRACE) == Problem(Trouble.NOT_ASKED)
    other = hire(stage)
    groups[-1].users.append(other)
    gone = groups.pop()
    assert await agrees(stage, operation, other) == Problem(Trouble.NOT_ASKED)
    groups.append(gone)
    assert await agrees(stage, operation, other) is State.QUEUED


async def test_a_group_that_cannot_be_read_means_no(stage: House) -> None:
    """Slack does not answer for it: nobody is taken for a member."""
    policy(stage, Stage(1, (SlackGroup("S0NOWHERE"), Named(frozenset({OWNER})))))
    operation = await asked(stage)
    assert await agrees(stage, operation, GRACE) == Problem(Trouble.NOT_ASKED)
    assert (await stage.load(operation.id)).approvals == ()


async def test_stages_are_taken_in_order(stage: House) -> None:
    """First one admin, then one of each of two circles, nobody counting for two."""
    sue, leo = hire(stage), hire(stage)
    both = Stage(1, (group(stage, sue, leo), Named(frozenset({leo}))), Mode.ALL)
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)), both)
    operation = await asked(stage)
    assert await agrees(stage, operation, sue) == Problem(Trouble.LATER_STAGE)
    assert await agrees(stage, operation, GRACE) is State.AWAITING_APPROVAL
    assert await agrees(stage, operation, GRACE) == Problem(Trouble.ALREADY_DECIDED)
    assert await agrees(stage, operation, leo) is State.AWAITING_APPROVAL
    assert await agrees(stage, operation, sue) is State.QUEUED
    assert weights(await stage.load(operation.id)) == [
        (GRACE, Weight(0, NOW)),
        (leo, Weight(1, frozenset({0, 1}))),
        (sue, Weight(1, NOW)),
    ]


async def test_enough_of_one_circle_leaves_the_other_one_missing(stage: House) -> None:
    """The second of the same circle is told that others are missing; his no would count."""
    sue, sam = hire(stage), hire(stage)
    policy(stage, Stage(1, (group(stage, sue, sam), Named(frozenset({GRACE}))), Mode.ALL))
    operation = await asked(stage)
    assert await agrees(stage, operation, sue) is State.AWAITING_APPROVAL
    assert await agrees(stage, operation, sam) == Problem(Trouble.ENOUGH)
    denied = await deny(stage.house, operation.id, operation.digest, sam, "not like this")
    assert became(denied) is State.DENIED


async def test_the_second_set_decides_after_its_time(stage: House) -> None:
    """Before it, it is refused; after it, one of them is enough."""
    escalation = Escalation(timedelta(hours=4), Stage(1, (ORG_ADMINS,)))
    policy(stage, Stage(2, (Named(frozenset({"U0NOBODY"})),)), escalation=escalation)
    clock = ahead(stage)
    operation = await asked(stage)
    assert await agrees(stage, operation, GRACE) == Problem(Trouble.NOT_ESCALATED)
    clock.ahead = timedelta(hours=4, seconds=1)
    assert await agrees(stage, operation, GRACE) is State.QUEUED


async def test_linked_people_are_asked_where_the_policy_wants_them(stage: House) -> None:
    """Who is known by e-mail alone does not count."""
    policy(stage, Stage(1))
    operation = await asked(stage)
    await proven(stage, ADA, seed.ADA)
    await proven(stage, OWNER, seed.OWNER)
    policy(stage, Stage(1), identity=Identity.LINKED)
    linked = await asked(stage, seed.NON_ASCII)
    assert await agrees(stage, linked, GRACE) == Problem(Trouble.NOT_LINKED)
    assert await agrees(stage, operation, GRACE) is State.QUEUED


async def test_two_last_agreements_at_once_are_one_effect(stage: House) -> None:
    """One of them queues it; whoever comes after is told that it has moved on, and it is queued once."""
    policy(stage, Stage(1))
    operation = await asked(stage)
    people = [GRACE, OWNER, *(hire(stage) for _ in range(3))]
    came = await asyncio.gather(*(agrees(stage, operation, one) for one in people))
    assert sorted(map(str, came)).count(str(State.QUEUED)) == 1
    assert came.count(Problem(Trouble.ALREADY_MOVED)) == 4
    queued = await stage.load(operation.id)
    assert (len(queued.approvals), queued.run) == (1, 1)
    assert (await stage.audit(operation)).count("decided") == 1


async def test_a_yes_and_a_no_at_once_are_one_decision(stage: House) -> None:
    """Whichever comes first counts, and the other one is told so."""
    policy(stage, Stage(1))
    operation = await asked(stage)
    yes, no = await asyncio.gather(
        approve(stage.house, operation.id, operation.digest, GRACE),
        deny(stage.house, operation.id, operation.digest, OWNER, "no"),
    )
    assert [became(one) for one in (yes, no)].count(Problem(Trouble.ALREADY_MOVED)) == 1
    assert len((await stage.load(operation.id)).approvals) == 1


async def test_the_same_click_twice_counts_once(stage: House) -> None:
    """As Slack repeats it, at once or later, while more agreements are needed."""
    policy(stage, Stage(2))
    operation = await asked(stage)
    came = await asyncio.gather(*(agrees(stage, operation, GRACE) for _ in range(4)))
    assert came.count(State.AWAITING_APPROVAL) == 1
    assert came.count(Problem(Trouble.ALREADY_DECIDED)) == 3
    assert len((await stage.load(operation.id)).approvals) == 1


@pytest.mark.parametrize("who", [ADA, GRACE])
async def test_only_the_requester_withdraws(stage: House, who: str) -> None:
    """He needs no right for it any more; nobody else has it."""
    policy(stage, Stage(1))
    operation = await asked(stage)
    found = became(await withdraw(stage.house, operation.id, who))
    assert found == (State.WITHDRAWN if who == ADA else Problem(Trouble.NOT_YOURS))


async def test_what_an_approval_counted_for_is_kept(stage: House) -> None:
    """Comment, stage and circles come back from the store as they were given."""
    policy(stage, Stage(2, (Named(frozenset({GRACE})), ORG_ADMINS)))
    operation = await asked(stage)
    await approve(stage.house, operation.id, operation.digest, GRACE, "fine <by> me")
    (kept,) = (await stage.load(operation.id)).approvals
    actor = (await stage.admitted(GRACE)).actor
    assert kept == Approval(actor, True, kept.at, "fine <by> me", Weight(0, frozenset({0, 1})))
