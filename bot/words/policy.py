"""What the policy says, for whoever writes it (`app.py policy`). Plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import assert_never

from bot.domain.circles import Circle, Mode, Named, OrgAdmins, SlackGroup, Stage
from bot.domain.identity import Identity
from bot.domain.policy import Judgement, Miss
from bot.domain.verdict import Denied, Verdict
from bot.words.counting import count, people, verb

_MISSES: Mapping[Miss, str] = {
    Miss.ACTION: "it is for other actions",
    Miss.PEOPLE: "it is for another number of people",
    Miss.ADMINS: "it is for another number of admins among them",
    Miss.MAKES_ADMIN: "it is about making admins, or about not making any",
    Miss.HOURS: "it holds at other times",
    Miss.REQUESTER: "it is for other requesters",
}
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_IDENTITY: Mapping[Identity, str] = {
    Identity.EMAIL: "Everybody may be known by e-mail.",
    Identity.LINKED: "Requester and approvers must have connected their accounts (/org-users connect).",
}


def valid(rules: int, digest: str) -> str:
    """A file that can be used."""
    return f"The policy is valid: {which(rules, digest)}."


def which(rules: int, digest: str) -> str:
    """``4 rules, digest 0123456789ab``."""
    return f"{count(rules, 'rule')}, digest {digest[:12]}"


def explained(judgement: Judgement) -> Iterator[str]:
    """Which rule decides, who would have to agree and why, and why the rules before it do not fit."""
    verdict = judgement.verdict
    match verdict.denied:
        case Denied.NO_RULE:
            yield "Denied: no rule fits, and no rule means no."
        case Denied.BY_RULE:
            yield f"Denied by the rule {_named(verdict)}."
        case None:
            yield f"Allowed by the rule {_named(verdict)}."
            yield from _asked(verdict)
        case _:
            assert_never(verdict.denied)
    for rule, misses in judgement.passed_over.items():
        yield f"Passed over: {rule}, because {' and '.join(_MISSES[miss] for miss in misses)}."


def too_few(needed: int, possible: int, people_who_could: int) -> str:
    """``2 people have to agree, and 1 could: …``; whom nobody is told."""
    could = f"{people(people_who_could)} could" if possible else "nobody could"
    differs = possible and possible != people_who_could
    short = f", which makes {count(possible, 'agreement')}" if differs else ""
    asked = f"{people(needed)} {verb(needed, 'has', 'have')} to agree, and {could}{short}"
    return f"{asked} (not you, nobody in the plan, only owners and admins whom the policy names)"


def thin(rule: str, needed: int, could: int) -> str:
    """A rule that somebody's request cannot be agreed to."""
    asks = f"the rule {rule} needs {count(needed, 'agreement')}, and {people(could)} could give one"
    return f"{asks}: whoever of them asks is missing, so add admins who are in Slack, or change the rule"


def _named(verdict: Verdict) -> str:
    return f"{verdict.rule}: {verdict.why}" if verdict.why else verdict.rule


def _asked(verdict: Verdict) -> Iterator[str]:
    if not verdict.stages:
        yield "Nobody else has to agree."
    for number, stage in enumerate(verdict.stages, start=1):
        which = f"Stage {number} of {len(verdict.stages)}: " if len(verdict.stages) > 1 else ""
        yield f"{which}{wanted(stage)} {verb(stage.approvals, 'has', 'have')} to agree."
    if verdict.stages:
        yield "None of them may be the requester or in the plan; each must be owner or admin at that time."
        yield f"Without their approval it expires after {span(verdict.approval_expiry)}."
    yield from _terms(verdict)


def _terms(verdict: Verdict) -> Iterator[str]:
    if verdict.reminder:
        yield f"They are reminded every {span(verdict.reminder)}."
    if verdict.escalation:
        after, to = span(verdict.escalation.after), wanted(verdict.escalation.to)
        yield f"After {after} {to} may agree instead."
    if verdict.break_glass:
        yield f"An owner may go without approval, after a hold of {span(verdict.break_glass)}."
    if verdict.hours:
        yield "It starts only within the rule's hours."
    for name, wordings in (("reason", verdict.reason), ("ticket", verdict.ticket)):
        yield from (f"The {name} must be {wording.says}." for wording in wordings)
    yield f"Once agreed, and due, it has to start within {span(verdict.execution_expiry)}."
    yield _IDENTITY[verdict.identity]


def wanted(stage: Stage) -> str:
    """``2 people of the owner and the admins, or of the Slack user group S0SEC``."""
    if stage.mode is Mode.ALL and len(stage.of) > 1:
        each = " and ".join(f"{people(stage.needed)} of {circle(one)}" for one in stage.of)
        return f"{each} (nobody counts for two)"
    return f"{people(stage.needed)} of {', or of '.join(circle(one) for one in stage.of)}"


def circle(one: Circle) -> str:
    """``the owner and the admins``."""
    match one:
        case OrgAdmins():
            return "the owner and the admins"
        case SlackGroup(group):
            return f"the admins in the Slack user group {group}"
        case Named(slack_users):
            return f"the admins among {', '.join(sorted(slack_users))}"
        case _:
            assert_never(one)


def span(time: timedelta) -> str:
    """``1 day``, ``90 minutes``: in the largest unit that gives a whole number."""
    seconds = int(time.total_seconds())
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return count(seconds // size, unit)
