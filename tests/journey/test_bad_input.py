"""What is wrong with a request is one sentence, in the field where Slack can show it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.operation import State
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.workspace.client import SlackUser
from bot.sandbox.workspace.shown import Modal
from tests.journey.steps import confirm, ended, fill, form, preview
from tests.journey.town import ORG_ADMINS, PATIENCE, Town, enrol, town

pytestmark = pytest.mark.asyncio(loop_scope="module")

TWICE = "double.trouble@example.com"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """Two members of this organization have one address, differing in case."""

    def prepare(contentstack: ContentstackSandbox) -> None:
        enrol(contentstack, TWICE, seed.MEMBER_ROLE)
        enrol(contentstack, TWICE.upper(), seed.MEMBER_ROLE)

    async with town(Path(tmp_path_factory.mktemp("bad")), prepare=prepare, ROLLCALL_MAX_PEOPLE="10") as made:
        yield made


@pytest.fixture(autouse=True)
def mended(running: Town) -> None:
    """No test leaves its trouble to the next one."""
    running.mend()


async def late(who: SlackUser, sentence: str) -> Modal:
    """Submit, and wait for the form to come back with this sentence above the field that it is about."""
    answer = await who.submit()
    assert (answer.error, answer.errors) == (None, {})
    return await who.wait_for_modal(
        lambda modal: modal.callback_id == "choose" and sentence in modal.all_text, PATIENCE
    )


def block_before(modal: Modal, block_id: str) -> str:
    """The text of the block that stands right above a field."""
    ids = [str(block.get("block_id")) for block in modal.blocks]
    return str(modal.blocks[ids.index(block_id) - 1])


# in the command -----------------------------------------------------------------------------------


async def test_addresses_that_cannot_be_used_are_said_by_name_above_the_form(running: Town) -> None:
    """Unknown, ambiguous, no address at all: three banners; whoever is known is chosen already."""
    asker = running.hire()
    [known] = running.targets(1)
    shown = await form(asker, f"/org-users remove {known}, nobody@example.com, {TWICE}, Ada")
    assert "Nobody in the organization has: nobody@example.com. Check the spelling." in shown.all_text
    assert f"More than one member has: {TWICE}. Choose the right one by typing." in shown.all_text
    assert "Not an e-mail address, so left out: Ada." in shown.all_text
    assert (shown.value("action"), len(shown.value("people"))) == ("remove", 1)


async def test_more_than_ten_addresses_are_said_by_name(running: Town) -> None:
    """The first ten are chosen, the others named; nothing is cut in silence."""
    asker = running.hire()
    people = running.targets(12)
    shown = await form(asker, f"/org-users remove {' '.join(people)}")
    assert (
        f"At most 10 people at a time: the first 10 are chosen, left out: {people[10]} and {people[11]}."
        in (shown.all_text)
    )
    assert len(shown.value("people")) == 10


async def test_more_than_ten_people_in_the_form_are_a_field_error(running: Town) -> None:
    """Slack's own client lets nobody choose an eleventh; whoever gets past it is told at the field."""
    asker = running.hire()
    shown = await form(asker, f"/org-users remove {' '.join(running.targets(10))}")
    await asker.fill("reason", "one too many")
    [eleventh] = running.targets(1)
    [option] = await asker.options("people", "people", eleventh)
    answer = await asker.submit({"people": {"people": [*shown.value("people"), option["value"]]}})
    assert (answer.ok, list(answer.errors)) == (False, ["people"])


async def test_somebody_invited_a_moment_ago_is_found_by_the_whole_address(running: Town) -> None:
    """The directory in memory is minutes old; an address that was typed in full is asked for."""
    asker = running.hire()
    fresh = "fresh.face@example.com"
    enrol(running.contentstack, fresh, seed.MEMBER_ROLE)
    shown = await preview(asker, f"unlock {fresh}")
    assert "Will run (1)" in shown.all_text
    assert fresh in shown.all_text


async def test_an_empty_form_names_every_field(running: Town) -> None:
    """Nothing chosen: what is missing is said where it is missing."""
    asker = running.hire()
    await form(asker)
    answer = await asker.submit()
    assert (answer.ok, sorted(answer.errors)) == (False, ["action", "people", "reason"])


# since the form was opened -------------------------------------------------------------------------


async def test_a_role_that_vanished_is_said_at_the_roles(running: Town) -> None:
    """Deleted at Contentstack while the form was open."""
    asker = running.hire()
    [target] = running.targets(1)
    await form(asker, f"/org-users role {target}")
    await fill(asker, {"org_roles": [seed.OPERATIONS_ROLE]}, "role vanished")
    organization = running.contentstack.state.organizations[seed.ORG_UID]
    role = organization.roles.pop(seed.OPERATIONS_ROLE)
    organization.version += 1
    shown = await late(asker, "An organization role that you chose is gone since this form was opened")
    assert "is gone since this form was opened" in block_before(shown, "org_roles")
    assert shown.value("reason") == "role vanished"
    organization.roles[seed.OPERATIONS_ROLE] = role
    organization.version += 1


async def test_a_stack_that_vanished_is_said_at_the_stacks(running: Town) -> None:
    """Deleted at Contentstack while the form was open."""
    asker = running.hire()
    [target] = running.targets(1)
    state = running.contentstack.state
    mobile = state.stacks[seed.MOBILE]
    await form(asker, f"/org-users stack {target}")
    role = seed.stack_role(seed.MOBILE, "Translator")
    await fill(asker, {"stacks": {mobile.uid: [role]}}, "stack vanished")
    del state.stacks[seed.MOBILE], state.organizations[seed.ORG_UID].stacks[seed.MOBILE]
    shown = await late(asker, "A stack that you chose is gone since this form was opened")
    assert "is gone since this form was opened" in block_before(shown, "stacks")
    state.stacks[seed.MOBILE] = state.organizations[seed.ORG_UID].stacks[seed.MOBILE] = mobile


async def test_a_stack_role_that_vanished_is_said_with_its_stack(running: Town) -> None:
    """The stack is there, the role is not."""
    asker = running.hire()
    [target] = running.targets(1)
    intranet = running.contentstack.state.stacks[seed.INTRANET]
    role = seed.stack_role(seed.INTRANET, "Translator")
    await form(asker, f"/org-users stack {target}")
    await fill(asker, {"stacks": {intranet.uid: [role]}}, "stack role vanished")
    kept = intranet.roles.pop(role)
    shown = await late(asker, "is gone since this form was opened (Intranet): choose again.")
    assert "Intranet" in block_before(shown, "stacks")
    intranet.roles[role] = kept


async def test_somebody_who_left_is_said_at_the_people(running: Town) -> None:
    """Removed by somebody else while the form was open."""
    asker = running.hire()
    [target] = running.targets(1)
    await form(asker, f"/org-users unlock {target}")
    await asker.fill("reason", "gone")
    running.remove(target)
    shown = await late(asker, "Somebody you chose is no longer in the organization")
    assert "no longer in the organization" in block_before(shown, "people")


# the channel -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "sentence"),
    [
        (
            "C0RANDOM",
            "Rollcall is not in this channel (random): invite it with /invite, or choose another one.",
        ),
        ("C0PARTNERS", "This channel is shared with people outside your workspace (partners)"),
        ("C0ARCHIVE", "This channel is archived (archive): choose another one."),
        ("C0GENERAL", "This channel is public (general), and people are named in private channels only"),
    ],
)
async def test_a_channel_that_will_not_do_is_said_above_its_field(
    running: Town, channel: str, sentence: str
) -> None:
    """The form comes back with everything that was filled in."""
    asker = running.hire()
    [target] = running.targets(1)
    await form(asker, f"/org-users unlock {target}")
    await asker.fill("reason", "wrong channel")
    await asker.choose("channel", channel)
    shown = await late(asker, sentence)
    assert sentence in block_before(shown, "channel")
    assert (shown.value("reason"), shown.value("channel")) == ("wrong channel", channel)


async def test_a_channel_deleted_meanwhile_is_said_and_nothing_is_lost(running: Town) -> None:
    """Before the submission: at its field. Before the confirmation: there, and nothing was asked for."""
    asker = running.hire()
    room = running.channel()
    [first, second] = running.targets(2)
    await form(asker, f"/org-users unlock {first}")
    await asker.fill("reason", "deleted before")
    await asker.choose("channel", room.id)
    del running.slack.core.workspace.channels[room.id]
    await late(asker, "Rollcall cannot see this channel, or it was deleted")
    await asker.close(everything=True)
    other_room = running.channel()
    await form(asker, f"/org-users reset password {second}")
    await asker.fill("reason", "deleted after")
    await asker.choose("channel", other_room.id)
    await asker.submit()
    await asker.wait_for_modal(lambda modal: modal.callback_id == "preview", PATIENCE)
    del running.slack.core.workspace.channels[other_room.id]
    said = await confirm(asker)
    assert said.startswith("Rollcall cannot see this channel, or it was deleted")
    assert (await running.operation(asker)).state is State.PROPOSED
    assert running.asked("POST", "password_reset", second) == []


# Contentstack ----------------------------------------------------------------------------------------


async def test_contentstack_down_at_the_command_is_one_sentence(running: Town) -> None:
    """502 with an HTML page, for as long as Rollcall asks."""
    asker = running.hire()
    running.fault(Kind.BAD_GATEWAY, count=None)
    await asker.command("#general", "/org-users")
    said = await asker.wait_for_modal(lambda modal: modal.callback_id == "message", PATIENCE)
    assert said.all_text.startswith("Contentstack could not be asked for your rights, so nothing was done")


async def test_contentstack_slow_delays_the_form_and_loses_nothing(running: Town) -> None:
    """No answer for a while: the window stands at once, the form comes when it can."""
    asker = running.hire()
    [target] = running.targets(1)
    answer = running.gate("share/search")
    await asker.command("#general", f"/org-users unlock {target}")
    await asker.wait_for_modal(lambda one: "Checking your rights at" in one.all_text, PATIENCE)
    answer()
    shown = await asker.wait_for_modal(lambda modal: modal.callback_id == "choose", PATIENCE)
    assert len(shown.value("people")) == 1


async def test_rate_limiting_is_waited_for(running: Town) -> None:
    """A burst of 429 at the submission: the preview comes a little later."""
    asker = running.hire()
    [target] = running.targets(1)
    await form(asker, f"/org-users unlock {target}")
    await asker.fill("reason", "busy")
    running.fault(Kind.RATE_LIMIT, "share/search", count=2)
    await asker.submit()
    shown = await asker.wait_for_modal(lambda modal: modal.callback_id == "preview", PATIENCE)
    assert "Will run (1)" in shown.all_text


async def test_contentstack_down_at_the_submission_gives_the_form_back(running: Town) -> None:
    """The rights could be read, the people could not: everything that was filled in is still there."""
    asker = running.hire()
    [target] = running.targets(1)
    await form(asker, f"/org-users unlock {target}")
    await asker.fill("reason", "down")
    running.fault(Kind.BAD_GATEWAY, "/user$", count=None)
    shown = await late(
        asker, "Contentstack could not be reached, so nothing was done: try again in a minute."
    )
    assert (shown.value("reason"), len(shown.value("people"))) == ("down", 1)


async def test_a_missing_scope_is_named(running: Town) -> None:
    """Without users:read nobody can be known; the sentence says which scope and what to do."""
    asker = running.hire()
    await running.workspace.order("scopes", scopes=["commands", "chat:write"])
    await asker.command("#general", "/org-users")
    said = await asker.wait_for_modal(lambda modal: modal.callback_id == "message", PATIENCE)
    await running.workspace.order("scopes")
    assert "(users:read): ask whoever installed it to add the scope and reinstall the app." in said.all_text


# what is typed ---------------------------------------------------------------------------------------


async def test_hostile_names_and_reasons_are_only_text(running: Town) -> None:
    """`<!channel>`, `*Bold*`, a mention, a direction mark: nobody is pinged and nothing is bold, anywhere."""
    asker = running.hire()
    people = "hostile.channel@example.com, hostile.mention@example.com, hostile.direction@example.com"
    reason = "<!channel> *now* <https://example.com|click> & so on"
    shown = await preview(asker, f"reset password {people}", reason=reason)
    assert "<!channel> *Bold*" in shown.all_text
    assert "\u202e" not in shown.all_text
    await confirm(asker)
    operation = await running.operation(asker)
    main = await ended(asker, operation.id, "Done")
    assert "<!channel> *Bold* (hostile.channel@example.com)" in main.all_text
    assert f"Reason: \n{reason}" in main.all_text
    assert "&lt;!channel&gt; *now* &lt;https://example.com|click&gt; &amp; so on" in main.text
    assert "<!channel>" not in main.text
    assert "mrkdwn" not in str(main.blocks)


async def test_the_longest_names_and_reason_still_make_one_message(running: Town) -> None:
    """Ten people with names of hundreds of characters: what Slack takes is posted, nothing is refused."""
    asker = running.hire()
    people = running.targets(10)
    for email in people:
        account = running.contentstack.state.account(email)
        assert account is not None
        account.first_name, account.last_name = "Maximiliane " * 20, "von und zu Łangenfeld " * 20
    await preview(asker, f"reset password {' '.join(people)}", reason="long " * 99)
    await confirm(asker)
    operation = await running.operation(asker)
    main = await ended(asker, operation.id, "Done")
    assert "10 accepted." in main.all_text
    assert [email for email in people if email not in main.all_text] == []


async def test_a_message_that_slack_finds_too_long_is_told_all_the_same(running: Town) -> None:
    """Slack refuses the post with names; the same without them stands."""
    asker = running.hire()
    [target] = running.targets(1)
    await preview(asker, f"reset password {target}", reason="too long for Slack")
    await running.workspace.fault("error", "chat.postMessage", error="msg_too_long")
    await confirm(asker)
    operation = await running.operation(asker)
    main = await ended(asker, operation.id, "Done")
    assert "1 accepted." in main.all_text


# windows, and two at once ------------------------------------------------------------------------------


async def test_a_preview_whose_window_was_closed_comes_as_a_direct_message(running: Town) -> None:
    """Confirmed from there, twice at once: one effect, and one click is told that it changed nothing."""
    asker = running.hire()
    [target] = running.targets(1)
    await form(asker, f"/org-users reset password {target}")
    await asker.fill("reason", "window closed")
    answer = running.gate("share/search")
    await asker.submit()
    await asker.close(everything=True)
    answer()
    direct = await asker.wait_for_message(
        "@rollcall", lambda one: "preview_confirm" in one.action_ids, PATIENCE
    )
    assert "The window was closed before the preview was ready, so here it is." in direct.all_text
    assert "Will run (1)" in direct.all_text
    await asyncio.gather(*(asker.click(direct, "preview_confirm") for _ in range(2)))
    operation = await running.operation(asker)
    await ended(asker, operation.id, "Done")
    assert len(running.asked("POST", "password_reset", str(running.member(target).user_uid))) == 1
    moves = [row.event.data for row in await running.audit(operation) if row.event.kind.value == "moved"]
    assert [move["from"] for move in moves] == ["proposed", "approved", "queued", "running"]


async def test_two_admins_who_approve_at_once_make_one_run(running: Town) -> None:
    """One of them is told that the request has moved on; Contentstack is asked once."""
    asker, first, second = running.hire(), running.hire(), running.hire()
    [target] = running.targets(1)
    await preview(asker, f"remove {target}", reason="both at once")
    await confirm(asker)
    operation = await running.operation(asker)
    request = await first.wait_for_message(
        "#approvals", lambda one: "both at once" in one.all_text and bool(one.action_ids), PATIENCE
    )
    await asyncio.gather(*(who.click(request, "operation_approve") for who in (first, second)))
    await ended(asker, operation.id, "Done")
    assert running.asked("DELETE", "/share", target) == [{"emails": [target]}]
    assert len((await running.operation(asker)).approvals) == 1
    told = [
        one.text for who in (first, second) for one in await who.messages("#approvals") if one.is_ephemeral
    ]
    assert [one[:40] for one in told] == ["This request has moved on meanwhile, so "]


async def test_a_preview_that_was_confirmed_before_changes_nothing_more(running: Town) -> None:
    """The same preview in two windows: the second confirmation is told so."""
    asker = running.hire()
    [target] = running.targets(1)
    shown = await preview(asker, f"remove {target}", reason="confirmed twice")
    view = running.slack.core.workspace.views[shown.id]
    metadata = view.body["private_metadata"]
    assert (await confirm(asker)).startswith("Asked.")
    again = await preview(asker, f"remove {target}", reason="confirmed twice")
    running.slack.core.workspace.views[again.id].body["private_metadata"] = metadata
    assert (await confirm(asker)).startswith("This request has moved on meanwhile")


async def test_a_denial_needs_a_reason_and_is_read_by_the_requester(running: Town) -> None:
    """The comment stands in the operation's message; nothing was done; the buttons are gone."""
    asker, other = running.hire(), running.hire()
    [target] = running.targets(1)
    await preview(asker, f"remove {target}", reason="to be denied")
    await confirm(asker)
    operation = await running.operation(asker)
    request = await other.wait_for_message(
        "#approvals", lambda one: "to be denied" in one.all_text and bool(one.action_ids), PATIENCE
    )
    await other.click(request, "operation_deny")
    await other.wait_for_modal(lambda modal: modal.callback_id == "deny", PATIENCE)
    assert not (await other.submit()).ok
    await other.fill("comment", "still needed until Friday")
    await other.submit()
    await other.wait_for_modal(lambda modal: "Denied. The request ended" in modal.all_text, PATIENCE)
    main = await ended(asker, operation.id, "Denied")
    assert "still needed until Friday" in main.all_text
    assert "Nothing was done." in main.all_text
    assert main.channel == ORG_ADMINS
    assert running.share(target) is not None


async def test_the_requester_can_withdraw_while_it_waits(running: Town) -> None:
    """Nobody else can."""
    asker, other = running.hire(), running.hire()
    [target] = running.targets(1)
    await preview(asker, f"remove {target}", reason="to be withdrawn")
    await confirm(asker)
    operation = await running.operation(asker)
    main = await asker.wait_for_message("#org-admins", lambda one: operation.id in one.all_text, PATIENCE)
    await other.click(main, "operation_withdraw")
    told = await other.wait_for_message("#org-admins", lambda one: one.is_ephemeral, PATIENCE)
    assert told.text == "Only the person who asked for this may do that."
    await asker.click(main, "operation_withdraw")
    await ended(asker, operation.id, "Withdrawn")
    assert running.share(target) is not None
