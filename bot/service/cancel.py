"""Stop what waits or runs: the call in flight is settled, everybody else was not run (design §4)."""

from __future__ import annotations

from bot.domain.admission import Refused
from bot.domain.operation import Actor, Operation, State
from bot.domain.outcome import NotRun, Outcome
from bot.domain.problems import Problem, Trouble
from bot.ports.store import Transaction
from bot.service.admission import admit
from bot.service.decide import Decided, take_step
from bot.service.house import House
from bot.service.moves import move
from bot.service.run.ledger import write_outcomes
from bot.service.run.turn import wind_up

_NOT_BEGUN = (State.APPROVED, State.SCHEDULED, State.QUEUED)


async def cancel(house: House, operation_id: str, slack_user: str) -> Decided:
    """By the requester, whatever became of his rights, or by any admin.

    A running operation goes to *cancelling*: its worker settles the call in flight and ends it.
    """
    operation = await house.store.read(lambda tx: tx.operation(operation_id))
    if operation is None or operation.binding != house.binding.key:
        return Problem(Trouble.ALREADY_MOVED)
    actor = operation.requester
    if slack_user != actor.slack_user:
        admitted = await admit(house, slack_user, at="cancel")
        if isinstance(admitted, Refused):
            return admitted
        actor = admitted.actor
    if operation.state is State.HELD:
        await _settle_held(house, operation)
    return await take_step(house, operation, lambda tx: _stop(house, tx, operation, actor))


async def _settle_held(house: House, operation: Operation) -> None:
    """What was begun before the hold gets its outcome first; no call is made."""
    for number, lines in enumerate(operation.plan.batches()):
        await wind_up(house, operation, number, lines)


def _stop(house: House, tx: Transaction, operation: Operation, actor: Actor) -> bool:
    standing = tx.standing(operation.id)
    if standing is None:
        return False
    state, now = standing[0], house.clock.now()
    target = State.CANCELLING if state is State.RUNNING else State.CANCELLED
    if state not in {*_NOT_BEGUN, State.HELD, State.RUNNING}:
        return False
    if target is State.CANCELLED:
        found = tx.outcomes(operation.id)
        rest: dict[int, Outcome] = {
            line.number: NotRun("cancelled") for line in operation.plan.to_run if line.number not in found
        }
        write_outcomes(house, tx, operation, rest)
    return move(tx, operation, state, target, now, actor=actor.person, stopped_by=actor.slack_user)
