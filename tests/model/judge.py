"""Who was right: recomputed from what was shown and clicked, by the rules as they are written down.

Nothing here asks the code on trial. A sentence in `Wrong` is a broken promise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.domain.actions import ActionKey
from tests.model.agreement import DAY, Agreement, Person, Reading, Rule, agreed, would_do
from tests.model.world import ADMIN, BOT, Done, Soul, Truth

NEVER_YOURSELF = frozenset({ActionKey.REMOVE, ActionKey.ORG_ROLE, ActionKey.KILL_SESSIONS})
STOPS = frozenset({"withdraw", "deny", "discard", "cancel"})


FRESH = 600.0
"""Seconds for which a proof is fresh."""
TICK = 60.0
"""Seconds that a look at the clock may come late."""


class Wrong(AssertionError):
    """Something happened that must never happen."""


@dataclass(frozen=True)
class Shown:
    """One line as the preview had it."""

    user_uid: str
    email: str
    runs: bool
    roles: tuple[str, ...]
    """His organization roles before."""
    after: tuple[str, ...] | None
    """And afterwards; None where he is to be gone."""

    @property
    def becomes_admin(self) -> bool:
        """Whether it makes an admin of somebody who is none."""
        return self.runs and ADMIN in (self.after or ()) and ADMIN not in self.roles


@dataclass
class Asked:
    """An operation as its requester saw it before anything was decided."""

    id: str
    digest: str
    login: str
    requester: Soul
    action: ActionKey
    lines: Mapping[str, Shown]
    """Share uid -> line."""
    rule: Rule
    due: float = 0.0
    origin: str = ""
    parent: str = ""
    """Which operation it retries or undoes."""
    troubled: bool = False
    """Whether a crash or a lost answer fell into its run."""
    begun: bool = False

    @property
    def makes_admin(self) -> bool:
        """Whether it makes an admin of anybody who is none."""
        return any(line.becomes_admin for line in self.lines.values())


@dataclass
class Click:
    """Somebody did something. ``soul`` is whose right it was at that moment, None for no right at all."""

    group: int
    kind: str
    operation: str
    right_plan: bool
    login: str
    soul: Soul | None
    at: float
    groups: frozenset[str]
    """The user groups that he was in."""
    instead_of: tuple[tuple[Person, Soul], ...] = ()
    """In whose places he could decide, as everybody really was at that moment."""
    proven: bool = False
    """Whether he had proven within ten minutes who he is."""
    told: bool = False
    """Whether he was told that it was done."""


@dataclass
class StandIn:
    """Somebody named somebody else, who is to decide in his place until then."""

    of: str
    of_soul: Soul
    to: str
    to_soul: Soul
    until: float


def _in_time(given: float, asked: float) -> bool:
    """Whether an agreement came before the request expired, if it was asked by a confirmation then."""
    return asked <= given <= asked + DAY + TICK


@dataclass
class Judge:
    """Keeps what was asked and clicked, and looks at what follows."""

    truth: Truth
    reading: Reading
    """The policy as it is now."""
    asked: dict[str, Asked] = field(default_factory=dict)
    clicks: list[Click] = field(default_factory=list)
    stand_ins: list[StandIn] = field(default_factory=list)
    proofs: dict[str, tuple[Soul, float]] = field(default_factory=dict)
    """Who proved last which soul is his, and when."""
    group: int = 0
    """The clicks that are made at this moment."""
    seen: int = 0

    # what is clicked --------------------------------------------------------------------------------

    def clicked(self, kind: str, operation: str, login: str, *, right_plan: bool) -> Click:
        """Somebody clicks; whose right it is, and in whose place he may decide, is looked up now."""
        truth = self.truth
        click = Click(
            self.group,
            kind,
            operation,
            right_plan,
            login,
            truth.rightful(login),
            truth.at,
            truth.groups_of(login),
        )
        click.instead_of = tuple(self._instead_of(click))
        soul, at = self.proofs.get(login, (None, 0.0))
        click.proven = soul is not None and soul is click.soul and truth.at <= at + FRESH
        self.clicks.append(click)
        return click

    def _instead_of(self, click: Click) -> Iterator[tuple[Person, Soul]]:
        """Whoever named him and has the right himself; there are no chains."""
        for one in self.stand_ins:
            named = one.to == click.login and one.to_soul is click.soul and self.truth.at < one.until
            if named and self.truth.rightful(one.of) is one.of_soul:
                yield Person(one.of, one.of_soul.name, self.truth.groups_of(one.of)), one.of_soul

    # what may begin ---------------------------------------------------------------------------------

    def begins(self, operation: str) -> None:
        """Its run begins now, or begins again after it was held."""
        one = self.asked[operation]
        clicks = [click for click in self.clicks if click.operation == operation]
        if not any(c.kind == "confirm" and c.right_plan and c.soul is one.requester for c in clicks):
            raise Wrong(f"{operation} runs, and its requester never confirmed it")
        if any(click.kind in STOPS and click.told for click in clicks if self._before(click)):
            raise Wrong(f"{operation} runs, and somebody was told that it was stopped")
        if self.truth.rightful(one.login) is not one.requester:
            raise Wrong(f"{operation} runs for somebody who has no right any more")
        mine = [c for c in clicks if c.kind == "confirm" and c.right_plan and c.soul is one.requester]
        approvals = [self._agreement(one, click) for click in clicks if self._may_agree(one, click)]
        approvals = [given for given in approvals if any(_in_time(given.at, c.at) for c in mine)]
        glass = [click for click in clicks if self._broke_glass(one, click)]
        rule = self.reading(one.action, one.makes_admin)
        if not agreed(one.rule, approvals, mine[0].at) and not glass:
            raise Wrong(f"{operation} runs without the agreements that it needs")
        by_now = would_do(rule, approvals, self.truth.groups_of) or (glass and rule.glass is not None)
        if rule != one.rule and not by_now:
            raise Wrong(f"{operation} runs without the agreements that the policy asks for by now")
        times = [click.at for click in (mine[-1], *glass)] + [given.at for given in approvals]
        if self.truth.at > max([one.due, *times]) + DAY + TICK:
            raise Wrong(f"{operation} runs too late")
        one.begun = True

    def _broke_glass(self, one: Asked, click: Click) -> bool:
        """By an owner, proven lately and not in the plan, where the policy lets him; after the hold."""
        if click.kind != "glass" or one.rule.glass is None or click.soul is None or not click.right_plan:
            return False
        if not click.soul.owner or self.truth.rightful(click.login) is not click.soul:
            return False
        if any(click.soul.user_uid == line.user_uid for line in one.lines.values()):
            return False
        return click.proven and self.truth.at >= click.at + one.rule.glass

    def _before(self, click: Click) -> bool:
        """Whether a click was over before what happens now began."""
        return click.group < self.group

    def _may_agree(self, one: Asked, click: Click) -> bool:
        """It counts for the plan that was shown, from somebody who had and has the right, and is no party."""
        if click.kind != "approve" or not click.right_plan or click.soul is None:
            return False
        if self.truth.rightful(click.login) is not click.soul:
            return False
        return _no_party(one, click.login, click.soul)

    def _agreement(self, one: Asked, click: Click) -> Agreement:
        """For whom it counts, each in the groups that he was in then and is in still."""
        name = click.soul.name if click.soul else ""
        him = Person(click.login, name, click.groups)
        others = [person for person, soul in click.instead_of if _no_party(one, person.login, soul)]
        return Agreement(click.group, click.at, self._still(him), tuple(self._still(one) for one in others))

    def _still(self, person: Person) -> Person:
        return person._replace(groups=person.groups & self.truth.groups_of(person.login))

    # what may happen --------------------------------------------------------------------------------

    def look(self) -> None:
        """Judge whatever happened since the last look."""
        for done in self.truth.done[self.seen :]:
            self._judge(done)
        self.seen = len(self.truth.done)

    def _judge(self, done: Done) -> None:
        one = self.asked.get(done.operation)
        if one is None or not one.begun:
            raise Wrong(f"{done.share_uid} was touched and nothing had begun")
        line = one.lines.get(done.share_uid)
        if line is None or not line.runs:
            raise Wrong(f"{done.share_uid} was touched and is not in the plan of {one.id}")
        if done.action is not one.action:
            raise Wrong(f"{done.share_uid} got another action than {one.id} has")
        for sentence in self._forbidden(one, line, done):
            raise Wrong(f"{done.share_uid} was touched by {one.id} and {sentence}")

    def _forbidden(self, one: Asked, line: Shown, done: Done) -> Iterator[str]:
        soul = next(soul for soul in self.truth.souls.values() if soul.user_uid == line.user_uid)
        if soul.owner:
            yield "is the owner"
        if soul.name == BOT:
            yield "is the account behind the bot"
        if one.action in NEVER_YOURSELF and soul is one.requester:
            yield "asked for it himself"
        if not one.troubled and done.roles_before != line.roles:
            yield "was no longer as the plan had it"
        if done.roles_after != line.after:
            yield "is not as the preview said"
        if _admin_lost(done) and not done.admins_left:
            yield "was the last admin"
        if self._times(one, done) > 1:
            yield "was touched twice"
        if self._family_times(one, line) > 1:
            yield f"another {one.origin} had touched the same person"
        if any(self._before(click) and click.told for click in self._stops(one)):
            yield "somebody had been told that it was stopped"

    def _stops(self, one: Asked) -> Iterator[Click]:
        return (click for click in self.clicks if click.operation == one.id and click.kind in STOPS)

    def _times(self, one: Asked, done: Done) -> int:
        same = [x for x in self.truth.done if (x.operation, x.share_uid) == (one.id, done.share_uid)]
        if one.action is ActionKey.ORG_ROLE and one.troubled:
            return 1  # setting the same roles again is what the code may do after a crash
        return len(same)

    def _family_times(self, one: Asked, line: Shown) -> int:
        """How often this person was touched by whatever retries, or undoes, the same operation.

        What is tried again has not happened, so the first time counts among the retries.
        """
        same = {
            x.id
            for x in self.asked.values()
            if one.parent and (x.parent, x.origin) == (one.parent, one.origin)
        }
        same |= {one.parent} if one.origin == "retry" else set()
        if any(self.asked[x].troubled for x in same):
            return 0
        return sum(x.operation in same and self._whose(x) == line.user_uid for x in self.truth.done)

    def _whose(self, done: Done) -> str:
        line = self.asked[done.operation].lines.get(done.share_uid)
        return line.user_uid if line else ""


def _no_party(one: Asked, login: str, soul: Soul) -> bool:
    """Neither the requester, by either account, nor anybody whom it is about."""
    if soul is one.requester or login == one.login:
        return False
    return all(soul.user_uid != line.user_uid for line in one.lines.values())


def _admin_lost(done: Done) -> bool:
    return ADMIN in done.roles_before and ADMIN not in (done.roles_after or ())
