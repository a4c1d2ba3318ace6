"""Drift: who is no longer as the plan saw him, and whether that are too many for it to run (design §4)."""

from __future__ import annotations

from dataclasses import replace

from bot.actions import ACTIONS
from bot.domain.members import Access, Directory
from bot.domain.operation import Operation
from bot.domain.plan import Line
from bot.domain.together import TOGETHER
from bot.service.house import House
from bot.service.observe import access, observe_alone
from bot.service.run.ledger import touched


async def too_many_drifted(house: House, operation: Operation, share: float, *, size: int = TOGETHER) -> bool:
    """Whether more than this share of the plan's people changed; raises the tree of ports.contentstack.

    Everybody in the plan is read now, over all that the action observes. Nobody else is: a large organization
    takes longer to read than a small plan to run. Whom a call may have touched is past this, and of somebody
    whose data was deleted nothing can be told.
    """
    begun = touched(await house.store.read(lambda tx: tx.calls(operation.id)))
    plan, looked, changed = operation.plan, 0, 0
    seen = await observe_alone(house, (), ACTIONS[plan.action].observes, tuple(plan.parameters.stacks))
    for lines in plan.batches(size):
        found = await _each_now(house, operation, seen, [line for line in lines if line.number not in begun])
        looked += len(found)
        changed += sum(drifted(line.before, now) for line, now in found)
    return changed > share * looked


async def _each_now(
    house: House, operation: Operation, seen: Directory, lines: list[Line]
) -> list[tuple[Line, Access]]:
    """These lines, each with what is true now; ``seen`` are the stacks."""
    addresses = await house.store.read(lambda tx: tx.addresses([line.person for line in lines]))
    here = [line for line in lines if line.person in addresses]
    if not here:
        return []
    members = await house.contentstack.members([addresses[line.person] for line in here])
    observes, chosen = ACTIONS[operation.plan.action].observes, tuple(operation.plan.parameters.stacks)
    now = replace(seen, members=members)
    return [(line, access(now, line.share_uid, observes, chosen)) for line in here]


def drifted(before: Access, now: Access) -> bool:
    """Whether somebody is no longer as the plan saw him, as far as both looks could tell."""
    if before.status != now.status or before.org_roles != now.org_roles:
        return True
    return any(
        held is not None and now.stacks.get(uid) is not None and held != now.stacks[uid]
        for uid, held in before.stacks.items()
    ) or any(bool(held) for uid, held in now.stacks.items() if uid not in before.stacks)


def strayed(line: Line, now: Access) -> bool:
    """Whether somebody is, in anything, neither as the plan saw him nor as it leaves him."""
    before, after = line.before, line.after
    if now.status not in {before.status, after.status}:
        return True
    if now.org_roles not in {before.org_roles, after.org_roles}:
        return True
    return any(
        held not in {None, before.stacks.get(uid, ()), after.stacks.get(uid, ())}
        and before.stacks.get(uid, ()) is not None
        for uid, held in now.stacks.items()
    )
