"""Turn a draft into a sealed plan: read, ask the action, apply invariants and policy, seal (design §3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.actions import ACTIONS
from bot.actions.base import Action, Scene
from bot.actions.flags import flags
from bot.domain.actions import FieldKind, Readiness
from bot.domain.draft import Draft
from bot.domain.members import Directory, Member
from bot.domain.operation import Origin
from bot.domain.policy import most_people
from bot.domain.problems import Field, Problem, Trouble
from bot.domain.together import together
from bot.ports.contentstack import ContentstackError
from bot.ports.store import PersonData
from bot.service.admission import Admitted
from bot.service.channels import check_channel
from bot.service.failures import as_problem
from bot.service.house import House
from bot.service.observe import access, observe
from bot.service.seal import Candidate, Proposal, Wish, seal
from bot.words.sheets import member_facts


async def propose(
    house: House,
    requester: Admitted,
    draft: Draft,
    *,
    origin: Origin = Origin.ASKED,
    parent: str = "",
) -> Proposal | Problem:
    """Read everybody now and seal what would happen; or the first thing that the requester has to mend."""
    action = ACTIONS[draft.action]
    problem = _check_draft(house, draft) or await check_channel(house, draft.channel)
    if problem:
        return problem
    try:
        account = await house.contentstack.account()
        chosen = await _chosen(house, draft)
        if None in chosen:
            return Problem(Trouble.PERSON_GONE, Field.PEOPLE)
        emails = [member.email for member in chosen if member]
        directory = await observe(house, emails, action.observes, tuple(draft.parameters.stacks))
        if FieldKind.ORG_ROLES in action.fields:
            directory = replace(directory, roles=await house.contentstack.roles())
    except ContentstackError as error:
        return as_problem(error)
    problem = _check_parameters(action, draft, directory)
    if problem:
        return problem
    wish = Wish(
        draft.action,
        draft.parameters,
        draft.reason,
        draft.channel,
        draft.due_at,
        origin,
        parent,
        draft.ticket,
    )
    return await seal(house, requester, wish, _candidates(house, draft, directory), directory, account)


async def _chosen(house: House, draft: Draft) -> list[Member | None]:
    """Who was chosen, as last read; somebody who joined after that is a reason to read everybody again."""
    known = await house.contentstack.directory(max_age=3600)
    if any(known.share(uid) is None for uid in draft.people):
        known = await house.contentstack.directory(max_age=0)
    return [known.share(uid) for uid in draft.people]


def _check_draft(house: House, draft: Draft) -> Problem | None:
    capability = house.contentstack.capability(draft.action)
    if capability.readiness is Readiness.UNAVAILABLE:
        return Problem(Trouble.ACTION_UNAVAILABLE, Field.ACTION, capability.why)
    if not draft.people:
        return Problem(Trouble.NO_PEOPLE, Field.PEOPLE)
    most = most_people(house.binding.policy, house.binding.max_people, draft.action)
    if len(draft.people) > most:
        return Problem(Trouble.TOO_MANY_PEOPLE, Field.PEOPLE, f"{most:,}")
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


async def _candidates(house: House, draft: Draft, directory: Directory) -> AsyncIterator[Sequence[Candidate]]:
    """Ten thousand people take a second of pure computing, which nobody else shall wait for."""
    scene = Scene(directory, draft.parameters, house.contentstack.capability(draft.action))
    judge, now = partial(_candidate, ACTIONS[draft.action], scene), house.clock.now()
    for uids in together(tuple(dict.fromkeys(draft.people))):
        members = [member for uid in uids if (member := directory.share(uid))]
        yield await asyncio.to_thread(lambda some: [judge(one, now) for one in some], members)


def _candidate(action: Action, scene: Scene, member: Member, now: datetime) -> Candidate:
    before = access(scene.directory, member.share_uid, action.observes, tuple(scene.parameters.stacks))
    assessed = action.assess(member, before, scene)
    return Candidate(
        person=PersonData(member.email, member.name, member_facts(member, scene.directory)),
        share_uid=member.share_uid,
        user_uid=member.user_uid,
        before=before,
        after=assessed.after,
        verdict=assessed.verdict,
        flags=flags(member, before, assessed.after, scene.directory, now),
    )
