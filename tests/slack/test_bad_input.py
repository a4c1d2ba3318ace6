"""One sentence for everything that can go wrong, in the field where Slack can show it."""

from __future__ import annotations

import pytest

from bot.domain.admission import NotAdmitted, Refused
from bot.domain.operation import State
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.contentstack.membership import remove_share
from tests.slack.conftest import Office
from tests.slack.steps import confirm, fill_form, open_form, operations, preview_of

CHANNELS = [
    ("C0RANDOM", "Rollcall is not in this channel (random)"),
    ("C0PARTNERS", "This channel is shared with people outside your workspace (partners)"),
    ("C0ARCHIVE", "This channel is archived (archive)"),
    ("C0GENERAL", "This channel is public (general)"),
]


async def test_an_empty_form_is_answered_field_by_field(office: Office) -> None:
    """Slack's own check comes first; ours says the same of what it lets through."""
    ada = office.user("ada")
    await open_form(ada)
    answer = await ada.submit()
    assert (answer.ok, sorted(answer.errors)) == (False, ["action", "people", "reason"])


async def test_an_unavailable_action_is_refused_at_its_field_with_why(office: Office) -> None:
    """Reset MFA has no endpoint here."""
    ada = office.user("ada")
    await fill_form(ada, "mia.member", action="mfa_reset")
    answer = await ada.submit()
    assert answer.error == "view_errors"
    assert answer.errors["action"].startswith("This action is not available here (")


@pytest.mark.parametrize(("channel", "sentence"), CHANNELS)
async def test_a_channel_that_will_not_do_is_said_above_its_field(
    office: Office, channel: str, sentence: str
) -> None:
    """The form comes back with everything that was filled in."""
    ada = office.user("ada")
    await fill_form(ada, "mia.member")
    await ada.choose("channel", channel)
    assert (await ada.submit()).ok
    form = await ada.wait_for_modal(lambda modal: sentence in modal.all_text)
    assert (form.callback_id, form.value("action"), len(form.value("people"))) == ("choose", "remove", 1)
    assert (form.value("reason"), form.value("channel")) == ("left the company", channel)


async def test_a_deleted_channel_is_said_too(office: Office) -> None:
    """Deleted between the form and its submission."""
    ada = office.user("ada")
    await fill_form(ada, "mia.member")
    await office.workspace.order("channel", channel="C0ORGADMINS", delete=True)
    await ada.submit()
    await ada.wait_for_modal(lambda modal: "cannot see this channel, or it was deleted" in modal.all_text)


async def test_somebody_who_left_since_the_form_was_opened_is_said_at_the_people(office: Office) -> None:
    """The form comes back; nothing was sealed."""
    ada = office.user("ada")
    await fill_form(ada, "mia.member")
    organization = office.contentstack.state.organizations[seed.ORG_UID]
    remove_share(office.contentstack.state, organization, organization.by_email[seed.MIA])
    await ada.submit()
    await ada.wait_for_modal(lambda modal: "is no longer in the organization" in modal.all_text)
    assert await operations(office) == []


async def test_contentstack_down_at_the_submission_is_one_sentence(office: Office) -> None:
    """Either the rights or the people cannot be read; both say to try again."""
    ada = office.user("ada")
    await fill_form(ada, "mia.member")
    office.contentstack.faults.add(Fault(0, Kind.BAD_GATEWAY, count=None))
    await ada.submit()
    said = await ada.wait_for_modal(lambda modal: "try again in a minute" in modal.all_text, 30)
    assert "Contentstack could not be" in said.all_text


@pytest.mark.parametrize(
    ("status", "message", "code", "said"),
    [
        (401, "You're not allowed in here unless you're logged in.", 105, "python app.py login"),
        (
            403,
            "You don't have the permission to do this operation.",
            316,
            "to see whether region and organization are right (python app.py doctor).",
        ),
    ],
    ids=["expired credential", "wrong organization"],
)
async def test_what_another_minute_would_not_change_is_said_with_what_to_do(
    office: Office, status: int, message: str, code: int, said: str
) -> None:
    """401/105 and 403/316 at the check of rights."""
    body = {"error_message": message, "error_code": code}
    office.contentstack.faults.add(Fault(0, Kind.ANSWER, count=None, status=status, body=body))
    await office.user("ada").command("#general", "/org-users")
    modal = await office.user("ada").wait_for_modal(lambda modal: modal.callback_id == "message")
    assert said in modal.all_text


async def test_a_missing_scope_is_named(office: Office) -> None:
    """Without users:read nobody can be known."""
    await office.workspace.order("scopes", scopes=["commands", "chat:write"])
    await office.user("ada").command("#general", "/org-users")
    said = await office.user("ada").wait_for_modal(lambda modal: modal.callback_id == "message")
    assert "(users:read)" in said.all_text


async def test_a_preview_whose_window_was_closed_comes_as_a_direct_message(office: Office) -> None:
    """Its buttons confirm and discard as the modal would have."""
    ada = office.user("ada")
    await fill_form(ada, "mia.member")
    answer = office.gate("share")
    await ada.submit()
    await ada.close(everything=True)
    answer()
    message = await ada.wait_for_message("@rollcall", lambda m: "preview_confirm" in m.action_ids)
    assert "Will run (1)" in message.all_text
    await ada.click(message, "preview_confirm")
    await ada.wait_for_message("@rollcall", lambda m: m.text.startswith("Asked."))
    assert [one.state for one in await operations(office)] == [State.AWAITING_APPROVAL]


async def test_a_preview_as_a_direct_message_can_be_discarded(office: Office) -> None:
    """Its buttons go, and nothing is left waiting."""
    ada = office.user("ada")
    await fill_form(ada, "mia.member")
    answer = office.gate("share")
    await ada.submit()
    await ada.close(everything=True)
    answer()
    message = await ada.wait_for_message("@rollcall", lambda m: "preview_discard" in m.action_ids)
    await ada.click(message, "preview_discard")
    await ada.wait_for_message("@rollcall", lambda m: m.text == "Discarded. Nothing was done.")
    assert [one.state for one in await operations(office)] == [State.DISCARDED]


async def test_a_form_whose_window_was_closed_is_said_in_one_sentence(office: Office) -> None:
    """Nothing was done."""
    ada = office.user("ada")
    answer = office.gate()
    await ada.command("#general", "/org-users")
    await ada.wait_for_modal(lambda modal: modal.callback_id == "loading")
    await ada.close()
    answer()
    message = await ada.wait_for_message("@rollcall")
    assert message.text.startswith("The window was closed before it was ready")


async def test_a_window_that_slack_would_not_open_is_said_beside_the_command(office: Office) -> None:
    """The trigger was too old."""
    await office.workspace.fault("error", "views.open", error="expired_trigger_id")
    ada = office.user("ada")
    await ada.command("#general", "/org-users")
    said = await ada.wait_for_message("#general", lambda message: message.is_ephemeral)
    assert said.text.startswith("Slack did not let Rollcall open its window in time")


async def test_the_window_is_filled_although_slack_fails_in_between(office: Office) -> None:
    """A 429 with Retry-After, an internal error and a broken connection: tried again until it shows."""
    for kind in ("rate_limited", "error", "drop"):
        await office.workspace.fault(kind, "views.update")
    ada = office.user("ada")
    await ada.command("#general", "/org-users")
    await ada.wait_for_modal(lambda modal: modal.callback_id == "choose", 15)


async def test_a_role_lost_between_preview_and_confirmation_is_refused(office: Office) -> None:
    """Rights are read again at the click."""
    ada = office.user("ada")
    await preview_of(ada, "mia.member")
    await office.workspace.order("person", person="ada", is_restricted=True)
    result = await confirm(ada)
    assert "does not answer to guests" in result.all_text
    assert [one.state for one in await operations(office)] == [State.PROPOSED]


async def test_whatever_breaks_inside_is_told_to_the_person(office: Office) -> None:
    """A defect is logged by type and place, and said in one sentence."""
    ada = office.user("ada")
    form = await open_form(ada)
    view = office.slack.core.workspace.views[form.id]
    view.body["private_metadata"] = "not ours"
    await ada.pick("people", "mia.member")
    await ada.fill("reason", "because")
    answer = await ada.submit({"action": {"action": "remove"}})
    assert "Something went wrong inside Rollcall" in answer.modals[-1].all_text


async def test_a_name_that_would_ping_the_channel_is_only_text(office: Office) -> None:
    """It stands in rich text, which parses nothing."""
    account = office.contentstack.state.account("mia.member@example.com")
    assert account is not None
    account.first_name, account.last_name = "<!channel> *Mia*", "_M_"
    await office.house.contentstack.directory(max_age=0)
    preview = await preview_of(office.user("ada"), "mia.member")
    assert "<!channel> *Mia* _M_" in preview.all_text
    assert not [b for b in preview.blocks if b["type"] == "section" and b["text"]["type"] == "mrkdwn"]


def test_refusals_that_say_nothing_of_the_person_are_not_remembered(office: Office) -> None:
    """Contentstack down for a moment keeps nobody out for longer."""
    gate = office.desk.gate
    gate.note("U0X", Refused(NotAdmitted.CONTENTSTACK_DOWN))
    assert gate.recall("U0X") is None
    gate.note("U0X", Refused(NotAdmitted.NOT_ADMIN))
    assert gate.recall("U0X") == Refused(NotAdmitted.NOT_ADMIN)
