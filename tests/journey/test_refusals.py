"""Who may not: one private sentence at the command, at every later click, at the run; audited, coalesced."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.operation import State
from bot.sandbox.contentstack import seed
from bot.sandbox.workspace.client import SlackUser
from bot.sandbox.workspace.seed import PARTNER_TEAM
from tests.journey.steps import (
    agree,
    confirm,
    form,
    main_message,
    preview,
    private_answer,
    request_for_approval,
)
from tests.journey.town import APPROVALS, PATIENCE, Town, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

MEMBER = "Only the owner and the admins of the Contentstack organization may use Rollcall, and you are a "
GUEST = "Rollcall does not answer to guests of this workspace"
NO_ACCOUNT = "No member of the Contentstack organization has the e-mail address of your Slack account"
STRANGER = "Rollcall answers only to people of the workspace that installed it"
PENDING = "Your invitation to the Contentstack organization is not accepted yet"


async def what_the_command_says(who: SlackUser) -> str:
    await who.command("#general", "/org-users")
    said = await who.wait_for_modal(lambda modal: modal.callback_id == "message", PATIENCE)
    await who.close(everything=True)
    return said.all_text


@pytest.mark.parametrize(
    ("about", "why", "sentence"),
    [
        ({"role": seed.MEMBER_ROLE}, "not_admin", MEMBER),
        ({"role": seed.SECURITY_ROLE}, "not_admin", MEMBER),
        ({"role": None}, "not_a_member", NO_ACCOUNT),
        ({"role": None, "email": seed.PENDING}, "not_accepted", PENDING),
        ({"email": ""}, "no_email", "Your Slack profile shows Rollcall no e-mail address"),
        ({"is_invited_user": True}, "unknown", "Slack does not tell Rollcall enough about your account"),
    ],
)
async def test_who_may_not_is_told_at_the_command(
    running: Town, about: dict[str, Any], why: str, sentence: str
) -> None:
    """One sentence in a window of his own, and one row in the audit."""
    nobody = running.hire(**about)
    assert (await what_the_command_says(nobody)).startswith(sentence)
    assert await running.refusals(nobody) == [why]


async def test_refusals_are_one_row_a_person_and_minute(running: Town) -> None:
    """Somebody who tries five times is told five times; the chain does not grow by clicking."""
    nobody = running.hire(role=seed.MEMBER_ROLE)
    await what_the_command_says(nobody)
    for word in ("status", "history", "help", "remove a@example.com"):
        await nobody.command("#general", f"/org-users {word}")
    told = [one for one in await nobody.messages("#general") if one.is_ephemeral]
    assert [one.text[: len(MEMBER)] for one in told] == [MEMBER] * 4
    # A minute may end in between, never more than one.
    assert len(await running.refusals(nobody)) in {1, 2}


async def test_an_e_mail_of_two_members_is_nobody(running: Town) -> None:
    """Which of the two it is cannot be told, so it is neither."""
    double = running.hire()
    await running.as_two_members(running.member(running.slack.core.workspace.person(double.handle).email))
    said = await what_the_command_says(double)
    assert said.startswith("More than one member of the Contentstack organization has the e-mail address")
    assert await running.refusals(double) == ["several_members"]


async def test_a_member_who_presses_approve_is_refused(running: Town) -> None:
    """He is in the approvals channel and sees the button; it does nothing for him."""
    asker, nobody = running.hire(), running.hire(role=seed.MEMBER_ROLE)
    [target] = running.targets(1)
    await preview(asker, f"remove {target}", reason="member approves")
    await confirm(asker)
    request = await request_for_approval(nobody, "Remove", "member approves")
    await nobody.click(request, "operation_approve")
    await private_answer(nobody, "#approvals", "Only the owner and the admins")
    assert (await running.operation(asker)).state is State.AWAITING_APPROVAL
    assert running.share(target) is not None
    assert await running.refusals(nobody) == ["not_admin"]


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"is_stranger": True, "team_id": PARTNER_TEAM}, STRANGER),
        ({"is_restricted": True}, GUEST),
        ({"is_ultra_restricted": True}, GUEST),
    ],
)
async def test_outsiders_are_refused_whatever_their_e_mail_says(
    running: Town, about: dict[str, Any], sentence: str
) -> None:
    """Both have an admin's address; a button in a channel that they see does nothing for them."""
    asker = running.hire()
    outsider = running.hire(**about)
    [target] = running.targets(1)
    await preview(asker, f"remove {target}", reason=f"outsider {outsider.handle}")
    await confirm(asker)
    request = await request_for_approval(asker, "Remove", f"outsider {outsider.handle}")
    shown = next(one for one in await outsider.messages(APPROVALS) if one.ts == request.ts)
    await outsider.click(shown, "operation_approve")
    await private_answer(outsider, APPROVALS, sentence)
    assert (await running.operation(asker)).state is State.AWAITING_APPROVAL

    async def audited() -> list[str]:
        return await running.refusals(outsider)

    assert len(await until(audited)) == 1


async def test_a_deactivated_admin_cannot_go_on(running: Town) -> None:
    """His window is still open when his account is switched off; Slack lets him do nothing more."""
    leaver = running.hire()
    [target] = running.targets(1)
    await preview(leaver, f"remove {target}")
    await running.workspace.order("person", person=leaver.handle, deleted=True)
    answer = await leaver.act("submit", view_id=(await leaver.modals())[-1].id)
    if answer.ok:
        said = await leaver.wait_for_modal(lambda modal: modal.callback_id == "message", PATIENCE)
        assert said.all_text.startswith("This Slack account is deactivated")
    assert (await running.operation(leaver)).state is State.PROPOSED


async def test_a_role_lost_while_the_form_is_open_is_seen_at_the_submission(running: Town) -> None:
    """Rights are read again at every step."""
    loser = running.hire()
    [target] = running.targets(1)
    await form(loser, f"/org-users remove {target}")
    await loser.fill("reason", "too late")
    running.set_roles(running.slack.core.workspace.person(loser.handle).email, seed.MEMBER_ROLE)
    await loser.submit()
    said = await loser.wait_for_modal(lambda modal: modal.callback_id == "message", PATIENCE)
    assert said.all_text.startswith(MEMBER)
    assert await running.refusals(loser) == ["not_admin"]


async def test_a_role_lost_before_the_confirmation_is_seen_there(running: Town) -> None:
    """The preview stays a preview."""
    loser = running.hire()
    [target] = running.targets(1)
    await preview(loser, f"remove {target}")
    running.set_roles(running.slack.core.workspace.person(loser.handle).email, seed.MEMBER_ROLE)
    assert (await confirm(loser)).startswith(MEMBER)
    assert (await running.operation(loser)).state is State.PROPOSED


async def test_a_role_lost_before_the_run_is_seen_there(running: Town) -> None:
    """The requester is no admin any more when another one agrees: dismissed, and nothing was asked for."""
    loser, other = running.hire(), running.hire()
    [target] = running.targets(1)
    await preview(loser, f"remove {target}", reason="lost meanwhile")
    await confirm(loser)
    operation = await running.operation(loser)
    running.set_roles(running.slack.core.workspace.person(loser.handle).email, seed.MEMBER_ROLE)
    await agree(other, "Remove", "lost meanwhile")
    main = await main_message(other, operation.id, "Dismissed")
    assert "The requester is no longer owner or admin of the organization. Nothing was done." in main.all_text
    assert running.asked("DELETE", "/share", target) == []
    assert running.share(target) is not None


async def test_an_approver_who_lost_the_role_before_the_run_counts_no_more(running: Town) -> None:
    """His click was good; his right is read again when it runs."""
    asker, other = running.hire(), running.hire()
    [target] = running.targets(1)
    await preview(asker, f"remove {target}", reason="approver leaves")
    await confirm(asker)
    operation = await running.operation(asker)
    request = await request_for_approval(other, "Remove", "approver leaves")
    email = running.slack.core.workspace.person(other.handle).email
    answer = running.gate("/teams|/stacks")

    async def agreed() -> bool:
        return bool((await running.operation(asker)).approvals)

    await other.click(request, "operation_approve")
    await until(agreed)
    running.set_roles(email, seed.MEMBER_ROLE)
    answer()
    main = await main_message(asker, operation.id, "Dismissed")
    assert "Somebody who agreed is no longer owner or admin" in main.all_text
    assert running.share(target) is not None


async def test_nobody_approves_his_own_request_or_one_that_he_is_in(running: Town) -> None:
    """Two private sentences, and the request waits on."""
    asker, target = running.hire(), running.user("grace")
    await preview(asker, f"remove {seed.GRACE}", reason="not by these two")
    await confirm(asker)
    request = await request_for_approval(asker, "Remove", "not by these two")
    await asker.click(request, "operation_approve")
    await private_answer(asker, "#approvals", "You asked for this yourself")
    await target.click(request, "operation_approve")
    await private_answer(target, "#approvals", "You are one of the people in this plan")
    assert (await running.operation(asker)).state is State.AWAITING_APPROVAL


async def test_the_owner_the_bot_and_the_requester_are_blocked_by_name(running: Town) -> None:
    """Invariants stand in the preview; with nobody left there is no button to confirm with."""
    asker = running.user("ada")
    shown = await preview(asker, f"remove {seed.OWNER}, {seed.BOT}, {seed.ADA}")
    assert "Blocked (3)" in shown.all_text
    assert "is the owner of the organization, whom no bulk operation may touch" in shown.all_text
    assert "is the account with which Rollcall works" in shown.all_text
    assert "is you: nobody does this to himself" in shown.all_text
    assert "Nobody is left to act on" in shown.all_text
    assert shown.raw["submit"] is None
