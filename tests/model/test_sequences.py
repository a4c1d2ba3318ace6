"""No sequence of clicks leads to a run that lacks its approvals, includes a forbidden target, or runs twice.

`make prove` plays 100,000 of them; here are some hundred, and that the judge finds what is taken out.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.admission import NotAdmitted
from bot.service import admission, decide, seal
from bot.service.run import batch, turn, worker
from tests.model.judge import Click, Stage, agreed
from tests.model.play import KINDS, LONGEST, MOST, Step, Table
from tests.model.prove import InThisThread, search
from tests.model.world import Soul

ENOUGH = 3_000
"""Sequences among which every guard that is taken out has to be missed."""

NUMBERS = st.integers(0, MOST - 1)
STEPS = st.lists(
    st.builds(Step, st.sampled_from(KINDS), NUMBERS, NUMBERS, NUMBERS), min_size=4, max_size=LONGEST
)


@settings(max_examples=100, deadline=None)
@given(steps=STEPS)
def test_no_sequence_of_clicks_does_what_must_never_happen(steps: Sequence[Step]) -> None:
    """Clicks by anybody, some at once; time, roles and accounts that change, crashes and lost answers."""

    async def played() -> None:
        asyncio.get_running_loop().set_default_executor(InThisThread())
        await Table().play(steps)

    asyncio.run(played())


def test_sequences_come_to_something() -> None:
    """Of two hundred drawn ones enough run, are refused, and touch people; and none is wrong."""
    found = asyncio.run(search(seed=2, first=0, number=200))
    assert found.wrong == ""
    counts = found.counts
    assert counts["running"] >= 20
    assert counts["done"] >= 20
    assert counts["refused"] >= 200


@dataclass(frozen=True)
class Hole:
    """A guard that is taken out, and the broken promise that has to be found (a pattern)."""

    name: str
    guards: tuple[tuple[ModuleType, str], ...]
    instead: Any
    broken: str
    kinds: tuple[str, ...] = KINDS
    """The steps among which it is found soon."""


async def _never(*_: object) -> None:
    """Nothing speaks against it."""


def _anybody(found: Sequence[object]) -> NotAdmitted | None:
    return None if found else NotAdmitted.NOT_A_MEMBER


HOLES = (
    Hole(
        "who is a party may decide",
        ((decide, "may_decide"),),
        lambda *_: None,
        "runs without the agreements that it needs",
    ),
    Hole("every member is an admin", ((admission, "_why_not"),), _anybody, "runs"),
    Hole(
        "rights are not read again at the run",
        ((worker, "still_admin"),),
        _never,
        "runs for somebody who has no right any more",
    ),
    Hole(
        "a click counts for any plan",
        ((decide, "wrong_plan"),),
        lambda *_: None,
        "runs",
        (*("onward",) * 6, "propose", "propose"),
    ),
    Hole(
        "no invariants",
        ((seal, "enforce"), (turn, "enforce")),
        lambda _, lines, *__: tuple(lines),
        "is the owner|is the account behind the bot|asked for it himself|was the last admin",
    ),
    Hole(
        "calls are forgotten",
        ((batch, "_calls"),),
        lambda *_: (),
        "was touched twice",
        (*("onward",) * 5, "run"),
    ),
    Hole(
        "drift is not looked for",
        ((turn, "_changed"),),
        lambda *_, **__: None,
        "was no longer as the plan had it",
        (*("onward",) * 5, "fate"),
    ),
)


@pytest.mark.parametrize("hole", HOLES, ids=lambda hole: hole.name)
def test_a_guard_that_is_taken_out_is_missed(hole: Hole, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same search over a house without it ends with a short sequence that breaks a promise."""
    for module, name in hole.guards:
        monkeypatch.setattr(module, name, hole.instead)
    found = asyncio.run(search(seed=1, first=0, number=ENOUGH, kinds=hole.kinds))
    assert re.search(hole.broken, found.wrong)
    assert len(found.steps) <= 8


def soul(name: str) -> Soul:
    return Soul(name, ())


def approved(*names: str, group: int = 0) -> list[Click]:
    return [Click(group or n, "approve", "op", True, name, soul(name)) for n, name in enumerate(names, 1)]


A, B = frozenset({"ann", "bea"}), frozenset({"bea", "cid"})


@pytest.mark.parametrize(
    ("stages", "clicks", "enough"),
    [
        ([], approved(), True),
        ([Stage(1)], approved(), False),
        ([Stage(1)], approved("ann"), True),
        ([Stage(2)], approved("ann", "ann"), False),
        ([Stage(2)], approved("ann", "bea"), True),
        ([Stage(1, (A,))], approved("cid"), False),
        ([Stage(1, (A,)), Stage(1, (B,))], approved("ann", "cid"), True),
        ([Stage(1, (A,)), Stage(1, (B,))], approved("cid", "ann"), False),
        ([Stage(1, (A,)), Stage(1, (B,))], approved("cid", "ann", group=1), True),
        ([Stage(1, (A,)), Stage(1, (B,))], approved("bea", "bea"), False),
        ([Stage(1, (A, B), each=True)], approved("bea"), False),
        ([Stage(1, (A, B), each=True)], approved("bea", "ann"), True),
        ([Stage(1, (A, B), each=True)], approved("bea", "cid"), True),
        ([Stage(2, (A, B), each=True)], approved("ann", "bea", "cid"), False),
    ],
)
def test_the_judge_counts_as_the_rules_say(
    stages: Sequence[Stage], clicks: Sequence[Click], enough: bool
) -> None:
    """Different people, stage after stage; so many from each circle, and nobody for two."""
    assert agreed(stages, clicks) is enough
