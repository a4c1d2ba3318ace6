"""Invented people, plans and operations for the tests of store and engine."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.actions import ActionKey, Parameters
from bot.domain.circles import Stage
from bot.domain.consequences import Consequences
from bot.domain.members import Access, Status
from bot.domain.operation import Actor, Operation, State
from bot.domain.plan import RUN, Credential, Flag, Line, Plan, Why, skip
from bot.domain.verdict import Verdict
from bot.ports.clock import Clock
from bot.ports.store import Transaction

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ADA = Actor("U0ADA", "blt_ada", "a" * 32)
BEN = Actor("U0BEN", "blt_ben", "b" * 32)


def later(seconds: float) -> datetime:
    """A time after noon."""
    return NOON + timedelta(seconds=seconds)


class StillClock:
    """A clock that stands at noon."""

    def now(self) -> datetime:
        return NOON

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing in the store waits")


STILL: Clock = StillClock()


def counting_entropy() -> Iterator[bytes]:
    """Salts that differ and can be foretold."""
    return (number.to_bytes(32, "big") for number in itertools.count(1))


def line(number: int) -> Line:
    return Line(
        number=number,
        person=f"{number:032x}",
        share_uid=f"share_{number}",
        user_uid=f"user_{number}" if number % 2 else None,
        verdict=RUN if number % 3 else skip(Why.ALREADY_SO),
        before=Access(Status.ACCEPTED, ("role_member",), {"stack_1": ("editor",), "stack_2": None}),
        after=Access(None),
        flags=(Flag.ADMIN, Flag.PENDING) if number == 1 else (),
    )


def plan(*, binding: str = "acme", lines: int = 3, action: ActionKey = ActionKey.REMOVE) -> Plan:
    return Plan(
        binding=binding,
        action=action,
        parameters=Parameters(org_roles=("role_admin",), stacks={"stack_1": ("editor", "reviewer")}),
        lines=tuple(line(number) for number in range(1, lines + 1)),
        policy_digest="0" * 64,
        credential=Credential("authtoken", "blt_bot"),
    )


def operation(
    operation_id: str = "op_1",
    *,
    binding: str = "acme",
    state: State = State.PROPOSED,
    requester: Actor = ADA,
    created: float = 0,
) -> Operation:
    sealed = plan(binding=binding)
    return Operation(
        id=operation_id,
        binding=binding,
        state=state,
        plan=sealed,
        digest=sealed.digest,
        requester=requester,
        reason="left the company: grüße <!channel>",
        channel="C0TEAM",
        verdict=Verdict(rule="remove", why="one other admin", stages=(Stage(1),)),
        created_at=later(created),
        changed_at=later(created),
        consequences=Consequences(people=2, admins=1, only_admin_of=("Marketing site",)),
        names={"role_admin": "Admin", "stack_1": "Marketing site"},
    )


def adding(*operations: Operation) -> Callable[[Transaction], None]:
    """A change that adds them all."""

    def change(tx: Transaction) -> None:
        for one in operations:
            tx.add_operation(one)

    return change


def moved(before: Operation, state: State, seconds: float) -> Operation:
    return replace(before, state=state, changed_at=later(seconds))
