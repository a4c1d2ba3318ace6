"""Undo, retry, a date, a cancel in mid-run: with the bot as a process and its own engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.operation import Operation, Origin, State
from bot.domain.outcome import Accepted, Done, NotRun
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from bot.sandbox.workspace.client import SlackUser
from bot.sandbox.workspace.shown import Message
from tests.journey.steps import agree, confirm, ended, fill, form, main_message, preview
from tests.journey.town import PATIENCE, Town, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

IN_GOOD_TIME = timedelta(seconds=15)
"""From the form to a date: the preview, the confirmation and a post that waits its turn (one a second and
channel) come before, two seconds on an idle machine. Past its date a message never says Scheduled."""


async def removed(running: Town, asker: SlackUser, people: list[str], reason: str) -> Message:
    """Asked, agreed to, run; the summary at its end."""
    other = running.hire()
    await preview(asker, f"remove {' '.join(people)}", reason=reason)
    await confirm(asker)
    operation = await running.operation(asker)
    await agree(other, "Remove", reason)
    return await ended(asker, operation.id, "")


async def again(running: Town, asker: SlackUser, summary: Message, which: str) -> Operation:
    """Press Retry or Undo, go through its modal and preview."""
    await asker.click(summary, f"operation_{which}")
    await asker.wait_for_modal(lambda modal: modal.callback_id == which, PATIENCE)
    await asker.submit()
    await asker.wait_for_modal(lambda modal: modal.callback_id == "preview", PATIENCE)
    await confirm(asker)
    return await running.operation(asker)


async def test_a_removal_is_taken_back(running: Town) -> None:
    """The person is invited again, and the first message says by whom it was undone."""
    asker, [target] = running.hire(), running.targets(1)
    summary = await removed(running, asker, [target], "to be taken back")
    assert running.share(target) is None
    undo = await again(running, asker, summary, "undo")
    await ended(asker, undo.id, "Done")
    assert (undo.origin, await running.outcomes(undo)) == (Origin.UNDO, {1: Done()})
    assert running.member(target).status == "pending"
    told = await asker.wait_for_message(
        "#org-admins", lambda m: m.ts == summary.ts and "Undone by " in m.all_text, PATIENCE
    )
    assert told.action_ids == []


async def test_a_removal_that_never_arrived_is_tried_again(running: Town) -> None:
    """The retry is agreed to anew, and the person is gone."""
    asker, other, [target] = running.hire(), running.hire(), running.targets(1)
    running.fault(Kind.DROP_BEFORE, "/share$", "DELETE", count=2)
    summary = await removed(running, asker, [target], "lost on the way")
    retry = await again(running, asker, summary, "retry")
    await agree(other, "Remove", "Retry: lost on the way")
    await ended(asker, retry.id, "Done")
    assert (retry.origin, await running.outcomes(retry)) == (Origin.RETRY, {1: Done()})
    assert running.share(target) is None


async def test_an_operation_with_a_date_runs_then(running: Town) -> None:
    """Nothing is done before; at its time the same message goes on."""
    asker, [target] = running.hire(), running.targets(1)
    due = datetime.now(UTC) + IN_GOOD_TIME
    await form(asker, f"/org-users reset password {target}")
    await fill(asker, {"when": int(due.timestamp())}, "at its time")
    await asker.submit()
    await asker.wait_for_modal(lambda modal: modal.callback_id == "preview", PATIENCE)
    await confirm(asker)
    operation = await running.operation(asker)
    waiting = await main_message(asker, operation.id, "Scheduled")
    summary = await ended(asker, operation.id, "Done")
    assert (summary.ts, await running.outcomes(operation)) == (waiting.ts, {1: Accepted()})
    rows = {str(row.event.data.get("to")): row.at for row in await running.audit(operation)}
    assert datetime.fromisoformat(rows["queued"]) >= due.replace(microsecond=0)


async def test_a_run_is_cancelled_by_another_admin(running: Town) -> None:
    """A call carries one person here: the one under way is settled, the others are left alone."""
    asker, other, people = running.hire(), running.hire(), running.targets(3)
    answer = running.gate("/v4/", "PATCH")
    await preview(
        asker, f"role {' '.join(people)}", org_roles=[seed.SECURITY_ROLE], reason="stopped half-way"
    )
    await confirm(asker)
    operation = await running.operation(asker)

    async def under_way() -> bool:
        return bool(running.asked("PATCH", "/v4/"))

    async def stopping() -> bool:
        return (await running.operation(asker)).state is State.CANCELLING

    await until(under_way)
    await other.click(await main_message(asker, operation.id), "operation_cancel")
    await until(stopping)
    answer()
    summary = await ended(asker, operation.id, "Cancelled")
    assert "Cancelled by " in summary.all_text
    found = list((await running.outcomes(operation)).values())
    assert found == [Done(), NotRun("cancelled"), NotRun("cancelled")]
    assert len(running.asked("PATCH", "/v4/")) == 1
