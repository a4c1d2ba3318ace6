"""From the command to the confirmed operation, as a person sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.actions import ActionKey, Parameters
from bot.domain.operation import State
from bot.sandbox.contentstack import seed
from tests.slack.conftest import Office
from tests.slack.steps import confirm, fill_form, open_form, operations, preview_of, until


async def test_an_admin_comes_from_the_command_to_a_request_that_waits_for_another_admin(
    office: Office,
) -> None:
    """Form, people by typeahead, preview with before -> after, confirmation, message with link."""
    ada = office.user("ada")
    form = await open_form(ada)
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
    (operation,) = await operations(office)
    assert operation.digest[:12] in preview.all_text
    assert (operation.state, operation.reason) == (State.AWAITING_APPROVAL, "left the company")
    link = next(element for element in result.blocks[1]["elements"][0]["elements"])
    (message,) = [m for m in await ada.messages("#org-admins") if m.user == "U0ROLLCALL"]
    assert message.ts.replace(".", "") in link["url"]


async def test_an_action_that_needs_nobody_else_is_queued_at_once(office: Office) -> None:
    """Unlock: confirmed, in line, and the engine was woken."""
    ada = office.user("ada")
    await preview_of(ada, "tom.timed", action="unlock")
    result = await confirm(ada)
    assert result.all_text.startswith("Confirmed. In line. It starts next.")
    (operation,) = await operations(office)
    assert (operation.state, operation.plan.action) == (State.QUEUED, ActionKey.UNLOCK)
    assert office.runs.woken == 1


async def test_stack_access_asks_for_a_role_in_every_chosen_stack(office: Office) -> None:
    """The view grows by one select per stack and keeps what was filled in before."""
    ada = office.user("ada")
    stacks = office.contentstack.state.organizations[seed.ORG_UID].stacks
    marketing, help_ = stacks[seed.MARKETING].uid, stacks[seed.HELP].uid
    await fill_form(ada, "mia.member", action="stack_access")
    await ada.wait_for_modal(lambda modal: "stacks" in modal.action_ids)
    await ada.choose("stacks", [marketing, help_])
    form = await ada.wait_for_modal(lambda modal: modal.action_ids.count("stack_roles") == 2)
    assert form.values["reason"]["reason"] == "left the company"
    role = seed.stack_role(seed.HELP, "Translator")
    await ada.fill("stack_roles", [role], block_id=f"stack:{help_}")
    missing = await ada.submit()
    assert list(missing.errors) == [f"stack:{marketing}"]
    await ada.choose("stacks", [help_])
    await ada.wait_for_modal(lambda modal: modal.action_ids.count("stack_roles") == 1)
    assert (await ada.submit()).ok
    preview = await ada.wait_for_modal(lambda modal: modal.callback_id == "preview")
    assert "Help center: Translator" in preview.all_text
    (operation,) = await operations(office)
    assert operation.plan.parameters == Parameters(stacks={help_: (role,)})


async def test_a_submission_without_the_fields_of_its_action_shows_them(office: Office) -> None:
    """The action was chosen, the redraw never came: the answer is the form with the new field."""
    ada = office.user("ada")
    form = await open_form(ada)
    await ada.pick("people", "mia.member")
    await ada.fill("reason", "moved")
    answer = await ada.submit({form.block_of("action"): {"action": "stack_access"}})
    (drawn,) = answer.modals
    assert "This action needs more" in drawn.all_text
    assert "stacks" in drawn.action_ids
    assert (drawn.value("reason"), len(drawn.value("people"))) == ("moved", 1)


async def test_closing_the_preview_discards_the_plan(office: Office) -> None:
    """Nothing is confirmed, nothing is left waiting."""
    ada = office.user("ada")
    await preview_of(ada, "mia.member")
    await ada.close()

    async def discarded() -> bool:
        return [one.state for one in await operations(office)] == [State.DISCARDED]

    assert await until(discarded)


async def test_the_preview_of_people_who_cannot_be_touched_has_nothing_to_submit(office: Office) -> None:
    """The owner is blocked, so nobody is left."""
    ada = office.user("ada")
    preview = await preview_of(ada, "owner@example.com")
    assert "Blocked (1)" in preview.all_text
    assert "Nobody is left to act on" in preview.all_text
    assert preview.raw["submit"] is None


async def test_the_command_with_addresses_opens_the_form_filled(office: Office) -> None:
    """Two known people are chosen; an unknown address is named, and what is no address."""
    ada = office.user("ada")
    form = await open_form(ada, f"/org-users remove {seed.MIA}, nobody@example.com @ada {seed.NEVER}")
    assert form.value("action") == "remove"
    assert len(form.value("people")) == 2
    assert "Nobody in the organization has: nobody@example.com. Check the spelling." in form.all_text
    assert "Not an e-mail address, so left out: <@U0ADA|ada>." in form.all_text


async def test_more_addresses_than_one_operation_takes_are_named(office: Office) -> None:
    """Ten are chosen; the others are not dropped in silence."""
    directory = office.house.contentstack.cached()
    assert directory is not None
    emails = [member.email for member in directory.members[:12]]
    form = await open_form(office.user("ada"), f"/org-users remove {' '.join(emails)}")
    assert len(form.value("people")) == 10
    assert f"left out: {emails[10]} and {emails[11]}." in form.all_text


async def test_the_shortcut_and_the_home_tab_lead_to_the_same_form(office: Office) -> None:
    """The tab's button brings its action with it."""
    ada = office.user("ada")
    await ada.shortcut("org_users")
    await ada.wait_for_modal(lambda modal: modal.callback_id == "choose")
    await ada.close()
    await ada.open_home()
    home = await ada.wait_for_home(lambda view: "Nothing waits" in view.all_text)
    await ada.click(home, "start:unlock")
    form = await ada.wait_for_modal(lambda modal: modal.callback_id == "choose")
    assert form.value("action") == "unlock"


@pytest.mark.parametrize("members", [110])
async def test_the_first_load_is_said_and_waited_for_by_nobody(office: Office) -> None:
    """Typing finds people by their key and label while the directory is in memory."""
    ada = office.user("ada")
    form = await open_form(ada)
    offered = await ada.options("people", "people", "")
    assert len(offered) == 100
    found = await ada.options("people", "people", "mia.mem")
    assert [one["text"]["text"] for one in found] == ["Mia Member · mia.member@example.com"]
    assert form.element("people")["max_selected_items"] == 10


async def test_the_preview_leads_back_to_the_form_as_it_was_submitted(office: Office) -> None:
    """Who was picked and pasted, the reason, the ways: all there; the plan that was shown is discarded."""
    ada = office.user("ada")
    await fill_form(ada, "mia.member", action="unlock")
    await ada.choose("ways", ["pasted"])
    await ada.wait_for_modal(lambda modal: "paste" in modal.action_ids)
    await ada.fill("paste", seed.PLUS)
    submitted = (await ada.modals())[-1].values
    await ada.submit()
    await ada.wait_for_modal(lambda modal: modal.callback_id == "preview")
    await ada.click(None, "preview_change")
    back = await ada.wait_for_modal(lambda modal: modal.callback_id == "choose")
    assert back.values == submitted
    (discarded,) = await operations(office)
    assert discarded.state is State.DISCARDED
    await ada.fill("reason", "another reason")
    await ada.submit()
    again = await ada.wait_for_modal(lambda modal: modal.callback_id == "preview")
    (newest, _) = await operations(office)
    assert (newest.state, newest.reason, len(newest.plan.lines)) == (State.PROPOSED, "another reason", 2)
    assert newest.digest[:12] in again.all_text


async def test_a_form_that_is_not_kept_any_more_is_said(office: Office) -> None:
    """After a day the way back ends in one sentence, and nothing is left to be confirmed."""
    ada = office.user("ada")
    await preview_of(ada, "tom.timed", action="unlock")
    tomorrow = office.house.clock.now() + timedelta(days=1)
    assert await office.store.write(lambda tx: tx.drop_forms(tomorrow)) == 1
    await ada.click(None, "preview_change")
    said = await ada.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert said.all_text.startswith("The form is not kept any more")
    assert [one.state for one in await operations(office)] == [State.DISCARDED]
