"""One organization of the harness: both simulated systems, and a house of our own to ask for operations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import SystemClock, TimeSortedIds
from bot.contentstack.adapter import ContentstackApi
from bot.contentstack.capabilities import Capabilities
from bot.contentstack.client import Client, Credential
from bot.contentstack.endpoints import load_endpoints
from bot.contentstack.pacing import Pacing
from bot.manifest import read_manifest
from bot.ports.runs import Worker
from bot.ports.store import Store
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.model import Organization
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.contentstack.world import Switches
from bot.sandbox.demo.supervisor import APPROVALS, CHANNEL, ENDPOINTS
from bot.sandbox.workspace.seed import TEAM
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.service.house import Binding, House, binding_key
from bot.service.sparing import Sparing
from bot.slack.people import WorkspacePeople

REQUESTS_PER_SECOND = 400
"""The plan's limits: high, so that the time goes into kills and not into waiting."""


class _Silent:
    """A notifier and an engine that leave everything to the bot."""

    async def announce(self, operation_id: str) -> bool:
        """Nothing runs here."""
        del operation_id
        return False

    def changed(self, operation_id: str) -> None:
        """The bot looks for itself."""

    async def tell(self, slack_user: str, key: str, operation_id: str = "") -> None:
        """Nobody is told."""

    async def start(self, worker: Worker) -> None:
        """Nothing to start."""

    def expect(self) -> None:
        """Nobody waits for it."""

    def wake(self) -> None:
        """The bot's dispatcher looks every second."""

    def alive(self) -> bool:
        """The bot's own engine is the one that runs."""
        return True

    async def stop(self) -> None:
        """Nothing to stop."""


@dataclass
class Site:
    """One organization and its workspace."""

    contentstack: ContentstackSandbox
    workspace: WorkspaceSandbox
    url: str
    house: House

    @property
    def organization(self) -> Organization:
        """The organization's state."""
        return self.contentstack.state.organizations[seed.ORG_UID]

    def channel(self, name: str = CHANNEL) -> str:
        """A channel's id."""
        found = self.workspace.core.workspace.channel_by_name(name)
        if found is None:
            raise LookupError(name)
        return found.id

    def table(self) -> str:
        """The binding as ROLLCALL_BINDINGS has it."""
        values = {
            "slack_bot_token": self.workspace.bot_token,
            "slack_app_token": self.workspace.app_token,
            "slack_api_url": self.workspace.api_url,
            "contentstack_region": "na",
            "contentstack_api_url": self.url,
            "contentstack_organization_uid": seed.ORG_UID,
            "contentstack_authtoken": seed.BOT_AUTHTOKEN,
            "rollcall_channel": self.channel(),
            "rollcall_approvals_channel": self.channel(APPROVALS),
            "rollcall_endpoints": str(ENDPOINTS),
        }
        lines = [f'{key} = "{value}"' for key, value in values.items()]
        return "\n".join(["[[binding]]", *lines, "rollcall_rate_share = 1.0", ""])


@asynccontextmanager
async def site(number: int, store: Store, members: int) -> AsyncIterator[Site]:
    """One organization that is served until the context ends."""
    contentstack = ContentstackSandbox(members=members, switches=Switches(v4=True, sim=True))
    features = contentstack.state.organizations[seed.ORG_UID].features
    features.update({"getLimit": REQUESTS_PER_SECOND, "limit": REQUESTS_PER_SECOND})
    workspace = WorkspaceSandbox(read_manifest(), rate_scale=20.0, static=None)
    team = _rename(workspace, f"{TEAM}{number}")
    clock = SystemClock()
    async with contentstack.serve() as url, workspace.serve():
        credential = Credential("authtoken", seed.BOT_AUTHTOKEN)
        pacing = Pacing(clock, share=1.0)
        client = Client(url, seed.ORG_UID, credential, clock=clock, chance=lambda: 0.5, pacing=pacing)
        api = ContentstackApi(client, Capabilities(load_endpoints(ENDPOINTS, "127.0.0.1")), clock)
        slack = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url)
        silent = _Silent()
        binding = Binding(binding_key(team, seed.ORG_UID), team, seed.ORG_UID, "na", max_people=500)
        house = House(
            binding=binding,
            contentstack=api,
            store=store,
            people=WorkspacePeople(slack, team),
            notifier=silent,
            runs=silent,
            clock=clock,
            ids=TimeSortedIds(),
            sparing=Sparing(),
        )
        try:
            yield Site(contentstack, workspace, url, house)
        finally:
            await api.close()


def _rename(workspace: WorkspaceSandbox, team: str) -> str:
    """Give the workspace an id of its own: every seed has the same, and bindings are told apart by it."""
    place = workspace.core.workspace
    for person in place.people.values():
        if person.team_id == place.team_id:
            person.team_id = team
    place.team_id = team
    return team
