"""The main job, action by action: command, form, preview, approval, run, summary, audit head."""

from __future__ import annotations

import pytest

from bot.domain.outcome import Accepted, Done, Skipped
from bot.sandbox.contentstack import seed
from tests.journey.steps import (
    agree,
    confirm,
    ended,
    head_of,
    main_message,
    preview,
    private_answer,
    request_for_approval,
)
from tests.journey.town import PATIENCE, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_people_are_removed_after_another_admin_agreed(running: Town) -> None:
    """From `/org-users remove a, b` to the summary: what every screen says, and two people are gone."""
    asker, other = running.hire(), running.hire()
    one, two = running.targets(2)
    shown = (await preview(asker, f"remove {one}, {two}", reason="contract ended")).all_text
    assert "Will run (2)" in shown
    assert "leaves the organization; loses Member" in shown
    assert "Organization roles lost: Member" in shown
    assert "Nobody can be put back by force: to return, a person has to accept a new invitation." in shown
    assert "One other admin has to agree: this action always needs another admin." in shown
    assert "Reason: contract ended" in shown
    assert (await confirm(asker)).startswith("Asked. One other admin has to agree.")
    operation = await running.operation(asker)
    assert f"Sealed as {operation.digest[:12]}" in shown
    request = await request_for_approval(other, "Remove from organization: 2 people", "contract ended")
    waiting = await main_message(asker, operation.id, "Waiting for approval")
    assert "0 of 1 approval so far." in waiting.all_text
    assert running.asked("DELETE", "/share", one) == []
    await other.click(request, "operation_approve")
    main = await main_message(asker, operation.id, "Done")
    assert main.ts == waiting.ts
    assert "2 done." in main.all_text
    assert (one in main.all_text, two in main.all_text) == (True, True)
    assert (running.share(one), running.share(two)) == (None, None)
    assert running.asked("DELETE", "/share", one) == [{"emails": [one, two]}]
    assert await running.outcomes(operation) == {1: Done(), 2: Done()}
    head = await head_of(asker, main)
    assert await asker.messages("@rollcall") == []  # what was read in the window is not said again
    rows = await running.audit(operation)
    assert await running.holds(head)
    assert head.seq == rows[-1].seq
    assert [row.event.kind.value for row in rows] == [
        "proposed",
        "moved",
        "decided",
        "moved",
        "moved",
        "moved",
        "intent",
        "result",
        "result",
        "outcome",
        "outcome",
        "moved",
    ]
    assert rows[0].event.data["identity"] == "email"
    decided = await other.wait_for_message(
        "#approvals", lambda shown: operation.id in shown.all_text and "1 of 1 so far" in shown.all_text
    )
    assert decided.action_ids == []


async def test_roles_are_set_to_exactly_the_chosen_set(running: Town) -> None:
    """The preview names what each person gains and loses; two roles become the one that was chosen."""
    asker = running.hire()
    shown = await preview(asker, f"role {seed.TWO_ROLES}", org_roles=[seed.ANALYTICS_ROLE])
    assert "gains Product Analytics Viewer; loses Content Operations and Member" in shown.all_text
    assert "Nobody else has to agree." in shown.all_text
    assert (await confirm(asker)).startswith("Confirmed.")
    operation = await running.operation(asker)
    main = await ended(asker, operation.id, "Done")
    assert "1 done." in main.all_text
    assert running.member(seed.TWO_ROLES).org_roles == [seed.ANALYTICS_ROLE]
    assert len(running.asked("PATCH", "/v4/")) == 1


async def test_making_somebody_an_admin_needs_another_admin(running: Town) -> None:
    """Whatever the action needs otherwise."""
    asker, other = running.hire(), running.hire()
    [target] = running.targets(1)
    shown = await preview(asker, f"role {target}", org_roles=[seed.ADMIN_ROLE], reason="promotion")
    assert "1 person becomes an admin" in shown.all_text
    assert "One other admin has to agree: it makes somebody an admin." in shown.all_text
    await confirm(asker)
    operation = await running.operation(asker)
    await agree(other, "Update Organization Role: 1 person", "promotion")
    await ended(asker, operation.id, "Done")
    assert running.member(target).org_roles == [seed.ADMIN_ROLE]


async def test_stack_access_is_overwritten_in_the_chosen_stack_alone(running: Town) -> None:
    """A member of the stack gets the new role, somebody outside is invited; other stacks stay."""
    asker = running.hire()
    [outside] = running.targets(1)
    inside = seed.GUS  # Translator of the Help center
    state = running.contentstack.state
    help_center, role = state.stacks[seed.HELP], seed.stack_role(seed.HELP, "Developer")
    others = {key: dict(stack.users) for key, stack in state.stacks.items() if stack.api_key != seed.HELP}
    shown = await preview(asker, f"stack {inside}, {outside}", stacks={help_center.uid: [role]})
    assert "Help center: Translator → Developer" in shown.all_text
    assert "Help center: no access → Developer" in shown.all_text
    await confirm(asker)
    operation = await running.operation(asker)
    main = await ended(asker, operation.id, "Done")
    assert help_center.users[running.member(inside).user_uid or ""] == [role]
    assert {key: dict(stack.users) for key, stack in state.stacks.items() if key != seed.HELP} == others
    assert len(running.asked("POST", "/stacks/users/roles", role)) == 1
    assert len(running.asked("POST", "/stacks/share", outside)) == 1
    assert (await running.outcomes(operation))[1] == Done()
    assert type((await running.outcomes(operation))[2]) in {Done, Accepted}
    assert inside in main.all_text


async def test_passwords_are_reset_and_said_to_be_accepted_only(running: Town) -> None:
    """Nothing can be read to prove it, so the summary claims no more than Contentstack's yes."""
    asker = running.hire()
    [target] = running.targets(1)
    shown = await preview(asker, f"reset password {target}")
    assert "The old password cannot be given back." in shown.all_text
    await confirm(asker)
    operation = await running.operation(asker)
    main = await ended(asker, operation.id, "Done")
    assert "1 accepted." in main.all_text
    assert "Accepted, cannot be verified" in main.all_text
    account = running.contentstack.state.account(target)
    assert account is not None
    assert account.password_reset_required
    assert await running.outcomes(operation) == {1: Accepted()}


async def test_mfa_is_reset_after_another_admin_agreed(running: Town) -> None:
    """Who has no second factor is skipped by Contentstack, and the summary says so by name."""
    asker, other = running.hire(), running.hire()
    [without] = running.targets(1)
    shown = await preview(asker, f"mfa {seed.MFA_USER}, {without}", reason="lost phone")
    assert "One other admin has to agree" in shown.all_text
    await confirm(asker)
    operation = await running.operation(asker)
    await agree(other, "Reset MFA", "lost phone")
    main = await ended(asker, operation.id, "Done")
    account = running.contentstack.state.account(seed.MFA_USER)
    assert account is not None
    assert account.tfa_type is None
    assert (await running.outcomes(operation))[1] == Accepted()
    assert f"{without})\n: has no second factor" in main.all_text


async def test_sessions_are_ended_where_there_are_any(running: Town) -> None:
    """Several organizations and no session come back as skipped, with Contentstack's reason."""
    asker = running.hire()
    [target] = running.targets(1)
    state = running.contentstack.state
    account = state.account(target)
    assert account is not None
    state.open_session(account)
    shown = await preview(asker, f"sessions {target}, {seed.MULTI}, {seed.NO_SESSION}")
    assert "Will run (3)" in shown.all_text
    await confirm(asker)
    operation = await running.operation(asker)
    main = await ended(asker, operation.id, "Done")
    assert account.authtokens == []
    assert "1 accepted, 2 skipped." in main.all_text
    kinds = {number: type(one) for number, one in (await running.outcomes(operation)).items()}
    assert kinds == {1: Accepted, 2: Skipped, 3: Skipped}
    assert seed.MULTI in main.all_text


async def test_accounts_are_unlocked(running: Town) -> None:
    """A timed lock and one for ever end; somebody who is not locked is skipped."""
    asker = running.hire()
    [free] = running.targets(1)
    await preview(asker, f"unlock {seed.TIMED_LOCK}, {seed.FULL_LOCK}, {free}")
    await confirm(asker)
    operation = await running.operation(asker)
    main = await ended(asker, operation.id, "Done")
    assert "2 accepted, 1 skipped." in main.all_text
    for email in (seed.TIMED_LOCK, seed.FULL_LOCK):
        account = running.contentstack.state.account(email)
        assert account is not None
        assert account.locked_until is None


async def test_private_answers_say_what_waits_and_what_was_done(running: Town) -> None:
    """`status`, `history`, `help`, and a word that is none of them: in private, whoever is in the channel."""
    asker = running.hire()
    [target] = running.targets(1)
    await preview(asker, f"remove {target}", reason="waits in status")
    await confirm(asker)
    await asker.command("#general", "/org-users status")
    status = await private_answer(asker, "#general", "What waits and what runs")
    assert "waits in status" in status.all_text
    await asker.command("#general", "/org-users history")
    history = await private_answer(asker, "#general", "The last operations")
    assert "waits in status" in history.all_text
    await asker.command("#general", "/org-users help")
    told = await private_answer(asker, "#general", "Bulk operations on the users")
    assert "/org-users history" in told.all_text
    await asker.command("#general", "/org-users frobnicate")
    await private_answer(asker, "#general", "/org-users has no sub-command “frobnicate”")
    assert [
        message for message in await running.user("mia").messages("#general") if message.is_ephemeral
    ] == []


async def test_the_shortcut_and_the_home_tab_lead_to_the_same_form(running: Town) -> None:
    """Three doors, one form."""
    asker = running.hire()
    await asker.shortcut("org_users")
    form = await asker.wait_for_modal(lambda modal: modal.callback_id == "choose", PATIENCE)
    assert form.value("action") is None
    await asker.close(everything=True)
    await asker.open_home()
    home = await asker.wait_for_home(timeout=PATIENCE)
    assert "The last operations" in home.all_text
    await asker.click(home, "start:unlock")
    form = await asker.wait_for_modal(lambda modal: modal.callback_id == "choose", PATIENCE)
    assert form.value("action") == "unlock"


async def test_nothing_personal_and_nothing_secret_stands_in_the_log(running: Town) -> None:
    """After all of the above: no address, no token, no traceback, no warning of what is as it should be."""
    said = running.app.said()
    assert "example.com" not in said
    assert "example.org" not in said
    assert running.slack.bot_token not in said
    assert running.slack.app_token not in said
    assert seed.BOT_AUTHTOKEN not in said
    assert "Traceback" not in said
    assert "will be unused" not in said
