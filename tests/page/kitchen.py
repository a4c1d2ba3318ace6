"""A Bolt app that uses every element which the page draws, and remembers what reached it."""

import asyncio
import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.workspace.server import WorkspaceSandbox
from tests.page.menu import HOME, INPUTS, KITCHEN, LOADING, MENU, SECOND, option

SCOPES = [
    *(
        "commands",
        "chat:write",
        "users:read",
        "channels:read",
        "channels:history",
        "groups:history",
        "im:history",
    ),
    *("im:write", "files:read", "files:write"),
]
COMMANDS = {
    "/kitchen": "Open a modal with every input",
    "/menu": "Post a message with every block",
    "/run": "Post a message that moves",
    "/whisper": "Answer in private",
    "/attach": "Post a file",
    "/say": "Post the text as it is",
    "/silence": "Never answer",
}
MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Kitchen"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Kitchen"},
        "shortcuts": [
            {"name": "Cook", "type": "global", "callback_id": "cook", "description": "Open the kitchen"},
            {"name": "Taste", "type": "message", "callback_id": "taste", "description": "Taste it"},
        ],
        "slash_commands": [
            {"command": command, "description": description, "usage_hint": "[anything]"}
            for command, description in COMMANDS.items()
        ],
    },
    "oauth_config": {"scopes": {"bot": SCOPES}},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}
NAMES = [f"person {number}" for number in range(1, 31)]


class Kitchen:
    """`actions`, `submissions`, `closed` are what the app was told in order; `step` lets `/run` go on."""

    def __init__(self, sandbox: WorkspaceSandbox) -> None:
        client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        self.app = AsyncApp(client=client, signing_secret=sandbox.signing_secret)
        self.client = client
        self.actions: list[dict[str, Any]] = []
        self.submissions: list[dict[str, Any]] = []
        self.closed: list[dict[str, Any]] = []
        self.step = asyncio.Event()
        self._acted = asyncio.Condition()
        self.answer_errors: dict[str, str] = {}
        self._declare()

    def _declare(self) -> None:
        app = self.app
        app.command("/kitchen")(self.open_kitchen)
        app.command("/menu")(self.post_menu)
        app.command("/run")(self.run)
        app.command("/whisper")(self.whisper)
        app.command("/attach")(self.attach)
        app.command("/say")(self.say)
        app.command("/silence")(self.silence)
        app.shortcut("cook")(self.open_kitchen)
        app.shortcut("taste")(self.taste)
        app.options("who")(self.names)
        app.options("people")(self.names)
        app.action("push")(self.push)
        app.action(re.compile(".+"))(self.acted)
        app.view("kitchen")(self.submitted)
        app.view("second")(self.submitted)
        app.view_closed("kitchen")(self.view_closed)
        app.event("app_home_opened")(self.home)

    async def open_kitchen(self, ack: Any, body: dict[str, Any]) -> None:
        """As the real bot does: a loading view at once, then the real one."""
        await ack()
        opened = await self.client.views_open(trigger_id=body["trigger_id"], view=LOADING)
        await self.client.views_update(view_id=opened["view"]["id"], view=KITCHEN)

    async def post_menu(self, ack: Any, command: dict[str, Any]) -> None:
        await ack()
        await self.client.chat_postMessage(channel=command["channel_id"], text="Kitchen sink", blocks=MENU)

    async def say(self, ack: Any, command: dict[str, Any]) -> None:
        await ack()
        await self.client.chat_postMessage(channel=command["channel_id"], text=command["text"])

    async def run(self, ack: Any, command: dict[str, Any]) -> None:
        await ack()
        posted = await self.client.chat_postMessage(channel=command["channel_id"], text="0 of 3 done")
        for done in range(1, 4):
            await self.step.wait()
            self.step.clear()
            await self.client.chat_update(
                channel=posted["channel"], ts=posted["ts"], text=f"{done} of 3 done"
            )
        await self.client.chat_postMessage(
            channel=posted["channel"], thread_ts=posted["ts"], text="The long list stands here"
        )

    async def whisper(self, ack: Any, respond: Any) -> None:
        await ack()
        await respond("Only you can read *this*")

    async def attach(self, ack: Any, command: dict[str, Any]) -> None:
        await ack()
        await self.client.files_upload_v2(
            channel=command["channel_id"],
            filename="result.csv",
            title="Result",
            content="email,outcome\nmia@example.com,Done\nbob@example.com,Failed\n",
            initial_comment="The result",
        )

    async def silence(self) -> None:
        """No acknowledgement: Slack says so after three seconds."""

    async def taste(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        self.actions.append({"action_id": "taste", "value": body["message"]["text"]})

    async def names(self, ack: Any, payload: dict[str, Any]) -> None:
        typed = payload["value"].lower()
        await ack(options=[option(name) for name in NAMES if typed in name])

    async def push(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await self.client.views_push(trigger_id=body["trigger_id"], view=SECOND)

    async def acted(self, ack: Any, action: dict[str, Any]) -> None:
        await ack()
        async with self._acted:
            self.actions.append(action)
            self._acted.notify_all()

    async def told(self, number: int) -> None:
        """Until the app was told of so many actions."""
        async with asyncio.timeout(10), self._acted:
            await self._acted.wait_for(lambda: len(self.actions) >= number)

    async def submitted(self, ack: Any, view: dict[str, Any]) -> None:
        self.submissions.append(view["state"]["values"])
        if self.answer_errors:
            errors, self.answer_errors = self.answer_errors, {}
            await ack(response_action="errors", errors=errors)
        else:
            await ack()

    async def view_closed(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        self.closed.append({"is_cleared": body["is_cleared"]})

    async def home(self, event: dict[str, Any]) -> None:
        if event["tab"] == "home":
            await self.client.views_publish(user_id=event["user"], view=HOME)


def redrawn(**texts: str) -> list[dict[str, Any]]:
    """The kitchen's inputs with other labels for some blocks."""
    return [
        {**block, "label": {"type": "plain_text", "text": texts[block["block_id"]]}}
        if block["block_id"] in texts
        else block
        for block in INPUTS
    ]
