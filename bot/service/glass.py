"""Break-glass: an owner lets it go on without the approvals it needs; a hold lets anybody stop it first.

Off unless the policy's rule says otherwise. The hold is a schedule like any other (`bot.service.schedule`),
so that it survives a restart; whoever may decide can cancel until it is over.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.admission import Refused
from bot.domain.identity import Identity
from bot.domain.invariants import in_plan
from bot.domain.operation import BrokenGlass, Operation, State
from bot.domain.problems import Problem, Trouble
from bot.ports.store import Transaction
from bot.service import evidence
from bot.service.admission import Admitted, admit, note_refusal
from bot.service.decide import Decided, awaiting, release, take_step
from bot.service.house import House
from bot.service.moves import move

FRESH = timedelta(minutes=10)
"""How long ago the owner may have proven who he is."""
SHORTEST = 10
"""Characters of a reason."""


async def break_glass(house: House, operation_id: str, digest: str, slack_user: str, reason: str) -> Decided:
    """Go on without approvals, after the hold; every no is audited."""
    admitted = await admit(house, slack_user, at="break_glass")
    if isinstance(admitted, Refused):
        return admitted
    operation = await awaiting(house, operation_id, digest)
    if isinstance(operation, Problem):
        return operation
    trouble = _why_not(admitted, operation, reason, house.clock.now())
    if trouble is not None:
        await note_refusal(house, slack_user, trouble.value, at="break_glass", operation=operation.id)
        return Problem(trouble)
    return await take_step(house, operation, lambda tx: _broken(house, tx, operation, admitted, reason))


def _why_not(admitted: Admitted, operation: Operation, reason: str, now: datetime) -> Trouble | None:
    if operation.verdict.break_glass is None:
        return Trouble.NO_BREAK_GLASS
    if not admitted.member.is_owner:
        return Trouble.OWNER_ONLY
    if not _proven_lately(admitted, now):
        return Trouble.PROVE_FIRST
    if in_plan(admitted.actor, operation.plan.lines):
        return Trouble.IN_PLAN
    return Trouble.REASON_TOO_SHORT if len(reason) < SHORTEST else None


def _proven_lately(admitted: Admitted, now: datetime) -> bool:
    proven = admitted.proven_at
    return admitted.identity is Identity.LINKED and proven is not None and now - proven <= FRESH


def _broken(house: House, tx: Transaction, operation: Operation, admitted: Admitted, reason: str) -> bool:
    now, by, hold = house.clock.now(), admitted.actor, operation.verdict.break_glass
    if hold is None or not move(
        tx, operation, State.AWAITING_APPROVAL, State.APPROVED, now, actor=by.person, why="broke_glass"
    ):
        return False
    glass = BrokenGlass(by, reason, now, now + hold)
    if not tx.break_glass(operation.id, glass):
        raise RuntimeError("a glass that is broken twice")
    tx.append(evidence.broken(operation, glass), now)
    return release(tx, replace(operation, glass=glass), now, by.person)
