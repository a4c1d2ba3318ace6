"""A defect before any listener could answer: Slack gets its answer, and the person a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.slack.payloads import User
from bot.words import problems
from tests.slack.conftest import Office
from tests.slack.steps import fill_form, open_form, preview_of

SAID = problems.unexpected()
PERSONAL = "ada.admin@example.com"

BreakDown = Callable[[], None]


@pytest.fixture
def break_down(office: Office, monkeypatch: pytest.MonkeyPatch) -> BreakDown:
    """From now on the middleware fails at everything that people do."""

    def broken(_: User) -> None:
        raise RuntimeError(PERSONAL)

    return lambda: monkeypatch.setattr(office.desk.gate, "turned_away", broken)


async def test_a_command_is_answered_in_private(office: Office, break_down: BreakDown) -> None:
    """Beside what was typed."""
    break_down()
    ada = office.user("ada")
    assert (await ada.command("#general", "/org-users")).ok
    assert (await ada.wait_for_message("#general", lambda one: one.is_ephemeral)).text == SAID


async def test_a_submission_is_answered_in_its_window(office: Office, break_down: BreakDown) -> None:
    """In place of what was filled in."""
    ada = office.user("ada")
    await fill_form(ada, "mia.member")
    break_down()
    answer = await ada.submit()
    assert [SAID in modal.all_text for modal in answer.modals] == [True]


async def test_a_typeahead_offers_nothing(office: Office, break_down: BreakDown) -> None:
    """An empty menu, and no error of Slack's."""
    ada = office.user("ada")
    await open_form(ada)
    break_down()
    assert await ada.options("people", "people", "mia.mem") == []


async def test_a_click_is_answered_in_its_window_and_the_log_names_nobody(
    office: Office, break_down: BreakDown, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the kind of the defect and its place, and not what it says."""
    ada = office.user("ada")
    shown = await preview_of(ada, "mia.member")
    break_down()
    assert (await ada.click(shown, "preview_change")).ok
    await ada.wait_for_modal(lambda modal: SAID in modal.all_text)
    assert ("a request failed: RuntimeError" in caplog.text, PERSONAL in caplog.text) == (True, False)
