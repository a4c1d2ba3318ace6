from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.workspace.client import SlackUser, WorkspaceClient

Connect = Callable[[], Awaitable[Any]]

MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "ask",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "reason"},
        },
        {
            "type": "input",
            "block_id": "who",
            "label": {"type": "plain_text", "text": "Who"},
            "element": {"type": "multi_external_select", "action_id": "people", "min_query_length": 1},
        },
    ],
}


async def test_a_command_opens_a_modal_whose_submission_posts_a_message_with_a_button(
    app: AsyncApp, connect: Connect, ada: SlackUser, workspace: WorkspaceClient
) -> None:
    """The whole way: command, modal, typeahead, submission, message, click, edit, response_url."""

    @app.command("/ask")
    async def ask(ack: Any, body: Any, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.options("people")
    async def people(ack: Any, payload: Any) -> None:
        found = [n for n in ("Ada", "Mia", "Bob") if payload["value"].lower() in n.lower()]
        await ack(options=[{"text": {"type": "plain_text", "text": n}, "value": n} for n in found])

    @app.view("ask")
    async def submitted(ack: Any, view: Any, client: AsyncWebClient) -> None:
        await ack()
        chosen = view["state"]["values"]["who"]["people"]["selected_options"]
        button = {
            "type": "button",
            "action_id": "go",
            "text": {"type": "plain_text", "text": "Go"},
            "value": "1",
        }
        blocks = [{"type": "actions", "elements": [button]}]
        text = ", ".join(o["value"] for o in chosen)
        await client.chat_postMessage(channel="C0GENERAL", text=text, blocks=blocks)

    @app.action("go")
    async def go(ack: Any, body: Any, client: AsyncWebClient, respond: Any) -> None:
        await ack()
        await client.chat_update(channel="C0GENERAL", ts=body["message"]["ts"], text="gone")
        await respond("only for you")

    await connect()
    opened = await ada.command("#general", "/ask something")
    assert opened.ok
    modal = await ada.wait_for_modal()
    assert modal.title == "Ask"
    await ada.fill("reason", "because")
    await ada.pick("people", "mi", "bo")
    result = await ada.submit()
    assert (result.ok, result.modals) == (True, [])

    message = await ada.wait_for_message("#general", lambda m: m.text == "Mia, Bob")
    clicked = await ada.click(message, "go")
    assert clicked.ok
    assert (await ada.wait_for_message("#general", lambda m: m.text == "gone")).ts == message.ts
    private = await ada.wait_for_message("#general", lambda m: m.is_ephemeral)
    assert private.text == "only for you"
    grace = await workspace.user("grace").messages("#general")
    assert [m.text for m in grace] == ["gone"]


async def test_a_command_without_an_app_fails_as_slack_shows_it(ada: SlackUser) -> None:
    """Nobody is connected: dispatch_failed, and Slackbot says so."""
    result = await ada.command("#general", "/ask")
    assert (result.ok, result.error) == (False, "dispatch_failed")
    assert [m.user for m in await ada.messages("#general")] == ["USLACKBOT"]
