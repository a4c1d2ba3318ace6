"""A sequence of steps and how it is played: clicks by anybody, time, roles that change, runs, crashes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from random import Random
from typing import NamedTuple

from bot.domain.actions import ActionKey, Parameters
from bot.domain.delegation import Delegation
from bot.domain.draft import Draft
from bot.domain.identity import Link
from bot.domain.operation import Operation, State
from bot.domain.plan import Line
from bot.domain.problems import Problem
from bot.ports.runs import run_of
from bot.ports.store import OutboxRow, PersonData, Transaction
from bot.service import decide
from bot.service.admission import Admitted, admit
from bot.service.cancel import cancel
from bot.service.delegate import come_back, delegate
from bot.service.expiry import expire
from bot.service.glass import break_glass
from bot.service.propose import propose
from bot.service.retry import retry
from bot.service.run.worker import Runner
from bot.service.schedule import release_due
from bot.service.seal import Proposal
from bot.service.undo import undo
from tests.model.judge import Asked, Judge, Shown, StandIn
from tests.model.policies import POLICIES
from tests.model.world import (
    ACTIONS,
    ADMIN,
    ADMINS,
    CHANNEL,
    GROUP,
    LOGINS,
    MEMBER,
    OWNER,
    SOULS,
    START,
    Crash,
    Databases,
    Soul,
    World,
    new_world,
)


class Step(NamedTuple):
    """One step; what the numbers mean is up to its kind, and every number means something."""

    kind: str
    a: int = 0
    b: int = 0
    c: int = 0


KINDS = (
    *("onward",) * 40,
    *("propose",) * 3,
    *("again",) * 3,
    *("confirm",) * 3,
    *("approve",) * 5,
    *("both",) * 4,
    *("run",) * 4,
    "deny",
    "withdraw",
    "discard",
    "cancel",
    "resume",
    *("time",) * 2,
    *("delegate",) * 2,
    *("policy",) * 2,
    *("prove",) * 2,
    *("glass",) * 2,
    *("fate",) * 4,
    *("fault",) * 2,
)
"""Each as often as it is drawn among the others."""
MOST = 1 << 24
LONGEST = 24
_ONWARD = {
    State.PROPOSED: "confirm",
    State.AWAITING_APPROVAL: "approve",
    State.SCHEDULED: "time",
    State.QUEUED: "run",
    State.RUNNING: "run",
    State.CANCELLING: "run",
    State.HELD: "resume",
}
"""What a step ``onward`` is where something stands; at an end something new is asked for."""
_AT_ONCE = ("approve", "approve", "confirm", "deny", "withdraw", "cancel", "resume", "run")
_PASSES = (60, 3_600, 86_401, 8 * 86_400)
_FAULTS = ("unavailable", "lost_before", "lost_after", "crash_before", "crash_after")


def drawn(random: Random, kinds: Sequence[str] = KINDS) -> list[Step]:
    """A sequence of steps of such kinds, drawn at random."""
    number = random.randrange(4, LONGEST)
    return [Step(random.choice(kinds), *(random.randrange(MOST) for _ in range(3))) for _ in range(number)]


_MOST_ASKED = 4
_ACTIONS = (*ACTIONS, ActionKey.REMOVE, ActionKey.ORG_ROLE, ActionKey.ORG_ROLE)
_MOSTLY_RIGHTFUL = (OWNER, *ADMINS, OWNER, *ADMINS, *LOGINS)
"""Who clicks: more often somebody who may."""


def _line(line: Line, proposal: Proposal) -> Shown:
    after = None if line.after.status is None else line.after.org_roles
    email = proposal.people[line.number].email
    return Shown(line.user_uid or "", email, line.runs, line.before.org_roles, after)


@dataclass
class Tally:
    """What a sequence came to: how often which step did something."""

    ran: int = 0
    again: int = 0
    """Runs of what retries or undoes."""
    done: int = 0
    refused: int = 0
    taken: int = 0


@dataclass
class Play:
    """One sequence in a world of its own."""

    world: World
    judge: Judge
    runner: Runner
    tally: Tally = field(default_factory=Tally)
    delivered: list[OutboxRow] = field(default_factory=list)
    begun: set[tuple[str, int]] = field(default_factory=set)

    async def step(self, step: Step) -> None:
        """Play one step and judge what came of it."""
        self.judge.group += 1
        self.world.truth.at += 1
        if step.kind == "onward":
            step = self._next(step)
        steps: dict[str, Callable[[Step], Awaitable[None]]] = {
            "propose": self._propose,
            "again": self._again,
            "both": self._both,
            "run": self._run,
            "time": self._time,
            "fate": self._fate,
            "fault": self._fault,
            "delegate": self._delegate,
            "policy": self._policy,
            "prove": self._prove,
        }
        try:
            await steps.get(step.kind, self._click)(step)
        except Crash:
            self._die()
            await self._tick()
        self.judge.look()

    def _next(self, step: Step) -> Step:
        """What comes next where nothing comes between: a click is about what was asked for last."""
        asked = list(self.judge.asked)
        standing = self.world.store.now(lambda tx: tx.standing(asked[-1])) if asked else None
        if standing is None:
            return step._replace(kind="propose")
        kind = _ONWARD.get(standing[0], "again" if step.b % 4 else "propose")
        kind = "glass" if kind == "approve" and step.c % 8 == 3 else kind
        return step._replace(kind=kind, a=step.a if kind in {"propose", "again"} else len(asked) - 1)

    # asking and clicking ----------------------------------------------------------------------------

    async def _propose(self, step: Step) -> None:
        asks = await self._asks(step)
        if asks is None:
            return
        login, soul, admitted = asks
        house, truth = self.world.house, self.world.truth
        action, few = _ACTIONS[step.b % len(_ACTIONS)], step.c & step.c >> 8
        chosen = [truth.souls[name] for bit, name in enumerate(SOULS) if few >> bit & 1]
        roles = ((ADMIN,) if step.b & 64 else (MEMBER,)) if action is ActionKey.ORG_ROLE else ()
        due = house.clock.now() + timedelta(minutes=30) if step.b & 896 == 128 else None
        people = tuple(one.share_uid for one in chosen if one.inside)
        draft = Draft(action, people, Parameters(roles), "because", CHANNEL, due)
        self._shown(login, soul, await propose(house, admitted, draft))

    async def _again(self, step: Step) -> None:
        """A retry, or an undo; what may have happened is never chosen for a retry."""
        asks, one = await self._asks(step), self._operation(step.b)
        if asks is None or one is None:
            return
        login, soul, admitted = asks
        if step.c & 1:
            self._shown(login, soul, await retry(self.world.house, admitted, one.id, (), "again"))
        else:
            self._shown(login, soul, await undo(self.world.house, admitted, one.id, "back"))

    async def _asks(self, step: Step) -> tuple[str, Soul, Admitted] | None:
        """Who asks, if he may; more than so many operations would only thin the sequences out."""
        login = _MOSTLY_RIGHTFUL[step.a % len(_MOSTLY_RIGHTFUL)]
        admitted = await admit(self.world.house, self.world.truth.logins[login].id, at="submit")
        soul = self.world.truth.rightful(login)
        if not isinstance(admitted, Admitted) or soul is None or len(self.judge.asked) == _MOST_ASKED:
            self.tally.refused += 1
            return None
        return login, soul, admitted

    def _shown(self, login: str, soul: Soul, proposal: Proposal | Problem) -> None:
        """Keep what the preview says."""
        if isinstance(proposal, Problem):
            self.tally.refused += 1
            return
        one = proposal.operation
        lines = {line.share_uid: _line(line, proposal) for line in one.plan.lines}
        self.judge.asked[one.id] = Asked(
            one.id,
            one.digest,
            login,
            soul,
            one.plan.action,
            lines,
            self.judge.reading(one.plan.action, any(line.becomes_admin for line in lines.values())),
            (one.due_at - START).total_seconds() if one.due_at else 0.0,
            one.origin.value,
            one.parent,
        )

    def _operation(self, number: int) -> Asked | None:
        asked = list(self.judge.asked.values())
        return asked[number % len(asked)] if asked else None

    async def _click(self, step: Step) -> None:
        one = self._operation(step.a)
        if one is None:
            return
        own = step.kind in {"confirm", "withdraw", "discard"} and step.c % 4
        owner = step.kind == "glass" and step.c % 4
        login = one.login if own else OWNER if owner else _MOSTLY_RIGHTFUL[step.b % len(_MOSTLY_RIGHTFUL)]
        other = self._operation(step.a + 1) if step.c % 16 == 1 else one
        digest = other.digest if other else one.digest
        click = self.judge.clicked(step.kind, one.id, login, right_plan=digest == one.digest)
        answer = await self._clicked(step.kind, one.id, digest, self.world.truth.logins[login].id)
        click.told = isinstance(answer, Operation)
        self.tally.taken += click.told
        self.tally.refused += not click.told

    async def _clicked(self, kind: str, operation: str, digest: str, user: str) -> decide.Decided:
        house = self.world.house
        match kind:
            case "confirm":
                return await decide.confirm(house, operation, digest, user)
            case "approve":
                return await decide.approve(house, operation, digest, user)
            case "deny":
                return await decide.deny(house, operation, digest, user, "no")
            case "withdraw":
                return await decide.withdraw(house, operation, user)
            case "discard":
                return await decide.discard(house, operation, user)
            case "resume":
                return await decide.resume(house, operation, user)
            case "glass":
                return await break_glass(house, operation, digest, user, "it cannot wait")
            case _:
                return await cancel(house, operation, user)

    async def _both(self, step: Step) -> None:
        """Two at once on one operation, each giving way to the other as often as the numbers say."""
        kinds = [_AT_ONCE[step.a & 7], _AT_ONCE[step.a >> 3 & 7]]
        kinds = ["approve" if kind == "run" and n else kind for n, kind in enumerate(kinds)]
        steps = [Step(kind, step.b, step.b >> 8 * n, step.c >> 4 * n) for n, kind in enumerate(kinds)]
        self.world.turns.begin(step.c)
        try:
            await asyncio.gather(
                *(self._run(one) if one.kind == "run" else self._click(one) for one in steps)
            )
        finally:
            self.world.turns.end()

    # what runs --------------------------------------------------------------------------------------

    def _rows(self, step: Step) -> Sequence[OutboxRow]:
        """What the engine may be told: what waits, what it was at when it died, and now and then old news."""
        told = self.world.store.now(lambda tx: [*tx.outbox(), *tx.unfinished_runs()])
        waiting = [row for row in told if row.binding == self.world.house.binding.key]
        return [*waiting, *self.delivered] if step.c % 8 == 0 or not waiting else waiting

    async def _run(self, step: Step) -> None:
        rows = self._rows(step)
        if not rows:
            return
        row = rows[step.a % len(rows)]
        self.delivered.append(row)
        await self._ran(row, far=step.c >> 8 & 7)

    async def _ran(self, row: OutboxRow, far: int) -> None:
        """As the engine does it, all the way or (``far`` 0 or 1) not quite."""
        now, run = self.world.house.clock.now(), run_of(row.key, row.operation)
        await self.world.store.write(partial(_delivered, key=row.key, at=now))
        self.world.truth.running = row.operation
        one = self.judge.asked[row.operation]
        one.troubled |= bool(self.world.faults.sends) or self.world.faults.steps_to_live >= 0
        batches = await self.runner.begin(row.operation, run)
        for number in range(batches if far else 0):
            if not await self.runner.batch(row.operation, run, number):
                break
        if batches and far > 1:
            await self.runner.finish(row.operation, run)

    def written(self) -> None:
        """Whatever runs since this write is judged as it begins."""
        store, binding = self.world.store, self.world.house.binding.key
        for operation in store.now(partial(_running, binding=binding)):
            if operation not in self.begun:
                self.begun.add(operation)
                self.judge.begins(operation[0])
                self.tally.ran += 1
                self.tally.again += bool(self.judge.asked[operation[0]].parent)

    def _die(self) -> None:
        """Everything in memory is gone."""
        self.world.faults.steps_to_live = -1
        self.runner = Runner(self.world.house)

    # what changes meanwhile -------------------------------------------------------------------------

    async def _time(self, step: Step) -> None:
        self.world.truth.at += _PASSES[step.a % len(_PASSES)]
        await self._tick()

    async def _tick(self) -> None:
        """What looks at the clock every second, and at once after a start."""
        await expire(self.world.house)
        await release_due(self.world.house)

    async def _fate(self, step: Step) -> None:
        truth = self.world.truth
        soul = truth.souls[SOULS[step.a % (len(SOULS) - 1)]]
        login = truth.logins[LOGINS[step.a % len(LOGINS)]]
        match step.b % 8:
            case 0 | 1 if not soul.owner:
                soul.roles = (MEMBER,) if soul.admin else (ADMIN,)
            case 2 if not soul.owner and soul.inside:
                soul.inside = False
            case 2 if not soul.owner:
                soul.inside, soul.life = True, soul.life + 1
            case 3:
                login.full = not login.full
            case 4:
                login.email = f"{SOULS[step.c % len(SOULS)]}@example.com"
            case 5:
                truth.logins["bob"].email = truth.logins["ada"].email
            case _:
                truth.groups[GROUP] ^= {LOGINS[step.a % len(LOGINS)]}

    async def _delegate(self, step: Step) -> None:
        """Somebody names a stand-in for some days, or is back."""
        login, to = (_MOSTLY_RIGHTFUL[number % len(_MOSTLY_RIGHTFUL)] for number in (step.a, step.b))
        house, truth = self.world.house, self.world.truth
        if step.c % 4 == 0:
            if await come_back(house, truth.logins[login].id):
                self.judge.stand_ins = [one for one in self.judge.stand_ins if one.of != login]
            return
        souls = truth.rightful(login), truth.rightful(to)
        last_day = house.clock.now().date() + timedelta(days=step.c % 9)
        named = await delegate(house, truth.logins[login].id, truth.logins[to].id, last_day)
        if isinstance(named, Delegation) and souls[0] and souls[1]:
            until = datetime.combine(last_day + timedelta(days=1), time(), UTC)
            self.judge.stand_ins = [one for one in self.judge.stand_ins if one.of != login]
            self.judge.stand_ins.append(
                StandIn(login, souls[0], to, souls[1], (until - house.clock.now()).total_seconds() + truth.at)
            )

    async def _prove(self, step: Step) -> None:
        """Somebody goes through Contentstack's consent, and has a link from then on."""
        login = OWNER if step.c % 4 else _MOSTLY_RIGHTFUL[step.a % len(_MOSTLY_RIGHTFUL)]
        soul, now = self.world.truth.rightful(login), self.world.house.clock.now()
        if soul is None:
            return
        key, slack_user = self.world.house.binding.key, self.world.truth.logins[login].id

        def link(tx: Transaction) -> bool:
            person, end = tx.pseudonym(key, PersonData(soul.email)), now + timedelta(days=365)
            tx.drop_link(key, slack_user)
            return tx.save_link(
                Link(key, slack_user, soul.user_uid, person, b"-", frozenset(), end, now, now)
            )

        if await self.world.store.write(link):
            self.judge.proofs[login] = (soul, self.world.truth.at)

    async def _policy(self, step: Step) -> None:
        """The process starts again with another policy."""
        ruled = POLICIES[step.a % len(POLICIES)]
        house = self.world.house
        self.world.house = replace(house, binding=replace(house.binding, policy=ruled.policy))
        self.judge.reading = ruled.reading
        self._die()

    async def _fault(self, step: Step) -> None:
        if step.a % 2:
            self.world.faults.steps_to_live = step.b % 20
        else:
            self.world.faults.sends = [_FAULTS[step.b % len(_FAULTS)]]


def _running(tx: Transaction, binding: str) -> list[tuple[str, int]]:
    """Operation and number of its run, of whatever runs."""
    ids = [one for one, _ in tx.everywhere(State.RUNNING, binding=binding)]
    return [(one, standing[1]) for one in ids if (standing := tx.standing(one))]


def _delivered(tx: Transaction, key: str, at: datetime) -> None:
    tx.delivered(key, at)


class Table:
    """Where sequences are played, one after another."""

    def __init__(self) -> None:
        self._databases = Databases()
        self._played = 0

    async def play(self, steps: Sequence[Step]) -> Tally:
        """Play a sequence from the beginning; raises `tests.model.judge.Wrong` for a broken promise."""
        self._played += 1
        ruled = POLICIES[(steps[0].c >> 8) % len(POLICIES)]
        world = new_world(self._databases, self._played, ruled.policy)
        game = Play(world, Judge(world.truth, ruled.reading), Runner(world.house))
        world.store.written = game.written
        for step in steps:
            await game.step(step)
        game.tally.done = len(world.truth.done)
        return game.tally
