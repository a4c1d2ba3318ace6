"""The Home tab as it is drawn: within Slack's limits whatever there is, and nothing in it is parsed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.actions import ActionKey
from bot.domain.headcount import HeadCount, head_count
from bot.domain.identity import Identity
from bot.domain.members import Known, Member, OrgRole, Status
from bot.domain.operation import Actor, State
from bot.ports.contentstack import Loading
from bot.service.glance import MOST, PER_PAGE, Glance, Shelf, ShelfPage
from bot.service.quorum import ThinRule
from bot.service.story import Story
from bot.slack.home import pages
from bot.slack.home.pages import FRONT, Pages
from bot.slack.home.view import Tab, build, refused
from bot.slack.messages.blocks import size
from tests.slack.messages.samples import ADA, GRACE, NOON, line, story, texts
from tests.slack.messages.samples import operation as sample
from tests.slack.messages.test_limits import EMAILS, HOSTILE, LINK, elements, hostile
from tests.slack.shapes import READY, complaints, directory, unavailable

VIEW_BYTES = 250_000
"""Slack answers view_too_large for more."""


def named(told: Story, name: str, state: State | None = None, requester: Actor = ADA) -> Story:
    one = told.operation
    return replace(told, operation=replace(one, id=name, requester=requester, state=state or one.state))


def page(stories: Sequence[Story], number: int = 0, total: int = 0) -> ShelfPage:
    return ShelfPage(list(stories), number, total or len(stories))


def tab(shelves: dict[Shelf, ShelfPage] | None = None, **more: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "viewer": ADA,
        "identity": Identity.LINKED,
        "capabilities": READY,
        "pages": dict.fromkeys(Shelf, ShelfPage()) | (shelves or {}),
        "people": head_count(directory()),
    }
    links = more.pop("links", {})
    now = more.pop("now", NOON)
    return build(Tab(Glance(**{**values, **more}), links, now))


def ids(view: dict[str, Any]) -> list[str]:
    rows = [block["elements"] for block in view["blocks"] if block["type"] == "actions"]
    return [one["action_id"] for row in rows for one in row]


def test_an_empty_house_says_so_in_every_list() -> None:
    """Five headings with a sentence each, the buttons that start, and one to look again."""
    view = tab()
    shown = texts(view["blocks"])
    for sentence in (
        "Nothing waits for your decision.",
        "Nothing else waits and nothing runs.",
        "You have not asked for anything yet.",
        "No operation has come to its end yet.",
    ):
        assert sentence in shown
    assert ids(view) == ["start", *(f"start:{one.action}" for one in READY), "home_again"]
    assert complaints(view) == []


def test_each_operation_has_its_buttons_in_one_list() -> None:
    """Own ones under what one asked for, others' where they run; what waits for a decision has its link."""
    waits = named(story(sample([line(1)], State.AWAITING_APPROVAL)), "op_waits", requester=GRACE)
    own = [
        named(story(sample([line(1)], state)), f"op_{state}")
        for state in (State.AWAITING_APPROVAL, State.HELD, State.QUEUED, State.CANCELLING, State.DONE)
    ]
    held = named(story(sample([line(1)], State.HELD)), "op_graces", requester=GRACE)
    view = tab(
        {
            Shelf.DECIDE: page([waits]),
            Shelf.RUNS: page([held, *own[:4]]),
            Shelf.MINE: page(own),
            Shelf.LAST: page(own[4:]),
        },
        links={"op_waits": LINK},
    )
    assert ids(view)[len(READY) + 1 :] == [
        *("home_resume", "home_cancel"),
        "home_withdraw",
        *("home_resume", "home_cancel"),
        "home_cancel",
        "home_again",
    ]
    found = [one for one in elements(view["blocks"]) if one["type"] == "link"]
    assert found == [{"type": "link", "url": LINK, "text": "Read it and decide"}]
    assert complaints(view) == []


def test_actions_that_cannot_be_used_here_are_lines_with_why() -> None:
    """No button leads to them."""
    view = tab(capabilities=unavailable(ActionKey.MFA_RESET))
    assert "start:mfa_reset" not in ids(view)
    assert "Not available here\nReset MFA: no endpoint is published; contact support" in texts(view["blocks"])


def test_the_organization_at_a_glance() -> None:
    """Seats, status, roles, admins and sign-ins, and when they were read."""
    members = (
        Member("s0", "u0", "o@example.com", (), Status.ACCEPTED, is_owner=True, last_login_at="x"),
        Member(
            "s1", "u1", "a@example.com", ("role_admin",), Status.ACCEPTED, admin=Known.YES, last_login_at=""
        ),
        Member("s2", None, "b@example.com", ("role_member",), Status.PENDING, admin=Known.NO),
        Member("s3", "u3", "c@example.com", ("role_member",), Status.ACCEPTED, admin=Known.UNKNOWN),
    )
    found = directory(members)
    seats = replace(found, organization=replace(found.organization, seats=50))
    assert texts(tab(people=head_count(seats))["blocks"]).split("The organization at a glance\n")[1] == (
        "4 of the plan's 50 seats taken\n"
        "Status: 3 accepted, 1 pending\n"
        "Organization roles: Owner 1, Member 2 and Admin 1\n"
        "Admins besides the owner: 1; of 1 more Contentstack does not tell\n"
        "Never logged in: 2; of 1 other Contentstack does not tell\n"
        "As read on [2026-03-04 12:00 UTC]\n"
        "Nothing happens before you have seen a preview and confirmed it.\n"
        "<Look again>"
    )


def test_what_contentstack_does_not_tell_is_said_and_never_taken_for_none() -> None:
    """No seats, no sign-ins, a list that is not whole."""
    members = (Member("s1", "u1", "a@example.com", ("role_admin",), Status.ACCEPTED, admin=Known.YES),)
    found = replace(directory(members), expected=3, complete=False)
    shown = texts(tab(people=head_count(found))["blocks"])
    assert "1 person; how many seats the plan has, Contentstack does not tell" in shown
    assert "Never logged in: Contentstack does not tell" in shown
    assert "Contentstack counts 2 people more than it listed." in shown


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"people": None}, "The member list is being read for the first time."),
        ({"people": None, "loading": Loading(300, 1200)}, "for the first time: 300 of 1,200 so far."),
        (
            {"now": NOON + timedelta(hours=2)},
            "has not let Rollcall read the member list since [2026-03-04 12:00",
        ),
        ({"identity": Identity.EMAIL}, "⚠ People are known here by their e-mail address alone"),
        ({"identity": Identity.EMAIL, "connect": True}, "Type /org-users connect to link your Slack account"),
    ],
)
def test_what_is_not_as_it_should_be_stands_there_as_a_sentence(more: dict[str, Any], sentence: str) -> None:
    """The first read, a read that fails for long, the weak form of identity."""
    assert sentence in texts(tab(**more)["blocks"])
    assert sentence not in texts(tab()["blocks"])


@pytest.mark.parametrize(("passing", "buttons"), [(True, ["home_again"]), (False, [])])
def test_somebody_without_rights_sees_one_sentence(*, passing: bool, buttons: list[str]) -> None:
    """And a button to look again only where it is not about him."""
    view = refused("No.", passing=passing)
    assert (view["blocks"][0]["text"]["text"], ids(view), complaints(view)) == ("No.", buttons, [])


def busy(told: Story, number: int, total: int) -> dict[Shelf, ShelfPage]:
    """Every list as full as a page can be."""
    stories = [named(told, f"op_{n}", requester=GRACE) for n in range(PER_PAGE)]
    mine = [named(told, f"op_{n}", State.HELD) for n in range(PER_PAGE)]
    return {shelf: page(mine if shelf is Shelf.MINE else stories, number, total) for shelf in Shelf}


def crowd(name: str, email: str, number: int) -> HeadCount:
    roles = tuple(OrgRole(f"r{n}", f"{name}{n}") for n in range(300))
    members = tuple(
        Member(f"s{n}", f"u{n}", email, (f"r{n % 300}",), Status.ACCEPTED, last_login_at="")
        for n in range(number)
    )
    return head_count(directory(members, roles))


@pytest.mark.parametrize("state", [State.AWAITING_APPROVAL, State.HELD, State.RUNNING, State.DONE])
def test_ten_thousand_members_and_hundreds_of_operations_fit(state: State) -> None:
    """The longest names and reasons, every list on a page in its middle."""
    told = hostile("W" * 300, "a" * 288 + "@example.com", state, 3)
    shelves = busy(told, 30, MOST)
    view = tab(
        shelves, people=crowd("W" * 300, "x@example.com", 10_000), links={f"op_{n}": LINK for n in range(9)}
    )
    assert complaints(view) == []
    assert len(view["blocks"]) <= 100
    assert size(view) < VIEW_BYTES
    assert texts(view["blocks"]).count(" · 151 to 155 of 500") == len(Shelf)
    assert ids(view).count("home_page:last:back") == ids(view).count("home_page:last:on") == 1


@settings(max_examples=60)
@given(word=HOSTILE, email=EMAILS, state=st.sampled_from(list(State)))
def test_nothing_from_outside_breaks_the_tab_or_pings(word: str, email: str, state: State) -> None:
    """Reasons, role names and Contentstack's own words of any kind stand there as text."""
    view = tab(busy(hostile(word, email, state, 2), 0, PER_PAGE), people=crowd(word, email, 5))
    assert complaints(view) == []
    for element in elements(view["blocks"]):
        assert element["type"] not in {"mrkdwn", "broadcast", "usergroup", "channel", "emoji", "link"}
        assert element["type"] != "user" or element["user_id"] in {"U0ADA", "U0GRACE"}


def test_pages_are_carried_by_the_tab_itself() -> None:
    """A button leads to the neighbouring page of its list and leaves the others where they are."""
    shown = {Shelf.RUNS: ShelfPage((), 3, 90), Shelf.LAST: ShelfPage((), 1, 12)}
    metadata = pages.dump(shown)
    assert pages.restored(metadata) == Pages(numbers={Shelf.RUNS: 3, Shelf.LAST: 1})
    assert pages.turned(metadata, "home_page:last:on", "2") == Pages(numbers={Shelf.RUNS: 3, Shelf.LAST: 2})
    rows = [pages.turning(shelf, page) for shelf, page in shown.items()]
    assert [[(one["action_id"], one["value"]) for one in row[0]["elements"]] for row in rows] == [
        [("home_page:runs:back", "2"), ("home_page:runs:on", "4")],
        [("home_page:last:back", "0"), ("home_page:last:on", "2")],
    ]
    assert pages.turning(Shelf.LAST, ShelfPage((), 2, 12))[0]["elements"][0]["value"] == "1"
    assert pages.turning(Shelf.LAST, ShelfPage((), 0, PER_PAGE)) == []


@pytest.mark.parametrize(
    ("metadata", "action_id", "value"),
    [
        ("", "home_page:last:on", "1"),
        ("[]", "home_page:last:on", "1"),
        ('{"numbers": {"last": "many"}}', "home_page:last:on", "1"),
        ('{"numbers": {"cellar": 1}}', "home_page:last:on", "1"),
        ("{}", "home_page:cellar:on", "1"),
        ("{}", "home_page:last:on", "one"),
        ("{}", "home_page:last:on", ""),
    ],
)
def test_what_cannot_be_understood_leads_to_the_front(metadata: str, action_id: str, value: str) -> None:
    """Metadata and values are the client's."""
    assert pages.turned(metadata, action_id, value) == FRONT


def test_rules_that_too_few_could_agree_to_are_warned_of() -> None:
    """Before somebody asks in vain; five of them, and how many there are besides."""
    many = [ThinRule("admins", 2, 2), *(ThinRule(f"rule-{n}", 2, 2) for n in range(6))]
    shown = texts(tab(thin=many)["blocks"])
    assert ("rule-3" in shown, "rule-4" in shown, "⚠ Policy: … and 2 more." in shown) == (True, False, True)
    assert (
        "⚠ Policy: the rule admins needs 2 agreements, and 2 people could give one: whoever of them asks is "
        "missing, so add admins who are in Slack, or change the rule."
    ) in shown
