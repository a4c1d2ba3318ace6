"""From the command to the confirmed operation, as a person sees it."""

from __future__ import annotations

from bot.domain.operation import State
from bot.sandbox.contentstack import seed
from tests.slack.conftest import Office


async def test_an_admin_comes_from_the_command_to_a_request_that_waits_for_another_admin(
    office: Office,
) -> None:
    """Form, people by typeahead, preview with before -> after, confirmation, message with link."""
    ada = office.user("ada")
    assert (await ada.command("#org-admins", "/org-users")).ok
    form = await ada.wait_for_modal(lambda modal: modal.callback_id == "choose")
    assert form.value("channel") == "C0ORGADMINS"
    await ada.choose("action", "remove")
    await ada.wait_for_modal(lambda modal: "lose every stack" in modal.all_text)
    await ada.pick("people", "mia.member", "nils.never")
    await ada.fill("reason", "left the company")
    assert (await ada.submit()).ok
    preview = await ada.wait_for_modal(lambda modal: modal.callback_id == "preview")
    assert "Will run (2)" in preview.all_text
    assert "leaves the organization" in preview.all_text
    assert "One other admin has to agree" in preview.all_text
    assert (await ada.submit()).ok
    result = await ada.wait_for_modal(lambda modal: "Open its message" in modal.all_text)
    assert result.all_text.startswith("Asked. One other admin has to agree.")
    (operation,) = await office.store.read(lambda tx: tx.operations(office.house.binding.key))
    assert operation.state is State.AWAITING_APPROVAL
    assert operation.digest[:12] in preview.all_text
    assert [line.share_uid for line in operation.plan.lines] != []
    assert operation.reason == "left the company"


async def test_the_command_with_addresses_opens_the_form_filled(office: Office) -> None:
    """Two known people are chosen; an unknown address is named."""
    ada = office.user("ada")
    await ada.command("#general", f"/org-users remove {seed.MIA}, nobody@example.com {seed.NEVER}")
    form = await ada.wait_for_modal(lambda modal: modal.callback_id == "choose")
    assert form.value("action") == "remove"
    assert len(form.value("people")) == 2
    assert "Nobody in the organization has: nobody@example.com. Check the spelling." in form.all_text


async def test_somebody_without_the_right_gets_one_private_sentence(office: Office) -> None:
    """Mia is a member without an admin role: a modal with the sentence, and an audit row."""
    mia = office.user("mia")
    await mia.command("#general", "/org-users")
    said = await mia.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert said.all_text.startswith("Only the owner and the admins")
    again = await mia.command("#general", "/org-users status")
    assert again.ok
    told = await mia.wait_for_message("#general", lambda message: message.is_ephemeral)
    assert told.text.startswith("Only the owner and the admins")
    rows = await office.store.read(lambda tx: [row.event.kind.value for row in tx.rows()])
    assert rows == ["refused"]
