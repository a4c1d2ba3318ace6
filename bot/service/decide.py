"""Confirm, approve, deny, withdraw: each a compare-and-set bound to the plan's full digest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from bot.domain.admission import Refused
from bot.domain.audit import Event, EventKind
from bot.domain.invariants import may_decide
from bot.domain.operation import Actor, Approval, Operation, Origin, State
from bot.domain.plan import Why
from bot.domain.problems import Problem, Trouble
from bot.ports.store import Transaction
from bot.service import evidence
from bot.service.admission import admit, note_refusal
from bot.service.channels import check_channel
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
    operation = await _load(house, operation_id)
    problem = _wrong_plan(operation, digest) or await check_channel(
        house, operation.channel if operation else ""
    )
    if problem or operation is None:
        return problem or Problem(Trouble.ALREADY_MOVED)
    if not admitted.actor.same_person_as(operation.requester):
        return await _not_yours(house, operation, slack_user)
    if not operation.plan.to_run:
        return Problem(Trouble.NOBODY_LEFT)
    return await take_step(house, operation, lambda tx: _confirmed(house, tx, operation))


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
    later = operation.due_at is not None and operation.due_at > at
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
    admitted = await admit(house, slack_user, at="approve" if approved else "deny")
    if isinstance(admitted, Refused):
        return admitted
    operation = await _load(house, operation_id)
    problem = _wrong_plan(operation, digest)
    if problem or operation is None:
        return problem or Problem(Trouble.ALREADY_MOVED)
    if operation.state is not State.AWAITING_APPROVAL:
        return Problem(Trouble.ALREADY_MOVED)
    forbidden = may_decide(admitted.actor, operation.requester, operation.plan.lines)
    if forbidden:
        await note_refusal(house, slack_user, forbidden.value, at="approve", operation=operation.id)
        own = forbidden is Why.IS_YOURSELF
        return Problem(Trouble.OWN_REQUEST if own else Trouble.IN_PLAN)
    approval = Approval(admitted.actor, approved, house.clock.now(), comment)
    return await take_step(
        house, operation, lambda tx: _recorded(tx, operation, approval), Trouble.ALREADY_DECIDED
    )


def _recorded(tx: Transaction, operation: Operation, approval: Approval) -> bool:
    """Write the decision and take the step that follows from it, all in one transaction."""
    current = tx.operation(operation.id)
    if current is None or current.state is not State.AWAITING_APPROVAL:
        return False
    if not tx.add_approval(operation.id, approval):
        return False
    data = {
        "approved": int(approval.approved),
        "digest": operation.digest,
        "commented": int(bool(approval.comment)),
    }
    actor = approval.actor
    tx.append(Event(EventKind.DECIDED, operation.binding, operation.id, actor.person, data), approval.at)
    at = approval.at
    if not approval.approved:
        return move(
            tx,
            operation,
            State.AWAITING_APPROVAL,
            State.DENIED,
            at,
            actor=actor.person,
            stopped_by=actor.slack_user,
        )
    agreed = 1 + sum(one.approved for one in current.approvals)
    if agreed < operation.approvals_needed:
        return True
    return move(tx, operation, State.AWAITING_APPROVAL, State.APPROVED, at, actor=actor.person) and release(
        tx, operation, at, actor.person
    )


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
    operation = await _load(house, operation_id)
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
    operation = await _load(house, operation_id)
    if operation is None:
        return Problem(Trouble.ALREADY_MOVED)
    actor: Actor = admitted.actor

    def change(tx: Transaction) -> bool:
        now = house.clock.now()
        return move(tx, operation, State.HELD, _goes_on_as(operation, now), now, actor=actor.person)

    return await take_step(house, operation, change)


def _goes_on_as(operation: Operation, now: datetime) -> State:
    """To the queue; what was held before it was agreed to, or before its time, goes back there."""
    agreed = sum(one.approved for one in operation.approvals)
    if agreed < operation.approvals_needed:
        return State.AWAITING_APPROVAL
    later = operation.due_at is not None and operation.due_at > now
    return State.SCHEDULED if later else State.QUEUED


async def _load(house: House, operation_id: str) -> Operation | None:
    return await evidence.load(house, operation_id)


def _wrong_plan(operation: Operation | None, digest: str) -> Problem | None:
    """A click counts for the plan that was shown, and for no other."""
    if operation is None:
        return Problem(Trouble.ALREADY_MOVED)
    return None if operation.digest == digest else Problem(Trouble.PLAN_CHANGED)


async def _not_yours(house: House, operation: Operation, slack_user: str) -> Problem:
    await note_refusal(house, slack_user, "not_requester", at="click", operation=operation.id)
    return Problem(Trouble.NOT_YOURS)


async def take_step(
    house: House,
    operation: Operation,
    change: Callable[[Transaction], bool],
    too_late: Trouble = Trouble.ALREADY_MOVED,
) -> Decided:
    """Take the step, and tell the engine and Slack if it was taken."""

    def changed(tx: Transaction) -> Operation | None:
        return tx.operation(operation.id) if change(tx) else None

    after = await house.store.write(changed)
    if after is None:
        return Problem(too_late)
    house.notifier.changed(operation.id)
    house.runs.wake()
    return after
