"""The seven actions, each from the command to the end of its message, in a real browser."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.sandbox.contentstack import seed
from tests.browser.house import House
from tests.page.windows import Windows
from tools.hands import ADMINS, APPROVALS, approve, ask, choose, confirm, ended, form, message, preview

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_people_are_removed_when_a_second_person_agrees(open_page: Windows, house: House) -> None:
    """Ada asks, Grace agrees in her own window, and both see the same message come to its end."""
    ada, grace = await open_page("ada", ADMINS), await open_page("grace", APPROVALS)
    people = house.targets(2)
    shown = await preview(ada, await form(ada, f"remove {', '.join(people)}"), "contract ended")
    await expect(shown).to_contain_text("Will run (2)")
    for email in people:
        await expect(shown.get_by_role("listitem").filter(has_text=email)).to_contain_text(
            "leaves the organization"
        )
    await expect(shown).to_contain_text("One other admin has to agree")
    await confirm(ada, shown, "Remove 2 people", "Asked.")
    summary = message(ada, "contract ended")
    await expect(summary).to_contain_text("Waiting for approval. 0 of 1 approval so far.")
    await approve(grace, "contract ended")
    await ended(summary, "Done. 2 done.")
    assert [house.share(email) for email in people] == [None, None]
    await expect(message(grace, "contract ended").get_by_role("button", name="Deny")).to_have_count(0)


async def test_organization_roles_are_set(open_page: Windows, house: House) -> None:
    """The chosen roles become all that the person has."""
    ada = await open_page("ada", ADMINS)
    dialog = await form(ada, f"role {seed.TWO_ROLES}")
    await choose(dialog, "Organization roles", "Product Analytics Viewer")
    shown = await preview(ada, dialog, "moved to analytics")
    await expect(shown).to_contain_text("gains Product Analytics Viewer; loses Content Operations and Member")
    await confirm(ada, shown, "Set roles of 1 person", "Confirmed.")
    await ended(message(ada, "moved to analytics"), "Done. 1 done.")
    share = house.share(seed.TWO_ROLES)
    assert share is not None
    assert share.org_roles == [seed.ANALYTICS_ROLE]


async def test_stack_access_is_set(open_page: Windows, house: House) -> None:
    """A chosen stack asks for its roles; nothing else of the form is lost by that."""
    ada = await open_page("ada", ADMINS)
    dialog = await form(ada, f"stack {seed.GUS}")
    await choose(dialog, "Stacks", "Help center")
    await choose(dialog, "Roles in Help center", "Developer")
    shown = await preview(ada, dialog, "joins the developers")
    await expect(shown).to_contain_text("Help center: Translator → Developer")
    await confirm(ada, shown, "Set stacks of 1 person", "Confirmed.")
    await ended(message(ada, "joins the developers"), "Done. 1 done.")
    share = house.share(seed.GUS)
    assert share is not None
    users = house.demo.contentstack.state.stacks[seed.HELP].users
    assert users[share.user_uid or ""] == [seed.stack_role(seed.HELP, "Developer")]


async def test_passwords_have_to_be_renewed(open_page: Windows, house: House) -> None:
    """The account is marked; the message promises only that it was accepted."""
    ada = await open_page("ada", ADMINS)
    [email] = house.targets(1)
    summary = await ask(ada, f"reset password {email}", "laptop stolen", "Reset 1 password", "Confirmed.")
    await ended(summary, "Done. 1 accepted.")
    assert house.account(email).password_reset_required


async def test_a_second_factor_is_taken_away(open_page: Windows, house: House) -> None:
    """It needs another admin, as removing does."""
    ada, grace = await open_page("ada", ADMINS), await open_page("grace", APPROVALS)
    assert house.account(seed.MFA_USER).tfa_type is not None
    summary = await ask(ada, f"mfa {seed.MFA_USER}", "phone lost", "Reset MFA of 1 person")
    await approve(grace, "phone lost")
    await ended(summary, "Done. 1 accepted.")
    assert house.account(seed.MFA_USER).tfa_type is None


async def test_sessions_are_ended(open_page: Windows, house: House) -> None:
    """Who is signed in is signed out; the one who was not is told as skipped."""
    ada = await open_page("ada", ADMINS)
    [email] = house.targets(1)
    house.demo.contentstack.state.open_session(house.account(email))
    text = f"sessions {email}, {seed.NO_SESSION}"
    summary = await ask(ada, text, "leaked token", "Sign out 2 people", "Confirmed.")
    await ended(summary, "Done. 1 accepted, 1 skipped.")
    assert house.account(email).authtokens == []


async def test_accounts_are_unlocked(open_page: Windows, house: House) -> None:
    """A timed lock and one for ever both end."""
    ada = await open_page("ada", ADMINS)
    text = f"unlock {seed.TIMED_LOCK}, {seed.FULL_LOCK}"
    summary = await ask(ada, text, "back from holiday", "Unlock 2 people", "Confirmed.")
    await ended(summary, "Done. 2 accepted.")
    assert [house.account(email).locked_until for email in (seed.TIMED_LOCK, seed.FULL_LOCK)] == [None, None]
