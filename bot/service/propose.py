"""Turn a draft into a sealed plan: read, ask the action, apply invariants and policy, seal (design §3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.actions import ACTIONS
from bot.actions.base import Action, Scene
from bot.actions.flags import flags
from bot.domain.actions import FieldKind, Readiness
from bot.domain.audit import Event, EventKind
from bot.domain.consequences import count
from bot.domain.draft import Draft
from bot.domain.invariants import Guard, enforce
from bot.domain.members import Directory, Member
from bot.domain.operation import Operation, State
from bot.domain.plan import Credential, Line, Plan
from bot.domain.policy import judge, policy_digest
from bot.domain.problems import Field, Problem, Trouble
from bot.ports.contentstack import Account, ContentstackError
from bot.ports.slack_people import SlackUnavailable
from bot.ports.store import PersonData, Transaction
from bot.service.admission import Admitted
from bot.service.channels import check_channel
from bot.service.failures import as_problem
from bot.service.house import House
from bot.service.observe import access, observe


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sealed operation in the state *proposed*, and what only the preview says.

    ``people`` is line number -> personal values; ``in_channel`` are e-mails of targets who will see
    the summary because they are in its channel.
    """

    operation: Operation
    people: Mapping[int, PersonData]
    why_approval: str
    in_channel: frozenset[str] = frozenset()


async def propose(house: House, requester: Admitted, draft: Draft) -> Proposal | Problem:
    """Read everybody now and seal what would happen; or the first thing that the requester has to mend."""
    action = ACTIONS[draft.action]
    problem = _check_draft(house, draft) or await check_channel(house, draft.channel)
    if problem:
        return problem
    try:
        account = await house.contentstack.account()
        known = await house.contentstack.directory(max_age=3600)
        chosen = [known.share(uid) for uid in draft.people]
        if None in chosen:
            return Problem(Trouble.PERSON_GONE, Field.PEOPLE)
        emails = [member.email for member in chosen if member]
        directory = await observe(house, emails, action.observes, tuple(draft.parameters.stacks))
    except ContentstackError as error:
        return as_problem(error)
    problem = _check_parameters(action, draft, directory)
    if problem:
        return problem
    return await _seal(house, requester, draft, directory, account)


def _check_draft(house: House, draft: Draft) -> Problem | None:
    capability = house.contentstack.capability(draft.action)
    if capability.readiness is Readiness.UNAVAILABLE:
        return Problem(Trouble.ACTION_UNAVAILABLE, Field.ACTION, capability.why)
    if not draft.people:
        return Problem(Trouble.NO_PEOPLE, Field.PEOPLE)
    if len(draft.people) > house.binding.max_people:
        return Problem(Trouble.TOO_MANY_PEOPLE, Field.PEOPLE, str(house.binding.max_people))
    if not draft.reason.strip():
        return Problem(Trouble.NO_REASON, Field.REASON)
    return None


def _check_parameters(action: Action, draft: Draft, directory: Directory) -> Problem | None:
    for uid in draft.people:
        if directory.share(uid) is None:
            return Problem(Trouble.PERSON_GONE, Field.PEOPLE)
    if FieldKind.ORG_ROLES in action.fields:
        return _check_org_roles(draft, directory)
    if FieldKind.STACK_ROLES in action.fields:
        return _check_stacks(draft, directory)
    return None


def _check_org_roles(draft: Draft, directory: Directory) -> Problem | None:
    if not draft.parameters.org_roles:
        return Problem(Trouble.NO_ROLES, Field.ORG_ROLES)
    if any(directory.role(uid) is None for uid in draft.parameters.org_roles):
        return Problem(Trouble.ROLE_GONE, Field.ORG_ROLES)
    return None


def _check_stacks(draft: Draft, directory: Directory) -> Problem | None:
    if not draft.parameters.stacks:
        return Problem(Trouble.NO_STACKS, Field.STACKS)
    for uid, roles in draft.parameters.stacks.items():
        stack = directory.stack(uid)
        if stack is None:
            return Problem(Trouble.STACK_GONE, Field.STACKS)
        known = {role.uid for role in stack.roles or ()}
        if not roles or (stack.roles is not None and not known.issuperset(roles)):
            return Problem(Trouble.STACK_ROLE_GONE, Field.STACKS, stack.name)
    return None


async def _seal(
    house: House,
    requester: Admitted,
    draft: Draft,
    directory: Directory,
    account: Account,
) -> Proposal:
    members = {uid: directory.share(uid) for uid in dict.fromkeys(draft.people)}
    people = [PersonData(member.email, member.name) for member in members.values() if member]
    in_channel = await _present(house, draft.channel, [one.email for one in people])
    now = house.clock.now()

    def seal(tx: Transaction) -> tuple[Operation, str]:
        keys = [tx.pseudonym(house.binding.key, one) for one in people]
        found = [member for member in members.values() if member]
        lines = _lines(house, draft, directory, list(zip(keys, found, strict=True)))
        guard = Guard(requester.actor, account.user_uid, account.email)
        lines = enforce(draft.action, lines, directory, guard)
        verdict = judge(draft.action, lines)
        plan = Plan(
            binding=house.binding.key,
            action=draft.action,
            parameters=draft.parameters,
            lines=lines,
            policy_digest=policy_digest(),
            credential=Credential(account.kind, account.user_uid),
            via=house.contentstack.capability(draft.action).via,
        )
        operation = Operation(
            id=house.ids.new("op"),
            binding=house.binding.key,
            state=State.PROPOSED,
            plan=plan,
            digest=plan.digest,
            requester=requester.actor,
            reason=draft.reason.strip(),
            channel=draft.channel,
            approvals_needed=verdict.approvals,
            rule=verdict.rule,
            created_at=now,
            changed_at=now,
            consequences=count(lines, directory),
            names=_names(plan, directory),
        )
        tx.add_operation(operation)
        tx.append(_proposed(operation), now)
        return operation, verdict.why

    operation, why = await house.store.write(seal)
    by_number = {line.number: person for line, person in zip(operation.plan.lines, people, strict=True)}
    return Proposal(operation, by_number, why, in_channel)


def _lines(
    house: House,
    draft: Draft,
    directory: Directory,
    people: Sequence[tuple[str, Member]],
) -> tuple[Line, ...]:
    action = ACTIONS[draft.action]
    scene = Scene(directory, draft.parameters, house.contentstack.capability(draft.action))
    lines = []
    for number, (key, member) in enumerate(people, start=1):
        before = access(directory, member.share_uid, action.observes, tuple(draft.parameters.stacks))
        assessed = action.assess(member, before, scene)
        lines.append(
            Line(
                number=number,
                person=key,
                share_uid=member.share_uid,
                user_uid=member.user_uid,
                verdict=assessed.verdict,
                before=before,
                after=assessed.after,
                flags=flags(member, before, assessed.after, directory, house.clock.now()),
            ),
        )
    return tuple(lines)


def _names(plan: Plan, directory: Directory) -> dict[str, str]:
    """Names of every role and stack that the plan speaks of, as they are called now."""
    named = {uid for line in plan.lines for side in (line.before, line.after) for uid in side.org_roles}
    stacks = {uid for line in plan.lines for side in (line.before, line.after) for uid in side.stacks}
    names = {role.uid: role.name for role in directory.roles if role.uid in named}
    for stack in directory.stacks:
        if stack.uid in stacks:
            names[stack.uid] = stack.name
            names.update({role.uid: role.name for role in stack.roles or ()})
    return names


async def _present(house: House, channel: str, emails: list[str]) -> frozenset[str]:
    """Targets who are in the channel; a warning only, so not knowing is no reason to stop."""
    try:
        return await house.people.present(channel, emails)
    except SlackUnavailable:
        return frozenset()


def _proposed(operation: Operation) -> Event:
    data = {
        "action": operation.plan.action.value,
        "digest": operation.digest,
        "people": len(operation.plan.lines),
        "to_run": len(operation.plan.to_run),
        "approvals_needed": operation.approvals_needed,
        "rule": operation.rule,
        "identity": operation.identity,
        "channel": operation.channel,
    }
    return Event(EventKind.PROPOSED, operation.binding, operation.id, operation.requester.person, data)
