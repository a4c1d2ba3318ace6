"""Strangers, guests, bots, members: one private sentence, whatever they click."""

from __future__ import annotations

import pytest

from bot.domain.admission import NotAdmitted, Refused
from bot.domain.operation import State
from bot.slack.payloads import User
from tests.slack.conftest import Office
from tests.slack.steps import confirm, open_form, operations, preview_of, refusals


async def test_somebody_without_the_right_gets_one_private_sentence(office: Office) -> None:
    """Mia is a member without an admin role: a modal with the sentence, then from memory, one audit row."""
    mia = office.user("mia")
    await mia.command("#general", "/org-users")
    said = await mia.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert said.all_text.startswith("Only the owner and the admins")
    assert (await mia.command("#general", "/org-users status")).ok
    told = await mia.wait_for_message("#general", lambda message: message.is_ephemeral)
    assert told.text.startswith("Only the owner and the admins")
    await office.desk.tasks.settle(60)
    assert await refusals(office) == [("U0MIA", "not_admin")]


@pytest.mark.parametrize("text", ["/org-users", "/org-users status", "/org-users history", "/org-users help"])
async def test_every_sub_command_is_refused_alike(office: Office, text: str) -> None:
    """Nothing about others is shown to somebody without the right."""
    bob = office.user("bob")
    await bob.command("#general", text)
    await office.desk.tasks.settle(60)
    stack = await bob.modals()
    messages = [m for m in await bob.messages("#general") if m.is_ephemeral]
    shown = [*(modal.all_text for modal in stack), *(message.text for message in messages)]
    assert [one.split(",")[0] for one in shown] == [
        "No member of the Contentstack organization has the e-mail address of your Slack account",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"is_restricted": True}, "Rollcall does not answer to guests"),
        ({"is_ultra_restricted": True}, "Rollcall does not answer to guests"),
        ({"team_id": "T0PARTNER"}, "Rollcall answers only to people of the workspace that installed it"),
        ({"is_stranger": True, "team_id": "T0PARTNER"}, "Rollcall answers only to people of the workspace"),
        ({"is_invited_user": True}, "Slack does not tell Rollcall enough about your account"),
        ({"email": ""}, "Your Slack profile shows Rollcall no e-mail address"),
    ],
)
async def test_only_full_members_of_the_workspace_pass_whatever_their_e_mail_says(
    office: Office, change: dict[str, object], sentence: str
) -> None:
    """Ada is an admin at Contentstack, but her Slack account is another kind now."""
    ada = office.user("ada")
    await open_form(ada)
    await ada.pick("people", "mia.member")
    await ada.fill("reason", "because")
    await office.workspace.order("person", person="ada", **change)
    await ada.submit({"action": {"action": "remove"}})
    said = await ada.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert said.all_text.startswith(sentence)


async def test_a_stranger_who_presses_a_button_gets_one_private_sentence(office: Office) -> None:
    """Slack Connect: he has the e-mail of an admin, and is refused from memory; the audit has it."""
    ada = office.user("ada")
    await preview_of(ada, "mia.member")
    await confirm(ada)
    message = await ada.wait_for_message("#approvals", lambda m: "operation_approve" in m.action_ids)
    office.slack.core.workspace.channels["C0APPROVALS"].members.append("U0SID")
    await office.workspace.order("person", person="sid", email="grace.admin@example.com")
    sid = office.user("sid")
    await sid.click(message, "operation_approve")
    said = await sid.wait_for_message("#approvals", lambda m: m.is_ephemeral)
    assert said.text.startswith("Rollcall answers only to people of the workspace that installed it")
    await office.desk.tasks.settle(60)
    assert [one.state for one in await operations(office)] == [State.AWAITING_APPROVAL]
    assert await refusals(office) == [("U0SID", "stranger")]


async def test_an_option_request_of_somebody_refused_is_an_empty_menu(office: Office) -> None:
    """Nobody learns an address by typing into a form that he should not have."""
    ada = office.user("ada")
    await open_form(ada)
    office.desk.gate.note("U0ADA", Refused(NotAdmitted.NOT_ADMIN))
    assert await ada.options("people", "people", "mia") == []


async def test_a_form_that_was_open_for_long_goes_on_finding_people(office: Office) -> None:
    """The memory of a minute is renewed by the next option request."""
    ada = office.user("ada")
    await open_form(ada)
    office.desk.gate._memory.clear()  # noqa: SLF001  as if a minute had passed
    assert len(await ada.options("people", "people", "mia.mem")) == 1


async def test_the_home_tab_of_somebody_without_the_right_is_one_sentence(office: Office) -> None:
    """And nothing about others."""
    mia = office.user("mia")
    await mia.open_home()
    home = await mia.wait_for_home()
    assert len(home.blocks) == 1
    assert home.all_text.startswith("Only the owner and the admins")


def test_an_enterprise_account_is_not_foreign_by_its_id_alone(office: Office) -> None:
    """users.info tells which workspace is his; a foreign team is refused at once."""
    gate = office.desk.gate
    assert gate.turned_away(User(id="U1", team_id="E0ORG")) is None
    assert gate.turned_away(User(id="U1", team_id="")) is None
    assert gate.turned_away(User(id="U1", team_id="T0PARTNER")) == Refused(NotAdmitted.STRANGER)


async def test_a_refusal_from_memory_reaches_every_kind_of_request(office: Office) -> None:
    """A shortcut gets a window, a choice and a submission get their modal filled, a menu is empty."""
    ada, gate = office.user("ada"), office.desk.gate
    refused = Refused(NotAdmitted.NOT_ADMIN)
    sentence = "Only the owner and the admins"
    gate.note("U0ADA", refused)
    await ada.shortcut("org_users")
    said = await ada.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert said.all_text.startswith(sentence)
    await ada.close()
    form = await _form_of_somebody_refused(office)
    await ada.choose("action", "unlock")
    await ada.wait_for_modal(lambda modal: modal.id == form and modal.all_text.startswith(sentence))
    await ada.close(everything=True)
    await _form_of_somebody_refused(office)
    gate._memory.clear()  # noqa: SLF001  as if a minute had passed
    await ada.pick("people", "mia.member")
    await ada.fill("reason", "because")
    gate.note("U0ADA", refused)
    answer = await ada.submit({"action": {"action": "remove"}})
    assert answer.modals[-1].all_text.startswith(sentence)


async def _form_of_somebody_refused(office: Office) -> str:
    """Ada has the form open when her right is lost."""
    office.desk.gate._memory.clear()  # noqa: SLF001  as if a minute had passed
    form = await open_form(office.user("ada"))
    office.desk.gate.note("U0ADA", Refused(NotAdmitted.NOT_ADMIN))
    return form.id
