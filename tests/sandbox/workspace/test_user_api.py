"""The user side over plain HTTP: reads, streams, guards, the page (docs/sandbox-workspace.md)."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web as aioweb
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.workspace.client import SandboxError, SlackUser, WorkspaceClient
from bot.sandbox.workspace.kit import field, modal
from bot.sandbox.workspace.scripted import ScriptedApp
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.sandbox.workspace.user_api.routes import ACTS


async def test_what_people_write_is_stored_as_slack_stores_it(ada: SlackUser, web: AsyncWebClient) -> None:
    """Three characters escaped, mentions made."""
    await ada.say("#general", "<b> & @mia in #random, mail a@example.com, @nobody")
    history = await web.conversations_history(channel="C0GENERAL")
    expected = "&lt;b&gt; &amp; <@U0MIA> in <#C0RANDOM|random>, mail a@example.com, @nobody"
    assert history["messages"][0]["text"] == expected


async def test_a_message_record_is_as_documented(ada: SlackUser, web: AsyncWebClient) -> None:
    """Every member."""
    posted = await web.chat_postMessage(channel="C0GENERAL", text="hi")
    await web.chat_postMessage(channel="C0GENERAL", text="reply", thread_ts=posted["ts"])
    [message] = await ada.messages("#general")
    latest = (await ada.thread(message))[-1].ts
    assert message.raw == {
        "channel": "C0GENERAL",
        "ts": posted["ts"],
        "thread_ts": posted["ts"],
        "user": "U0ROLLCALL",
        "bot_id": "B0ROLLCALL",
        "name": "Example",
        "subtype": None,
        "text": "hi",
        "blocks": [],
        "attachments": [],
        "files": [],
        "edited": None,
        "reply_count": 1,
        "reply_users": ["U0ROLLCALL"],
        "latest_reply": latest,
        "is_ephemeral": False,
        "only_visible_to": None,
        "values": {},
    }


async def test_threads_have_replies_and_the_main_line_does_not(ada: SlackUser) -> None:
    """A reply to a reply lands in the same thread."""
    await ada.say("#general", "parent")
    [parent] = await ada.messages("#general")
    await ada.say("#general", "one", parent)
    reply = (await ada.thread(parent))[1]
    await ada.say("#general", "two", reply)
    assert [m.text for m in await ada.thread(parent)] == ["parent", "one", "two"]
    assert [m.text for m in await ada.messages("#general")] == ["parent"]


async def test_unread_marks_go_away_when_read(ada: SlackUser, web: AsyncWebClient) -> None:
    """Own messages are never unread; mentions are counted."""
    await ada.say("#general", "mine")
    posted = await web.chat_postMessage(channel="C0GENERAL", text="for <@U0ADA>")

    async def general() -> tuple[int, int]:
        [line] = [c for c in (await ada.sidebar())["channels"] if c["name"] == "general"]
        return line["unread"], line["mentions"]

    assert await general() == (1, 1)
    await ada.act("read", channel="#general", ts=posted["ts"])
    assert await general() == (0, 0)


async def test_older_messages_are_paged(ada: SlackUser, workspace: WorkspaceClient) -> None:
    """limit and before."""
    for number in range(3):
        await ada.say("#general", str(number))
    last = await workspace.get("/_user/v1/ada/messages", channel="#general", limit="2")
    assert ([m["text"] for m in last["messages"]], last["has_more"]) == (["1", "2"], True)
    before = last["messages"][0]["ts"]
    older = await workspace.get("/_user/v1/ada/messages", channel="#general", before=before)
    assert ([m["text"] for m in older["messages"]], older["has_more"]) == (["0"], False)


async def test_the_stream_tells_each_person_only_what_he_sees(
    ada: SlackUser, workspace: WorkspaceClient, web: AsyncWebClient
) -> None:
    """In order; Mia hears nothing of a private channel."""
    mia = workspace.user("mia")
    async with ada.events() as adas, mia.events() as mias:
        assert (await anext(adas))[0] == "hello"
        assert (await anext(mias))[0] == "hello"
        posted = await web.chat_postMessage(channel="C0ORGADMINS", text="secret")
        await web.chat_update(channel="C0ORGADMINS", ts=posted["ts"], text="edited")
        await web.chat_postEphemeral(channel="C0ORGADMINS", user="U0ADA", text="psst")
        await web.chat_delete(channel="C0ORGADMINS", ts=posted["ts"])
        await web.chat_postMessage(channel="C0GENERAL", text="for all")
        heard = [await anext(adas) for _ in range(5)]
        assert [(kind, data.get("message", {}).get("text")) for kind, data in heard] == [
            ("message", "secret"),
            ("message_changed", "edited"),
            ("ephemeral", "psst"),
            ("message_deleted", None),
            ("message", "for all"),
        ]
        numbers = [data["seq"] for _, data in heard]
        assert numbers == sorted(numbers)
        kind, data = await anext(mias)
        assert (kind, data["message"]["text"]) == ("message", "for all")


async def test_the_stream_tells_of_modals_home_presence_and_sidebar(
    ada: SlackUser, sandbox: WorkspaceSandbox, workspace: WorkspaceClient
) -> None:
    """So that the page need not ask."""
    scripted = ScriptedApp(sandbox)
    scripted.opens(modal())
    async with ada.events() as events:
        await anext(events)
        url = (await scripted.web.apps_connections_open(app_token=sandbox.app_token))["url"]
        async with aiohttp.ClientSession() as session:
            running = asyncio.create_task(scripted.run(url, session, asyncio.Event()))
            assert await anext(events) == (
                "presence",
                {"seq": 1, "connected": True, "connections": 1, "installed": True},
            )
            await ada.command("#general", "/ask")
            kind, data = await anext(events)
            assert (kind, [m["callback_id"] for m in data["modals"]]) == ("modals", ["form"])
            await scripted.web.views_publish(user_id="U0ADA", view={"type": "home", "blocks": []})
            assert (await anext(events))[0] == "home"
            await scripted.web.chat_postMessage(channel="U0ADA", text="hi")
            assert [(await anext(events))[0] for _ in range(2)] == ["sidebar", "message"]
            await workspace.order("person", person="mia", title="New")
            assert (await anext(events))[0] == "people"
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        kind, data = await anext(events)
        assert (kind, data["connected"]) == ("presence", False)


async def test_waiting_sees_what_comes_later_and_gives_up_in_time(
    ada: SlackUser, web: AsyncWebClient
) -> None:
    """Fed by the stream, not by sleeping."""
    waiting = asyncio.create_task(ada.wait_for_message("#general", lambda m: m.text == "later"))
    await asyncio.sleep(0.05)
    await web.chat_postMessage(channel="C0GENERAL", text="later")
    assert (await waiting).text == "later"
    with pytest.raises(TimeoutError):
        await ada.wait_for_message("#general", lambda m: m.text == "never", timeout=0.2)


async def test_own_messages_can_be_deleted_and_own_ephemerals_dismissed(
    ada: SlackUser, web: AsyncWebClient
) -> None:
    """Others' cannot."""
    said = await ada.say("#general", "oops")
    posted = await web.chat_postMessage(channel="C0GENERAL", text="not yours")
    await web.chat_postEphemeral(channel="C0GENERAL", user="U0ADA", text="psst")
    assert (await ada.act("delete", channel="#general", ts=said.raw["ts"])).ok
    assert (await ada.act("delete", channel="#general", ts=posted["ts"])).error == "not_allowed"
    private = next(m for m in await ada.messages("#general") if m.is_ephemeral)
    assert (await ada.act("dismiss", channel="#general", ts=private.ts)).ok
    assert [m.text for m in await ada.messages("#general")] == ["not yours"]


async def test_a_file_is_seen_only_where_it_was_shared(ada: SlackUser, workspace: WorkspaceClient) -> None:
    """And never runs in the page's origin."""
    file_id = await ada.upload("page.html", b"<script>1</script>", channel="#org-admins", comment="look")
    assert await ada.download(file_id) == b"<script>1</script>"
    assert await workspace.user("grace").download(file_id) == b"<script>1</script>"
    with pytest.raises(SandboxError, match="file_not_found"):
        await workspace.user("mia").download(file_id)
    async with workspace.session.get(f"{workspace.url}/_user/v1/ada/files/{file_id}") as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"] == 'attachment; filename="page.html"'
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert [f["id"] for f in (await workspace.get("/_user/v1/grace/files"))["files"]] == [file_id]
    assert (await workspace.get("/_user/v1/mia/files"))["files"] == []


BAD_REQUESTS: list[tuple[str, dict[str, Any], int, str]] = [
    ("nobody/command", {"channel": "#general", "text": "/ask"}, 404, "user_not_found"),
    ("ada/frobnicate", {}, 404, "unknown_act"),
    ("ada/command", {"channel": "#nowhere", "text": "/ask"}, 404, "channel_not_found"),
    ("ada/message", {"channel": "#general", "text": "/ask"}, 400, "use_command"),
    ("ada/message", {"channel": "#general"}, 400, "no_text"),
    ("ada/submit", {"view_id": "V1"}, 404, "view_not_found"),
    ("ada/action", {"channel": "#general", "ts": "1.0", "action_id": "x"}, 404, "message_not_found"),
    ("ada/shortcut", {"callback_id": "x"}, 404, "shortcut_not_found"),
    ("ada/membership", {"channel": "#general", "act": "dance"}, 400, "invalid_act"),
]


@pytest.mark.parametrize(("path", "body", "status", "error"), BAD_REQUESTS)
async def test_a_request_that_makes_no_sense_is_a_4xx_with_a_sentence(
    workspace: WorkspaceClient, path: str, body: dict[str, Any], status: int, error: str
) -> None:
    """Never a Result."""
    async with workspace.session.post(f"{workspace.url}/_user/v1/{path}", json=body) as response:
        answer = await response.json()
    assert (response.status, answer["ok"], answer["error"]) == (status, False, error)
    assert answer["message"].endswith(".")


async def test_a_modal_below_another_cannot_be_reached(scripted: ScriptedApp, ada: SlackUser) -> None:
    """Only the top takes input."""
    scripted.opens(modal(field("f", {"type": "plain_text_input", "action_id": "a"})))
    await ada.command("#general", "/ask")
    below = await ada.wait_for_modal()
    await ada.command("#general", "/ask")
    with pytest.raises(SandboxError, match="view_not_on_top"):
        await ada.act("submit", view_id=below.id)


def test_the_documentation_names_every_act() -> None:
    """docs/sandbox-workspace.md is complete."""
    text = (Path(__file__).parents[3] / "docs" / "sandbox-workspace.md").read_text("utf-8")
    assert [act for act in ACTS if f"`{act}`" not in text and f"**{act}**" not in text] == []


# --- guards and the page ---


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/_user/v1/workspace", {}, 200),
        ("/_user/v1/workspace", {"Host": "evil.example.com"}, 403),
        ("/api/api.test", {"Host": "evil.example.com"}, 403),
        ("/_user/v1/workspace", {"Origin": "https://evil.example.com"}, 403),
        ("/_control/journal", {"Origin": "null"}, 403),
        ("/_control/journal", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("/_user/v1/workspace", {"Sec-Fetch-Site": "same-site"}, 403),
        ("/_user/v1/workspace", {"Sec-Fetch-Site": "same-origin"}, 200),
        ("/api/api.test", {"Origin": "https://evil.example.com"}, 200),
    ],
)
async def test_foreign_hosts_and_origins_are_refused(
    workspace: WorkspaceClient, path: str, headers: dict[str, str], status: int
) -> None:
    """DNS rebinding and cross-site requests lead nowhere."""
    async with workspace.session.get(workspace.url + path, headers=headers) as response:
        assert response.status == status


async def test_an_own_origin_is_welcome_and_other_content_types_are_not(workspace: WorkspaceClient) -> None:
    """A form of another page cannot act."""
    url = f"{workspace.url}/_user/v1/ada/home"
    async with workspace.session.post(url, json={}, headers={"Origin": workspace.url}) as response:
        assert response.status == 200
    async with workspace.session.post(url, data="{}") as response:
        assert response.status == 415


async def test_the_page_is_served_under_a_strict_policy(tmp_path: Path, manifest: dict[str, Any]) -> None:
    """Nothing outside its directory; a demo application can be mounted."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "index.html").write_text("<!doctype html>page")
    (tmp_path / "secret.txt").write_text("secret")
    demo = aioweb.Application()

    async def hello(_request: aioweb.Request) -> aioweb.Response:
        return aioweb.Response(text="demo")

    demo.router.add_get("/hello", hello)
    sandbox = WorkspaceSandbox(manifest, static=tmp_path / "static", demo=demo)
    async with sandbox.serve() as url, aiohttp.ClientSession() as session:
        async with session.get(url) as response:
            assert (response.status, await response.text()) == (200, "<!doctype html>page")
            policy = response.headers["Content-Security-Policy"]
            assert policy.split("; ") == [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "img-src 'self' data: blob:",
                "connect-src 'self'",
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'",
            ]
        async with session.get(f"{url}/..%2fsecret.txt") as response:
            assert response.status == 404
        async with session.get(f"{url}/_demo/hello") as response:
            assert await response.text() == "demo"


# --- control ---


@pytest.mark.parametrize(("kept", "told"), [(0, "no-cache"), (60, "max-age=60")])
async def test_a_browser_keeps_the_pages_files_as_long_as_it_may(
    tmp_path: Path, manifest: dict[str, Any], kept: int, told: str
) -> None:
    """It asks for each anew, unless the sandbox says otherwise."""
    (tmp_path / "index.html").write_text("page")
    async with (
        WorkspaceSandbox(manifest, static=tmp_path, kept=kept).serve() as url,
        aiohttp.ClientSession() as session,
        session.get(url) as response,
    ):
        assert response.headers["Cache-Control"] == told


async def test_the_journal_tells_calls_and_envelopes_without_tokens(
    scripted: ScriptedApp, ada: SlackUser, sandbox: WorkspaceSandbox, workspace: WorkspaceClient
) -> None:
    """Method, arguments, outcome, time; envelope, acknowledgement, time."""
    async with aiohttp.ClientSession() as session:
        form = {"token": sandbox.bot_token, "channel": "C0NOWHERE", "text": "x"}
        async with session.post(f"{sandbox.api_url}chat.postMessage", data=form):
            pass
    await ada.command("#general", "/ask")
    calls, envelopes = await workspace.journal("api"), await workspace.journal("envelope")
    last = calls[-1]
    assert (last["method"], last["ok"], last["error"]) == ("chat.postMessage", False, "channel_not_found")
    assert last["args"] == {"token": "(redacted)", "channel": "C0NOWHERE", "text": "x"}
    assert last["ms"] >= 0
    [envelope] = envelopes
    assert (envelope["type"], envelope["what"], envelope["error"]) == ("slash_commands", "/ask", None)
    assert envelope["payload"]["token"] == "(redacted)"
    assert envelope["acked_ms"] >= 0
    assert sandbox.bot_token not in str(await workspace.journal())
    assert sandbox.app_token not in str(await workspace.journal())
    assert await workspace.journal(since=envelope["seq"]) == []
