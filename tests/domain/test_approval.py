"""Who counts for what: a sentence a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.approval import (
    Claim,
    Counted,
    Uncounted,
    agreeing,
    all_agreed,
    asked_since,
    denying,
    escalates_at,
    fills,
    open_stage,
    progress,
)
from bot.domain.circles import ORG_ADMINS, Escalation, Mode, SlackGroup, Stage
from bot.domain.operation import Actor, Approval, Weight
from bot.domain.verdict import Verdict

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SECURITY, LEGAL = SlackGroup("S0SECURITY"), SlackGroup("S0LEGAL")
HOURS = timedelta(hours=1)
NOBODY: frozenset[int] = frozenset()


def actor(name: str) -> Actor:
    return Actor(f"U0{name.upper()}", f"user_{name}", name)


def circles(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


def verdict(*stages: Stage, escalation: Escalation | None = None) -> Verdict:
    return Verdict(rule="rule", stages=stages, escalation=escalation)


def claim(
    name: str, *in_stages: frozenset[int], second: frozenset[int] = NOBODY, instead_of: str = ""
) -> Claim:
    return Claim(actor(name), in_stages, second, actor(instead_of) if instead_of else None)


@dataclass
class Request:
    """A request on which people click, one after another; an hour goes by before each."""

    verdict: Verdict
    approvals: tuple[Approval, ...] = ()

    def agree(self, *claims: Claim, escalated: bool = False) -> Counted | Uncounted:
        found = agreeing(self.verdict, self.approvals, claims, escalated=escalated)
        if isinstance(found, Counted):
            at = NOON + HOURS * (1 + len(self.approvals))
            given = Approval(claims[0].actor, True, at, "", found.weight, found.stands_in_for)
            self.approvals = (*self.approvals, given)
        return found

    @property
    def open(self) -> int | None:
        return open_stage(self.verdict, self.approvals)


ADMINS, ONE = Stage(1), circles(0)
EITHER = Stage(2, (SECURITY, LEGAL), Mode.ANY)
BOTH = Stage(1, (SECURITY, LEGAL), Mode.ALL)
TWICE = Stage(2, (SECURITY, LEGAL), Mode.ALL)

CASES = [
    ("nobody is asked: agreed from the start", (), [], True),
    ("one admin is enough where one is asked", (ADMINS,), ["0"], True),
    ("nobody has agreed yet", (ADMINS,), [], False),
    ("somebody in no circle counts for nothing", (ADMINS,), [""], False),
    ("two people of one circle are two different people of any", (EITHER,), ["0", "0"], True),
    ("one person in both circles is one person", (EITHER,), ["01"], False),
    ("one of each circle agreed", (BOTH,), ["0", "1"], True),
    ("two of the same circle leave the other one missing", (BOTH,), ["0", "0"], False),
    ("one person in both circles counts for one of them", (BOTH,), ["01"], False),
    ("who is in both makes room for who is in one", (BOTH,), ["01", "0"], True),
    ("two in both circles are one of each", (BOTH,), ["01", "01"], True),
    ("two of each circle", (TWICE,), ["0", "0", "1", "1"], True),
    ("three for one circle and one for the other are not two of each", (TWICE,), ["0", "0", "0", "1"], False),
    ("those in both are taken where they are missing", (TWICE,), ["01", "01", "0", "0"], True),
    ("the second stage is still open", (ADMINS, BOTH), ["0"], False),
]


@pytest.mark.parametrize(("claimed", "stages", "given", "agreed"), CASES, ids=[case[0] for case in CASES])
def test_agreed_or_not(claimed: str, stages: tuple[Stage, ...], given: list[str], agreed: bool) -> None:
    """Whatever the order in which people agree."""
    for order in set(permutations(given)):
        approvals = [
            Approval(actor(f"p{number}"), True, NOON, "", Weight(0, frozenset(map(int, mine))))
            for number, mine in enumerate(order)
        ]
        assert all_agreed(verdict(*stages), approvals) is agreed


def test_stages_are_taken_in_order() -> None:
    """Whoever is asked later has to wait; with the last stage all is agreed."""
    request = Request(verdict(ADMINS, BOTH))
    assert request.open == 0
    assert request.agree(claim("sid", NOBODY, circles(0))) is Uncounted.LATER_STAGE
    assert request.agree(claim("ada", ONE, NOBODY)) == Counted(Weight(0, ONE))
    assert request.open == 1
    assert request.agree(claim("bob", ONE, NOBODY)) is Uncounted.NOT_ASKED
    assert request.agree(claim("sid", NOBODY, circles(0))) == Counted(Weight(1, circles(0)))
    assert request.agree(claim("sue", NOBODY, circles(0))) is Uncounted.ENOUGH
    assert [(one.agreed, one.done) for one in progress(request.verdict, request.approvals)] == [
        (1, True),
        (1, False),
    ]
    assert request.agree(claim("leo", NOBODY, circles(1))) == Counted(Weight(1, circles(1)))
    assert request.open is None
    assert request.agree(claim("zoe", ONE, circles(0))) is Uncounted.DECIDED


def test_nobody_counts_twice_by_either_of_his_ids() -> None:
    """Two Slack accounts of one Contentstack user are one person."""
    request = Request(verdict(Stage(2)))
    request.agree(claim("ada", ONE))
    other = Claim(Actor("U0OTHER", "user_ada"), (ONE,))
    assert request.agree(claim("ada", ONE)) is Uncounted.DECIDED
    assert request.agree(other) is Uncounted.DECIDED
    assert request.open == 0


def test_a_no_counts_of_everybody_who_is_asked_now() -> None:
    """Also where his circle has agreed as often as it has to; of nobody else."""
    request = Request(verdict(BOTH, ADMINS))
    request.agree(claim("sid", circles(0), NOBODY))
    again = claim("sue", circles(0), NOBODY)
    assert request.agree(again) is Uncounted.ENOUGH
    no = denying(request.verdict, request.approvals, [again], escalated=False)
    assert no == Counted(Weight(0, circles(0)))
    later = denying(request.verdict, request.approvals, [claim("ada", NOBODY, ONE)], escalated=False)
    assert later is Uncounted.LATER_STAGE


# standing in ------------------------------------------------------------------------------------------


def test_a_stand_in_counts_in_the_place_of_whom_he_stands_in_for() -> None:
    """By the other one's circle, and never for both."""
    request = Request(verdict(Stage(2, (SECURITY,))))
    stand_in = claim("bob", circles(0), instead_of="sid")
    assert request.agree(claim("bob", NOBODY), stand_in) == Counted(Weight(0, circles(0)), actor("sid"))
    assert request.agree(claim("sid", circles(0))) is Uncounted.DECIDED
    assert request.agree(claim("bob", NOBODY), stand_in) is Uncounted.DECIDED
    assert request.open == 0


def test_who_has_decided_has_no_stand_in_any_more() -> None:
    """The other way round: first himself, then his stand-in in vain."""
    request = Request(verdict(Stage(2, (SECURITY,))))
    request.agree(claim("sid", circles(0)))
    stand_in = claim("bob", circles(0), instead_of="sid")
    assert request.agree(claim("bob", NOBODY), stand_in) is Uncounted.NOT_ASKED


def test_a_right_of_his_own_comes_first() -> None:
    """Who is asked himself leaves the other one's place to the other one."""
    request = Request(verdict(Stage(2, (SECURITY,))))
    own, instead = claim("bob", circles(0)), claim("bob", circles(0), instead_of="sid")
    assert request.agree(own, instead) == Counted(Weight(0, circles(0)))
    assert request.agree(claim("sid", circles(0))) == Counted(Weight(0, circles(0)))
    assert request.open is None


def test_where_his_own_circle_is_full_he_counts_in_the_other_place() -> None:
    """One from each circle: his own has agreed, the absent one's has not."""
    request = Request(verdict(BOTH))
    request.agree(claim("sid", circles(0)))
    found = request.agree(claim("sue", circles(0)), claim("sue", circles(1), instead_of="leo"))
    assert found == Counted(Weight(0, circles(1)), actor("leo"))
    assert request.open is None


# escalation -------------------------------------------------------------------------------------------

LATER = Escalation(4 * HOURS, Stage(1, (ORG_ADMINS,)))


def test_the_second_set_decides_only_after_its_time_and_then_instead() -> None:
    """Two of security are asked; after four hours one admin is enough."""
    request = Request(verdict(Stage(2, (SECURITY,)), escalation=LATER))
    admin = claim("ada", NOBODY, second=ONE)
    assert request.agree(admin) is Uncounted.NOT_ESCALATED
    assert request.agree(admin, escalated=True) == Counted(Weight(0, NOBODY, ONE, True))
    assert request.open is None


def test_time_alone_agrees_to_nothing() -> None:
    """Who agreed early and is in the second set too counts for it once somebody clicks after its time."""
    two = Escalation(4 * HOURS, Stage(2, (ORG_ADMINS,)))
    one = Request(verdict(Stage(2, (SECURITY,)), escalation=LATER))
    one.agree(claim("sid", circles(0), second=ONE))
    assert one.open == 0
    request = Request(verdict(Stage(3, (SECURITY,)), escalation=two))
    request.agree(claim("sid", circles(0), second=ONE))
    request.agree(claim("ada", NOBODY, second=ONE), escalated=True)
    assert request.open is None


def test_the_first_set_may_go_on_deciding_after_the_time() -> None:
    """Escalation adds people, it takes nobody away."""
    request = Request(verdict(Stage(1, (SECURITY,)), escalation=LATER))
    assert request.agree(claim("sid", circles(0)), escalated=True) == Counted(
        Weight(0, circles(0), NOBODY, True)
    )
    assert request.open is None


def test_each_stage_has_its_own_time() -> None:
    """It begins when the stage before was agreed."""
    request = Request(verdict(ADMINS, Stage(1, (SECURITY,)), escalation=LATER))
    assert escalates_at(request.verdict, request.approvals, NOON) == NOON + 4 * HOURS
    request.agree(claim("ada", ONE, NOBODY))
    assert asked_since(request.approvals, 1, NOON) == NOON + HOURS
    assert escalates_at(request.verdict, request.approvals, NOON) == NOON + 5 * HOURS
    request.agree(claim("sid", NOBODY, circles(0)))
    assert escalates_at(request.verdict, request.approvals, NOON) is None
    assert escalates_at(verdict(ADMINS), (), NOON) is None


# matching ---------------------------------------------------------------------------------------------


def by_trying(stages: Sequence[Stage], people: Sequence[Sequence[frozenset[int]]]) -> int:
    """The same by trying everything there is."""
    slots = [
        (number, circle)
        for number, stage in enumerate(stages)
        for circle in (range(len(stage.of)) if stage.mode is Mode.ALL else (None,))
        for _ in range(stage.needed)
    ]
    best = 0
    for order in permutations([*range(len(people)), *[-1] * len(slots)], len(slots)):
        good = 0
        for (stage, circle), person in zip(slots, order, strict=True):
            mine = people[person][stage] if person >= 0 else NOBODY
            good += bool(mine) if circle is None else circle in mine
        best = max(best, good)
    return best


MEMBERSHIP = st.frozensets(st.integers(0, 1), max_size=2)


@given(
    modes=st.lists(st.sampled_from(list(Mode)), min_size=1, max_size=2),
    people=st.lists(st.tuples(MEMBERSHIP, MEMBERSHIP), max_size=3),
)
def test_the_matching_is_the_largest_there_is(
    modes: list[Mode], people: list[tuple[frozenset[int], frozenset[int]]]
) -> None:
    """Over stages of either kind, compared with trying everything."""
    stages = [Stage(1, (SECURITY, LEGAL), mode) for mode in modes]
    assert fills(stages, people) == by_trying(stages, people)


def test_ten_thousand_people_are_matched_at_once() -> None:
    """There are few agreements to give, however many could give them."""
    people = [(circles(0),)] * 10_000
    assert fills((Stage(5, (SECURITY, LEGAL), Mode.ALL),), people) == 5
