"""One person of the simulated workspace: hands, eyes, and waits that are fed by the event stream."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp

from bot.sandbox.workspace.errors import Json
from bot.sandbox.workspace.shown import Message, Modal, Result
from bot.sandbox.workspace.wire import SandboxError, Wire, read_answer

T = TypeVar("T")
DEFAULT_TIMEOUT = 60.0


@dataclass(slots=True)
class SlackUser:
    """One person; every act returns what Slack would show."""

    client: Wire
    handle: str

    @property
    def _base(self) -> str:
        return f"/_user/v1/{self.handle}"

    async def act(self, name: str, **body: Any) -> Result:
        """Any act by its name."""
        given = {k: v for k, v in body.items() if v is not None}
        return Result(await self.client.post(f"{self._base}/{name}", given))

    # --- starting something ---

    async def command(self, channel: str, text: str) -> Result:
        """Type a slash command."""
        return await self.act("command", channel=channel, text=text)

    async def say(self, channel: str, text: str, thread: Message | None = None) -> Result:
        """Send a message."""
        return await self.act("message", channel=channel, text=text, thread_ts=thread.ts if thread else None)

    async def shortcut(self, callback_id: str) -> Result:
        """Run a global shortcut."""
        return await self.act("shortcut", callback_id=callback_id)

    async def message_shortcut(self, callback_id: str, message: Message) -> Result:
        """Run a message shortcut."""
        return await self.act(
            "message_shortcut", callback_id=callback_id, channel=message.channel, ts=message.ts
        )

    async def open_home(self) -> Result:
        """Open the app's Home tab."""
        return await self.act("home")

    async def upload(
        self, name: str, content: bytes, channel: str = "", thread: Message | None = None, comment: str = ""
    ) -> str:
        """Upload a file, into a channel or for a file field; returns its id."""
        form = aiohttp.FormData()
        body = io.BytesIO(content)  # raw bytes would be sent in one go, whatever their length
        form.add_field("file", body, filename=name, content_type="application/octet-stream")
        for key, value in (
            ("channel", channel),
            ("thread_ts", thread.ts if thread else ""),
            ("comment", comment),
        ):
            if value:
                form.add_field(key, value)
        async with self.client.session.post(f"{self.client.url}{self._base}/files", data=form) as response:
            return str((await read_answer(response))["file"]["id"])

    # --- looking ---

    async def modals(self) -> list[Modal]:
        """The stack, bottom first."""
        return [Modal(view) for view in (await self.client.get(f"{self._base}/modals"))["modals"]]

    async def modal(self) -> Modal | None:
        """The modal on top, None if there is none."""
        stack = await self.modals()
        return stack[-1] if stack else None

    async def home(self) -> Modal | None:
        """The published Home tab."""
        view = (await self.client.get(f"{self._base}/home"))["view"]
        return Modal(view) if view else None

    async def messages(self, channel: str, limit: int = 100) -> list[Message]:
        """The channel as this person sees it, oldest first."""
        answer = await self.client.get(f"{self._base}/messages", channel=channel, limit=str(limit))
        return [Message(m) for m in answer["messages"]]

    async def thread(self, message: Message) -> list[Message]:
        """The thread of a message, the parent first."""
        ts = message.raw["thread_ts"] or message.ts
        answer = await self.client.get(f"{self._base}/messages", channel=message.channel, thread_ts=ts)
        return [Message(m) for m in answer["messages"]]

    async def download(self, file_id: str) -> bytes:
        """The bytes of a file that this person sees."""
        async with self.client.session.get(f"{self.client.url}{self._base}/files/{file_id}") as response:
            if response.status != 200:  # noqa: PLR2004 - anything else has a JSON error
                await read_answer(response)
            return await response.read()

    async def sidebar(self) -> Json:
        """Channels, direct messages, the app."""
        return await self.client.get(f"{self._base}/sidebar")

    # --- inside the modal on top (or a given one) ---

    async def _top(self) -> str:
        top = await self.modal()
        if top is None:
            raise SandboxError("no_modal", f"{self.handle} has no open modal")
        return top.id

    async def fill(self, action_id: str, value: object, *, block_id: str | None = None) -> Result:
        """Type into a field of the modal, or set it to a simple value; nobody is told."""
        top = await self.modal()
        if top is None:
            raise SandboxError("no_modal", f"{self.handle} has no open modal")
        block = block_id or top.block_of(action_id)
        return await self.act("fill", view_id=top.id, values={block: {action_id: value}})

    async def choose(self, action_id: str, value: object, *, block_id: str | None = None) -> Result:
        """Choose in the modal: an option's value, an id, a list of them, a date.

        Sends an action where Slack would.
        """
        return await self.act(
            "action",
            view_id=await self._top(),
            block_id=block_id,
            action_id=action_id,
            value=value,
            confirmed=True,
        )

    async def options(
        self, block_id: str, action_id: str, query: str, *, view_id: str | None = None
    ) -> list[Json]:
        """Type into an external select.

        The options offered, groups laid flat (empty also when the app failed).
        """
        view = view_id or await self._top()
        body = {"view_id": view, "block_id": block_id, "action_id": action_id, "query": query}
        answer = await self.client.post(f"{self._base}/options", body)
        grouped = [option for group in answer["option_groups"] for option in group["options"]]
        return [*answer["options"], *grouped]

    async def pick(self, action_id: str, *queries: str, block_id: str | None = None) -> Result:
        """Choose in an external select by typing.

        Per query the first option offered whose label contains it.
        """
        top = await self.modal()
        if top is None:
            raise SandboxError("no_modal", f"{self.handle} has no open modal")
        block = block_id or top.block_of(action_id)
        chosen = []
        for query in queries:
            offered = await self.options(block, action_id, query, view_id=top.id)
            wanted = [o["value"] for o in offered if query.lower() in o["text"]["text"].lower()]
            if not wanted:
                raise SandboxError("not_offered", f"nothing like {query!r} among {len(offered)} options")
            chosen.append(wanted[0])
        is_multi = top.element(action_id)["type"].startswith("multi_")
        return await self.choose(action_id, chosen if is_multi else chosen[0], block_id=block)

    async def submit(self, values: Mapping[str, Mapping[str, object]] | None = None) -> Result:
        """Submit the modal on top."""
        return await self.act("submit", view_id=await self._top(), values=values)

    async def close(self, *, everything: bool = False) -> Result:
        """Close the modal on top, or all of them with the x."""
        return await self.act("close", view_id=await self._top(), all=everything)

    async def click(
        self,
        where: Message | Modal | None,
        action_id: str,
        *,
        value: object = None,
        block_id: str | None = None,
        confirm: bool = True,
    ) -> Result:
        """Click a button (or choose `value`) in a message, a modal or the Home tab.

        None means the modal on top.
        """
        if isinstance(where, Message):
            place: Json = {"channel": where.channel, "ts": where.ts}
        else:
            place = {"view_id": where.id if where else await self._top()}
        return await self.act(
            "action", **place, block_id=block_id, action_id=action_id, value=value, confirmed=confirm
        )

    # --- waiting ---

    @asynccontextmanager
    async def events(self) -> AsyncIterator[AsyncIterator[tuple[str, Json]]]:
        """The event stream: (kind, data), `hello` first."""
        timeout = aiohttp.ClientTimeout(total=None)
        url = f"{self.client.url}{self._base}/events"
        async with self.client.session.get(url, timeout=timeout) as response:
            yield _events(response)

    async def wait_for(
        self,
        probe: Callable[[], Awaitable[T]],
        timeout: float = DEFAULT_TIMEOUT,  # noqa: ASYNC109 - a plain limit
    ) -> T:
        """Until `probe` gives something true; it is asked again after each event that this person sees."""
        async with asyncio.timeout(timeout), self.events() as events:
            async for _ in events:
                found = await probe()
                if found:
                    return found
        raise TimeoutError

    async def wait_for_modal(
        self,
        predicate: Callable[[Modal], bool] = lambda _modal: True,
        timeout: float = DEFAULT_TIMEOUT,  # noqa: ASYNC109 - a plain limit
    ) -> Modal:
        """Until the modal on top is such a one."""

        async def probe() -> Modal | None:
            top = await self.modal()
            return top if top and predicate(top) else None

        return _there(await self.wait_for(probe, timeout))

    async def wait_for_message(
        self,
        channel: str,
        predicate: Callable[[Message], bool] = lambda _message: True,
        timeout: float = DEFAULT_TIMEOUT,  # noqa: ASYNC109 - a plain limit
        *,
        thread: Message | None = None,
    ) -> Message:
        """Until the newest such message is in the channel or thread."""

        async def probe() -> Message | None:
            found = await (self.thread(thread) if thread else self.messages(channel))
            return next((m for m in reversed(found) if predicate(m)), None)

        return _there(await self.wait_for(probe, timeout))

    async def wait_for_home(
        self,
        predicate: Callable[[Modal], bool] = lambda _view: True,
        timeout: float = DEFAULT_TIMEOUT,  # noqa: ASYNC109 - a plain limit
    ) -> Modal:
        """Until the Home tab is such a one."""

        async def probe() -> Modal | None:
            view = await self.home()
            return view if view and predicate(view) else None

        return _there(await self.wait_for(probe, timeout))


def _there(found: T | None) -> T:
    if found is None:
        raise TimeoutError
    return found


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Json]]:
    kind = ""
    async for raw in response.content:
        line = raw.decode().rstrip("\n")
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))
