"""A full disk at each thing that people do: one sentence, nothing done, and the next try works."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from bot.domain.operation import State
from bot.ports.store import StoreFull
from tests.slack.conftest import Office
from tests.slack.steps import confirm, fill_form, open_form, operations, preview_of

SAID = "Rollcall cannot write to its data directory, so nothing was done: ask whoever runs it to make room."

NoRoom = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def no_room(office: Office, monkeypatch: pytest.MonkeyPatch) -> NoRoom:
    """Nothing can be written while the block runs."""

    async def full(_: object) -> None:
        raise StoreFull

    @contextmanager
    def while_full() -> Iterator[None]:
        with monkeypatch.context() as patched:
            patched.setattr(office.store, "write", full)
            yield

    return while_full


@pytest.mark.parametrize("door", ["command", "shortcut"])
async def test_a_window_that_was_opened_says_it(office: Office, no_room: NoRoom, door: str) -> None:
    """In place of "one moment", which would stand there for ever."""
    ada = office.user("ada")
    with no_room():
        await (ada.command("#general", "/org-users") if door == "command" else ada.shortcut("org_users"))
        await ada.wait_for_modal(lambda modal: SAID in modal.all_text)
    await ada.close(everything=True)
    await open_form(ada)


async def test_a_submission_is_answered_in_its_window(office: Office, no_room: NoRoom) -> None:
    """Nothing is sealed."""
    ada = office.user("ada")
    await fill_form(ada, "mia.member")
    with no_room():
        await ada.submit()
        await ada.wait_for_modal(lambda modal: SAID in modal.all_text)
    assert await operations(office) == []


async def test_a_confirmation_changes_nothing(office: Office, no_room: NoRoom) -> None:
    """The preview stays a preview."""
    ada = office.user("ada")
    await preview_of(ada, "mia.member")
    with no_room():
        assert (await confirm(ada)).all_text == SAID
    assert [one.state for one in await operations(office)] == [State.PROPOSED]
