"""The seal: a digest over everything that will happen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.actions import ActionKey, Parameters
from bot.domain.members import NOBODY, Access, Status
from bot.domain.plan import (
    Credential,
    Flag,
    Plan,
    UnknownSchemaError,
    Why,
    blocked,
    canonical,
    skip,
)
from bot.domain.sealed import NoPlanError, Stored, read_plan
from tests.domain.people import line, member, plan

MIA, PAT = member("mia"), member("pat")
PLAN = plan(
    ActionKey.REMOVE,
    line(1, MIA, after=NOBODY, before=Access(Status.ACCEPTED, ("role_member",), {"s1": ("e",), "s2": None})),
    line(2, PAT, verdict=blocked(Why.IS_OWNER), flags=(Flag.ADMIN,)),
)
TEXT = canonical(PLAN.document()).decode()


def stored(text: str, size: int = 2**16) -> Stored:
    """The text as the store gives it: in pieces of so many bytes, wherever that cuts it."""
    data = text.encode()
    return lambda: (data[start : start + size] for start in range(0, len(data), size))


def test_the_digest_never_changes_for_the_same_plan() -> None:
    """Pinned: a new value would cut every stored approval from its plan."""
    assert PLAN.digest == "434329c73cbc5e13924e58b5906f705c05911fdc853dd1a9dd1e1e69b01af9b4"


@pytest.mark.parametrize(
    "changed",
    [
        replace(PLAN, binding="other"),
        replace(PLAN, action=ActionKey.UNLOCK),
        replace(PLAN, via="substitute"),
        replace(PLAN, parameters=Parameters(org_roles=("role_member",))),
        replace(PLAN, lines=PLAN.lines[:1]),
        replace(PLAN, lines=PLAN.lines[::-1]),
        replace(PLAN, policy_digest="1" * 64),
        replace(PLAN, credential=Credential("oauth", "user_bot")),
        replace(PLAN, credential=Credential("authtoken", "user_other")),
        replace(PLAN, lines=(replace(PLAN.lines[0], person="person_9"), PLAN.lines[1])),
        replace(PLAN, lines=(replace(PLAN.lines[0], share_uid="share_x"), PLAN.lines[1])),
        replace(PLAN, lines=(replace(PLAN.lines[0], user_uid=None), PLAN.lines[1])),
        replace(PLAN, lines=(replace(PLAN.lines[0], after=PLAN.lines[0].before), PLAN.lines[1])),
        replace(PLAN, lines=(replace(PLAN.lines[0], before=NOBODY), PLAN.lines[1])),
        replace(PLAN, lines=(replace(PLAN.lines[0], verdict=skip(Why.ALREADY_SO)), PLAN.lines[1])),
    ],
)
def test_every_change_breaks_the_seal(changed: Plan) -> None:
    """Whatever an approver could care about is inside the digest."""
    assert changed.digest != PLAN.digest


def test_a_plan_survives_its_document() -> None:
    """What is stored is what was sealed."""
    assert read_plan(stored(TEXT)) == PLAN


def test_a_plan_is_read_wherever_its_text_is_cut() -> None:
    """In the middle of a line, of a letter, of the words that its lines begin with."""
    odd = replace(PLAN, via='zażółć "lines":[', parameters=Parameters(org_roles=("r\u00f6le",)))
    text = canonical(odd.document()).decode()
    assert all(read_plan(stored(text, size)) == odd for size in range(1, 80))


def test_a_plan_is_written_line_by_line_as_it_would_be_as_a_whole() -> None:
    """The digest covers the canonical form of the document, however it is put together."""
    nobody = replace(PLAN, lines=())
    assert [b"".join(one.pieces()) for one in (PLAN, nobody)] == [
        canonical(one.document()) for one in (PLAN, nobody)
    ]


def test_equal_accesses_of_a_plan_are_one_value() -> None:
    """Of 10,000 people most have the same."""
    several = plan(ActionKey.REMOVE, *(line(number, MIA, after=NOBODY) for number in (1, 2, 3)))
    back = read_plan(several.pieces)
    assert back == several
    assert len({id(side) for one in back.lines for side in (one.before, one.after)}) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '"lines":[]',
        '{"lines":[],"schema":1}',
        TEXT[:-1],
        TEXT.replace('"lines":[', '"lines": ['),
        TEXT.replace('},{"after"', '}{"after"'),
        TEXT.replace(',"parameters"', ',"lines":[{}],"parameters"'),
        TEXT.replace('"decision":"run"', '"decision":"jump"'),
        TEXT.replace('"number":1,', ""),
    ],
)
def test_what_is_no_plan_is_not_read(text: str) -> None:
    """Half of one, another spelling, lines that are none or in two places: each is said to be no plan."""
    with pytest.raises(NoPlanError):
        read_plan(stored(text))


def test_a_plan_of_another_schema_is_not_read() -> None:
    """It is held, never run."""
    with pytest.raises(UnknownSchemaError):
        read_plan(stored(canonical({**PLAN.document(), "schema": 2}).decode()))


def test_a_plan_of_another_schema_is_told_from_what_is_no_plan() -> None:
    """Whatever its lines are, and however it is spelled."""
    with pytest.raises(UnknownSchemaError):
        read_plan(stored('{"schema": 2, "people": {}}'))


@pytest.mark.parametrize("value", [1.5, None, True, {1: "x"}, {"x": [None]}, object()])
def test_what_has_no_canonical_form_fails(value: object) -> None:
    """Text, whole numbers, lists and objects only."""
    with pytest.raises(TypeError):
        canonical(value)


def test_canonical_json_is_utf8_sorted_and_without_blanks() -> None:
    """The bytes that the digest covers."""
    assert canonical({"b": ["ż", 1], "a": ""}) == '{"a":"","b":["ż",1]}'.encode()


@given(count=st.integers(0, 47), blocked_ones=st.sets(st.integers(0, 46)))
def test_batches_hold_every_line_once_and_ten_at_most(count: int, blocked_ones: set[int]) -> None:
    """In order, nobody lost, nobody twice, nobody who is not to run."""
    lines = [
        line(
            number + 1, MIA, verdict=blocked(Why.IS_OWNER) if number in blocked_ones else line(1, MIA).verdict
        )
        for number in range(count)
    ]
    batches = plan(ActionKey.REMOVE, *lines).batches()
    assert [one for batch in batches for one in batch] == [one for one in lines if one.runs]
    assert all(0 < len(batch) <= 10 for batch in batches)
