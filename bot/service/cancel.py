"""Stop what waits or runs: the call in flight is settled, everybody else was not run (design §4)."""

from __future__ import annotations

from bot.domain.admission import Refused
from bot.domain.operation import Actor, Operation, State
from bot.domain.problems import Problem, Trouble
from bot.ports.store import Transaction
from bot.service.admission import admit
from bot.service.decide import Decided, take_step
from bot.service.house import House
from bot.service.moves import move
from bot.service.run.ledger import touched, write_rest

_STOPPABLE = frozenset({State.APPROVED, State.SCHEDULED, State.QUEUED, State.HELD, State.RUNNING})


async def cancel(house: House, operation_id: str, slack_user: str) -> Decided:
    """By the requester, whatever became of his rights, or by any admin.

    What runs, or was begun before a hold, goes to *cancelling*: the worker settles its calls and ends it.
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
    return await take_step(house, operation, lambda tx: _stop(house, tx, operation, actor))


def _stop(house: House, tx: Transaction, operation: Operation, actor: Actor) -> bool:
    standing = tx.standing(operation.id)
    if standing is None:
        return False
    state, now = standing[0], house.clock.now()
    if state not in _STOPPABLE:
        return False
    begun = state is State.RUNNING or touched(tx.calls(operation.id)) - tx.outcomes(operation.id).keys()
    target = State.CANCELLING if begun else State.CANCELLED
    if target is State.CANCELLED:
        write_rest(house, tx, operation, "cancelled")
    return move(tx, operation, state, target, now, actor=actor.person, stopped_by=actor.slack_user)
