"""The messages of an operation in a workspace: each once, always as the store has it, and never lost."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.audit import Event, EventKind
from bot.domain.operation import Approval, Operation, Origin, State
from bot.domain.outcome import Done, Failed
from bot.domain.redaction import REDACTED
from bot.ports.store import PersonData, Transaction
from bot.sandbox.workspace.client import WorkspaceClient
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.sandbox.workspace.shown import Message
from bot.service.house import Binding
from bot.sink import FileSink
from bot.slack.messages import buttons
from bot.slack.notifier import SlackNotifier
from bot.store.database import SqliteStore
from bot.words.reasons import held, without_text
from tests.clocks import SPEED, BriskClock
from tests.slack.messages.conftest import MANIFEST
from tests.slack.messages.samples import GRACE, line, texts
from tests.slack.messages.samples import operation as sample

PATIENCE = 60.0
CHANNEL = "C0ORGADMINS"
APPROVALS = "C0APPROVALS"
ASKS = [buttons.APPROVE_ID, buttons.AGREE_ID, buttons.DENY_ID, buttons.LINES_ID]
"""The buttons of a request that nobody has answered."""


async def add(store: SqliteStore, state: State, people: int = 2, **more: Any) -> Operation:
    """An operation of Ada's in this state, with invented people behind its lines."""
    now = datetime.now(UTC)

    def change(tx: Transaction) -> Operation:
        keys = [
            tx.pseudonym("acme", PersonData(f"person{n}@example.com", f"Person {n}"))
            for n in range(1, people + 1)
        ]
        lines = [replace(line(n), person=key) for n, key in enumerate(keys, start=1)]
        made = sample(lines, state, created_at=now, changed_at=now, **more)
        tx.add_operation(made)
        tx.append(Event(EventKind.PROPOSED, "acme", made.id), now)
        return made

    return await store.write(change)


async def move(store: SqliteStore, one: Operation, *states: State, **more: Any) -> None:
    """Take steps, one after another."""

    def change(tx: Transaction) -> None:
        found = tx.operation(one.id)
        assert found is not None
        before = found.state
        for after in states:
            assert tx.move(one.id, before, after, datetime.now(UTC), **more)
            before = after

    await store.write(change)


async def conclude(store: SqliteStore, one: Operation, numbers: range) -> None:
    """Everybody of these is done."""

    def change(tx: Transaction) -> None:
        for number in numbers:
            tx.set_outcome(one.id, number, Done(), datetime.now(UTC))

    await store.write(change)


async def settle(notifier: SlackNotifier, one: Operation) -> None:
    """Say that the operation changed and wait until its messages are as they should be."""
    notifier.changed(one.id)
    await asyncio.wait_for(notifier.quiet(), PATIENCE)


async def posted(workspace: WorkspaceClient, channel: str = CHANNEL) -> list[Message]:
    return [one for one in await workspace.user("ada").messages(channel) if one.raw["user"] == "U0ROLLCALL"]


async def thread(workspace: WorkspaceClient, parent: Message) -> list[Message]:
    return (await workspace.user("ada").thread(parent))[1:]


async def calls(workspace: WorkspaceClient, method: str) -> list[dict[str, Any]]:
    return [entry for entry in await workspace.journal("api") if entry["method"] == method]


def shown(message: Message) -> list[str]:
    return texts(message.blocks).splitlines()


async def direct(workspace: WorkspaceClient, handle: str = "ada") -> list[str]:
    """What the app told somebody in private."""
    person = workspace.user(handle)
    channels = [one["id"] for one in (await person.sidebar())["dms"] if one.get("is_app")]
    found = [one for channel in channels for one in await person.messages(channel)]
    return [texts(one.blocks) for one in found if one.raw["user"] == "U0ROLLCALL"]


async def test_one_message_moves_through_the_run_and_ends_as_the_summary(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """From the line to the end there is one message in the channel, and at the end the head in its thread."""
    one = await add(store, State.QUEUED)
    assert await notifier.announce(one.id)
    assert shown((await posted(workspace))[0])[1] == "In line. It starts next."
    await move(store, one, State.RUNNING)
    await conclude(store, one, range(1, 2))
    await settle(notifier, one)
    assert shown((await posted(workspace))[0])[1] == "Running. 1 of 2 people."
    await conclude(store, one, range(2, 3))
    await move(store, one, State.DONE)
    await settle(notifier, one)
    (message,) = await posted(workspace)
    assert shown(message)[1] == "Done. 2 done."
    assert "Person 1 (person1@example.com): " in texts(message.blocks)
    assert message.action_ids == [buttons.UNDO_ID]
    (head,) = await thread(workspace, message)
    newest = await store.read(lambda tx: tx.head())
    assert shown(head)[0] == f"Audit head {newest}"
    assert sorted(await store.read(lambda tx: tx.posts(one.id))) == ["csv", "head", "main", "picture"]


async def test_an_unchanged_message_is_not_edited_again(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """Ten changes that change nothing cost Slack no edit."""
    one = await add(store, State.QUEUED)
    for _ in range(10):
        await settle(notifier, one)
    assert await calls(workspace, "chat.update") == []
    assert len(await posted(workspace)) == 1


async def test_a_post_in_doubt_is_found_and_not_made_twice(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """The connection breaks after Slack took the message: it is found in the history by its metadata."""
    one = await add(store, State.QUEUED)
    await workspace.fault("drop_after", "chat.postMessage")
    assert await notifier.announce(one.id)
    (message,) = await posted(workspace)
    posts = await store.read(lambda tx: tx.posts(one.id))
    assert posts["main"].ts == message.ts
    assert len(await calls(workspace, "chat.postMessage")) == 1


async def test_a_process_that_died_between_post_and_note_finds_its_message(
    notifier: SlackNotifier,
    store: SqliteStore,
    workspace: WorkspaceClient,
    sandbox: WorkspaceSandbox,
    binding: Binding,
    clock: BriskClock,
) -> None:
    """With an intent row and no place the next process looks first, edits what it finds, and goes on."""
    one = await add(store, State.RUNNING)
    await workspace.fault("drop_after", "chat.postMessage")
    await workspace.fault("status", "conversations.history", times=None)
    assert not await notifier.announce(one.id)
    await notifier.stop()
    assert (await store.read(lambda tx: tx.posts(one.id)))["main"].ts == ""
    await workspace.order("faults/clear")
    await conclude(store, one, range(1, 3))
    await move(store, one, State.DONE)
    next_one = SlackNotifier(
        AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url), store, binding, clock
    )
    await next_one.start()
    await asyncio.wait_for(next_one.quiet(), PATIENCE)
    await next_one.stop()
    (message,) = await posted(workspace)
    assert shown(message)[1] == "Done. 2 done."
    assert len(await thread(workspace, message)) == 1


async def test_a_lost_post_is_made_again(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """The connection breaks before Slack took the message: it is not in the history, so it is posted."""
    one = await add(store, State.QUEUED)
    await workspace.fault("drop", "chat.postMessage", times=2)
    assert await notifier.announce(one.id)
    assert len(await posted(workspace)) == 1


async def test_two_who_announce_at_once_post_once(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """The run and the updater may both find that the message is missing."""
    one = await add(store, State.QUEUED)
    notifier.changed(one.id)
    assert await asyncio.gather(*(notifier.announce(one.id) for _ in range(5))) == [True] * 5
    await asyncio.wait_for(notifier.quiet(), PATIENCE)
    assert len(await posted(workspace)) == 1


async def test_the_end_is_shown_after_slack_asked_for_a_pause(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """A 429 at the very last edit delays the summary and does not lose it."""
    one = await add(store, State.RUNNING)
    assert await notifier.announce(one.id)
    await conclude(store, one, range(1, 3))
    await move(store, one, State.DONE)
    await workspace.fault("rate_limited", "chat.update", retry_after=20, times=2)
    await settle(notifier, one)
    (message,) = await posted(workspace)
    assert shown(message)[1] == "Done. 2 done."


async def test_the_end_is_shown_after_slack_was_down(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """Errors, broken connections and lost answers at the last edit and in the thread are tried again."""
    one = await add(store, State.RUNNING)
    assert await notifier.announce(one.id)
    await conclude(store, one, range(1, 3))
    await move(store, one, State.DONE)
    for fault in (
        {"kind": "status", "status": 503},
        {"kind": "drop"},
        {"kind": "error", "error": "fatal_error"},
    ):
        await workspace.fault(method="chat.update", **fault)
    await workspace.fault("drop_after", "chat.postMessage")
    await settle(notifier, one)
    (message,) = await posted(workspace)
    assert shown(message)[1] == "Done. 2 done."
    assert [shown(reply)[0][:10] for reply in await thread(workspace, message)] == ["Audit head"]


async def test_a_revoked_token_loses_nothing(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """Messages wait until the app may speak again."""
    one = await add(store, State.RUNNING)
    assert await notifier.announce(one.id)
    await conclude(store, one, range(1, 3))
    await move(store, one, State.DONE)
    await workspace.order("tokens", revoke="bot")
    notifier.changed(one.id)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(notifier.quiet(), 0.3)
    await workspace.order("tokens", restore=True)
    await asyncio.wait_for(notifier.quiet(), PATIENCE)
    assert shown((await posted(workspace))[0])[1] == "Done. 2 done."


LOSSES: list[tuple[str, Callable[[Message], dict[str, Any]], str]] = [
    (
        "deleted channel",
        lambda _: {"order": "channel", "channel": CHANNEL, "delete": True},
        "its channel is gone, or Rollcall is no longer in it",
    ),
    (
        "deleted message",
        lambda _: {"fault": "message_not_found"},
        "its message was deleted",
    ),
    ("archived", lambda _: {"fault": "is_archived"}, "its channel is archived"),
    ("not in channel", lambda _: {"fault": "not_in_channel"}, "Rollcall is no longer in its channel"),
    ("too long", lambda _: {"fault": "msg_too_long"}, "Slack finds its message too long"),
]


@pytest.mark.parametrize(
    ("loss", "because"), [(one[1], one[2]) for one in LOSSES], ids=[one[0] for one in LOSSES]
)
async def test_whoever_asked_is_told_when_the_message_is_lost_and_how_it_ended(
    notifier: SlackNotifier,
    store: SqliteStore,
    workspace: WorkspaceClient,
    loss: Callable[[Message], dict[str, Any]],
    because: str,
) -> None:
    """One private sentence when the message can no longer be changed, one with the result, never more."""
    one = await add(store, State.QUEUED)
    assert await notifier.announce(one.id)
    (message,) = await posted(workspace)
    trouble = loss(message)
    if "fault" in trouble:
        await workspace.fault("error", "chat.update", error=trouble["fault"], times=None)
    else:
        await workspace.order(trouble.pop("order"), **trouble)
    await move(store, one, State.RUNNING)
    for _ in range(3):
        await settle(notifier, one)
    title = "Remove from organization: 2 people"
    lost = f"{title}\nIts progress can no longer be shown, because {because}. The operation itself goes on.\n"
    assert await direct(workspace) == [lost]
    await conclude(store, one, range(1, 3))
    await move(store, one, State.DONE)
    for _ in range(3):
        await settle(notifier, one)
    assert await direct(workspace) == [lost, f"{title}\nIt has ended: done (2 done).\n"]


async def test_a_message_that_is_too_long_with_names_is_shown_without(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """Slack finds the list too long: counts alone still go through."""
    one = await add(store, State.QUEUED)
    assert await notifier.announce(one.id)
    await move(store, one, State.RUNNING)
    await workspace.fault("error", "chat.update", error="msg_blocks_too_long")
    await settle(notifier, one)
    (message,) = await posted(workspace)
    assert shown(message)[1] == "Running. 0 of 2 people."
    assert "example.com" not in texts(message.blocks)
    assert await direct(workspace) == []


async def test_a_channel_that_takes_no_message_is_said_at_once(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """Announcing in a channel without the bot fails, and the requester hears of it once."""
    one = await add(store, State.QUEUED, channel="C0RANDOM")
    assert not await notifier.announce(one.id)
    assert not await notifier.announce(one.id)
    told = await direct(workspace)
    assert len(told) == 1
    assert "Rollcall is no longer in its channel" in told[0]


async def test_a_public_channel_sees_no_names(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """In a public channel there are counts, and no thread goes on with what a private one would tell."""
    one = await add(store, State.RUNNING, people=120, channel="C0GENERAL")
    await conclude(store, one, range(1, 121))
    await move(store, one, State.DONE)
    await settle(notifier, one)
    (message,) = await posted(workspace, "C0GENERAL")
    assert shown(message)[1] == "Done. 120 done."
    assert "example.com" not in repr(message.raw)
    assert [shown(reply)[0][:10] for reply in await thread(workspace, message)] == ["Audit head"]


async def test_a_long_list_continues_in_the_thread_before_the_head(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """Everybody is named once between message and thread, whatever gets lost on the way."""
    one = await add(store, State.RUNNING, people=120)
    await conclude(store, one, range(1, 121))
    await move(store, one, State.DONE)
    await workspace.fault("latency", "chat.postMessage", seconds=0.01)
    await workspace.fault("drop_after", "chat.postMessage", times=2)
    await settle(notifier, one)
    (message,) = await posted(workspace)
    replies = await thread(workspace, message)
    everything = texts([*message.blocks, *(block for reply in replies for block in reply.blocks)])
    assert [everything.count(f"(person{n}@example.com)") for n in range(1, 121)] == [1] * 120
    assert shown(replies[-1])[0].startswith("Audit head ")
    await settle(notifier, one)
    assert len(await thread(workspace, message)) == len(replies)


async def test_an_approval_is_asked_for_in_its_channel_and_closed_there(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """Approve and Deny live in the approvals channel until somebody decides; then it says who."""
    one = await add(store, State.AWAITING_APPROVAL)
    await settle(notifier, one)
    (request,) = await posted(workspace, APPROVALS)
    assert request.action_ids == ASKS
    (main,) = await posted(workspace)
    assert main.action_ids == [buttons.WITHDRAW_ID]
    decision = Approval(GRACE, approved=True, at=datetime.now(UTC))
    await store.write(lambda tx: tx.add_approval(one.id, decision))
    await move(store, one, State.APPROVED, State.QUEUED)
    await settle(notifier, one)
    (request,) = await posted(workspace, APPROVALS)
    (main,) = await posted(workspace)
    assert (request.action_ids, main.action_ids) == ([], [buttons.CANCEL_ID])
    assert "Agreed: [@U0GRACE] on " in texts(request.blocks)
    assert "Agreed: [@U0GRACE] on " in texts(main.blocks)


async def test_who_decides_sees_his_step_first(
    store: SqliteStore, workspace: WorkspaceClient, notifier: SlackNotifier
) -> None:
    """The request that was answered is edited before the message of whoever asked."""
    one = await add(store, State.AWAITING_APPROVAL)
    await settle(notifier, one)
    await move(store, one, State.APPROVED, State.QUEUED)
    await settle(notifier, one)
    edits = [entry["args"]["channel"] for entry in await calls(workspace, "chat.update")]
    assert edits == [APPROVALS, CHANNEL]


async def test_admins_are_told_of_a_hold_once(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """One notice with Resume and Cancel per hold; they go when it is over, and a new hold is told anew."""
    one = await add(store, State.RUNNING, run=1)
    assert await notifier.announce(one.id)
    await move(store, one, State.HELD, held_reason="credential_refused")
    for _ in range(3):
        await settle(notifier, one)
    (notice,) = await posted(workspace, APPROVALS)
    assert notice.action_ids == [buttons.RESUME_ID, buttons.CANCEL_ID]
    await move(store, one, State.QUEUED, new_run=True)
    await settle(notifier, one)
    await move(store, one, State.HELD, held_reason="contentstack_down")
    await settle(notifier, one)
    first, second = await posted(workspace, APPROVALS)
    assert (first.action_ids, second.action_ids) == ([], [buttons.RESUME_ID, buttons.CANCEL_ID])


async def test_a_request_that_nobody_can_see_is_told_to_whoever_asked(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """The approvals channel is gone: waiting for it in silence would be for ever."""
    await workspace.order("channel", channel=APPROVALS, delete=True)
    one = await add(store, State.AWAITING_APPROVAL)
    for _ in range(2):
        await settle(notifier, one)
    because = "the approvals channel is gone, or Rollcall is no longer in it"
    assert await direct(workspace) == [
        f"Remove from organization: 2 people\nThe other admins could not be told of it, because {because}.\n",
    ]
    assert len(await posted(workspace)) == 1


async def test_every_head_that_is_posted_is_kept_in_the_sink_too(
    store: SqliteStore,
    workspace: WorkspaceClient,
    sandbox: WorkspaceSandbox,
    binding: Binding,
    clock: BriskClock,
    tmp_path: Path,
) -> None:
    """Once, with the operation that had ended."""
    client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
    notifier = SlackNotifier(client, store, binding, clock, sink=FileSink(tmp_path / "heads"))
    await notifier.start()
    one = await add(store, State.RUNNING)
    await conclude(store, one, range(1, 3))
    await move(store, one, State.DONE)
    await settle(notifier, one)
    await settle(notifier, one)
    await notifier.stop()
    (message,) = await posted(workspace)
    (head,) = await thread(workspace, message)
    (line,) = (tmp_path / "heads").read_text().splitlines()
    assert shown(head)[0] == f"Audit head {line.split()[0]}"
    assert line.split()[2] == one.id


async def test_the_head_is_never_edited(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """Whatever becomes of the operation's message afterwards, what stood there is what was witnessed."""
    one = await add(store, State.RUNNING)
    await conclude(store, one, range(1, 3))
    await move(store, one, State.DONE)
    await settle(notifier, one)
    (message,) = await posted(workspace)
    (before,) = await thread(workspace, message)
    undo = await add(store, State.QUEUED, id="op_undo", origin=Origin.UNDO, parent=one.id)
    await settle(notifier, undo)
    (main,) = [m for m in await posted(workspace) if m.ts == message.ts]
    (after,) = await thread(workspace, message)
    assert (main.raw.get("edited") is None, after.raw) == (False, before.raw)


async def test_a_message_is_drawn_anew_without_whom_was_redacted(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """Of one neither address nor name, and no reason any more; the other is still named."""
    one = await add(store, State.RUNNING)
    await conclude(store, one, range(1, 3))
    await move(store, one, State.DONE)
    await settle(notifier, one)
    keys = [one.plan.lines[0].person]
    await store.write(lambda tx: tx.redact("acme", keys, without_text))
    await settle(notifier, one)
    (message,) = await posted(workspace)
    shown_now = str(message.blocks) + message.text
    assert "person1@example.com" not in shown_now
    there = ("Person 1 (data deleted)", "person2@example.com", REDACTED)
    assert [text for text in there if text not in shown_now] == []


async def test_without_an_approvals_channel_the_request_stands_beside_the_main_message(
    store: SqliteStore,
    workspace: WorkspaceClient,
    sandbox: WorkspaceSandbox,
    binding: Binding,
    clock: BriskClock,
) -> None:
    """The operation's own channel gets both messages, and only one of them asks."""
    client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
    alone = SlackNotifier(client, store, replace(binding, approvals_channel=""), clock)
    await alone.start()
    one = await add(store, State.AWAITING_APPROVAL)
    await settle(alone, one)
    await alone.stop()
    assert sorted(one.action_ids for one in await posted(workspace)) == [ASKS, [buttons.WITHDRAW_ID]]


@pytest.mark.parametrize("state", [State.PROPOSED, State.DISCARDED])
async def test_nothing_is_shown_before_it_is_confirmed(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient, state: State
) -> None:
    """A preview is nobody's business but the requester's."""
    await settle(notifier, await add(store, state))
    assert await posted(workspace) == []


async def test_a_start_completes_what_the_last_process_left(
    store: SqliteStore, workspace: WorkspaceClient, notifier: SlackNotifier
) -> None:
    """What waits and what ended without its summary is shown; what is complete is left alone."""
    ended = await add(store, State.RUNNING, id="op_ended")
    await conclude(store, ended, range(1, 3))
    await move(store, ended, State.DONE)
    await add(store, State.QUEUED, id="op_waiting")
    await notifier.recover()
    await asyncio.wait_for(notifier.quiet(), PATIENCE)
    assert sorted(shown(message)[1] for message in await posted(workspace)) == [
        "Done. 2 done.",
        "In line. It starts next.",
    ]
    edits = len(await calls(workspace, "chat.update"))
    await notifier.recover()
    await asyncio.wait_for(notifier.quiet(), PATIENCE)
    assert len(await calls(workspace, "chat.update")) == edits


async def test_a_plan_that_was_tampered_with_is_reported_and_not_shown(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient, tmp_path: Path
) -> None:
    """Nothing of such a plan reaches the channel; the admins are told once that it is held, and why."""
    bad = await add(store, State.QUEUED, id="op_bad")
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "rollcall.db")) as database:
        database.execute("UPDATE plan SET text = replace(text, 'remove', 'unlock')")
        database.commit()
    for _ in range(3):
        await settle(notifier, bad)
    assert not await notifier.announce(bad.id)
    await notifier.recover()
    assert await posted(workspace) == []
    (notice,) = await posted(workspace, APPROVALS)
    assert shown(notice) == [
        "An operation is held",
        f"Operation op_bad is held: {held('tampered')}.",
    ]


async def test_a_post_in_doubt_is_found_behind_many_others(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """The search pages through a busy channel until it has seen everything since the operation began."""
    one = await add(store, State.QUEUED)
    await workspace.fault("drop_after", "chat.postMessage")
    await workspace.fault("status", "conversations.history", times=None)
    assert not await notifier.announce(one.id)
    await workspace.order("faults/clear")
    for number in range(210):
        await workspace.user("ada").say(CHANNEL, f"message {number}")
    assert await notifier.announce(one.id)
    assert len(await calls(workspace, "chat.postMessage")) == 1


async def test_a_private_sentence_reaches_one_person(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """Telling names the operation; a key that nobody knows is shown as it came, escaped."""
    one = await add(store, State.DENIED)
    await notifier.tell("U0GRACE", "denied", one.id)
    await notifier.tell("U0GRACE", "<!channel>")
    await notifier.tell("U0NOBODY", "denied")
    assert await direct(workspace, "grace") == [
        "Remove from organization: 2 people\nAnother admin denied it, so nothing was done.\n",
        "<!channel>.\n",
    ]
    assert await direct(workspace) == []


async def test_failures_are_said_with_contentstacks_own_words(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """A reason from outside stands in the summary as text and pings nobody."""
    one = await add(store, State.RUNNING, people=1)
    failed = Failed("<!channel> *no*", retryable=False)
    await store.write(lambda tx: tx.set_outcome(one.id, 1, failed, datetime.now(UTC)))
    await move(store, one, State.FAILED)
    await settle(notifier, one)
    (message,) = await posted(workspace)
    assert "Person 1 (person1@example.com): <!channel> *no*\n" in texts(message.blocks)
    assert "<!channel>" not in message.raw["text"]


async def test_many_runs_at_once_stay_within_slacks_own_limits(
    store: SqliteStore, binding: Binding, clock: BriskClock
) -> None:
    """Five operations with long lists report and end under real limits; no edit is refused for haste."""
    start = time.time()
    brisk = WorkspaceSandbox(MANIFEST, clock=lambda: start + (time.time() - start) * SPEED)
    async with brisk.serve(), WorkspaceClient(brisk.url) as workspace:
        client = AsyncWebClient(token=brisk.bot_token, base_url=brisk.api_url)
        notifier = SlackNotifier(client, store, binding, clock)
        await notifier.start()
        runs = [await add(store, State.RUNNING, people=60, id=f"op_{n}", channel=CHANNEL) for n in range(5)]
        for done in range(0, 60, 10):
            for one in runs:
                await conclude(store, one, range(done + 1, done + 11))
                notifier.changed(one.id)
            await clock.sleep(5)
        for one in runs:
            await move(store, one, State.DONE)
            notifier.changed(one.id)
        await asyncio.wait_for(notifier.quiet(), PATIENCE)
        await notifier.stop()
        summaries = await posted(workspace)
        refused = [entry for entry in await workspace.journal("api") if entry["error"] == "ratelimited"]
        edits = [entry for entry in refused if entry["method"] == "chat.update"]
        threads = [[shown(reply)[0][:10] for reply in await thread(workspace, one)] for one in summaries]
    assert [shown(one)[1] for one in summaries] == ["Done. 60 done."] * 5
    assert edits == []
    assert [replies[-1] for replies in threads] == ["Audit head"] * 5
