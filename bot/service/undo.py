"""Undo: an inverse plan built from each person's own recorded before, judged and run like any other.

Never the opposite of the change: whoever had a role or a stack before gets exactly that back, and whoever
changed since is left alone. A line is undone once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions import ACTIONS
from bot.actions.base import managed_elsewhere
from bot.actions.flags import flags
from bot.actions.stack_access import invited_to
from bot.domain.actions import ActionKey, Parameters, Readiness
from bot.domain.members import NOBODY, Access, Directory, Member, Status
from bot.domain.operation import ENDS, Operation, Origin, came_to_nothing
from bot.domain.outcome import Accepted, Done, Outcome, Partial, ResultKind, Unknown
from bot.domain.plan import RUN, Flag, Line, LineVerdict, Why, blocked, skip
from bot.domain.problems import Problem, Trouble
from bot.domain.together import together
from bot.ports.contentstack import ContentstackError
from bot.ports.store import PersonData, Transaction
from bot.service.admission import Admitted
from bot.service.channels import check_channel
from bot.service.failures import as_problem
from bot.service.house import House
from bot.service.observe import access, observe
from bot.service.run.drift import drifted, strayed
from bot.service.run.ledger import results_by_name
from bot.service.seal import Candidate, Proposal, Wish, seal
from bot.words import again as words

INVERSE: Mapping[ActionKey, ActionKey] = {
    ActionKey.REMOVE: ActionKey.REINVITE,
    ActionKey.ORG_ROLE: ActionKey.ORG_ROLE,
    ActionKey.STACK_ACCESS: ActionKey.STACK_ACCESS,
}
"""What undoes what; the other actions have no inverse."""

_MAY_HAVE_HAPPENED = (Done, Accepted, Partial, Unknown)


Invitations = frozenset[tuple[int, str]]
"""Line and stack, where an invitation was sent and nobody saw it accepted: it shows nowhere until then."""


@dataclass(frozen=True, slots=True)
class _Happened:
    """An operation's lines that can be taken back; ``redacted`` counts people whom nobody can address."""

    operation: Operation
    lines: Sequence[Line]
    invitations: Invitations
    addresses: Mapping[str, str]
    """Pseudonym -> e-mail."""
    redacted: int


async def undo(
    house: House, requester: Admitted, operation_id: str, reason: str, ticket: str = ""
) -> Proposal | Problem:
    """Seal the plan that takes an operation back, as far as it can be; its ticket where no other is named."""
    found = await house.store.read(lambda tx: _what_happened(tx, house.binding.key, operation_id))
    if isinstance(found, Problem):
        return found
    operation, lines, addresses = found.operation, found.lines, found.addresses
    problem = await check_channel(house, operation.channel)
    if problem:
        return problem
    action = ACTIONS[INVERSE[operation.plan.action]]
    capability = house.contentstack.capability(action.key)
    if capability.readiness is Readiness.UNAVAILABLE:
        return Problem(Trouble.ACTION_UNAVAILABLE, detail=capability.why)
    try:
        account = await house.contentstack.account()
        emails = [addresses[line.person] for line in lines]
        stacks = tuple(operation.plan.parameters.stacks)
        directory = await observe(house, emails, action.observes, stacks)
    except ContentstackError as error:
        return as_problem(error)
    undone = await house.store.read(lambda tx: already_undone(tx, operation_id))
    inverse = _Inverse(operation, found.invitations, directory, undone, house.clock.now())
    candidates = inverse.candidates(lines, addresses)
    parameters = Parameters(stacks={uid: () for uid in stacks if directory.stack(uid)})
    wish = Wish(
        action.key,
        parameters,
        reason,
        operation.channel,
        origin=Origin.UNDO,
        parent=operation.id,
        ticket=ticket or operation.ticket,
    )
    sealed = await seal(house, requester, wish, candidates, directory, account)
    if isinstance(sealed, Problem) or not found.redacted:
        return sealed
    return replace(sealed, notes=(words.redacted(found.redacted),))


def already_undone(tx: Transaction, operation_id: str) -> frozenset[str]:
    """Pseudonyms of people for whom an undo of this operation was confirmed and did not come to nothing."""
    taken: set[str] = set()
    for child in tx.children(operation_id):
        if child.origin is not Origin.UNDO or came_to_nothing(child):
            continue
        outcomes = tx.outcomes(child.id)
        taken.update(line.person for line in child.plan.to_run if _stands(outcomes.get(line.number)))
    return frozenset(taken)


def left_to_undo(tx: Transaction, operation: Operation, outcomes: Mapping[int, Outcome]) -> tuple[int, ...]:
    """Line numbers that may have taken effect and that no undo has taken up yet; none without an inverse.

    Nobody whose data was deleted: there is no address to reach him at.
    """
    if operation.state not in ENDS or operation.plan.action not in INVERSE:
        return ()
    happened = [
        line for line in operation.plan.to_run if isinstance(outcomes.get(line.number), _MAY_HAVE_HAPPENED)
    ]
    undone = already_undone(tx, operation.id) if happened else frozenset()
    left = [line for line in happened if line.person not in undone]
    return tuple(line.number for some in together(left) for line in _still_known(tx, some))


def _still_known(tx: Transaction, lines: Sequence[Line]) -> Iterator[Line]:
    known = tx.addresses([line.person for line in lines])
    return (line for line in lines if line.person in known)


def _stands(outcome: Outcome | None) -> bool:
    """Whether an undo of a line counts: it is still to come, or it may have happened."""
    return outcome is None or isinstance(outcome, _MAY_HAVE_HAPPENED)


def _what_happened(
    tx: Transaction,
    binding: str,
    operation_id: str,
) -> _Happened | Problem:
    """The operation, its lines that may have taken effect, and the people who are still known."""
    operation = tx.operation(operation_id)
    if operation is None or operation.binding != binding or operation.state not in ENDS:
        return Problem(Trouble.ALREADY_MOVED)
    if operation.plan.action not in INVERSE:
        return Problem(Trouble.NO_INVERSE)
    outcomes = tx.outcomes(operation_id)
    happened = [
        line for line in operation.plan.to_run if isinstance(outcomes.get(line.number), _MAY_HAVE_HAPPENED)
    ]
    addresses = tx.addresses([line.person for line in happened])
    lines = [line for line in happened if line.person in addresses]
    if not lines:
        return Problem(Trouble.PEOPLE_REDACTED if happened else Trouble.NOTHING_TO_UNDO)
    return _Happened(
        operation, lines, _invitations(tx, operation_id), addresses, redacted=len(happened) - len(lines)
    )


def _invitations(tx: Transaction, operation_id: str) -> Invitations:
    """What may still be accepted, as far as the operation's own calls tell."""
    return frozenset(
        (number, invited_to(name))
        for name, lines in results_by_name(tx.calls(operation_id)).items()
        if invited_to(name)
        for number, result in lines.items()
        if result.kind in {ResultKind.ACCEPTED, ResultKind.UNKNOWN}
    )


@dataclass(frozen=True, slots=True)
class _Inverse:
    """What an undo looks at when it judges one line of its parent."""

    parent: Operation
    invitations: Invitations
    directory: Directory
    undone: frozenset[str]
    now: datetime

    async def candidates(
        self, lines: Sequence[Line], addresses: Mapping[str, str]
    ) -> AsyncIterator[Sequence[Candidate]]:
        """Everybody's way back, in the order of the plan; pure computing, which nobody else waits for."""
        for some in together(lines):
            emails = [addresses[line.person] for line in some]
            yield await asyncio.to_thread(lambda *found: list(map(self.candidate, *found)), some, emails)

    def candidate(self, line: Line, email: str) -> Candidate:
        """One person's way back."""
        member = self._member(line, email)
        before = self._access(member)
        after = self._target(line)
        verdict = self._verdict(line, member, before)
        flags_ = tuple(self._flags(line, member, before, after))
        invited = self._invited(line, before) if verdict == RUN else frozenset()
        if invited:
            before, after = _but_idle(before, after, invited)
            flags_ = (*flags_, Flag.STACK_INVITATION)
        return Candidate(
            person=PersonData(email),
            share_uid=member.share_uid if member else line.share_uid,
            user_uid=member.user_uid if member else line.user_uid,
            before=before,
            after=after if verdict == RUN else before,
            verdict=verdict,
            flags=flags_,
        )

    def _member(self, line: Line, email: str) -> Member | None:
        """By uid; whoever was invited again since has a new one and is found by his address."""
        same = self.directory.with_email(email)
        return self.directory.share(line.share_uid) or (same[0] if len(same) == 1 else None)

    def _access(self, member: Member | None) -> Access:
        action = ACTIONS[INVERSE[self.parent.plan.action]]
        chosen = tuple(self.parent.plan.parameters.stacks)
        return access(self.directory, member.share_uid, action.observes, chosen) if member else NOBODY

    def _target(self, line: Line) -> Access:
        """The recorded before, without what could not be read then and stacks that are gone now.

        A removed person returns as invited.
        """
        there = {stack.uid for stack in self.directory.stacks}
        known = {uid: held for uid, held in line.before.stacks.items() if held is not None and uid in there}
        if self.parent.plan.action is ActionKey.REMOVE:
            return Access(Status.PENDING, line.before.org_roles, known)
        return replace(line.before, stacks=known)

    def _verdict(self, line: Line, member: Member | None, before: Access) -> LineVerdict:
        """Of a line that was partly done each value is as it was or as it was to be: all that goes back."""
        left = line.after.status is None
        if line.person in self.undone:
            return skip(Why.UNDONE)
        if before.status is None and not left:
            return skip(Why.GONE)
        if member is not None and managed_elsewhere(member, self.directory):
            return blocked(Why.IDP_MANAGED)
        if not before.fully_known:
            return blocked(Why.STACK_UNREADABLE)
        if not drifted(line.before, before):
            return RUN if self._invited(line, before) else skip(Why.ALREADY_SO)
        if strayed(line, before) or (left and before.status is not None):
            return skip(Why.CHANGED_SINCE)
        return RUN

    def _invited(self, line: Line, now: Access) -> frozenset[str]:
        """The stacks to which an invitation may stand, and of which nothing else has to go back (CS §3.7)."""
        return frozenset(
            uid
            for uid, held in now.stacks.items()
            if held == line.before.stacks.get(uid) == () and (line.number, uid) in self.invitations
        )

    def _flags(self, line: Line, member: Member | None, before: Access, after: Access) -> Iterator[Flag]:
        """Who this is now, and what cannot come back (CS §3.3, §4.4)."""
        if member is not None:
            yield from flags(member, before, after, self.directory, self.now)
        elif any(role.admin for role in self.directory.roles if role.uid in after.org_roles):
            yield Flag.BECOMES_ADMIN
        if any(held != after.stacks.get(uid, ()) for uid, held in line.before.stacks.items()):
            yield Flag.STACKS_NOT_BACK
        removed = self.parent.plan.action is ActionKey.REMOVE
        if removed or any(held and not before.stacks.get(uid) for uid, held in after.stacks.items()):
            yield Flag.MUST_ACCEPT
        if not removed:
            return
        if Flag.TEAM_ACCESS in line.flags:
            yield Flag.TEAMS_NOT_BACK
        if Flag.STACK_OWNER in line.flags:
            yield Flag.OWNERSHIP_NOT_BACK
        if Flag.WITHOUT_SSO in line.flags:
            yield Flag.WITHOUT_SSO_NOT_BACK
        if self.directory.organization.sso.strict:
            yield Flag.USELESS_UNDER_STRICT_SSO


def _but_idle(before: Access, after: Access, invited: Collection[str]) -> tuple[Access, Access]:
    """Both sides without the stacks in which nothing happens, so that only those invited to stay empty."""
    idle = {uid for uid, held in after.stacks.items() if not held and not before.stacks.get(uid)}
    left = idle - set(invited)

    def kept(side: Access) -> Access:
        return replace(side, stacks={uid: held for uid, held in side.stacks.items() if uid not in left})

    return kept(before), kept(after)
