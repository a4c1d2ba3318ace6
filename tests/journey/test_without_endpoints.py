"""A fresh organization without endpoint templates: what cannot be done says why, the rest what it does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.outcome import Accepted
from bot.sandbox.contentstack import seed
from tests.journey.steps import confirm, ended, form, preview
from tests.journey.town import PATIENCE, Town, town

pytestmark = pytest.mark.asyncio(loop_scope="module")

UNAVAILABLE = ("Update Organization Role", "Reset MFA", "Force Kill Session", "Unlock")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """As after `docs/setup.md`, before anybody has asked Contentstack's support for anything."""
    async with town(Path(tmp_path_factory.mktemp("bare")), ROLLCALL_ENDPOINTS="") as made:
        yield made


async def test_an_unavailable_action_stands_in_the_form_and_says_why(running: Town) -> None:
    """Four of the seven; choosing one is answered at its field."""
    asker = running.hire()
    [target] = running.targets(1)
    shown = await form(asker, f"/org-users mfa {target}")
    labels = [option["text"]["text"] for option in shown.element("action")["options"]]
    notes = {
        option["text"]["text"]: option.get("description", {}).get("text", "")
        for option in shown.element("action")["options"]
    }
    assert len(labels) == 7
    assert {name for name, note in notes.items() if note == "Not available here"} == set(UNAVAILABLE)
    assert "support@contentstack.com" in shown.all_text
    await asker.fill("reason", "not possible")
    answer = await asker.submit()
    assert answer.errors["action"].startswith("This action is not available here (")


async def test_the_home_tab_offers_what_is_there_and_names_the_rest(running: Town) -> None:
    """No button for what cannot be done."""
    asker = running.hire()
    await asker.open_home()
    home = await asker.wait_for_home(timeout=PATIENCE)
    assert [one for one in home.action_ids if one.startswith("start:")] == [
        "start:remove",
        "start:stack_access",
        "start:password_reset",
    ]
    assert [name for name in UNAVAILABLE if name not in home.all_text] == []


async def test_the_documented_reset_e_mail_is_called_what_it_is(running: Town) -> None:
    """Form, preview and button promise a mail and no force; one mail goes out."""
    asker = running.hire()
    [target] = running.targets(1)
    shown = await preview(asker, f"reset password {target}")
    assert shown.raw["submit"]["text"] == "E-mail 1 person"
    assert "Mails cannot be called back." in shown.all_text
    assert "The old password cannot be given back" not in shown.all_text
    need_not_arrive = "A mail that was sent need not arrive: accounts of an expired organization get none"
    assert f"What to mind\n{need_not_arrive}" in shown.all_text
    await confirm(asker)
    operation = await running.operation(asker)
    main = await ended(asker, operation.id, "Done")
    assert need_not_arrive in main.all_text
    assert await running.outcomes(operation) == {1: Accepted()}
    mails = [mail for mail in running.contentstack.state.mails if mail.to == target]
    assert len(mails) == 1
    account = running.contentstack.state.account(target)
    assert account is not None
    assert account.password_reset_required is False


async def test_the_preview_says_of_each_person_what_an_admin_should_know(running: Town) -> None:
    """Admin, pending, stack owner, team, never signed in, signed in lately: each only of whom it is true."""
    asker = running.hire()
    people = [seed.GRACE, seed.PENDING, seed.STACK_OWNER, seed.IN_TEAM, seed.NEVER, seed.MIA]
    text = (await preview(asker, f"remove {' '.join(people)}")).all_text
    lines = {email: text.partition(email)[2].partition("example.com")[0] for email in people}
    assert "(admin" in lines[seed.GRACE]
    assert "invitation pending" in lines[seed.PENDING]
    assert "invitation is cancelled" in lines[seed.PENDING]
    assert "owns a stack" in lines[seed.STACK_OWNER]
    assert "also has access through a team" in lines[seed.IN_TEAM]
    assert "never signed in" in lines[seed.NEVER]
    assert "signed in during the last 14 days" in lines[seed.MIA]
    assert "never signed in" not in lines[seed.MIA]
    assert "2 people are admins" in text  # one of them through a team
    assert "3 people lose 3 stacks" in text
    assert "The owner of Help center leaves: transfer ownership first" in text
    assert "What cannot be undone" in text


async def test_people_are_found_by_part_of_an_e_mail_or_name(running: Town) -> None:
    """Also by a name that is not written in ASCII, and by what comes after a plus."""
    asker = running.hire()
    shown = await form(asker, "/org-users remove")
    block = shown.block_of("people")
    for typed, label in [
        ("zoe.lukas", "zoe.lukasiewicz@example.com"),
        ("Łukasiewicz", "zoe.lukasiewicz@example.com"),
        ("paul+ne", "paul+news@example.com"),
        ("ULLA.UPPER", "Ulla.UPPER@Example.COM"),
        ("pia.pend", "pia.pending@example.com"),
    ]:
        offered = [one["text"]["text"] for one in await asker.options(block, "people", typed)]
        assert any(label in one for one in offered), (typed, offered)
