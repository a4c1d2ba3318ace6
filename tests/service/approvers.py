"""People who decide, policies that ask for them, and time that goes by."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bot.domain.actions import ActionKey
from bot.domain.audit import EventKind
from bot.domain.circles import SlackGroup, Stage
from bot.domain.identity import Link
from bot.domain.operation import Operation, State
from bot.domain.policy import Policy, Rule, When
from bot.domain.verdict import Verdict
from bot.ports.clock import Clock
from bot.ports.store import Transaction
from bot.sandbox.contentstack import seed
from bot.sandbox.workspace.seed import TEAM
from bot.sandbox.workspace.state import Person, UserGroup
from bot.service.decide import confirm
from bot.service.run.worker import Runner
from tests.journey.town import enrol
from tests.service.stage import ADA
from tests.service.stage import Stage as House

OWNER = "U0OWNER"
_NUMBERS = count(1)


def hire(stage: House, *, role: str = seed.ADMIN_ROLE) -> str:
    """Somebody new in Slack and at Contentstack, an admin unless told otherwise; the Slack id."""
    handle = f"hand{next(_NUMBERS)}"
    person = Person(f"U0{handle.upper()}", handle, handle.title(), f"{handle}@example.com", TEAM)
    stage.workspace.core.workspace.people[person.id] = person
    enrol(stage.contentstack, person.email, role)
    return person.id


def group(stage: House, *people: str) -> SlackGroup:
    """A new user group of these people."""
    made = UserGroup(f"S0GROUP{next(_NUMBERS)}", "group", "Group", list(people))
    stage.workspace.core.workspace.usergroups.append(made)
    return SlackGroup(made.id)


def policy(stage: House, *stages: Stage, when: When | None = None, **more: Any) -> None:
    """From now on everything (that fits) asks for this."""
    verdict = Verdict(rule="test", why="the test wants it", stages=stages, **more)
    binding = replace(stage.house.binding, policy=Policy((Rule(when or When(), verdict),)))
    stage.house = replace(stage.house, binding=binding)
    stage.runner = Runner(stage.house)


async def asked(stage: House, *emails: str) -> Operation:
    """Ada asks to reset passwords, and confirms; it waits for approval."""
    proposal = await stage.propose(ActionKey.PASSWORD_RESET, *(emails or (seed.PLUS,)))
    operation = proposal.operation
    found = await confirm(stage.house, operation.id, operation.digest, ADA)
    assert isinstance(found, Operation), found
    assert found.state is State.AWAITING_APPROVAL
    return found


class Later:
    """The same clock, some time ahead."""

    def __init__(self, real: Clock) -> None:
        self._real = real
        self.ahead = timedelta()

    def now(self) -> datetime:
        return self._real.now() + self.ahead

    def monotonic(self) -> float:
        return self._real.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._real.sleep(seconds)


def ahead(stage: House) -> Later:
    """A clock for this house that the test moves."""
    clock = Later(stage.house.clock)
    stage.house = replace(stage.house, clock=clock)
    return clock


async def proven(stage: House, slack_user: str, email: str, *, minutes: float = 0) -> None:
    """This person proved his Contentstack user so many minutes ago."""
    uid, at = stage.contentstack.state.accounts_by_email[email].uid, stage.house.clock.now()
    scopes, proof = frozenset({"user:read"}), at - timedelta(minutes=minutes)
    link = Link("test", slack_user, uid, "a" * 32, b"sealed", scopes, at, proof, proof)
    assert await stage.house.store.write(lambda tx: tx.save_link(link))


async def refused(stage: House) -> list[tuple[object, object]]:
    """Who was refused why, as the audit has it."""

    def look(tx: Transaction) -> list[tuple[object, object]]:
        events = [row.event for row in tx.rows(kinds=[EventKind.REFUSED])]
        who = tx.accounts({one.actor for one in events})
        return [(who[one.actor], one.data["why"]) for one in events]

    return await stage.house.store.read(look)
