"""Operations to be interrupted: every action, of several sizes, on people who are used once."""

from __future__ import annotations

import math
import random
from collections.abc import Collection
from dataclasses import dataclass, field

from bot.domain.actions import ActionKey, Parameters
from bot.domain.draft import Draft
from bot.domain.operation import ENDS, Operation, State
from bot.ports.store import Transaction
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.model import Account, Share
from bot.service.admission import Admitted, admit
from bot.service.cancel import cancel
from bot.service.decide import approve, confirm, discard, resume
from bot.service.propose import propose
from bot.service.seal import Proposal
from bot.service.story import UNFINISHED
from bot.service.undo import undo
from crash.site import Site

ADA, GRACE = "U0ADA", "U0GRACE"
SIZES = (1, 2, 3, 12, 21)
"""People in one operation: single calls, one batch, two and three batches."""

_AGREED_AT_ONCE = 0.5
"""The others are agreed to before the next life, so that the request for approval is posted too."""

_UNDO_SHARE = 0.25

ACTIONS = tuple(key for key in ActionKey if key is not ActionKey.REINVITE)
_UNDONE = frozenset({ActionKey.REMOVE, ActionKey.ORG_ROLE, ActionKey.STACK_ACCESS})


class CannotGoOn(Exception):
    """The harness itself is stuck: what it asked for was refused."""


@dataclass
class Work:
    """What there is to do in one organization; ``pools`` are share uids that no operation has used yet."""

    site: Site
    rng: random.Random
    pools: dict[ActionKey, list[str]] = field(default_factory=dict)
    turn: int = 0

    def __post_init__(self) -> None:
        """Deal out the ordinary people, and prepare those who need something to lose."""
        accounts = self.site.contentstack.state.accounts
        named = {value.casefold() for value in vars(seed).values() if isinstance(value, str) and "@" in value}
        plain = [one for one in self.site.organization.shares.values() if self._ordinary(one, named)]
        for number, share in enumerate(plain):
            action = ACTIONS[number % len(ACTIONS)]
            self.pools.setdefault(action, []).append(share.uid)
            self._prepare(action, accounts[share.user_uid or ""])

    def _ordinary(self, share: Share, named: set[str]) -> bool:
        account = self.site.contentstack.state.accounts.get(share.user_uid or "")
        return (
            account is not None
            and share.email.casefold() not in named
            and share.org_roles == [seed.MEMBER_ROLE]
            and not account.idp_user
            and len(account.organizations) == 1
        )

    def _prepare(self, action: ActionKey, account: Account) -> None:
        match action:
            case ActionKey.MFA_RESET:
                account.tfa_type, account.totp_secret = "totp_authenticator", seed.TOTP_SECRET
            case ActionKey.UNLOCK:
                account.locked_until = math.inf
            case ActionKey.KILL_SESSIONS:
                self.site.contentstack.state.open_session(account)
            case _:
                return

    async def supply(self, unfinished: int) -> None:
        """See to it that so many operations wait or run; what is held may go on."""
        for operation in await self.operations({State.HELD}):
            await resume(self.site.house, operation.id, ADA)
        for operation in await self.operations({State.AWAITING_APPROVAL}):
            await approve(self.site.house, operation.id, operation.digest, GRACE)
        for _ in range(unfinished - len(await self.operations(UNFINISHED))):
            await (self._undo() if self.rng.random() < _UNDO_SHARE else self.ask())

    async def stop_one(self) -> None:
        """Cancel something that runs or waits; the line that is under way has to be settled all the same."""
        for operation in (await self.operations({State.RUNNING, State.QUEUED}))[:1]:
            await cancel(self.site.house, operation.id, ADA)

    async def operations(self, states: Collection[State]) -> list[Operation]:
        """All operations in these states, oldest first."""
        key = self.site.house.binding.key

        def look(tx: Transaction) -> list[Operation]:
            ids = reversed(tx.operations(key, states=states, limit=10_000))
            return [one for one in (tx.operation(uid) for uid in ids) if one]

        return await self.site.house.store.read(look)

    async def ask(self, number: int = 0) -> None:
        """Ask for the next action on so many people; without a number on any number."""
        left = [action for action in ACTIONS if self.pools.get(action)]
        if not left:
            return
        self.turn += 1
        action = left[self.turn % len(left)]
        pool = self.pools[action]
        size = number or self.rng.choice(SIZES)
        people, self.pools[action] = pool[:size], pool[size:]
        house = self.site.house
        draft = Draft(
            action=action,
            people=tuple(people),
            parameters=_parameters(action, self.site.contentstack.state.stacks[seed.SHOP].uid),
            reason="a reason",
            channel=self.site.channel(),
        )
        await self._decide(await propose(house, await self._admitted(), draft))

    async def _undo(self) -> None:
        house = self.site.house
        done = [one for one in await self.operations(ENDS) if one.plan.action in _UNDONE and not one.parent]
        if not done:
            await self.ask()
            return
        proposal = await undo(house, await self._admitted(), self.rng.choice(done).id, "undone again")
        if isinstance(proposal, Proposal):
            await self._decide(proposal)

    async def _decide(self, proposal: object) -> None:
        if not isinstance(proposal, Proposal):
            raise CannotGoOn(f"cannot be proposed: {proposal}")
        operation, house = proposal.operation, self.site.house
        if not operation.plan.to_run:  # everybody is like that already
            await discard(house, operation.id, ADA)
            return
        decided = await confirm(house, operation.id, operation.digest, ADA)
        if operation.approvals_needed and self.rng.random() < _AGREED_AT_ONCE:
            decided = await approve(house, operation.id, operation.digest, GRACE)
        if not isinstance(decided, Operation):
            raise CannotGoOn(f"cannot be decided: {decided}")

    async def _admitted(self) -> Admitted:
        admitted = await admit(self.site.house, ADA, at="crash")
        if not isinstance(admitted, Admitted):
            raise CannotGoOn(f"not admitted: {admitted}")
        return admitted


def _parameters(action: ActionKey, shop: str) -> Parameters:
    match action:
        case ActionKey.ORG_ROLE:
            return Parameters(org_roles=(seed.OPERATIONS_ROLE,))
        case ActionKey.STACK_ACCESS:
            return Parameters(stacks={shop: (seed.stack_role(seed.SHOP, "Translator"),)})
        case _:
            return Parameters()
