"""Try again what failed: a new operation over the lines that a second try can help, linked to the first.

A line is tried again from the operation in which it failed last: what a retry has touched is its own affair.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.draft import Draft
from bot.domain.operation import ENDS, Operation, Origin, came_to_nothing
from bot.domain.outcome import Failed, NotRun, Outcome, Skipped, Unknown
from bot.domain.problems import Problem, Trouble
from bot.ports.contentstack import ContentstackError
from bot.ports.store import Transaction
from bot.service.admission import Admitted
from bot.service.failures import as_problem
from bot.service.house import House
from bot.service.propose import propose
from bot.service.seal import Proposal


@dataclass(frozen=True, slots=True)
class Left:
    """Line numbers that can still be tried again from an operation: by themselves, and one by one."""

    failed: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()


def left_to_retry(tx: Transaction, operation: Operation, outcomes: Mapping[int, Outcome]) -> Left:
    """What a retry of this operation could take up now; nobody whose data was deleted.

    What an undo left undone, another undo takes up.
    """
    if operation.state not in ENDS or operation.origin is Origin.UNDO:
        return Left()
    wanted = {number: one for number, one in outcomes.items() if retryable(one) or isinstance(one, Unknown)}
    if not wanted:
        return Left()
    taken = already_retried(tx, operation.id)
    known = tx.addresses([operation.plan.line(number).person for number in wanted])
    free = [number for number in sorted(wanted) if operation.plan.line(number).person in known.keys() - taken]
    return Left(
        tuple(number for number in free if retryable(wanted[number])),
        tuple(number for number in free if not retryable(wanted[number])),
    )


def already_retried(tx: Transaction, operation_id: str) -> frozenset[str]:
    """Pseudonyms of people whom a retry of this operation has touched, or is going to."""
    taken: set[str] = set()
    for child in tx.children(operation_id):
        if child.origin is not Origin.RETRY or came_to_nothing(child):
            continue
        outcomes = tx.outcomes(child.id)
        untouched = (NotRun, Skipped)
        taken.update(
            line.person for line in child.plan.to_run if not isinstance(outcomes.get(line.number), untouched)
        )
    return frozenset(taken)


def retryable(outcome: Outcome) -> bool:
    """Whether a line is tried again without asking for it by name."""
    return isinstance(outcome, Failed) and outcome.retryable


async def retry(
    house: House,
    requester: Admitted,
    operation_id: str,
    unknown: Collection[int],
    reason: str,
    ticket: str = "",
) -> Proposal | Problem:
    """Seal a new plan of the lines that failed and may be tried again, and of the *unknown* ones chosen.

    ``unknown`` are line numbers whose outcome is Unknown: they may have happened, so each is a choice.
    """
    found = await house.store.read(lambda tx: _left(tx, house.binding.key, operation_id))
    if isinstance(found, Problem):
        return found
    operation, left = found
    numbers = sorted({*left.failed, *(number for number in left.unknown if number in unknown)})
    if not numbers:
        return Problem(Trouble.NOTHING_TO_RETRY)
    try:
        shares = await _still_there(house, operation, numbers)
    except ContentstackError as error:
        return as_problem(error)
    if not shares:
        return Problem(Trouble.NOTHING_TO_RETRY)
    plan = operation.plan
    kept = ticket or operation.ticket
    draft = Draft(plan.action, shares, plan.parameters, reason, operation.channel, ticket=kept)
    return await propose(house, requester, draft, origin=Origin.RETRY, parent=operation.id)


def _left(tx: Transaction, binding: str, operation_id: str) -> tuple[Operation, Left] | Problem:
    operation = tx.operation(operation_id)
    if operation is None or operation.binding != binding or operation.state not in ENDS:
        return Problem(Trouble.ALREADY_MOVED)
    left = left_to_retry(tx, operation, tx.outcomes(operation_id))
    if left == Left() and already_retried(tx, operation_id):
        return Problem(Trouble.ALREADY_RETRIED)
    if left == Left() and not tx.addresses([line.person for line in operation.plan.to_run]):
        return Problem(Trouble.PEOPLE_REDACTED)
    return operation, left


async def _still_there(house: House, operation: Operation, numbers: Sequence[int]) -> tuple[str, ...]:
    """Share uids of those who are still in the organization; whoever left has nothing to try again."""
    lines = [operation.plan.line(number) for number in numbers]
    found = await house.store.read(lambda tx: tx.addresses([line.person for line in lines]))
    emails = list(found.values())
    there = {member.share_uid for member in await house.contentstack.members(emails)} if emails else set()
    return tuple(line.share_uid for line in lines if line.share_uid in there)
