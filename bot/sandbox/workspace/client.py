"""A person's hands and eyes in the simulated workspace, for tests.

Over real HTTP, waiting by the event stream.

    async with WorkspaceClient(url) as workspace:
        ada = workspace.user("ada")
        await ada.command("#general", "/org-users")
        modal = await ada.wait_for_modal(lambda m: m.title == "Choose an action")
        await ada.pick("people", "mia")
        await ada.fill("reason", "left the company")
        result = await ada.submit()

errors: SandboxError  a request that makes no sense (unknown person, a button that is not there)
        TimeoutError  a wait that saw nothing
"""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.workspace.errors import Json
from bot.sandbox.workspace.user import DEFAULT_TIMEOUT, SlackUser
from bot.sandbox.workspace.wire import SandboxError, Wire

__all__ = ["SandboxError", "SlackUser", "WorkspaceClient"]


@dataclass(slots=True)
class WorkspaceClient(Wire):
    """The whole workspace: its people, and the control side."""

    def user(self, handle: str) -> SlackUser:
        """A person by handle or id."""
        return SlackUser(self, handle)

    async def workspace(self) -> Json:
        """Team, app, commands, people."""
        return await self.get("/_user/v1/workspace")

    async def journal(self, kind: str = "", since: int = 0, wait: float = 0) -> list[Json]:
        """What the app asked and was sent: kinds `api`, `envelope`, `response_url`."""
        answer = await self.get("/_control/journal", kind=kind, since=str(since), wait=str(wait))
        entries: list[Json] = answer["entries"]
        return entries

    async def order(self, name: str, **body: Any) -> Json:
        """Any order of the control side.

        `reset`, `disconnect`, `clock`, `rates`, `tokens`, `scopes`, `person`, ...
        """
        return await self.post(f"/_control/{name}", body)

    async def fault(self, kind: str, method: str = "*", **more: Any) -> str:
        """Script a fault; returns its id."""
        answer = await self.order("faults", kind=kind, method=method, **more)
        return str(answer["fault"]["id"])

    async def wait_connected(self, timeout: float = DEFAULT_TIMEOUT) -> None:  # noqa: ASYNC109 - a plain limit
        """Until the app is connected."""

        async def probe() -> bool:
            return bool((await self.workspace())["app"]["connected"])

        await self.user("olivia").wait_for(probe, timeout)
