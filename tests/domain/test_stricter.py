"""The stricter of two verdicts, over many of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.circles import ORG_ADMINS, Circle, Escalation, Mode, Named, SlackGroup, Stage
from bot.domain.hours import DAYS, Hours
from bot.domain.identity import Identity
from bot.domain.stricter import covers, stricter
from bot.domain.verdict import Denied, Verdict, Wording, parse_verdict

CIRCLES: st.SearchStrategy[Circle] = st.one_of(
    st.just(ORG_ADMINS),
    st.sampled_from("AB").map(lambda name: SlackGroup(f"S0{name}")),
    st.sets(st.sampled_from(["U0A", "U0B", "U0C"]), min_size=1).map(lambda ids: Named(frozenset(ids))),
)
STAGES = st.builds(
    Stage,
    needed=st.integers(1, 3),
    of=st.lists(CIRCLES, min_size=1, max_size=2, unique=True).map(tuple),
    mode=st.sampled_from(Mode),
)
SPANS = st.integers(1, 5).map(lambda hours: timedelta(hours=hours))
WORDINGS = st.sampled_from([(), (Wording("A-[0-9]+", "A-1"),), (Wording("B-[0-9]+", "B-1"),)])
VERDICTS = st.builds(
    Verdict,
    rule=st.sampled_from(["one", "two"]),
    denied=st.sampled_from([None, None, None, Denied.BY_RULE, Denied.NO_RULE]),
    stages=st.lists(STAGES, max_size=3).map(tuple),
    approval_expiry=SPANS,
    execution_expiry=SPANS,
    reminder=st.none() | SPANS,
    escalation=st.none() | st.builds(Escalation, after=SPANS, to=STAGES),
    most_people=st.integers(1, 100),
    drift_share=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    identity=st.sampled_from(Identity),
    break_glass=st.none() | SPANS,
    hours=st.sampled_from([(), (Hours(DAYS, 0, 60, "UTC"),), (Hours(DAYS[:5], 0, 60, "UTC"),)]),
    reason=WORDINGS,
    ticket=WORDINGS,
)


@given(VERDICTS, VERDICTS)
def test_which_comes_first_does_not_matter(one: Verdict, other: Verdict) -> None:
    """The stricter of a and b is the stricter of b and a."""
    assert stricter(one, other) == stricter(other, one)


@given(VERDICTS)
def test_of_itself_it_is_itself(one: Verdict) -> None:
    """A policy that did not change asks for nothing more."""
    assert stricter(one, one) == one


@given(VERDICTS, VERDICTS)
def test_it_never_asks_for_less_than_either(one: Verdict, other: Verdict) -> None:
    """Not for fewer approvals, no longer time, no more people, no weaker identity; a no stays a no."""
    found = stricter(one, other)
    if one.denied or other.denied:
        assert found.denied
        return
    for each in (one, other):
        assert found.approvals >= each.approvals
        assert covers(found.stages, each.stages)
        assert found.approval_expiry <= each.approval_expiry
        assert found.execution_expiry <= each.execution_expiry
        assert found.most_people <= each.most_people
        assert found.drift_share <= each.drift_share
        assert each.identity is Identity.EMAIL or found.identity is Identity.LINKED
        assert found.break_glass is None or (each.break_glass or timedelta()) <= found.break_glass
        assert {*each.hours} <= {*found.hours}
        assert {*each.reason, *each.ticket} <= {*found.reason, *found.ticket}


@given(VERDICTS, VERDICTS)
def test_once_taken_it_stays(one: Verdict, other: Verdict) -> None:
    """A run that is asked for again is not asked for more again."""
    found = stricter(one, other)
    assert stricter(found, one) == found or one.denied or other.denied or found.rule != one.rule
    assert stricter(found, one).approvals == found.approvals


def test_of_two_ways_to_ask_for_the_same_it_is_always_the_same_one() -> None:
    """One circle asks for the same with any as with all; what else the verdicts say decides nothing there."""
    any_of, all_of = Stage(1, (ORG_ADMINS,), Mode.ANY), Stage(1, (ORG_ADMINS,), Mode.ALL)
    hour, three = timedelta(hours=1), timedelta(hours=3)
    one = Verdict(rule="two", stages=(any_of,), escalation=Escalation(hour, all_of), approval_expiry=hour)
    other = Verdict(rule="two", stages=(all_of,), escalation=Escalation(hour, any_of), approval_expiry=three)
    found = stricter(one, other)
    assert stricter(found, one) == stricter(found, other) == found


@given(VERDICTS)
def test_a_verdict_is_read_back_from_its_document(one: Verdict) -> None:
    """Nothing is lost between the seal and the run."""
    assert parse_verdict(one.document()) == one


TWO_ADMINS, ONE_OF_GROUP = (Stage(2),), (Stage(1, (SlackGroup("S1"),)),)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ((Stage(1),), (Stage(2),), (Stage(2),)),
        (ONE_OF_GROUP, (Stage(1),), ONE_OF_GROUP),
        (ONE_OF_GROUP, TWO_ADMINS, TWO_ADMINS + ONE_OF_GROUP),
        ((Stage(1, (Named(frozenset("AB")),)),), (Stage(1, (Named(frozenset("A")),)),), None),
        ((Stage(1), Stage(1, (SlackGroup("S1"),))), ONE_OF_GROUP, None),
    ],
    ids=[
        "two admins are stricter than one",
        "one of a group is stricter than one of all admins",
        "one of a group and two admins: neither covers the other, so all three",
        "one of fewer named people is stricter",
        "two stages of which one is all that the other asks for",
    ],
)
def test_stages(one: tuple[Stage, ...], other: tuple[Stage, ...], found: tuple[Stage, ...] | None) -> None:
    """What satisfies the stricter stages satisfies both."""
    both = stricter(Verdict(rule="one", stages=one), Verdict(rule="one", stages=other)).stages
    assert both == found or (found is None and both in {one, other})
    assert replace(Verdict(rule="one"), stages=both).approvals >= 1
