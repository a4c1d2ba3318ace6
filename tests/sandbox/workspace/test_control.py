"""The control side, the server on its own, and what is left when things vanish."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox.workspace.client import SandboxError, SlackUser, WorkspaceClient
from bot.sandbox.workspace.kit import actions, button, field, modal, option
from bot.sandbox.workspace.scripted import ScriptedApp


async def test_faults_are_listed_and_taken_away(workspace: WorkspaceClient, web: AsyncWebClient) -> None:
    """One by id, or all; `times: null` stays until then."""
    first = await workspace.fault("error", "auth.test", times=None, error="fatal_error")
    second = await workspace.fault("latency", seconds=0.0, times=None)
    for _ in range(2):
        with pytest.raises(SlackApiError, match="fatal_error"):
            await web.auth_test()
    listed = (await workspace.get("/_control/faults"))["faults"]
    assert [(f["id"], f["kind"], f["method"]) for f in listed] == [
        (first, "error", "auth.test"),
        (second, "latency", "*"),
    ]
    assert [f["id"] for f in (await workspace.order("faults/clear", id=first))["faults"]] == [second]
    assert (await web.auth_test())["ok"]
    assert (await workspace.order("faults/clear"))["faults"] == []


async def test_a_dropped_connection_never_reaches_the_method(
    workspace: WorkspaceClient, web: AsyncWebClient, ada: SlackUser
) -> None:
    """The client's one retry makes it a single message."""
    await workspace.fault("drop", "chat.postMessage")
    await web.chat_postMessage(channel="C0GENERAL", text="once")
    assert [m.text for m in await ada.messages("#general")] == ["once"]
    assert [e["error"] for e in await workspace.journal("api")] == ["dropped", None]


async def test_a_reader_of_the_journal_can_wait(workspace: WorkspaceClient, web: AsyncWebClient) -> None:
    """Until something new comes."""
    waiting = asyncio.create_task(workspace.journal("api", wait=5))
    await asyncio.sleep(0.05)
    await web.auth_test()
    assert [e["method"] for e in await waiting] == ["auth.test"]
    assert await workspace.journal("api", since=99, wait=0.05) == []


ORDERS: list[tuple[str, dict[str, Any], str]] = [
    ("frobnicate", {}, "unknown_order"),
    ("faults", {"kind": "x"}, "invalid_kind"),
    ("rates", {"scale": -1}, "invalid_scale"),
    ("disconnect", {"reason": "x"}, "invalid_reason"),
    ("tokens", {"revoke": "x"}, "invalid_token"),
    ("person", {"person": "nobody"}, "user_not_found"),
    ("channel", {"channel": "C0NOWHERE"}, "channel_not_found"),
    ("verify_url", {}, "no_http_mode"),
]


@pytest.mark.parametrize(("order", "body", "error"), ORDERS)
async def test_an_order_that_makes_no_sense_is_refused(
    workspace: WorkspaceClient, order: str, body: dict[str, Any], error: str
) -> None:
    """A 4xx with a code."""
    with pytest.raises(SandboxError, match=error):
        await workspace.order(order, **body)


async def test_a_deleted_channel_is_gone_for_everything_that_named_it(
    scripted: ScriptedApp, workspace: WorkspaceClient, ada: SlackUser
) -> None:
    """Posts, response URLs and files say so, nothing breaks."""
    await ada.command("#general", "/ask")
    hook = AsyncWebhookClient(scripted.payloads("slash_commands")[0]["response_url"])
    file_id = await ada.upload("a.txt", b"x", channel="#general")
    await workspace.order("channel", channel="C0GENERAL", delete=True)
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await scripted.web.chat_postMessage(channel="C0GENERAL", text="x")
    assert "channel_not_found" in (await hook.send(text="x")).body
    assert (await scripted.web.files_info(file=file_id))["file"]["channels"] == []
    assert (await workspace.get("/_user/v1/ada/messages", channel="C0GENERAL"))["error"] == "not_in_channel"


async def test_an_edited_channel_is_what_the_app_reads(
    workspace: WorkspaceClient, web: AsyncWebClient
) -> None:
    """Archived, made private, shared."""
    await workspace.order(
        "channel", channel="C0GENERAL", is_archived=True, is_private=True, shared_with=["T0PARTNER"]
    )
    channel = (await web.conversations_info(channel="C0GENERAL"))["channel"]
    assert (channel["is_archived"], channel["is_private"], channel["is_ext_shared"]) == (True, True, True)


async def test_a_revoked_app_token_opens_no_connection(
    workspace: WorkspaceClient, web: AsyncWebClient, sandbox: Any
) -> None:
    """And the bot token goes on."""
    await workspace.order("tokens", revoke="app")
    with pytest.raises(SlackApiError, match="token_revoked"):
        await web.apps_connections_open(app_token=sandbox.app_token)
    assert (await web.auth_test())["ok"]


async def test_fields_in_a_message_keep_each_persons_choice(
    scripted: ScriptedApp, workspace: WorkspaceClient
) -> None:
    """state.values of a message; typeahead works in messages too."""
    select = {"type": "static_select", "action_id": "pick", "options": [option("a"), option("b")]}
    external = {"type": "external_select", "action_id": "who", "min_query_length": 0}
    blocks = [actions(select, external, button("go"))]
    await scripted.web.chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks)
    scripted.answer("block_suggestion", {"options": [option("mia")]})
    ada, grace = workspace.user("ada"), workspace.user("grace")
    message = await ada.wait_for_message("#general")
    await ada.click(message, "pick", value="b")
    place = {"channel": message.channel, "ts": message.ts, "action_id": "who", "query": ""}
    offered = await workspace.post("/_user/v1/ada/options", place)
    assert [o["value"] for o in offered["options"]] == ["mia"]
    await ada.click(message, "who", value="mia")
    await ada.click(message, "go")
    await grace.click(message, "go")
    states = [p["state"]["values"]["buttons"] for p in scripted.payloads("block_actions")]
    assert [(s["pick"]["selected_option"], s["who"]["selected_option"]) for s in states] == [
        (option("b"), None),
        (option("b"), option("mia")),
        (option("b"), option("mia")),
        (None, None),
    ]
    assert (await ada.messages("#general"))[0].value("who") == "mia"


async def test_a_view_that_was_closed_while_the_app_thought_cannot_be_updated(
    scripted: ScriptedApp, ada: SlackUser
) -> None:
    """The answer comes too late for this modal."""
    scripted.opens(modal(field("f", {"type": "plain_text_input", "action_id": "a"})))

    async def slow(_payload: dict[str, Any]) -> dict[str, Any]:
        await ada.close()
        return {"response_action": "update", "view": modal()}

    scripted.on("view_submission", slow)
    await ada.command("#general", "/ask")
    result = await ada.submit({"f": {"a": "x"}})
    assert (result.error, result.modals) == ("invalid_response", [])


async def test_the_workspace_runs_on_its_own(tmp_path: Path, manifest: dict[str, Any]) -> None:
    """`python -m bot.sandbox.workspace`: one line of JSON, then it serves until told to stop."""
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.sandbox.workspace",
        str(path),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    try:
        assert process.stdout is not None
        facts = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        assert sorted(facts) == ["api_url", "app_token", "bot_token", "signing_secret", "url"]
        web = AsyncWebClient(token=facts["bot_token"], base_url=facts["api_url"])
        assert (await web.auth_test())["team"] == "Sandbox Workspace"
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


async def test_a_reader_that_falls_behind_is_told_to_start_over(
    ada: SlackUser, web: AsyncWebClient, sandbox: Any
) -> None:
    """`hello` with `missed`, instead of memory without end."""
    async with sandbox.core.broker.open("U0ADA") as stream:
        for number in range(600):
            sandbox.core.broker.publish({"U0ADA"}, "sidebar", {"n": number})
        first = stream.queue.get_nowait()
    assert (first.kind, first.data["missed"]) == ("hello", True)


async def test_bad_uses_of_a_response_url(scripted: ScriptedApp, ada: SlackUser) -> None:
    """Not JSON, no text, bad blocks, an unknown address."""
    await ada.command("#general", "/ask")
    url = scripted.payloads("slash_commands")[0]["response_url"]
    async with aiohttp.ClientSession() as session:
        answers = []
        for data in ("{", "[]", "{}", '{"text": "x", "blocks": [{"type": "x"}]}'):
            async with session.post(url, data=data) as response:
                answers.append((response.status, (await response.json())["error"]))
        async with session.post(url + "x", data="{}") as response:
            answers.append((response.status, (await response.json())["error"]))
    assert answers == [
        (400, "invalid_payload"),
        (400, "invalid_payload"),
        (400, "no_text"),
        (400, "invalid_blocks"),
        (404, "invalid_url"),
    ]
