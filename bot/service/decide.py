"""Confirm, approve, deny, withdraw: each a compare-and-set bound to the plan's full digest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from bot.domain.admission import Refused
from bot.domain.approval import Claim, Counted, Uncounted, agreeing, all_agreed, denying, escalates_at
from bot.domain.invariants import may_decide
from bot.domain.operation import Actor, Approval, Operation, Origin, State
from bot.domain.plan import Why
from bot.domain.problems import Problem, Trouble
from bot.ports.store import Transaction
from bot.service import evidence
from bot.service.admission import admit, note_refusal
from bot.service.channels import check_channel
from bot.service.claims import claims, known_enough
from bot.service.expiry import overdue
from bot.service.house import House
from bot.service.moves import move
from bot.service.retry import already_retried
from bot.service.undo import already_undone

Decided = Operation | Problem | Refused
"""The operation as it is after the step, or why it was not taken."""


async def confirm(house: House, operation_id: str, digest: str, slack_user: str) -> Decided:
    """The requester says yes to the plan that he saw; it goes to the queue or to those who must agree."""
    admitted = await admit(house, slack_user, at="confirm")
    if isinstance(admitted, Refused):
        return admitted
    operation = await _as_shown(house, operation_id, digest)
    if isinstance(operation, Problem):
        return operation
    problem = await check_channel(house, operation.channel)
    if problem:
        return problem
    if not admitted.actor.same_person_as(operation.requester):
        return await _not_yours(house, operation, slack_user)
    if not operation.plan.to_run:
        return Problem(Trouble.NOBODY_LEFT)
    if _too_late_for_its_date(house, operation):
        return Problem(Trouble.DATE_PAST)
    return await take_step(house, operation, lambda tx: _confirmed(house, tx, operation))


def _too_late_for_its_date(house: House, operation: Operation) -> bool:
    """Whether the date of the preview passed before it was confirmed: it would run at once, unsaid."""
    due = operation.due_at
    return operation.state is State.PROPOSED and due is not None and due <= house.clock.now()


def _confirmed(house: House, tx: Transaction, operation: Operation) -> bool:
    now = house.clock.now()
    actor = operation.requester.person
    if _taken_up_meanwhile(tx, operation):
        return False
    if operation.approvals_needed:
        return move(tx, operation, State.PROPOSED, State.AWAITING_APPROVAL, now, actor=actor)
    return move(tx, operation, State.PROPOSED, State.APPROVED, now, actor=actor) and release(
        tx, operation, now, actor
    )


def _taken_up_meanwhile(tx: Transaction, operation: Operation) -> bool:
    """Whether another undo or retry of the same operation was confirmed first for one of these people."""
    match operation.origin:
        case Origin.ASKED:
            return False
        case Origin.UNDO:
            taken = already_undone(tx, operation.parent)
        case Origin.RETRY:
            taken = already_retried(tx, operation.parent)
        case _:
            assert_never(operation.origin)
    return any(line.person in taken for line in operation.plan.to_run)


def release(tx: Transaction, operation: Operation, at: datetime, actor: str) -> bool:
    """What was agreed to goes to the queue, or waits there for its time."""
    later = operation.starts_at is not None and operation.starts_at > at
    target = State.SCHEDULED if later else State.QUEUED
    return move(tx, operation, State.APPROVED, target, at, actor=actor)


async def approve(
    house: House, operation_id: str, digest: str, slack_user: str, comment: str = ""
) -> Decided:
    """Another admin agrees; with the last agreement that is needed the operation is queued."""
    return await _decide(house, operation_id, digest, slack_user, approved=True, comment=comment)


async def deny(house: House, operation_id: str, digest: str, slack_user: str, comment: str) -> Decided:
    """Another admin says no, and why; that ends the operation."""
    return await _decide(house, operation_id, digest, slack_user, approved=False, comment=comment)


async def _decide(
    house: House,
    operation_id: str,
    digest: str,
    slack_user: str,
    *,
    approved: bool,
    comment: str,
) -> Decided:
    house.runs.expect()
    admitted = await admit(house, slack_user, at="approve" if approved else "deny")
    if isinstance(admitted, Refused):
        return admitted
    operation = await awaiting(house, operation_id, digest)
    if isinstance(operation, Problem):
        return operation
    forbidden = may_decide(admitted.actor, operation.requester, operation.plan.lines)
    if forbidden:
        await note_refusal(house, slack_user, forbidden.value, at="approve", operation=operation.id)
        own = forbidden is Why.IS_YOURSELF
        return Problem(Trouble.OWN_REQUEST if own else Trouble.IN_PLAN)
    if not known_enough(admitted, operation.verdict):
        await note_refusal(house, slack_user, "not_linked", at="approve", operation=operation.id)
        return Problem(Trouble.NOT_LINKED)
    found = await claims(house, admitted, operation)
    given = Approval(admitted.actor, approved, house.clock.now(), comment)
    settled = await house.store.write(lambda tx: _recorded(tx, operation, given, found))
    return await _told(house, operation, slack_user, settled)


async def _told(
    house: House, operation: Operation, slack_user: str, settled: Operation | Uncounted | None
) -> Decided:
    """Tell the engine and Slack of a decision that counts; audit one that does not."""
    if isinstance(settled, Operation):
        house.notifier.changed(operation.id)
        house.runs.wake()
        return settled
    if settled is None or settled is Uncounted.DECIDED:
        return Problem(Trouble.ALREADY_MOVED if settled is None else Trouble.ALREADY_DECIDED)
    await note_refusal(house, slack_user, settled.value, at="approve", operation=operation.id)
    return Problem(Trouble(settled.value))


def _recorded(
    tx: Transaction, operation: Operation, given: Approval, found: Sequence[Claim]
) -> Operation | Uncounted | None:
    """Write the decision and take the step that follows from it, all in one transaction; None: too late."""
    current = tx.operation(operation.id)
    if current is None or current.state is not State.AWAITING_APPROVAL or current.digest != operation.digest:
        return None
    if current.expires_at is not None and given.at >= current.expires_at:
        return None  # its time is over, though nobody has looked at the clock since
    counts = _counts(current, given, found)
    if isinstance(counts, Uncounted):
        return counts
    approval = replace(given, weight=counts.weight, stands_in_for=counts.stands_in_for)
    if not tx.add_approval(operation.id, approval):
        return Uncounted.DECIDED
    tx.append(evidence.decided(operation, approval), approval.at)
    _go_on(tx, replace(current, approvals=(*current.approvals, approval)), approval)
    return tx.operation(operation.id)


def _counts(current: Operation, given: Approval, found: Sequence[Claim]) -> Counted | Uncounted:
    second = escalates_at(current.verdict, current.approvals, current.changed_at)
    escalated = second is not None and given.at >= second
    count = agreeing if given.approved else denying
    return count(current.verdict, current.approvals, found, escalated=escalated)


def _go_on(tx: Transaction, operation: Operation, approval: Approval) -> None:
    """With a no it ends; with the last yes that is needed it goes to the queue."""
    actor, at, waiting = approval.actor, approval.at, State.AWAITING_APPROVAL
    if not approval.approved:
        move(tx, operation, waiting, State.DENIED, at, actor=actor.person, stopped_by=actor.slack_user)
    elif all_agreed(operation.verdict, operation.approvals):
        move(tx, operation, waiting, State.APPROVED, at, actor=actor.person)
        release(tx, operation, at, actor.person)


async def withdraw(house: House, operation_id: str, slack_user: str) -> Decided:
    """The requester takes the request back while it waits for approval."""
    return await _by_requester(house, operation_id, slack_user, State.AWAITING_APPROVAL, State.WITHDRAWN)


async def discard(house: House, operation_id: str, slack_user: str) -> Decided:
    """The requester closed the preview without confirming."""
    return await _by_requester(house, operation_id, slack_user, State.PROPOSED, State.DISCARDED)


async def _by_requester(
    house: House, operation_id: str, slack_user: str, source: State, target: State
) -> Decided:
    """Steps that only ever make less happen; they need no right but being the requester."""
    operation = await load(house, operation_id)
    if operation is None:
        return Problem(Trouble.ALREADY_MOVED)
    if slack_user != operation.requester.slack_user:
        return await _not_yours(house, operation, slack_user)

    def change(tx: Transaction) -> bool:
        actor = operation.requester
        now = house.clock.now()
        return move(tx, operation, source, target, now, actor=actor.person, stopped_by=actor.slack_user)

    return await take_step(house, operation, change)


async def resume(house: House, operation_id: str, slack_user: str) -> Decided:
    """Any admin lets a held operation go on; a credential that was replaced meanwhile is taken up."""
    house.contentstack.renew()
    admitted = await admit(house, slack_user, at="resume")
    if isinstance(admitted, Refused):
        return admitted
    operation = await load(house, operation_id)
    if operation is None:
        return Problem(Trouble.ALREADY_MOVED)
    if operation.state is State.HELD and overdue(house, operation):
        return Problem(Trouble.TOO_LATE)
    actor: Actor = admitted.actor

    def change(tx: Transaction) -> bool:
        now = house.clock.now()
        return move(tx, operation, State.HELD, _goes_on_as(operation, now), now, actor=actor.person)

    return await take_step(house, operation, change)


def _goes_on_as(operation: Operation, now: datetime) -> State:
    """To the queue; what was held before it was agreed to, or before its time, goes back there."""
    if operation.glass is None and not all_agreed(operation.verdict, operation.approvals):
        return State.AWAITING_APPROVAL
    later = operation.starts_at is not None and operation.starts_at > now
    return State.SCHEDULED if later else State.QUEUED


async def load(house: House, operation_id: str) -> Operation | None:
    """An operation of this binding."""
    return await evidence.load(house, operation_id)


async def awaiting(house: House, operation_id: str, digest: str) -> Operation | Problem:
    """The operation, if it waits for somebody to agree to the plan that was shown."""
    operation = await _as_shown(house, operation_id, digest)
    if isinstance(operation, Operation) and operation.state is not State.AWAITING_APPROVAL:
        return Problem(Trouble.ALREADY_MOVED)
    return operation


async def _as_shown(house: House, operation_id: str, digest: str) -> Operation | Problem:
    """The operation: a click counts for the plan that was shown, and for no other."""
    operation = await load(house, operation_id)
    if operation is None:
        return Problem(Trouble.ALREADY_MOVED)
    return operation if operation.digest == digest else Problem(Trouble.PLAN_CHANGED)


async def _not_yours(house: House, operation: Operation, slack_user: str) -> Problem:
    await note_refusal(house, slack_user, "not_requester", at="click", operation=operation.id)
    return Problem(Trouble.NOT_YOURS)


async def take_step(house: House, operation: Operation, change: Callable[[Transaction], bool]) -> Decided:
    """Take the step, and tell the engine and Slack if it was taken."""

    def changed(tx: Transaction) -> Operation | None:
        return tx.operation(operation.id) if change(tx) else None

    after = await house.store.write(changed)
    if after is None:
        return Problem(Trouble.ALREADY_MOVED)
    house.notifier.changed(operation.id)
    house.runs.wake()
    return after
