"""Whatever comes from outside, every message is one that Slack takes, and nothing in it pings or links."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.actions import ActionKey, Parameters
from bot.domain.circles import ORG_ADMINS, Escalation, Mode, Named, SlackGroup, Stage
from bot.domain.consequences import Consequences
from bot.domain.members import Access, Status
from bot.domain.operation import ENDS, Actor, Approval, BrokenGlass, Operation, Origin, State, Weight
from bot.domain.outcome import Done, Failed, Unknown
from bot.domain.plan import Flag
from bot.domain.verdict import Verdict
from bot.ports.store import PersonData
from bot.sandbox.workspace.block_kit import check_blocks
from bot.service.retry import Left
from bot.service.story import Kin, Story
from bot.slack import summary
from bot.slack.messages import approval, glass, head, held, operation, private
from bot.slack.messages.blocks import size
from bot.slack.messages.message import Message
from tests.slack.messages.samples import GRACE, HEAD, NOON, continued, line, story
from tests.slack.messages.samples import operation as sample

HOSTILE = st.one_of(
    st.sampled_from(
        [
            "<!channel>",
            "*bold* _it_ ~no~ `code`",
            "<@U0OWNER>",
            "<https://evil.example|your bank>",
            "&amp;",
            ":smile:",
            "\u202egnp.exe",
            "two\nlines\r\nand \x00 more",
            "",
            "x" * 300,
            "&" * 300,
            '"' * 300,
        ]
    ),
    st.text(max_size=80),
)
EMAILS = st.one_of(HOSTILE, st.just("a" * 288 + "@example.com"))
PEOPLE = {"U0ADA", "U0GRACE", *(f"U0NAMED{n}" for n in range(20))}
"""Who asked, who decided, and whom the policy names."""
PARSED = re.compile(r"<(?!@U0ADA>|@U0GRACE>|!date\^\d+\^)")
"""What mrkdwn would parse, except the mention of who asked or broke the glass, and a date."""


CIRCLES = (ORG_ADMINS, SlackGroup("S0SECURITY"), Named(frozenset(sorted(PEOPLE))))
MANY = Stage(2, CIRCLES * 3, Mode.ALL)
UNBROKEN = {State.PROPOSED, State.AWAITING_APPROVAL}
HOLD = timedelta(minutes=2)
SECOND = Escalation(HOLD, MANY)
LINK = "https://sandbox.slack.example/archives/C0ORGADMINS/p1772625600000100" + "0" * 60
LINKS = {f"op_{name}": LINK for name in ("parent", *range(5))}
KIN = [
    Kin(f"op_{n}", Origin.UNDO if n % 2 else Origin.RETRY, State.AWAITING_APPROVAL, "U0GRACE", None)
    for n in range(5)
]


def forms(told_of: Story) -> list[Message]:
    """Every message that a story can become."""
    return [
        *(operation.build(told_of, names=names, links=LINKS) for names in (True, False)),
        *(approval.build(told_of, names=names, links=LINKS) for names in (True, False)),
        *continued(told_of),
        held.build(told_of, held.part(told_of.operation.run)),
        glass.build(told_of),
        head.build(told_of.operation.id, HEAD),
        private.build(told_of.operation, told_of.operation.reason or "."),
    ]


def sound(message: Message) -> None:
    assert check_blocks(list(message.blocks), "message") == []
    assert 0 < len(message.text) <= 3_000
    assert size(message.blocks) <= 10_000
    assert not PARSED.search(message.text)
    for element in elements(message.blocks):
        assert element["type"] not in {"mrkdwn", "broadcast", "channel", "emoji"}
        assert element["type"] != "usergroup" or element["usergroup_id"] == "S0SECURITY"
        assert element["type"] != "link" or element["url"] in LINKS.values()
        assert element["type"] != "user" or element["user_id"] in PEOPLE
        assert element["type"] != "text" or element["text"]


def elements(value: Any) -> list[dict[str, Any]]:
    match value:
        case list() | tuple():
            return [found for one in value for found in elements(one)]
        case {"type": _, **rest}:
            return [value, *(found for inner in rest.values() for found in elements(inner))]
        case _:
            return []


def _decision(number: int, state: State, word: str) -> Approval:
    """One of many, each in somebody else's place, the last one a no where it was denied."""
    approved = state is not State.DENIED or number < 19
    instead = Actor(f"U0NAMED{19 - number}", f"user_{number}")
    return Approval(GRACE, approved, NOON, word * 10, Weight(number % 9), instead)


def hostile(word: str, email: str, state: State, number: int) -> Story:
    before = Access(Status.ACCEPTED, ("r1",), {f"s{n}": ("sr",) for n in range(12)} | {"unread": None})
    names = dict.fromkeys((*before.stacks, "r1", "r2", "sr"), word)
    asked: Operation = sample(
        [line(n, before=before, flags=tuple(Flag)) for n in range(1, number + 1)],
        state,
        reason=word * 20,
        held_reason=word,
        due_at=NOON,
        origin=Origin.RETRY,
        parent="op_parent",
        names=names,
        action=ActionKey.STACK_ACCESS,
        parameters=Parameters(("r1", "r2"), {f"s{n}": ("sr",) for n in range(10)}),
        verdict=Verdict(rule=word, why=word * 10, stages=(MANY,) * 9, escalation=SECOND, break_glass=HOLD),
        expires_at=NOON,
        glass=None if state in UNBROKEN else BrokenGlass(GRACE, word * 10, NOON, NOON + HOLD),
        stopped_by="U0GRACE",
        approvals=tuple(_decision(n, state, word) for n in range(20)),
        consequences=Consequences(
            people=number,
            admins=1,
            admins_unknown=1,
            become_admin=1,
            losing_stacks=1,
            stacks_lost=1,
            org_roles_lost=(word,) * 12,
            only_admin_of=(word,) * 12,
            owner_of=(word,) * 12,
            stacks_unreadable=(word,) * 12,
        ),
    )
    kinds = (Done(), Failed(word, retryable=True), Unknown(f"drift: {word}"))
    told_of = {n: kinds[n % 3] for n in range(1, number + 1)}
    told = story(asked, told_of, {n: PersonData(email, word) for n in range(1, number + 1)})
    if state not in ENDS:
        return told
    left = Left(tuple(range(1, number + 1)), tuple(range(1, number + 1)))
    return replace(told, kin=KIN, to_retry=left, to_undo=left.failed)


@settings(max_examples=60)
@given(word=HOSTILE, email=EMAILS, state=st.sampled_from(list(State)), number=st.integers(0, 40))
def test_nothing_from_outside_breaks_a_message(word: str, email: str, state: State, number: int) -> None:
    """Names, addresses, reasons, comments and rules of any kind end in messages within all limits."""
    for message in forms(hostile(word, email, state, number)):
        sound(message)


@pytest.mark.parametrize("state", [State.AWAITING_APPROVAL, State.RUNNING, State.DONE])
@pytest.mark.parametrize("number", [10, 500])
def test_lists_of_any_length_fit(state: State, number: int) -> None:
    """Ten or five hundred people with the longest names there are."""
    for message in forms(hostile("W" * 300, "a" * 288 + "@example.com", state, number)):
        sound(message)


@pytest.mark.parametrize("state", [State.HELD, State.QUEUED, State.AWAITING_APPROVAL])
def test_the_answer_of_status_fits_and_says_what_it_leaves_out(state: State) -> None:
    """Twenty operations with the longest reasons: five have buttons, and none is lost in silence."""
    told = hostile("W" * 300, "a@example.com", state, 3)
    many = [replace(told, operation=replace(told.operation, id=f"op_{n}")) for n in range(20)]
    blocks = summary.status(many)
    assert check_blocks(blocks, "message") == []
    assert size(blocks) <= 10_000
    assert len([block for block in blocks if block["type"] == "actions"]) == (
        0 if state is State.AWAITING_APPROVAL else 5
    )
    shown = str(blocks).count("'type': 'user'")
    assert shown == 20 or f"… and {20 - shown} more." in str(blocks)


def test_a_name_cannot_look_like_another_line() -> None:
    """Line breaks and direction marks in names, reasons and comments do not survive."""
    told_of = hostile("a\nDone\u202e", "b\n@example.com", State.RUNNING, 3)
    for element in elements(operation.build(told_of, names=True).blocks):
        if element["type"] == "text":
            assert element["text"] == "\n" or "\n" not in element["text"]
            assert "\u202e" not in element["text"]
