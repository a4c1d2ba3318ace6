"""What was begun, then held, cancelled, dismissed or refused: each line gets the outcome that is true."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, cast

from bot.contentstack.adapter import ContentstackApi
from bot.domain.actions import ActionKey
from bot.domain.operation import Operation, State
from bot.domain.outcome import Done, NotRun, Skipped
from bot.ports.contentstack import Account, Contentstack
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from bot.sandbox.contentstack.membership import remove_share
from bot.service.cancel import cancel
from bot.service.decide import resume
from bot.service.retry import already_retried
from bot.service.run.worker import Runner
from tests.service.stage import ADA, GRACE, Stage

TWO = (seed.PLUS, seed.NON_ASCII)
DEAD = {"status": 401, "body": {"error_message": "no", "error_code": 105}}


def role_of(stage: Stage, email: str, role: str) -> None:
    shares = stage.contentstack.state.organizations[seed.ORG_UID].shares.values()
    next(one for one in shares if one.email == email).org_roles = [role]


async def resumed(stage: Stage, held: Operation) -> Operation:
    assert held.state is State.HELD
    found = await resume(stage.house, held.id, GRACE)
    assert isinstance(found, Operation), found
    return found


async def in_doubt(stage: Stage, action: ActionKey, *emails: str) -> Operation:
    """An operation whose one call was sent, whose answer was lost, and that is in line for a second run."""
    queued = await stage.queued(action, *emails)
    assert await stage.runner.begin(queued.id, queued.run)
    stage.fault(Kind.DROP_AFTER, "/share$", "DELETE")
    stage.fault(Kind.ANSWER, "/share/search", "POST", after=1, **DEAD)
    assert not await stage.runner.batch(queued.id, queued.run, 0)
    await stage.runner.finish(queued.id, queued.run)
    return await resumed(stage, await stage.load(queued.id))


async def test_what_changed_during_a_hold_is_drift(stage: Stage) -> None:
    """The removal was refused with the credential; whoever changed until Resume is left alone."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    stage.fault(Kind.ANSWER, "/share$", "DELETE", **DEAD)
    held = await stage.run(queued)
    role_of(stage, seed.PLUS, seed.SECURITY_ROLE)
    operation = await stage.run(await resumed(stage, held))
    first, second = await stage.outcomes(operation)
    assert isinstance(first, Skipped)
    assert first.reason.startswith("drift: ")
    assert second == Done()


async def test_who_became_the_owner_during_a_hold_is_not_touched(stage: Stage) -> None:
    """No invariant ends with a first try."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    stage.fault(Kind.ANSWER, "/share$", "DELETE", **DEAD)
    held = await stage.run(queued)
    organization = stage.contentstack.state.organizations[seed.ORG_UID]
    organization.owner_uid = organization.by_email[seed.PLUS].user_uid or ""
    operation = await stage.run(await resumed(stage, held))
    assert (await stage.outcomes(operation))[0] != Done()
    assert len(await stage.house.contentstack.members([seed.PLUS])) == 1


async def test_a_cancel_of_what_waits_again_settles_what_was_sent(stage: Stage) -> None:
    """The removal happened in the first run; cancelled before the second, it is Done and not NotRun."""
    operation = await in_doubt(stage, ActionKey.REMOVE, *TWO)
    stopped = await cancel(stage.house, operation.id, ADA)
    assert isinstance(stopped, Operation)
    assert stopped.state is State.CANCELLING
    ended = await stage.run(stopped)
    assert (ended.state, await stage.outcomes(ended)) == (State.CANCELLED, [Done(), Done()])


async def test_a_cancel_of_what_is_held_in_doubt_is_wound_up_by_a_run_of_its_own(stage: Stage) -> None:
    """The engine is asked for one more run, which makes no call and ends it."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    assert await stage.runner.begin(queued.id, queued.run)
    stage.fault(Kind.DROP_AFTER, "/share$", "DELETE")
    stage.fault(Kind.ANSWER, "/share/search", "POST", after=1, **DEAD)
    assert not await stage.runner.batch(queued.id, queued.run, 0)
    stopped = await cancel(stage.house, queued.id, ADA)
    assert isinstance(stopped, Operation)
    assert (stopped.state, stopped.run) == (State.CANCELLING, queued.run + 1)
    assert len(await stage.house.store.read(lambda tx: tx.outbox())) == 2
    ended = await stage.run(stopped)
    assert (ended.state, await stage.outcomes(ended)) == (State.CANCELLED, [Done(), Done()])
    assert len(stage.asked("DELETE", "/share")) == 1


async def test_a_dismissal_settles_what_was_sent_before(stage: Stage) -> None:
    """Ada lost her right between the runs: dismissed, and the removal of the first run is told."""
    operation = await in_doubt(stage, ActionKey.REMOVE, *TWO)
    role_of(stage, seed.ADA, seed.MEMBER_ROLE)
    ended = await stage.run(operation)
    assert (ended.state, ended.held_reason) == (State.DISMISSED, "not_admin")
    assert await stage.outcomes(ended) == [Done(), Done()]


async def test_a_dismissed_operation_tells_everybody_that_nothing_ran(stage: Stage) -> None:
    """Each line has its outcome, so that a retry or an undo that was dismissed can be asked for again."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    for email in TWO:
        role_of(stage, email, seed.SECURITY_ROLE)
    ended = await stage.run(queued)
    assert ended.state is State.DISMISSED
    assert await stage.outcomes(ended) == [NotRun("dismissed"), NotRun("dismissed")]
    assert await stage.house.store.read(lambda tx: already_retried(tx, ended.id)) == frozenset()


async def test_a_hold_that_a_cancel_overtook_is_wound_up(stage: Stage) -> None:
    """The answer was lost and nothing can be read; cancelled while waiting: what was sent is not NotRun."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    assert await stage.runner.begin(queued.id, queued.run)
    answer = stage.gate("/share$", "DELETE")
    stage.fault(Kind.DROP_AFTER, "/share$", "DELETE")
    stage.fault(Kind.ANSWER, "/share/search", "POST", after=1, **DEAD)
    running = asyncio.create_task(stage.runner.batch(queued.id, queued.run, 0))
    await stage.until_asked("DELETE", "/share")
    assert isinstance(await cancel(stage.house, queued.id, ADA), Operation)
    answer()
    assert await running
    await stage.runner.finish(queued.id, queued.run)
    assert await stage.outcomes(queued) == [Done(), Done()]


async def test_a_refused_removal_that_shows_all_the_same_is_done(stage: Stage) -> None:
    """An earlier try had its effect late, so this one was refused: he is gone, and that is Done."""
    queued = await stage.queued(ActionKey.REMOVE, seed.PLUS)
    answer = stage.gate("/share$", "DELETE")
    stage.fault(Kind.NULL_ERRORS, "/share$", "DELETE")
    running = asyncio.create_task(stage.run(queued))
    await stage.until_asked("DELETE", "/share")
    state = stage.contentstack.state
    organization = state.organizations[seed.ORG_UID]
    remove_share(state, organization, organization.by_email[seed.PLUS])
    answer()
    assert await stage.outcomes(await running) == [Done()]
    assert len(stage.asked("DELETE", "/share")) == 1


async def test_a_crash_between_a_refused_batch_and_its_people_fails_nobody(stage: Stage) -> None:
    """The call for two was refused and Rollcall stopped there: after the restart each is asked for."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    stage.fault(Kind.NULL_ERRORS, "/share$", "DELETE")
    stage.fault(Kind.ANSWER, "/share$", "DELETE", **DEAD)
    held = await stage.run(queued)
    assert await stage.outcomes(held) == []
    operation = await stage.run(await resumed(stage, held))
    assert await stage.outcomes(operation) == [Done(), Done()]


class SomebodyElse:
    """Contentstack as another account's credential would show it."""

    def __init__(self, api: ContentstackApi, account: Account) -> None:
        self._api = api
        self._account = account

    async def account(self, *, max_age: float = 0.0) -> Account:
        return self._account

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)


async def test_another_account_does_not_take_a_plan_over(stage: Stage) -> None:
    """The plan names who acts at Contentstack; with somebody else's credential it waits."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    account = await stage.house.contentstack.account()
    other = replace(account, user_uid="blt_other", email="other@example.com")

    held = await stage.run(
        queued,
        Runner(replace(stage.house, contentstack=cast("Contentstack", SomebodyElse(stage.api, other)))),
    )
    assert (held.state, held.held_reason) == (State.HELD, "other_account")
    assert stage.asked("DELETE", "/share") == []
