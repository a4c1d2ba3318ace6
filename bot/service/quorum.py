"""Rules of the policy that too few people could agree to: known before somebody asks, and told beforehand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.approval import could_agree
from bot.domain.invariants import sure_admins
from bot.domain.members import Directory, Member
from bot.domain.operation import Actor
from bot.domain.policy import Policy
from bot.domain.verdict import Verdict
from bot.ports.slack_people import SlackPeople, SlackUnavailable
from bot.service.claims import Groups, claim, groups_of

MOST = 50
"""Owners and admins who are looked up in Slack at most; with more of them no rule is short of people."""


@dataclass(frozen=True, slots=True)
class ThinRule:
    """A rule that cannot be agreed to whoever asks: what it needs, and how many could give it."""

    rule: str
    needed: int
    people: int


async def thin_rules(policy: Policy, directory: Directory, people: SlackPeople) -> Sequence[ThinRule]:
    """Rules that somebody's request could not be agreed to, because he himself would be missing.

    Empty where there are more admins than are looked up. Raises SlackUnavailable.
    """
    verdicts = [rule.verdict for rule in policy.rules if rule.says.stages]
    admins = [one for one in directory.members if one.is_owner] + list(sure_admins(directory))
    if not verdicts or len(admins) > MOST:
        return ()
    accounts = {account: member async for account, member in _accounts(admins, people)}
    groups = await _groups(verdicts, people)
    found = (_thin(verdict, accounts, groups) for verdict in verdicts)
    return [one for one in found if one is not None]


async def _accounts(admins: Sequence[Member], people: SlackPeople) -> AsyncIterator[tuple[str, Member]]:
    """Slack account of everybody who has one here, as a full member."""
    for member in admins:
        account = await people.account(member.email)
        if account and (await people.person(account)).full_member:
            yield account, member


async def _groups(verdicts: Sequence[Verdict], people: SlackPeople) -> Groups:
    found = {}
    for group in sorted(groups_of(*verdicts)):
        try:
            found[group] = await people.in_group(group)
        except SlackUnavailable:
            continue  # as at a click: nobody is in it
    return found


def _thin(verdict: Verdict, accounts: Mapping[str, Member], groups: Groups) -> ThinRule | None:
    admins = (Actor(account, member.user_uid or "") for account, member in accounts.items())
    claims = [claim(admin, verdict, groups) for admin in admins]
    able = [one for one in claims if any(one.circles) or one.second]
    without_one = [able[:number] + able[number + 1 :] for number in range(len(able))] or [able]
    if all(could_agree(verdict, rest) for rest in without_one):
        return None
    return ThinRule(verdict.rule, verdict.approvals, len(able))
