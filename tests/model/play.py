"""A sequence of steps and how it is played: clicks by anybody, time, roles that change, runs, crashes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from random import Random
from typing import NamedTuple

from bot.domain.actions import Parameters
from bot.domain.draft import Draft
from bot.domain.operation import Operation, State
from bot.ports.runs import run_of
from bot.ports.store import OutboxRow, Transaction
from bot.service import decide
from bot.service.admission import Admitted, admit
from bot.service.cancel import cancel
from bot.service.propose import propose
from bot.service.run.worker import Runner
from bot.service.schedule import release_due
from bot.service.seal import Proposal
from tests.model.judge import Asked, Click, Judge, Shown, default_stages
from tests.model.world import (
    ACTIONS,
    ADMIN,
    CHANNEL,
    LOGINS,
    MEMBER,
    SOULS,
    Crash,
    Databases,
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
    *("onward",) * 32,
    *("propose",) * 3,
    *("confirm",) * 3,
    *("approve",) * 5,
    *("both",) * 4,
    *("run",) * 4,
    "deny",
    "withdraw",
    "discard",
    "cancel",
    "resume",
    "time",
    *("fate",) * 4,
    *("fault",) * 2,
)
"""Each as often as it is drawn among the others."""
MOST = 1 << 24
LONGEST = 18
_WAY = ("propose", "confirm", "approve", "run")
"""How things go where nothing comes between: what a step ``onward`` stands for, one after another."""
_AT_ONCE = ("approve", "approve", "confirm", "deny", "withdraw", "cancel", "resume", "run")
_PASSES = (60, 3_600, 86_401, 8 * 86_400)
_FAULTS = ("unavailable", "lost_before", "lost_after", "crash_before", "crash_after")


def drawn(random: Random, kinds: Sequence[str] = KINDS) -> list[Step]:
    """A sequence of steps of such kinds, drawn at random."""
    number = random.randrange(4, LONGEST)
    return [Step(random.choice(kinds), *(random.randrange(MOST) for _ in range(3))) for _ in range(number)]


@dataclass
class Tally:
    """What a sequence came to: how often which step did something."""

    ran: int = 0
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
    group: int = 0
    delivered: list[OutboxRow] = field(default_factory=list)
    onward: int = 0
    begun: set[tuple[str, int]] = field(default_factory=set)

    async def step(self, step: Step) -> None:
        """Play one step and judge what came of it."""
        self.group += 1
        self.world.truth.at += 1
        if step.kind == "onward":
            step = step._replace(kind=_WAY[self.onward % len(_WAY)])
            self.onward += 1
        steps: dict[str, Callable[[Step], Awaitable[None]]] = {
            "propose": self._propose,
            "both": self._both,
            "run": self._run,
            "time": self._time,
            "fate": self._fate,
            "fault": self._fault,
        }
        try:
            await steps.get(step.kind, self._click)(step)
        except Crash:
            self._die()
        self.judge.look()

    # asking and clicking ----------------------------------------------------------------------------

    async def _propose(self, step: Step) -> None:
        if len(self.judge.asked) == 3:
            return
        login = LOGINS[step.a % len(LOGINS)]
        house, truth = self.world.house, self.world.truth
        admitted = await admit(house, truth.logins[login].id, at="submit")
        soul = truth.rightful(login)
        if not isinstance(admitted, Admitted) or soul is None:
            self.tally.refused += 1
            return
        action = ACTIONS[step.b % len(ACTIONS)]
        few = step.c & step.c >> 8
        chosen = [truth.souls[name] for bit, name in enumerate(SOULS) if few >> bit & 1]
        roles = ((ADMIN,) if step.b & 64 else (MEMBER,)) if action == "org_role" else ()
        due = house.clock.now() if step.b & 128 else None
        people = tuple(one.share_uid for one in chosen if one.inside)
        draft = Draft(action, people, Parameters(roles), "because", CHANNEL, due)
        proposal = await propose(house, admitted, draft)
        if isinstance(proposal, Proposal):
            lines = {
                line.share_uid: Shown(
                    line.user_uid or "", proposal.people[line.number].email, line.runs, line.before.org_roles
                )
                for line in proposal.operation.plan.lines
            }
            one = proposal.operation
            stages = default_stages(action, roles, lines.values())
            self.judge.asked[one.id] = Asked(one.id, one.digest, login, soul, action, roles, lines, stages)

    def _operation(self, number: int) -> Asked | None:
        asked = list(self.judge.asked.values())
        return asked[number % len(asked)] if asked else None

    async def _click(self, step: Step) -> None:
        one = self._operation(step.a)
        if one is None:
            return
        own = step.kind in {"confirm", "withdraw", "discard"} and step.c % 4
        login = one.login if own else LOGINS[step.b % len(LOGINS)]
        other = self._operation(step.a + 1) if step.c % 16 == 1 else one
        digest = other.digest if other else one.digest
        truth = self.world.truth
        click = Click(self.group, step.kind, one.id, digest == one.digest, login, truth.rightful(login))
        self.judge.clicks.append(click)
        answer = await self._clicked(step.kind, one.id, digest, truth.logins[login].id)
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
        await self._ran(row, far=step.c >> 8 & 3)

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

    def _die(self) -> None:
        """Everything in memory is gone."""
        self.world.faults.steps_to_live = -1
        self.runner = Runner(self.world.house)

    # what changes meanwhile -------------------------------------------------------------------------

    async def _time(self, step: Step) -> None:
        self.world.truth.at += _PASSES[step.a % len(_PASSES)]
        await release_due(self.world.house)

    async def _fate(self, step: Step) -> None:
        truth = self.world.truth
        soul = truth.souls[SOULS[step.a % (len(SOULS) - 1)]]
        login = truth.logins[LOGINS[step.a % len(LOGINS)]]
        match step.b % 6:
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
            case _:
                truth.logins["bob"].email = truth.logins["ada"].email

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
        world = new_world(self._databases, self._played)
        game = Play(world, Judge(world.truth), Runner(world.house))
        world.store.written = game.written
        for step in steps:
            await game.step(step)
        game.tally.done = len(world.truth.done)
        return game.tally
