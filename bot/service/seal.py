"""Seal a plan: pseudonyms, invariants, policy, digest, and one transaction with its audit row (design §4)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from bot.domain.actions import ActionKey, Parameters
from bot.domain.audit import Event, EventKind
from bot.domain.consequences import count
from bot.domain.invariants import Guard, enforce
from bot.domain.members import Access, Directory, Shared
from bot.domain.operation import Operation, Origin, State
from bot.domain.plan import Decision, Flag, Line, LineVerdict, Plan, canonical
from bot.domain.problems import Problem, Trouble
from bot.ports.contentstack import Account, ContentstackError
from bot.ports.slack_people import SlackUnavailable
from bot.ports.store import PersonData, Transaction
from bot.service.acting import chosen
from bot.service.admission import Admitted, note_refusal
from bot.service.deciders import CannotTell, shortage
from bot.service.house import House
from bot.service.judging import judged, objection
from bot.service.named import named
from bot.words.policy import too_few


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants sealed, apart from the people."""

    action: ActionKey
    parameters: Parameters
    reason: str
    channel: str
    due_at: datetime | None = None
    origin: Origin = Origin.ASKED
    parent: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person, judged by the action and not yet by the invariants."""

    person: PersonData
    share_uid: str
    user_uid: str | None
    before: Access
    after: Access
    verdict: LineVerdict
    flags: tuple[Flag, ...]


Candidates = AsyncIterable[Sequence[Candidate]]
"""Those whom a plan is about, in its order, some hundred at a time: their facts never stand together."""

SHOWN = 25
"""Lines of each decision whose people a preview names."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sealed operation in the state *proposed*, and what only the preview says.

    ``people`` is line number -> personal values of the first lines of each decision; ``in_channel`` are
    e-mails of targets who will see the summary because they are in its channel; None where this could not be
    found out.
    """

    operation: Operation
    people: Mapping[int, PersonData]
    in_channel: frozenset[str] | None = frozenset()
    notes: tuple[str, ...] = ()
    """Sentences that stand above the lines: how people were chosen, where the whole plan is."""


async def seal(
    house: House,
    requester: Admitted,
    wish: Wish,
    candidates: Candidates,
    directory: Directory,
    account: Account,
) -> Proposal | Problem:
    """Seal what would happen to these people, as the state *proposed*; or what the policy objects to."""
    unguarded, emails = await _written(house, candidates)
    in_channel = await _present(house, wish.channel, emails)
    guard = Guard(requester.actor, account.user_uid, account.email)
    lines = await asyncio.to_thread(enforce, wish.action, unguarded, directory, guard)
    operation = await _operation(house, requester, wish, lines, directory, account)
    problem = objection(operation) or await _too_few(house, operation)
    if problem:
        await note_refusal(house, requester.actor.slack_user, problem.trouble.value, at="submit")
        return problem

    def write(tx: Transaction) -> None:
        tx.add_operation(operation)
        tx.append(proposed(operation), operation.created_at)

    await house.store.write(write)
    people = await house.store.read(lambda tx: named(tx, _shown(lines)))
    house.runs.expect()
    return Proposal(operation, people, in_channel)


def _shown(lines: Sequence[Line]) -> Iterator[Line]:
    """The first lines of each decision."""
    for decision in Decision:
        yield from islice((line for line in lines if line.verdict.decision is decision), SHOWN)


async def _too_few(house: House, operation: Operation) -> Problem | None:
    """A request that too few people could ever agree to is not sealed: nobody shall wait for it in vain."""
    try:
        short = await shortage(house, operation)
    except (CannotTell, ContentstackError, SlackUnavailable):
        return Problem(Trouble.DECIDERS_UNKNOWN)
    return (
        None
        if short is None
        else Problem(Trouble.TOO_FEW_DECIDERS, detail=too_few(short.needed, short.possible, short.people))
    )


async def _operation(
    house: House,
    requester: Admitted,
    wish: Wish,
    lines: tuple[Line, ...],
    directory: Directory,
    account: Account,
) -> Operation:
    now = house.clock.now()
    at = max(wish.due_at or now, now)
    plan = Plan(
        binding=house.binding.key,
        action=wish.action,
        parameters=wish.parameters,
        lines=lines,
        policy_digest=house.binding.policy.digest,
        credential=chosen(house, requester, wish.action, lines, directory, account),
        via=house.contentstack.capability(wish.action).via,
    )
    return Operation(
        id=house.ids.new("op"),
        binding=house.binding.key,
        state=State.PROPOSED,
        plan=plan,
        digest=plan.digest,
        requester=requester.actor,
        reason=wish.reason.strip(),
        channel=wish.channel,
        verdict=await judged(house, requester.actor, requester.identity, wish.action, lines, at),
        created_at=now,
        changed_at=now,
        origin=wish.origin,
        parent=wish.parent,
        due_at=wish.due_at,
        ticket=wish.ticket.strip(),
        identity=requester.identity,
        consequences=count(lines, directory),
        names=_names(plan, directory),
    )


async def _written(house: House, candidates: Candidates) -> tuple[list[Line], list[str]]:
    """The lines as the action judged them, and their e-mails; the people are in the store then."""
    lines: list[Line] = []
    emails: list[str] = []
    shared = Shared()
    async for some in candidates:
        keys = await house.store.write(partial(_pseudonyms, house.binding.key, some))
        numbers = range(len(lines) + 1, len(lines) + 1 + len(some))
        lines += map(partial(_line, shared), numbers, keys, some)
        emails += [one.person.email for one in some]
    return lines, emails


def _pseudonyms(binding: str, candidates: Sequence[Candidate], tx: Transaction) -> list[str]:
    return [tx.pseudonym(binding, one.person) for one in candidates]


def _line(shared: Shared, number: int, person: str, one: Candidate) -> Line:
    return Line(
        number=number,
        person=person,
        share_uid=one.share_uid,
        user_uid=one.user_uid,
        verdict=shared.same(one.verdict),
        before=shared.access(one.before),
        after=shared.access(one.after),
        flags=shared.same(one.flags),
    )


def _names(plan: Plan, directory: Directory) -> dict[str, str]:
    """Names of every role and stack that the plan speaks of, as they are called now."""
    sides = [side for line in plan.lines for side in (line.before, line.after)]
    roles = {uid for side in sides for uid in side.org_roles}
    stacks = {uid for side in sides for uid in side.stacks}
    names = {role.uid: role.name for role in directory.roles if role.uid in roles}
    for stack in directory.stacks:
        if stack.uid in stacks:
            names[stack.uid] = stack.name
            names.update({role.uid: role.name for role in stack.roles or ()})
    return names


async def _present(house: House, channel: str, emails: list[str]) -> frozenset[str] | None:
    """Targets who are in the channel; a warning only, so not knowing is no reason to stop."""
    try:
        return await house.people.present(channel, emails)
    except SlackUnavailable:
        return None


def proposed(operation: Operation) -> Event:
    """The row of its proposal: at every later step it has to say what the operation says (evidence)."""
    data = {
        "action": operation.plan.action.value,
        "digest": operation.digest,
        "people": len(operation.plan.lines),
        "to_run": len(operation.plan.to_run),
        "approvals_needed": operation.approvals_needed,
        "rule": operation.rule,
        "verdict": hashlib.sha256(canonical(operation.verdict.document())).hexdigest(),
        "identity": operation.identity.value,
        "channel": operation.channel,
        "origin": operation.origin.value,
        "parent": operation.parent,
        "due_at": operation.due_at.isoformat() if operation.due_at else "",
    }
    return Event(EventKind.PROPOSED, operation.binding, operation.id, operation.requester.person, data)
