"""No sequence of clicks leads to a run that lacks its approvals, includes a forbidden target, or runs twice.

`make prove` plays 100,000 of them; here are some hundred, and that the judge finds what is taken out.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import approval
from bot.domain.admission import NotAdmitted
from bot.domain.operation import Operation, State
from bot.domain.problems import Problem, Trouble
from bot.service import admission, claims, decide, glass, seal
from bot.service.house import House
from bot.service.moves import move
from bot.service.run import batch, terms, turn, worker
from tests.model.agreement import Agreement, Person, Rule, Stage, agreed
from tests.model.play import KINDS, LONGEST, MOST, Step, Table
from tests.model.prove import InThisThread, search

ENOUGH = 3_000
"""Sequences among which every guard that is taken out has to be missed."""

NUMBERS = st.integers(0, MOST - 1)
STEPS = st.lists(
    st.builds(Step, st.sampled_from(KINDS), NUMBERS, NUMBERS, NUMBERS), min_size=4, max_size=LONGEST
)


@settings(max_examples=80)
@given(steps=STEPS)
def test_no_sequence_of_clicks_does_what_must_never_happen(steps: Sequence[Step]) -> None:
    """Clicks by anybody, some at once; time, roles and accounts that change, crashes and lost answers."""

    async def played() -> None:
        asyncio.get_running_loop().set_default_executor(InThisThread())
        await Table().play(steps)

    asyncio.run(played())


def test_sequences_come_to_something() -> None:
    """Of a hundred drawn ones enough run, are refused, and touch people; and none is wrong."""
    found = asyncio.run(search(seed=2, first=0, number=100))
    assert found.wrong == ""
    counts = found.counts
    assert counts["running"] >= 15
    assert counts["done"] >= 15
    assert counts["refused"] >= 200


@dataclass(frozen=True)
class Hole:
    """A guard that is taken out, and the broken promise that has to be found (a pattern)."""

    name: str
    guards: tuple[tuple[ModuleType, str], ...]
    instead: Any
    broken: str
    kinds: tuple[str, ...] = KINDS
    seed: int = 1
    """The steps, and the seed, with which it is found soon."""


async def _never(*_: object) -> None:
    """Nothing speaks against it."""


async def _nothing(*_: object) -> str:
    return ""


async def _yes(*_: object) -> bool:
    return True


async def _whatever_plan(house: House, operation_id: str, _: str) -> Operation | Problem:
    return await decide.load(house, operation_id) or Problem(Trouble.ALREADY_MOVED)


def _anybody(found: Sequence[object]) -> NotAdmitted | None:
    return None if found else NotAdmitted.NOT_A_MEMBER


HOLES = (
    Hole(
        "who is a party may decide",
        ((decide, "may_decide"),),
        lambda *_: None,
        "runs without the agreements that it needs",
        seed=24,
    ),
    Hole("every member is an admin", ((admission, "_why_not"),), _anybody, "runs", seed=23),
    Hole(
        "rights are not read again at the run",
        ((worker, "still_admin"),),
        _never,
        "runs for somebody who has no right any more",
    ),
    Hole(
        "a click counts for any plan",
        ((decide, "_as_shown"),),
        _whatever_plan,
        "runs",
        (*("onward",) * 6, "propose", "propose"),
    ),
    Hole(
        "no invariants",
        ((seal, "enforce"), (turn, "enforce")),
        lambda _, lines, *__: tuple(lines),
        "is the owner|is the account behind the bot|asked for it himself|was the last admin",
        seed=3,
    ),
    Hole(
        "calls are forgotten",
        ((batch, "_calls"),),
        lambda *_: (),
        "was touched twice",
        (*("onward",) * 3, "run"),
        seed=8,
    ),
    Hole(
        "drift is not looked for",
        ((turn, "_changed"),),
        lambda *_, **__: None,
        "was no longer as the plan had it",
        (*("onward",) * 5, "fate"),
        seed=32,
    ),
    Hole(
        "the policy of now is not looked at",
        ((worker, "forbids"),),
        _nothing,
        "the policy asks for by now",
        (*("onward",) * 5, "policy"),
        seed=3,
    ),
    Hole(
        "anybody may break the glass",
        ((glass, "_why_not"),),
        lambda *_: None,
        "runs without the agreements that it needs",
        (*("onward",) * 5, "glass"),
        seed=5,
    ),
    Hole(
        "a proof is fresh for ever",
        ((glass, "_proven_lately"),),
        lambda *_: True,
        "runs without the agreements that it needs",
        (*("onward",) * 6, "glass", "time"),
        seed=40,
    ),
    Hole(
        "the hold is over at once",
        ((glass, "release"),),
        lambda tx, one, at, actor: move(tx, one, State.APPROVED, State.QUEUED, at, actor=actor),
        "runs without the agreements that it needs",
        (*("onward",) * 6, "glass", "prove"),
        seed=35,
    ),
    Hole(
        "one agreement is enough",
        ((approval, "open_stage"),),
        lambda verdict, given: None if given or not verdict.stages else 0,
        "runs without the agreements that it needs",
        ("onward",),
        seed=4,
    ),
    Hole(
        "everybody is in every circle",
        ((claims, "within"),),
        lambda *_: True,
        "runs without the agreements that it needs",
        ("onward",),
        seed=4,
    ),
    Hole(
        "who has left a group counts for it",
        ((terms, "_still"),),
        lambda given, *_: given,
        "runs without the agreements that it needs",
        (*("onward",) * 5, "fate"),
        seed=6,
    ),
    Hole(
        "anybody is stood in for",
        ((claims, "could_decide"),),
        _yes,
        "runs without the agreements that it needs",
        (*("onward",) * 4, *("delegate",) * 4),
        seed=4,
    ),
    Hole(
        "the second set need not wait",
        ((decide, "escalates_at"),),
        lambda *_: datetime.min.replace(tzinfo=UTC),
        "runs without the agreements that it needs",
        ("onward",),
        seed=38,
    ),
)


@pytest.mark.parametrize("hole", HOLES, ids=lambda hole: hole.name)
def test_a_guard_that_is_taken_out_is_missed(hole: Hole, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same search over a house without it ends with a sequence that breaks a promise."""
    for module, name in hole.guards:
        monkeypatch.setattr(module, name, hole.instead)
    found = asyncio.run(search(hole.seed, 0, ENOUGH, hole.kinds, shorten=False))
    assert re.search(hole.broken, found.wrong)


def test_a_sequence_that_breaks_a_promise_is_made_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody asks, confirms, an engine comes by: what is left is what it takes."""
    for module in (seal, turn):
        monkeypatch.setattr(module, "enforce", lambda _, lines, *__: tuple(lines))
    found = asyncio.run(search(seed=1, first=0, number=ENOUGH))
    assert found.wrong
    assert len(found.steps) <= 5


def clicks(*names: str, group: int = 0, at: float = 0.0) -> list[Agreement]:
    return [Agreement(group or n, at, Person(name, name)) for n, name in enumerate(names, 1)]


def instead(name: str, *of: str) -> list[Agreement]:
    return [Agreement(1, 0.0, Person(name, name), tuple(Person(one, one) for one in of))]


A, B = frozenset({"ann", "bea"}), frozenset({"bea", "cid"})
IN_TURN = Rule((Stage(1, (A,)), Stage(1, (B,))))
FROM_EACH = Rule((Stage(1, (A, B), each=True),))
ESCALATED = Rule((Stage(1, (A,)),), 60.0, Stage(1, (B,)))


@pytest.mark.parametrize(
    ("rule", "given", "enough"),
    [
        (Rule(), clicks(), True),
        (Rule((Stage(1),)), clicks(), False),
        (Rule((Stage(1),)), clicks("ann"), True),
        (Rule((Stage(2),)), clicks("ann", "ann"), False),
        (Rule((Stage(2),)), clicks("ann", "bea"), True),
        (Rule((Stage(2),)), instead("ann", "bea"), False),
        (Rule((Stage(1, (A,)),)), clicks("cid"), False),
        (Rule((Stage(1, (A,)),)), instead("cid", "ann"), True),
        (Rule((Stage(2, (A,)),)), [*instead("cid", "ann"), *clicks("ann", group=2)], False),
        (Rule((Stage(2, (A,)),)), [*instead("cid", "ann"), *clicks("bea", group=2)], True),
        (IN_TURN, clicks("ann", "cid"), True),
        (IN_TURN, clicks("cid", "ann"), False),
        (IN_TURN, clicks("cid", "ann", group=1), True),
        (IN_TURN, clicks("bea", "bea"), False),
        (FROM_EACH, clicks("bea"), False),
        (FROM_EACH, clicks("bea", "ann"), True),
        (FROM_EACH, clicks("bea", "cid"), True),
        (Rule((Stage(2, (A, B), each=True),)), clicks("ann", "bea", "cid"), False),
        (ESCALATED, clicks("cid", at=59.0), False),
        (ESCALATED, clicks("cid", at=60.0), True),
        (ESCALATED, clicks("dan", at=60.0), False),
    ],
)
def test_the_judge_counts_as_the_rules_say(rule: Rule, given: Sequence[Agreement], *, enough: bool) -> None:
    """Different people, stage after stage; so many from each circle, nobody for two; stand-ins; in time."""
    assert agreed(rule, given) is enough
