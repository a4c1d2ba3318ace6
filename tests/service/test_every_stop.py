"""A run that is stopped at any await, then started anew: the same end, and nothing twice that must not be.

What is stopped is what a killed process stops: the n-th thing that the worker asks of the store or of
Contentstack has happened and its answer never arrives. A fresh worker begins from what the store says. One
action is stopped at each of them; the others only where something was changed, since a stop after a look
leaves behind what a stop before it leaves.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from bot.domain.actions import ActionKey
from bot.domain.audit import Head, verify
from bot.domain.operation import ENDS, Operation
from bot.domain.outcome import Accepted, Done, Outcome, Unknown
from bot.ports.contentstack import Contentstack
from bot.ports.store import Store
from bot.sandbox.contentstack import seed
from bot.service.house import House
from bot.service.run.worker import Runner
from tests.service.stage import Stage, staged

TWO = (seed.PLUS, seed.NON_ASCII)
NAMED = {value for value in vars(seed).values() if isinstance(value, str)}
MOST_STOPS = 200
CHANGES = frozenset({"write", "send"})
"""What changes the store or Contentstack."""


class Killed(BaseException):
    """The process is gone: nothing in it may catch this."""


@dataclass
class Countdown:
    """Kills after the n-th change, or the n-th await of any kind, and before its answer arrives."""

    left: int
    everywhere: bool = False

    async def through(self, name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        if not self.everywhere and name not in CHANGES:
            return await work()
        self.left -= 1
        found = await work()
        if self.left == 0:
            raise Killed
        return found


class Counted:
    """A store or a Contentstack whose awaited calls go through the countdown."""

    def __init__(self, real: object, countdown: Countdown) -> None:
        self._real = real
        self._countdown = countdown

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if not asyncio.iscoroutinefunction(found):
            return found
        return lambda *given, **named: self._countdown.through(name, lambda: found(*given, **named))


class NoWaiting:
    """The clock of the house, without its pauses."""

    def __init__(self, real: Any) -> None:
        self.now, self.monotonic = real.now, real.monotonic

    async def sleep(self, seconds: float) -> None:
        """Pass at once."""


def house_that_stops(house: House, countdown: Countdown) -> House:
    return replace(
        house,
        store=cast("Store", Counted(house.store, countdown)),
        contentstack=cast("Contentstack", Counted(house.contentstack, countdown)),
        clock=NoWaiting(house.clock),
    )


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as found:
        yield found


async def killed_and_started_anew(stage: Stage, operation: Operation, countdown: Countdown) -> bool:
    """Run, killed on the way, then once more to the end; whether there was a kill."""
    try:
        await stage.run(operation, Runner(house_that_stops(stage.house, countdown)))
    except Killed:
        await stage.run(operation, Runner(house_that_stops(stage.house, Countdown(-1))))
        return True
    return False


@dataclass(frozen=True)
class Case:
    """An action, for whom it is asked in round n, and the ways in which a line may end."""

    action: ActionKey
    people: Callable[[Stage, int], tuple[str, ...]]
    may_be: tuple[Outcome, ...]
    once: str = ""
    """Part of the path of what must not be asked for twice."""
    everywhere: bool = False
    """Stopped after looks, too."""
    rest: dict[str, Any] = field(default_factory=dict)


def always(*emails: str) -> Callable[[Stage, int], tuple[str, ...]]:
    return lambda stage, number: emails  # noqa: ARG005  the same people in every round


def two_more(stage: Stage, number: int) -> tuple[str, ...]:
    """Two members whom no earlier round has taken out."""
    shares = stage.contentstack.state.organizations[seed.ORG_UID].shares.values()
    plain = sorted(one.email for one in shares if one.email[0].isalpha() and one.email not in NAMED)
    return tuple(plain[:2]) if number else ()


def roles_back(stage: Stage, number: int) -> tuple[str, ...]:
    organization = stage.contentstack.state.organizations[seed.ORG_UID]
    for email in TWO:
        organization.by_email[email].org_roles = [seed.MEMBER_ROLE]
    return TWO


CASES = [
    Case(ActionKey.ORG_ROLE, roles_back, (Done(),), rest={"org_roles": (seed.SECURITY_ROLE,)}),
    Case(ActionKey.REMOVE, two_more, (Done(),)),
    Case(
        ActionKey.PASSWORD_RESET,
        always(seed.PLUS),
        (Accepted(), Unknown("interrupted")),
        once="password",
        everywhere=True,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.action.value)
async def test_a_run_stopped_anywhere_comes_to_the_same_end(stage: Stage, case: Case) -> None:
    """Each line has its one outcome, what must not be repeated is asked for once at most, the chain holds."""
    for number in range(1, MOST_STOPS):
        people = case.people(stage, number)
        operation = await stage.queued(case.action, *people, **case.rest)
        stage.contentstack.journal.entries.clear()
        stopped = await killed_and_started_anew(
            stage, operation, Countdown(number, everywhere=case.everywhere)
        )
        ended, outcomes = await stage.load(operation.id), await stage.outcomes(operation)
        assert (len(outcomes), ended.state in ENDS) == (len(people), True), number
        assert set(outcomes) <= set(case.may_be), (number, outcomes)
        if case.once:
            assert len(stage.asked("POST", case.once)) <= 1, number
        if not stopped:
            break
    else:
        pytest.fail("it never came to its end")
    assert isinstance(await stage.house.store.read(lambda tx: verify(tx.rows())), Head)
