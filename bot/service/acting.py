"""Whose credential carries an operation out: the requester's own token where it may, else the bot's.

It is chosen at the seal and stands in the sealed plan. At the run it is that one or none: where it is gone
the operation is held, and nobody else acts in its place.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions import ACTIONS
from bot.domain.actions import ActionKey
from bot.domain.members import Directory
from bot.domain.operation import OWN_KIND, Operation
from bot.domain.plan import Credential, Line
from bot.ports.contentstack import Account, Bearer
from bot.service.admission import Admitted
from bot.service.house import House
from bot.service.tokens import current, refused


def chosen(
    house: House,
    requester: Admitted,
    action: ActionKey,
    lines: Sequence[Line],
    directory: Directory,
    account: Account,
) -> Credential:
    """The requester's own where scopes and rights in every stack suffice, else the account's.

    Calls that Contentstack does not publish have no scope (CS §1.6), so they are the bot's.
    """
    needed = ACTIONS[action].scopes
    published = house.contentstack.capability(action).via == "documented"
    suffice = needed is not None and needed <= requester.scopes
    if house.linking and published and suffice and _may_in_stacks(requester, lines, directory):
        return Credential(OWN_KIND, requester.actor.user_uid)
    return Credential(account.kind, account.user_uid)


async def bearer_of(house: House, operation: Operation) -> Bearer | None:
    """The requester's own token, renewed where needed; None where the plan is the bot's to carry out.

    Raises `bot.service.tokens.NoToken`, or the tree of `bot.ports.contentstack` where it cannot be renewed.
    """
    if not operation.in_own_name:
        return None
    tokens = await current(house, operation.requester.slack_user, operation.requester.user_uid)
    return Bearer(tokens.access)


async def renewed(house: House, operation: Operation, bearer: Bearer) -> bool:
    """Whether there is another token in place of one that Contentstack did not accept; raises likewise."""
    return await refused(house, operation.requester.slack_user, bearer.secret)


def _may_in_stacks(requester: Admitted, lines: Sequence[Line], directory: Directory) -> bool:
    """Whether he has the rights in each stack that changes; taking people out is its owner's (CS §3.7)."""
    changes = {
        (uid, bool(roles))
        for line in lines
        if line.runs
        for uid, roles in line.after.stacks.items()
        if roles is not None and roles != line.before.stacks.get(uid)
    }
    return all(_may_in(requester.actor.user_uid, uid, directory, stays=stays) for uid, stays in changes)


def _may_in(user_uid: str, stack_uid: str, directory: Directory, *, stays: bool) -> bool:
    stack = directory.stack(stack_uid)
    if stack is None:
        return False
    return user_uid in stack.admins() if stays else user_uid == stack.owner_uid
