"""The files at the end of an operation: rows and a picture, each once, only where people may be named."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.operation import Operation, State
from bot.domain.outcome import Accepted, Done, Failed, NotRun, Partial, Skipped, Unknown
from bot.sandbox.workspace.client import WorkspaceClient
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.sandbox.workspace.shown import Message
from bot.service.house import Binding
from bot.slack.messages import papers, picture
from bot.slack.notifier import SlackNotifier
from bot.store.database import SqliteStore
from bot.words.cells import BOM
from tests.clocks import BriskClock
from tests.slack.messages.conftest import MANIFEST
from tests.slack.messages.samples import line, named, operation, story, texts
from tests.slack.messages.test_notifier import CHANNEL, add, conclude, move

SCOPES = [*MANIFEST["oauth_config"]["scopes"]["bot"], "files:read", "files:write"]  # type: ignore[index]  # a literal
UPLOAD = "files.getUploadURLExternal"
SHARE = "files.completeUploadExternal"


@pytest.fixture
async def sandbox() -> AsyncIterator[WorkspaceSandbox]:
    manifest = {**MANIFEST, "oauth_config": {"scopes": {"bot": SCOPES}}}
    served = WorkspaceSandbox(manifest, rate_scale=None)
    async with served.serve():
        yield served


async def ended(store: SqliteStore, notifier: SlackNotifier, people: int = 3, **more: str) -> Operation:
    """All of them done, told."""
    one = await add(store, State.QUEUED, people=people, **more)
    notifier.changed(one.id)
    await notifier.quiet()
    await conclude(store, one, range(1, people + 1))
    await move(store, one, State.RUNNING, State.DONE)
    notifier.changed(one.id)
    await asyncio.wait_for(notifier.quiet(), 60)
    return one


async def replies(workspace: WorkspaceClient, channel: str = CHANNEL) -> list[Message]:
    ada = workspace.user("ada")
    (message,) = await ada.messages(channel)
    return (await ada.thread(message))[1:]


def files(found: list[Message]) -> list[str]:
    return [file["name"] for message in found for file in message.raw["files"]]


async def test_the_thread_gets_a_row_per_person_a_picture_and_then_the_head(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """The CSV is a spreadsheet, the picture a picture with a description."""
    one = await ended(store, notifier)
    found = await replies(workspace)
    assert files(found) == [f"rollcall-{one.id}.csv", f"rollcall-{one.id}.png"]
    assert "Audit head" in found[-1].text
    table, image = (message.raw["files"][0] for message in found[:2])
    ada = workspace.user("ada")
    content = (await ada.download(table["id"])).decode()
    assert content.startswith(f"{BOM}Email,User UID,Organization Role,Status,")
    assert content.count("\r\n") == 4
    assert "person1@example.com,user_1,Member,accepted," in content
    assert ",Remove from organization,Done,," in content
    assert "not in the organization" in content
    assert Image.open(io.BytesIO(await ada.download(image["id"]))).format == "PNG"
    assert image["alt_text"].startswith(
        "Remove from organization: 3 people. Done: 3 done. Who lost or got what."
    )
    assert "person1@example.com: leaves the organization; loses Member;" in image["alt_text"]


@pytest.mark.parametrize("method", [UPLOAD, SHARE])
@pytest.mark.parametrize("kind", ["error", "drop", "drop_after", "rate_limited"])
async def test_each_file_is_there_once_whatever_gets_lost_on_the_way(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient, method: str, kind: str
) -> None:
    """Errors, cut connections and lost answers: looked up before it is sent again."""
    await workspace.fault(kind, method, times=2)
    one = await ended(store, notifier)
    assert files(await replies(workspace)) == [f"rollcall-{one.id}.csv", f"rollcall-{one.id}.png"]


async def test_a_file_that_was_shared_before_a_crash_is_found_by_the_next_process(
    sandbox: WorkspaceSandbox,
    store: SqliteStore,
    binding: Binding,
    clock: BriskClock,
    workspace: WorkspaceClient,
) -> None:
    """The first process dies while the answers to its sharing are lost; the second shares nothing again."""
    client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
    first = SlackNotifier(client, store, binding, clock)
    await first.start()
    one = await add(store, State.QUEUED, people=3)
    first.changed(one.id)
    await first.quiet()
    await conclude(store, one, range(1, 4))
    await move(store, one, State.RUNNING, State.DONE)
    await workspace.fault("drop_after", SHARE, times=1)
    first.changed(one.id)
    async with asyncio.timeout(60):
        while not (await replies(workspace)):  # noqa: ASYNC110  no event of ours tells of it
            await asyncio.sleep(0.01)
    await first.stop()
    second = SlackNotifier(client, store, binding, clock)
    await second.start()
    await asyncio.wait_for(second.quiet(), 60)
    await second.stop()
    assert files(await replies(workspace)) == [f"rollcall-{one.id}.csv", f"rollcall-{one.id}.png"]


async def test_without_the_scope_the_thread_goes_on_without_files(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """The head is posted all the same."""
    await workspace.order("scopes", scopes=[scope for scope in SCOPES if scope != "files:write"])
    await ended(store, notifier)
    (head,) = await replies(workspace)
    assert "Audit head" in head.text


async def test_a_file_host_that_never_answers_costs_five_tries(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """Then the thread goes on."""
    await workspace.fault("drop", UPLOAD, times=None)
    await ended(store, notifier)
    (head,) = await replies(workspace)
    assert "Audit head" in head.text


async def test_where_nobody_may_be_named_there_are_no_files(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """A public channel gets counts and the head."""
    await ended(store, notifier, channel="C0GENERAL")
    assert files(await replies(workspace, "C0GENERAL")) == []


async def test_those_who_are_asked_to_agree_get_a_long_plan_as_a_file(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """In the thread of the request; a short plan stands in the request itself."""
    short = await add(store, State.AWAITING_APPROVAL, people=15)
    long = await add(store, State.AWAITING_APPROVAL, people=16, id="op_2")
    for one in (short, long):
        notifier.changed(one.id)
        await asyncio.wait_for(notifier.quiet(), 60)
    grace = workspace.user("grace")
    threads = [(await grace.thread(one))[1:] for one in await grace.messages("#approvals")]
    assert [files(found) for found in threads] == [[], ["plan-op_2.csv"]]
    content = (await grace.download(threads[1][0].raw["files"][0]["id"])).decode()
    assert content.count("\r\n") == 17
    assert "person16@example.com" in content


def test_a_request_that_touched_nobody_has_no_files() -> None:
    """Denied, or not ended yet."""
    denied = story(operation([line(1)], State.DENIED))
    running = story(operation([line(1)], State.RUNNING), {1: Done()})
    done = story(operation([line(1)], State.DONE), {1: Done()})
    assert [papers.wanted(one, names=True) for one in (denied, running, done)] == [(), (), papers.PARTS]
    assert papers.wanted(done, names=False) == ()


def test_the_picture_counts_every_kind_and_names_a_few() -> None:
    """Bars in the order of a count, people by address, deleted data by number."""
    outcomes = (
        Done(),
        Accepted(),
        Partial("x"),
        Skipped("x"),
        Failed("x", retryable=True),
        Unknown(""),
        NotRun("x"),
    )
    people = {number: named(number) for number in range(2, 8)}
    told = story(
        operation([line(number) for number in range(1, 8)], State.PARTLY_DONE),
        dict(enumerate(outcomes, start=1)),
        people,
    )
    drawn = picture.of(told, {number: one.email for number, one in people.items()})
    assert drawn.bars == [
        (kind, 1) for kind in ("done", "accepted", "partial", "skipped", "failed", "unknown", "not_run")
    ]
    assert [who for who, _ in drawn.changes] == [
        "Person 1 (data deleted)",
        "person2@example.com",
        "person3@example.com",
    ]
    assert (drawn.title, drawn.subtitle) == (
        "Remove from organization: 7 people",
        "Partly done, 2026-03-04 12:01 UTC, 7 in the plan",
    )
    image = Image.open(io.BytesIO(picture.draw(drawn)))
    assert (image.format, image.width) == ("PNG", picture.WIDTH)


async def test_more_than_a_dozen_people_are_counted_only(store: SqliteStore) -> None:
    """The picture stays one that can be read, its description within Slack's limit."""
    told = story(
        operation([line(number) for number in range(1, 500)], State.DONE), {n: Done() for n in range(1, 500)}
    )
    assert picture.of(told, {}).changes == []
    assert len((await papers.parcel(store, told, papers.PICTURE).make()).alt_text) < 200


async def test_a_long_list_goes_on_in_the_thread_and_every_file_has_everybody(
    notifier: SlackNotifier, store: SqliteStore, workspace: WorkspaceClient
) -> None:
    """Six hundred people, more than are read in one go: each is named once, and has a row."""
    one = await ended(store, notifier, people=600)
    ada = workspace.user("ada")
    (message,) = await ada.messages(CHANNEL)
    found = await replies(workspace)
    shown = texts([block for each in (message, *found) for block in each.blocks])
    assert [shown.count(f"(person{n}@example.com)") for n in range(1, 601)] == [1] * 600
    pages = [each.text for each in found if "continued" in each.text]
    assert [each.rpartition("continued, ")[2] for each in pages] == [
        f"{number} of {len(pages)}" for number in range(1, len(pages) + 1)
    ]
    assert files(found) == [f"rollcall-{one.id}.csv", f"rollcall-{one.id}.png"]
    [table] = [each.raw["files"][0] for each in found if files([each]) == [f"rollcall-{one.id}.csv"]]
    rows = (await ada.download(table["id"])).decode().splitlines()
    assert [row.partition(",")[0] for row in rows[1:]] == [f"person{n}@example.com" for n in range(1, 601)]


def test_letters_that_the_font_lacks_become_others() -> None:
    """Accents fall away, arrows are drawn as two signs, the rest is a question mark."""
    assert picture.drawable("Łukasz Éditeur → 李…") == "Lukasz Editeur -> ?..."


def test_the_same_outcome_is_the_same_picture(tmp_path: Path) -> None:
    """No time, no chance, no font of the machine."""
    told = story(operation([line(1)], State.DONE), {1: Done()})
    assert picture.draw(picture.of(told, {1: "a@example.com"})) == picture.draw(
        picture.of(told, {1: "a@example.com"})
    )
