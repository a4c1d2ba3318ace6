"""Policy as code: who may do what, and who has to agree to it. The first rule that fits decides.

No rule that fits means no. A rule is its conditions (`When`) and the verdict that it gives.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.actions import ActionKey
from bot.domain.circles import Circle, Stage, circle_document, groups_in, within
from bot.domain.hours import Hours
from bot.domain.identity import Identity
from bot.domain.plan import canonical
from bot.domain.verdict import MOST_PEOPLE, Denied, Verdict, Wording

SCHEMA = 1
"""Version of :meth:`Policy.document`."""

DEFAULT_FILE = "policy.toml"


@dataclass(frozen=True, slots=True)
class Span:
    """From ``least`` to ``most``, both included; None is as many as there are."""

    least: int = 0
    most: int | None = None

    def holds(self, number: int) -> bool:
        """Whether a number is in it."""
        return number >= self.least and (self.most is None or number <= self.most)

    def document(self) -> dict[str, object]:
        """The value as canonical JSON holds it."""
        return {"least": self.least, "most": "" if self.most is None else self.most}


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks. ``groups`` are the Slack user groups that he is in, as far as the policy names them."""

    slack_user: str
    user_uid: str = ""
    identity: Identity = Identity.EMAIL
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Request:
    """What the policy has to judge.

    ``people`` are those for whom something would run; ``admins`` those among them who are or may be
    admins (unknown counts as admin); ``at`` is when it would begin, with its zone.
    """

    action: ActionKey
    people: int
    admins: int
    makes_admin: bool
    at: datetime
    requester: Requester


class Miss(StrEnum):
    """A condition of a rule that does not hold; `bot.words` has the sentence of each."""

    ACTION = "action"
    PEOPLE = "people"
    ADMINS = "admins"
    MAKES_ADMIN = "makes_admin"
    HOURS = "hours"
    REQUESTER = "requester"


@dataclass(frozen=True, slots=True)
class When:
    """The conditions of a rule; all have to hold. What is left empty holds always."""

    actions: frozenset[ActionKey] = frozenset(ActionKey)
    people: Span = Span()
    admins: Span = Span()
    makes_admin: bool | None = None
    hours: Hours | None = None
    requesters: tuple[Circle, ...] = ()

    def misses(self, request: Request) -> Iterator[Miss]:
        """Every condition that does not hold."""
        if request.action not in self.actions:
            yield Miss.ACTION
        if not self.people.holds(request.people):
            yield Miss.PEOPLE
        if not self.admins.holds(request.admins):
            yield Miss.ADMINS
        if self.makes_admin not in {None, request.makes_admin}:
            yield Miss.MAKES_ADMIN
        if self.hours is not None and not self.hours.hold(request.at):
            yield Miss.HOURS
        if self.requesters and not any(_is_in(request.requester, circle) for circle in self.requesters):
            yield Miss.REQUESTER

    def document(self) -> dict[str, object]:
        """The value as canonical JSON holds it."""
        return {
            "actions": sorted(action.value for action in self.actions),
            "people": self.people.document(),
            "admins": self.admins.document(),
            "makes_admin": "" if self.makes_admin is None else int(self.makes_admin),
            "hours": self.hours.document() if self.hours else {},
            "requesters": [circle_document(circle) for circle in self.requesters],
        }


def _is_in(requester: Requester, circle: Circle) -> bool:
    mine = frozenset({requester.slack_user})
    return within(circle, requester.slack_user, dict.fromkeys(requester.groups, mine))


@dataclass(frozen=True, slots=True)
class Rule:
    """Where the conditions hold, this is the verdict; it carries the rule's name."""

    when: When
    says: Verdict

    @property
    def name(self) -> str:
        """How the rule is called."""
        return self.says.rule

    @property
    def verdict(self) -> Verdict:
        """What it says where it fits: running may start only within its hours."""
        return replace(self.says, hours=(self.when.hours,) if self.when.hours else ())


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules, in their order."""

    rules: tuple[Rule, ...]

    def document(self) -> dict[str, object]:
        """The policy as canonical JSON holds it."""
        rules = [{"when": rule.when.document(), "says": rule.says.document()} for rule in self.rules]
        return {"schema": SCHEMA, "rules": rules}

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, as sealed into every plan: 64 lower-case hex characters."""
        return hashlib.sha256(canonical(self.document())).hexdigest()

    @property
    def requester_groups(self) -> frozenset[str]:
        """The Slack user groups that decide on who may ask; they have to be read before it judges."""
        return groups_in(tuple(circle for rule in self.rules for circle in rule.when.requesters))


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and why the rules before the one that decided do not fit: rule name -> what misses."""

    verdict: Verdict
    passed_over: Mapping[str, tuple[Miss, ...]] = field(default_factory=dict)


def judge(policy: Policy, request: Request) -> Verdict:
    """What the policy says of a request."""
    return weigh(policy, request).verdict


def weigh(policy: Policy, request: Request) -> Judgement:
    """The same, with why the earlier rules do not fit."""
    passed_over: dict[str, tuple[Miss, ...]] = {}
    for rule in policy.rules:
        misses = tuple(rule.when.misses(request))
        if not misses:
            return Judgement(rule.verdict, passed_over)
        passed_over[rule.name] = misses
    return Judgement(NO_RULE, passed_over)


NO_RULE = Verdict(rule="", denied=Denied.NO_RULE)
"""What holds where no rule fits."""


def most_people(policy: Policy, allowed: int, action: ActionKey | None = None) -> int:
    """How many people one operation (of this action) may have: the smaller of the setting and the policy.

    What the policy denies altogether has no limit of its own: the request is denied, with the reason.
    """
    limits = [
        min(rule.says.most_people, rule.when.people.most or MOST_PEOPLE)
        for rule in policy.rules
        if rule.says.denied is None and (action is None or action in rule.when.actions)
    ]
    return min(allowed, max(limits, default=allowed))


@dataclass(frozen=True, slots=True)
class Tickets:
    """What a ticket may have to look like for one action; ``always`` where every rule asks for one."""

    wordings: tuple[Wording, ...] = ()
    always: bool = False

    def fit(self, ticket: str) -> bool:
        """Whether a ticket will do for at least one rule; none will where it need not be named."""
        named = not ticket and not self.always
        return not self.wordings or named or any(wording.fits(ticket) for wording in self.wordings)


NO_TICKETS = Tickets()
"""No rule asks for a ticket."""


def tickets(policy: Policy, action: ActionKey) -> Tickets:
    """What the rules ask of the ticket, before it is known which of them decides."""
    says = [rule.says for rule in policy.rules if rule.says.denied is None and action in rule.when.actions]
    wordings = tuple(dict.fromkeys(wording for one in says for wording in one.ticket))
    return Tickets(wordings, always=bool(says) and all(one.ticket for one in says))


def built_in(identity: Identity = Identity.EMAIL) -> Policy:
    """The default, which `policy.toml` documents: few and harmless need nobody, the rest one other admin.

    ``identity`` is the form in which people have to be known: linked where connecting is set up.
    """
    another = (Stage(1),)
    removing = frozenset({ActionKey.REMOVE, ActionKey.MFA_RESET})

    def says(name: str, why: str, stages: tuple[Stage, ...] = another) -> Verdict:
        return Verdict(rule=name, why=why, stages=stages, identity=identity)

    return Policy(
        (
            Rule(
                When(actions=removing),
                says("remove-or-reset-mfa", "this action always needs another admin"),
            ),
            Rule(When(makes_admin=True), says("makes-an-admin", "it makes somebody an admin")),
            Rule(When(people=Span(11)), says("many", "it is about more than 10 people")),
            Rule(When(), says("few-and-harmless", "few people, and nothing that cannot be mended", ())),
        )
    )
