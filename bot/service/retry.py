"""Try again what failed: a new operation over the lines that a second try can help, linked to the first."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.draft import Draft
from bot.domain.operation import ENDS, Operation, Origin
from bot.domain.outcome import Failed, Outcome, Unknown
from bot.domain.problems import Problem, Trouble
from bot.service.admission import Admitted
from bot.service.house import House
from bot.service.propose import propose
from bot.service.seal import Proposal


def retryable(outcome: Outcome) -> bool:
    """Whether a line is tried again without asking for it by name."""
    return isinstance(outcome, Failed) and outcome.retryable


async def retry(
    house: House,
    requester: Admitted,
    operation_id: str,
    unknown: Collection[int],
    reason: str,
) -> Proposal | Problem:
    """Seal a new plan of the lines that failed and may be tried again, and of the *unknown* ones chosen.

    ``unknown`` are line numbers whose outcome is Unknown: they may have happened, so each is a choice.
    """
    operation = await house.store.read(lambda tx: tx.operation(operation_id))
    if operation is None or operation.binding != house.binding.key or operation.state not in ENDS:
        return Problem(Trouble.ALREADY_MOVED)
    outcomes = await house.store.read(lambda tx: tx.outcomes(operation_id))
    numbers = [number for number, outcome in outcomes.items() if _again(number, outcome, unknown)]
    if not numbers:
        return Problem(Trouble.NOTHING_TO_RETRY)
    draft = _draft(house, requester, operation, sorted(numbers), reason)
    return await propose(house, requester, draft, origin=Origin.RETRY, parent=operation.id)


def _again(number: int, outcome: Outcome, unknown: Collection[int]) -> bool:
    return retryable(outcome) or (isinstance(outcome, Unknown) and number in unknown)


def _draft(house: House, requester: Admitted, operation: Operation, numbers: list[int], reason: str) -> Draft:
    return Draft(
        id=house.ids.new("draft"),
        binding=house.binding.key,
        slack_user=requester.actor.slack_user,
        action=operation.plan.action,
        people=tuple(operation.plan.line(number).share_uid for number in numbers),
        parameters=operation.plan.parameters,
        reason=reason,
        channel=operation.channel,
        saved_at=house.clock.now(),
    )
