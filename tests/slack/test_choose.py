"""The form: what it shows for each action, what comes back, and what it complains about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.actions import OFFERED, ActionKey, Parameters
from bot.domain.members import OrgRole, Stack, StackRole
from bot.domain.policy import Tickets
from bot.domain.problems import Field, Problem, Trouble
from bot.domain.verdict import Wording
from bot.ports.contentstack import Loading
from bot.slack import fields
from bot.slack.fields import Chosen
from bot.slack.keys import key
from bot.slack.modals import choose
from bot.slack.modals.choose import Choice, Picked
from bot.slack.payloads import State, View
from bot.words import problems
from tests.slack.messages.samples import NOON
from tests.slack.shapes import blocks_of, complaints, directory, form, returned, unavailable

FULL = Choice(
    draft="draft_1",
    action=ActionKey.STACK_ACCESS,
    people=(Picked("share_1", "Ada · ada@example.com"),),
    chosen=Chosen(stacks=("stack_docs",), stack_roles={"stack_docs": ("sr_ed",)}),
    reason="moved to another team",
    channel="C0ORGADMINS",
    due_at=NOON + timedelta(hours=1),
)

FIELDS = {
    ActionKey.ORG_ROLE: ["action", "people", "ways", "org_roles", "reason", "channel", "when"],
    ActionKey.STACK_ACCESS: ["action", "people", "ways", "stacks", "reason", "channel", "when"],
}


@pytest.mark.parametrize("action", OFFERED)
def test_every_action_shows_exactly_its_own_fields(action: ActionKey) -> None:
    """Organization roles, stacks, or nothing besides people, reason and channel."""
    view = choose.build(form(Choice("draft_1", action=action)))
    assert blocks_of(view) == FIELDS.get(action, ["action", "people", "ways", "reason", "channel", "when"])
    assert complaints(view) == []


def test_a_chosen_stack_gets_a_role_select_of_its_own() -> None:
    """Docs is chosen, so its roles can be; Dark cannot be read, which is said."""
    chosen = Chosen(stacks=("stack_docs", "stack_dark"), stack_roles={"stack_docs": ("sr_ed",)})
    view = choose.build(form(Choice("draft_1", ActionKey.STACK_ACCESS, chosen=chosen)))
    assert blocks_of(view) == [
        "action",
        "people",
        "ways",
        "stacks",
        "stack:stack_docs",
        "reason",
        "channel",
        "when",
    ]
    assert "The roles of Dark cannot be read" in str(view)
    assert complaints(view) == []


TICKETS = Tickets((Wording("OPS-[0-9]+", "a ticket such as OPS-123"), Wording("INC[0-9]+", "an incident")))


def test_a_ticket_is_asked_for_where_the_policy_does() -> None:
    """The field says how it looks; it may stay empty unless every rule asks for one."""
    choice = replace(FULL, ticket="OPS-7 <!channel>")
    for always in (True, False):
        view = choose.build(form(choice, tickets=replace(TICKETS, always=always)))
        (block,) = (one for one in view["blocks"] if one.get("block_id") == "ticket")
        assert (block["optional"], block["hint"]["text"]) == (
            not always,
            "a ticket such as OPS-123, or an incident",
        )
        assert choose.parse(returned(view)) == choice
        assert complaints(view) == []


@pytest.mark.parametrize(
    ("ticket", "always", "good"),
    [
        ("OPS-7", True, True),
        ("INC1", True, True),
        ("OPS-", True, False),
        ("see OPS-7", False, False),
        ("", True, False),
        ("", False, True),
    ],
    ids=[
        "as one rule wants it",
        "as another rule wants it",
        "not whole",
        "with something around it",
        "missing where every rule asks for one",
        "missing where a rule asks for none",
    ],
)
def test_a_ticket_is_looked_at_before_anything_is_read(ticket: str, always: bool, good: bool) -> None:
    """Which rule decides is known later, so one that any of them wants will do for now."""
    asked = form(replace(FULL, ticket=ticket), tickets=replace(TICKETS, always=always))
    found = choose.faults(asked, returned(choose.build(asked)).state)
    wanted = "The policy asks for a ticket (a ticket such as OPS-123, or an incident): name it."
    assert found.get("ticket") == (None if good else wanted)


def test_what_stands_in_the_form_comes_back_as_it_was() -> None:
    """parse undoes build."""
    assert choose.parse(returned(choose.build(form(FULL)))) == FULL


def test_the_fields_become_parameters_of_the_action_alone() -> None:
    """Stacks that were chosen before the action was changed do not count."""
    both = Chosen(("role_admin",), ("stack_docs",), {"stack_docs": ("sr_ed",)})
    there = directory()
    assert [fields.parameters(action, both, there) for action in OFFERED[:3]] == [
        Parameters(),
        Parameters(org_roles=("role_admin",)),
        Parameters(stacks={"stack_docs": ("sr_ed",)}),
    ]


def test_an_empty_form_names_every_missing_field_where_it_is() -> None:
    """One sentence a block."""
    drawn = form(Choice("draft_1"))
    assert choose.faults(drawn, State()) == {
        "action": "Choose what to do.",
        "people": problems.sentence(Problem(Trouble.NO_PEOPLE)),
        "reason": problems.sentence(Problem(Trouble.NO_REASON)),
        "channel": problems.sentence(Problem(Trouble.NO_CHANNEL)),
    }


def test_an_unavailable_action_is_listed_with_why_and_refused_with_it() -> None:
    """The reason stands in the form and in the field error."""
    offers = unavailable(ActionKey.MFA_RESET)
    assert "Reset MFA: no endpoint is published; contact support" in str(
        choose.build(form(Choice("draft_1"), capabilities=offers)),
    )
    drawn = form(Choice("draft_1", ActionKey.MFA_RESET), capabilities=offers)
    assert choose.faults(drawn, State())["action"] == (
        "This action is not available here (no endpoint is published; contact support): choose another one."
    )


def test_more_people_than_one_operation_takes_are_refused_at_their_field() -> None:
    """Slack's own limit of the select is not trusted."""
    people = tuple(Picked(f"share_{number}", "x") for number in range(11))
    drawn = form(Choice("draft_1", ActionKey.REMOVE, people, reason="because", channel="C1"))
    assert choose.faults(drawn, State()) == {
        "people": "Choose at most 10 people at a time, and do the rest afterwards.",
    }


def test_a_date_that_has_passed_is_refused_at_its_field() -> None:
    """Now is past too; a minute later is not."""
    for minutes, sentence in ((0, problems.sentence(Problem(Trouble.DATE_PAST))), (1, None)):
        asked = replace(FULL, due_at=NOON + timedelta(minutes=minutes))
        assert choose.faults(form(asked), State()).get("when") == sentence


def test_a_stack_without_a_role_is_refused_at_its_own_select() -> None:
    """The select of that stack shows it, if the view has one."""
    chosen = Chosen(stacks=("stack_docs",), stack_roles={"stack_docs": ()})
    drawn = form(Choice("d", ActionKey.STACK_ACCESS, FULL.people, chosen, "because", "C1"))
    shown = returned(choose.build(drawn)).state
    assert list(choose.faults(drawn, shown)) == ["stack:stack_docs"]


def test_a_missing_field_cannot_be_complained_about_so_the_form_is_incomplete() -> None:
    """Slack refuses errors for blocks that the view does not have."""
    drawn = form(Choice("d", ActionKey.ORG_ROLE, FULL.people, reason="because", channel="C1"))
    assert choose.faults(drawn, State()) == {}
    assert not fields.complete(ActionKey.ORG_ROLE, Chosen())


def test_a_late_problem_stands_above_its_field() -> None:
    """Field errors are possible in answers only; later the sentence is drawn into the form."""
    late = Problem(Trouble.CHANNEL_WITHOUT_BOT, Field.CHANNEL, "general")
    view = choose.build(form(FULL, late=late))
    (at,) = [index for index, block in enumerate(view["blocks"]) if "not in this channel" in str(block)]
    assert view["blocks"][at + 1]["block_id"] == "channel"
    assert complaints(view) == []


def test_a_problem_of_no_field_stands_on_top() -> None:
    """Contentstack is down: a banner, and everything that was typed."""
    view = choose.build(form(FULL, late=Problem(Trouble.CONTENTSTACK_DOWN)))
    assert "Contentstack could not be reached" in str(view["blocks"][0])
    assert choose.parse(returned(view)) == FULL


def test_while_the_first_load_runs_the_form_says_how_far_it_is() -> None:
    """People can be found by e-mail; roles and stacks cannot be chosen yet."""
    loading = Loading(3_000, 50_000)
    view = choose.build(form(Choice("d", ActionKey.ORG_ROLE), directory=None, loading=loading))
    assert "Loading 3,000 of 50,000 members" in str(view)
    assert "Roles and stacks are still being read (3,000 of 50,000 members so far)" in str(view)
    assert complaints(view) == []


@pytest.mark.parametrize(
    "metadata", ["", "{}", "null", '{"draft":""}', '{"draft":"d","more":1}', "[]", "\x00"]
)
def test_a_view_that_is_not_ours_is_a_value_error(metadata: str) -> None:
    """Hostile until parsed."""
    with pytest.raises(ValueError, match="metadata"):
        choose.parse(View(id="V1", private_metadata=metadata))


@pytest.mark.parametrize("value", ["reinvite", "stack_unshare", "format_disk", "__class__"])
def test_an_action_that_is_not_offered_is_a_value_error(value: str) -> None:
    """Inverses cannot be asked for."""
    action = {"action": {"action": {"selected_option": {"value": value}}}}
    with pytest.raises(ValueError, match=r"(?i)action"):
        choose.parse(
            View.model_validate(
                {"id": "V1", "private_metadata": '{"draft":"d"}', "state": {"values": action}},
            ),
        )


names = st.text(max_size=400) | st.sampled_from(["<!channel>", "*bold* _it_ `x`", "a" * 300, "<@U1>|", ""])

named = st.lists(
    st.tuples(st.text(min_size=1, max_size=300), names), max_size=12, unique_by=lambda pair: pair[0]
)


@given(
    action=st.sampled_from(OFFERED),
    stacks=named,
    roles=named,
    label=names,
    reason=st.text(max_size=3_000),
    why=names,
)
def test_no_name_however_hostile_breaks_the_form(
    action: ActionKey,
    stacks: list[tuple[str, str]],
    roles: list[tuple[str, str]],
    label: str,
    reason: str,
    why: str,
) -> None:
    """Whatever Contentstack calls its stacks and roles, Slack takes the view."""
    stack_roles = tuple(StackRole(uid, name) for uid, name in roles)
    there = directory(
        roles=tuple(OrgRole(uid, name) for uid, name in roles),
        stacks=tuple(Stack(uid, name, "k", roles=stack_roles) for uid, name in stacks),
    )
    chosen = Chosen(
        org_roles=tuple(key(uid) for uid, _ in roles),
        stacks=tuple(key(uid) for uid, _ in stacks),
        stack_roles={key(uid): tuple(key(role) for role, _ in roles) for uid, _ in stacks},
    )
    choice = Choice("draft_1", action, (Picked("share_1", label),), chosen, reason, "C1")
    offers = unavailable(ActionKey.UNLOCK, why)
    view = choose.build(form(choice, directory=there, capabilities=offers, banners=(why,)))
    assert complaints(view) == []


def test_several_hundred_stacks_are_offered_in_groups() -> None:
    """Slack takes 100 options or 100 groups of them."""
    stacks = tuple(Stack(f"stack_{number:04}", f"Stack {number:04}", "k", roles=()) for number in range(250))
    view = choose.build(form(Choice("d", ActionKey.STACK_ACCESS), directory=directory(stacks=stacks)))
    groups = next(b for b in view["blocks"] if b.get("block_id") == "stacks")["element"]["option_groups"]
    assert [(group["label"]["text"], len(group["options"])) for group in groups] == [
        ("Stack 0000 - Stack 0099", 100),
        ("Stack 0100 - Stack 0199", 100),
        ("Stack 0200 - Stack 0249", 50),
    ]
    assert complaints(view) == []
