"""Cancel, retry, undo, schedule: what becomes of an operation after it was asked for."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.domain.actions import ActionKey
from bot.domain.audit import Head, verify
from bot.domain.operation import Operation, Origin, State
from bot.domain.outcome import Done, Failed, NotRun, Unknown
from bot.domain.plan import Decision, Flag, Why
from bot.domain.problems import Problem, Trouble
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from bot.sandbox.contentstack.membership import remove_share
from bot.service.cancel import cancel
from bot.service.decide import approve, confirm
from bot.service.propose import propose
from bot.service.retry import retry
from bot.service.schedule import release_due
from bot.service.seal import Proposal
from bot.service.undo import undo
from tests.clocks import LaterClock
from tests.service.stage import ADA, GRACE, MIA, Stage

TWO = (seed.PLUS, seed.NON_ASCII)


async def agreed(stage: Stage, proposal: Proposal) -> Operation:
    """Confirm a proposal, with Grace's approval where it is needed."""
    operation = await confirm(stage.house, proposal.operation.id, proposal.operation.digest, ADA)
    assert isinstance(operation, Operation), operation
    if operation.approvals_needed:
        agreement = await approve(stage.house, operation.id, operation.digest, GRACE)
        assert isinstance(agreement, Operation), agreement
        return agreement
    return operation


async def test_what_waits_is_cancelled_at_once(stage: Stage) -> None:
    """Nobody was touched, everybody is NotRun, and the message can say who stopped it."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    cancelled = await cancel(stage.house, queued.id, GRACE)
    assert isinstance(cancelled, Operation)
    assert (cancelled.state, cancelled.stopped_by) == (State.CANCELLED, GRACE)
    assert await stage.outcomes(cancelled) == [NotRun("cancelled"), NotRun("cancelled")]
    assert await stage.run(queued) == cancelled
    assert stage.asked("DELETE", "/share") == []


async def test_a_running_operation_settles_its_call_and_stops(stage: Stage) -> None:
    """Three people, one call each; cancelled while the first is under way: it is settled, the rest NotRun."""
    people = (seed.PLUS, seed.NON_ASCII, seed.UPPER)
    queued = await stage.queued(ActionKey.ORG_ROLE, *people, org_roles=(seed.SECURITY_ROLE,))
    answer = stage.gate("/v4/", "PATCH")
    running = asyncio.create_task(stage.run(queued))
    await stage.until_asked("PATCH", "/v4/")
    stopped = await cancel(stage.house, queued.id, ADA)
    assert isinstance(stopped, Operation)
    assert stopped.state is State.CANCELLING
    answer()
    ended = await running
    assert (ended.state, ended.stopped_by) == (State.CANCELLED, ADA)
    assert await stage.outcomes(ended) == [Done(), NotRun("cancelled"), NotRun("cancelled")]
    assert len(stage.asked("PATCH", "/v4/")) == 1


async def test_a_cancel_before_anybodys_turn_ends_as_cancelled(stage: Stage) -> None:
    """Nothing was begun of a batch whose calls come from a template: there is nothing to settle."""
    queued = await stage.queued(ActionKey.UNLOCK, seed.TIMED_LOCK)
    assert await stage.runner.begin(queued.id, queued.run) == 1
    assert isinstance(await cancel(stage.house, queued.id, ADA), Operation)
    assert await stage.runner.batch(queued.id, queued.run, 0)
    await stage.runner.finish(queued.id, queued.run)
    assert (await stage.load(queued.id)).state is State.CANCELLED
    assert await stage.outcomes(queued) == [NotRun("cancelled")]


async def test_a_member_cannot_cancel(stage: Stage) -> None:
    """Only the requester or an admin; the refusal is on record."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    refused = await cancel(stage.house, queued.id, MIA)
    assert not isinstance(refused, Operation | Problem)
    assert (await stage.load(queued.id)).state is State.QUEUED
    assert (await stage.audit())[-1] == "refused"


async def test_a_held_operation_is_cancelled_with_what_it_did(stage: Stage) -> None:
    """One role was set before the credential died: that stays Done or Accepted, the other is NotRun."""
    queued = await stage.queued(ActionKey.ORG_ROLE, *TWO, org_roles=(seed.SECURITY_ROLE,))
    stage.fault(Kind.ANSWER, "/v4/", "PATCH", after=1, status=401, body='{"error_code": 105}')
    held = await stage.run(queued)
    assert held.state is State.HELD
    cancelled = await cancel(stage.house, held.id, ADA)
    assert isinstance(cancelled, Operation)
    assert cancelled.state is State.CANCELLED
    assert await stage.outcomes(cancelled) == [Done(), NotRun("cancelled")]


async def test_only_what_failed_is_tried_again(stage: Stage) -> None:
    """Of two removals one never took effect: the retry has that line alone, and is linked."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    stage.fault(Kind.DROP_BEFORE, "/share$", "DELETE", count=2)
    first = await stage.run(queued)
    assert await stage.outcomes(first) == [Failed("no_effect", True), Failed("no_effect", True)]
    proposal = await retry(stage.house, await stage.admitted(), first.id, (), "once more")
    assert isinstance(proposal, Proposal)
    assert (proposal.operation.origin, proposal.operation.parent) == (Origin.RETRY, first.id)
    again = await stage.run(await agreed(stage, proposal))
    assert await stage.outcomes(again) == [Done(), Done()]


async def test_a_line_is_tried_again_once_from_where_it_failed(stage: Stage) -> None:
    """Of two retries one is confirmed; the other comes too late, and a third has nothing left."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    stage.fault(Kind.DROP_BEFORE, "/share$", "DELETE", count=2)
    first = await stage.run(queued)
    admitted = await stage.admitted()
    one, other = [await retry(stage.house, admitted, first.id, (), "again") for _ in range(2)]
    assert isinstance(one, Proposal)
    assert isinstance(other, Proposal)
    await agreed(stage, one)
    late = await confirm(stage.house, other.operation.id, other.operation.digest, ADA)
    assert late == Problem(Trouble.ALREADY_MOVED)
    again = await retry(stage.house, admitted, first.id, (), "again")
    assert again == Problem(Trouble.ALREADY_RETRIED)


async def test_whoever_left_meanwhile_is_not_tried_again(stage: Stage) -> None:
    """The other one is; with nobody left there is nothing to retry."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    stage.fault(Kind.DROP_BEFORE, "/share$", "DELETE", count=2)
    first = await stage.run(queued)
    organization = stage.contentstack.state.organizations[seed.ORG_UID]
    remove_share(stage.contentstack.state, organization, organization.by_email[seed.PLUS])
    proposal = await retry(stage.house, await stage.admitted(), first.id, (), "again")
    assert isinstance(proposal, Proposal)
    assert [one.email for one in proposal.people.values()] == [seed.NON_ASCII]
    remove_share(stage.contentstack.state, organization, organization.by_email[seed.NON_ASCII])
    nobody = await retry(stage.house, await stage.admitted(), first.id, (), "again")
    assert nobody == Problem(Trouble.NOTHING_TO_RETRY)


async def test_unknown_lines_are_tried_again_only_by_name(stage: Stage) -> None:
    """A mail may have gone out: without choosing it there is nothing to retry."""
    queued = await stage.queued(ActionKey.MFA_RESET, seed.MFA_USER)
    stage.fault(Kind.DROP_AFTER, "mfa_reset", "POST")
    first = await stage.run(queued)
    assert await stage.outcomes(first) == [Unknown("no_answer")]
    admitted = await stage.admitted()
    assert await retry(stage.house, admitted, first.id, (), "?") == Problem(Trouble.NOTHING_TO_RETRY)
    chosen = await retry(stage.house, admitted, first.id, (1,), "the mail never came")
    assert isinstance(chosen, Proposal)


async def test_roles_go_back_to_each_persons_own(stage: Stage) -> None:
    """Two people had different roles; the undo restores both, not the opposite of the change."""
    people = (seed.PLUS, seed.TWO_ROLES)
    before = {one.email: one.role_uids for one in await stage.house.contentstack.members(people)}
    done = await stage.run(await stage.queued(ActionKey.ORG_ROLE, *people, org_roles=(seed.SECURITY_ROLE,)))
    proposal = await undo(stage.house, await stage.admitted(), done.id, "a mistake")
    assert isinstance(proposal, Proposal)
    undone = await stage.run(await agreed(stage, proposal))
    assert await stage.outcomes(undone) == [Done(), Done()]
    after = {one.email: one.role_uids for one in await stage.house.contentstack.members(people)}
    assert after == before


async def test_a_removed_person_is_invited_again_with_roles_and_stacks(stage: Stage) -> None:
    """The plan says that he has to accept; run, he is invited with what he had."""
    [was] = await stage.house.contentstack.members([seed.NON_ASCII])
    done = await stage.run(await stage.queued(ActionKey.REMOVE, seed.NON_ASCII))
    proposal = await undo(stage.house, await stage.admitted(), done.id, "came back")
    assert isinstance(proposal, Proposal)
    [line] = proposal.operation.plan.lines
    assert Flag.MUST_ACCEPT in line.flags
    assert (line.before.status, line.after.org_roles) == (None, tuple(sorted(was.role_uids)))
    undone = await stage.run(await agreed(stage, proposal))
    assert await stage.outcomes(undone) == [Done()]
    [now] = await stage.house.contentstack.members([seed.NON_ASCII])
    assert now.role_uids == was.role_uids
    [body] = [one for one in stage.asked("POST", f"{seed.ORG_UID}/share") if one and "share" in one]
    stacks = {uid: held for uid, held in line.after.stacks.items() if held}
    assert len(body["share"]["stacks"].get(seed.NON_ASCII, {})) == len(stacks)


async def test_a_line_is_undone_once(stage: Stage) -> None:
    """The second undo has nobody to run, and a stale one cannot be confirmed."""
    done = await stage.run(await stage.queued(ActionKey.ORG_ROLE, *TWO, org_roles=(seed.SECURITY_ROLE,)))
    admitted = await stage.admitted()
    first = await undo(stage.house, admitted, done.id, "a mistake")
    stale = await undo(stage.house, admitted, done.id, "twice?")
    assert isinstance(first, Proposal)
    assert isinstance(stale, Proposal)
    await stage.run(await agreed(stage, first))
    late = await confirm(stage.house, stale.operation.id, stale.operation.digest, ADA)
    assert late == Problem(Trouble.ALREADY_MOVED)
    again = await undo(stage.house, admitted, done.id, "again")
    assert isinstance(again, Proposal)
    assert [line.verdict.why for line in again.operation.plan.lines] == [Why.UNDONE, Why.UNDONE]


async def test_who_changed_since_is_not_undone(stage: Stage) -> None:
    """Somebody got a third role meanwhile: his line is skipped with the reason."""
    done = await stage.run(await stage.queued(ActionKey.ORG_ROLE, *TWO, org_roles=(seed.SECURITY_ROLE,)))
    shares = stage.contentstack.state.organizations[seed.ORG_UID].shares.values()
    next(one for one in shares if one.email == seed.PLUS).org_roles = [seed.ANALYTICS_ROLE]
    proposal = await undo(stage.house, await stage.admitted(), done.id, "a mistake")
    assert isinstance(proposal, Proposal)
    changed, other = proposal.operation.plan.lines
    assert (changed.verdict.why, other.verdict.decision) == (Why.CHANGED_SINCE, Decision.RUN)


async def test_what_has_no_inverse_says_so(stage: Stage) -> None:
    """Nothing brings a mail back."""
    done = await stage.run(await stage.queued(ActionKey.PASSWORD_RESET, seed.PLUS))
    found = await undo(stage.house, await stage.admitted(), done.id, "oops")
    assert found == Problem(Trouble.NO_INVERSE)


async def test_stack_access_goes_back_and_new_grants_are_taken_out(stage: Stage) -> None:
    """Who had other roles gets them back; who had none is out again."""
    uid, role = stage.contentstack.state.stacks[seed.SHOP].uid, seed.stack_role(seed.SHOP, "Developer")
    directory = await stage.house.contentstack.directory(max_age=3600)
    [shop] = await stage.house.contentstack.stacks([uid])
    able = [
        one
        for one in directory.members
        if one.user_uid not in {None, shop.owner_uid} and not one.is_owner and one.email != seed.BOT
    ]
    inside = next(one for one in able if shop.held_by(one.user_uid) not in {(), (role,)})
    outside = next(one for one in able if shop.held_by(one.user_uid) == ())
    people = (inside.email, outside.email)
    done = await stage.run(await stage.queued(ActionKey.STACK_ACCESS, *people, stacks={uid: (role,)}))
    proposal = await undo(stage.house, await stage.admitted(), done.id, "a mistake")
    assert isinstance(proposal, Proposal)
    undone = await stage.run(await agreed(stage, proposal))
    [now] = await stage.house.contentstack.stacks([uid])
    assert await stage.outcomes(undone) == [Done(), Done()]
    assert now.held_by(inside.user_uid) == shop.held_by(inside.user_uid)
    assert now.held_by(outside.user_uid) == ()


async def test_an_operation_with_a_date_waits_for_it(stage: Stage) -> None:
    """Confirmed now, due in an hour: scheduled until then, queued after."""
    draft = await stage.draft(ActionKey.PASSWORD_RESET, seed.PLUS)
    due = replace(draft, due_at=stage.house.clock.now() + timedelta(hours=1))
    proposal = await propose(stage.house, await stage.admitted(), due)
    assert isinstance(proposal, Proposal)
    operation = await agreed(stage, proposal)
    assert operation.state is State.SCHEDULED
    assert list(await release_due(stage.house)) == []
    later = replace(stage.house, clock=LaterClock(timedelta(hours=1)))
    assert list(await release_due(later)) == [operation.id]
    ran = await stage.run(await stage.load(operation.id))
    assert ran.state is State.DONE
    assert isinstance(await stage.house.store.read(lambda tx: verify(tx.rows())), Head)


async def test_a_scheduled_operation_can_be_cancelled(stage: Stage) -> None:
    """Until its time has come."""
    draft = await stage.draft(ActionKey.PASSWORD_RESET, seed.PLUS)
    proposal = await propose(
        stage.house,
        await stage.admitted(),
        replace(draft, due_at=stage.house.clock.now() + timedelta(hours=1)),
    )
    assert isinstance(proposal, Proposal)
    operation = await agreed(stage, proposal)
    cancelled = await cancel(stage.house, operation.id, ADA)
    assert isinstance(cancelled, Operation)
    assert cancelled.state is State.CANCELLED


async def test_a_plan_whose_date_passed_before_it_was_confirmed_does_not_run_at_once(stage: Stage) -> None:
    """The preview named the date; what it would come to now was not shown."""
    draft = await stage.draft(ActionKey.PASSWORD_RESET, seed.PLUS)
    due = replace(draft, due_at=stage.house.clock.now() + timedelta(minutes=10))
    proposal = await propose(stage.house, await stage.admitted(), due)
    assert isinstance(proposal, Proposal)
    later = replace(stage.house, clock=LaterClock(timedelta(minutes=10)))
    said = await confirm(later, proposal.operation.id, proposal.operation.digest, ADA)
    assert said == Problem(Trouble.DATE_PAST)
    assert (await stage.load(proposal.operation.id)).state is State.PROPOSED
