"""The process ends in mid-run and the next one goes on: one outcome a line, one message, one head."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.domain.operation import Operation
from bot.domain.outcome import Accepted, Done, Outcome, Unknown
from bot.sandbox.contentstack.faults import Kind
from bot.sandbox.workspace.client import SlackUser
from tests.journey.process import App
from tests.journey.steps import agree, confirm, ended, head_of, preview, request_for_approval
from tests.journey.town import Town, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def in_the_middle(running: Town, method: str, path: str, about: str) -> None:
    """Until Contentstack has been asked, while its answer is still on the way."""

    async def asked() -> bool:
        return bool(running.asked(method, path, about))

    await until(asked)


async def one_of_each(
    running: Town, asker: SlackUser, operation: Operation, state: str
) -> Mapping[int, Outcome]:
    """The outcomes; there is one message of the operation, and one head that the chain goes through."""
    main = await ended(asker, operation.id, state)
    about = [one for one in await asker.messages("#org-admins") if operation.id in one.all_text]
    assert len(about) == 1
    heads = [one for one in await asker.thread(main) if re.match("Audit head", one.all_text)]
    assert len(heads) == 1
    assert await running.holds(await head_of(asker, main))
    found = await running.outcomes(operation)
    rows = [
        row.event.data["line"] for row in await running.audit(operation) if row.event.kind.value == "outcome"
    ]
    assert rows == sorted(found)
    return found


async def asked_to_remove(running: Town, asker: SlackUser, people: list[str], reason: str) -> Operation:
    """A removal that waits for approval."""
    await preview(asker, f"remove {' '.join(people)}", reason=reason)
    await confirm(asker)
    return await running.operation(asker)


async def test_killed_while_one_is_answered_and_one_waits_for_approval(running: Town) -> None:
    """What happened shows: both people are Done, and nobody is asked for again.

    The buttons of the message that waited there go on working.
    """
    asker, other, people = running.hire(), running.hire(), running.targets(2)
    waiting = await asked_to_remove(running, running.hire(), running.targets(1), "killed while waiting")
    operation = await asked_to_remove(running, asker, people, "killed in between")
    request = await request_for_approval(other, "Remove", "killed while waiting")
    answer = running.gate("/share$", "DELETE")
    await agree(other, "Remove", "killed in between")
    await in_the_middle(running, "DELETE", "/share", people[0])
    await running.app.kill()
    assert (await other.click(request, "operation_approve")).ok is False
    answer()
    await running.restart()
    assert await one_of_each(running, asker, operation, "Done") == {1: Done(), 2: Done()}
    assert len(running.asked("DELETE", "/share", people[0])) == 1
    await other.click(request, "operation_approve")
    assert await one_of_each(running, asker, waiting, "Done") == {1: Done()}


async def test_killed_before_a_removal_took_effect(running: Town) -> None:
    """Nothing shows, and repeating is harmless: asked for again, and done."""
    asker, other, [target] = running.hire(), running.hire(), running.targets(1)
    operation = await asked_to_remove(running, asker, [target], "killed before")
    running.fault(Kind.HANG_BEFORE, "/share$", "DELETE")
    await agree(other, "Remove", "killed before")
    await in_the_middle(running, "DELETE", "/share", target)
    await running.app.kill()
    await running.restart()
    assert await one_of_each(running, asker, operation, "Done") == {1: Done()}
    assert len(running.asked("DELETE", "/share", target)) == 2
    assert running.share(target) is None


async def test_killed_while_a_mail_may_have_gone_out(running: Town) -> None:
    """No read can tell: Unknown, said by name, and never sent again."""
    asker, [target] = running.hire(), running.targets(1)
    await preview(asker, f"reset password {target}", reason="killed at a mail")
    answer = running.gate("password_reset", "POST")
    await confirm(asker)
    operation = await running.operation(asker)
    about = str(running.member(target).user_uid)
    await in_the_middle(running, "POST", "password_reset", about)
    await running.app.kill()
    answer()
    await running.restart()
    assert await one_of_each(running, asker, operation, "Partly done") == {1: Unknown("interrupted")}
    assert len(running.asked("POST", "password_reset", about)) == 1


async def test_asked_to_stop_in_the_middle(running: Town) -> None:
    """SIGTERM lets the call under way settle, ends within ten seconds, and loses nothing."""
    asker, people = running.hire(), running.targets(2)
    await preview(asker, f"reset password {' '.join(people)}", reason="stopped in between")
    running.fault(Kind.LATENCY, "password_reset", "POST", ms=1500)
    await confirm(asker)
    operation = await running.operation(asker)
    await in_the_middle(running, "POST", "password_reset", str(running.member(people[0]).user_uid))
    began = time.monotonic()
    assert await running.app.stop() == 0
    assert time.monotonic() - began < 10
    await running.restart()
    found = await one_of_each(running, asker, operation, "Done")
    assert found == {1: Accepted(), 2: Accepted()}


async def test_a_second_bot_on_the_same_directory_is_refused(running: Town) -> None:
    """One process at a time; the sentence names the directory, and the first one goes on."""
    room = running.directory / "second"
    room.mkdir()
    second = App(running.app.settings, room)
    await second.start()
    assert await second.ended() == 1
    assert str(running.directory / "data") in second.said()
    assert "Traceback" not in second.said()
    assert running.app.running


async def test_a_start_that_can_write_nothing_says_so(running: Town, tmp_path: Path) -> None:
    """As after a start by another user, or on a full disk: one sentence with what to do, and no traceback."""
    (tmp_path / "data" / "rollcall.db-wal").mkdir(parents=True)
    (tmp_path / "data").chmod(0o700)
    its_own = {"ROLLCALL_DATA_DIR": str(tmp_path / "data"), "CONTENTSTACK_AUTHTOKEN": "blt0"}
    started = App(running.app.settings | its_own, tmp_path)
    await started.start()
    assert await started.ended() == 1
    assert f"nothing can be written to the data directory {tmp_path / 'data'}" in started.said()
    assert "Traceback" not in started.said()
