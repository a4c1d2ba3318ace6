"""What all parts of the server share.

The workspace, the app's configuration, and the machinery around them.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.sandbox.workspace.errors import ApiError, Json
from bot.sandbox.workspace.faults import Faults
from bot.sandbox.workspace.ids import Clock, Ids
from bot.sandbox.workspace.journal import Journal
from bot.sandbox.workspace.manifest import AppConfig
from bot.sandbox.workspace.seed import APP_ID, seed
from bot.sandbox.workspace.sse import Broker
from bot.sandbox.workspace.state import Channel, Person, Workspace
from bot.sandbox.workspace.tiers import RateLimiter

RESPONSE_USES = 5
RESPONSE_SECONDS = 30 * 60


@dataclass(frozen=True, slots=True)
class Timing:
    """Slack's patience, in seconds (SL §2); tests may shorten it, or be patient on a busy machine."""

    answer: float = 3.0
    trigger: float = 3.0
    event_retries: tuple[float, ...] = (0.0, 60.0, 300.0)


PATIENT = Timing(answer=60.0, trigger=60.0)
"""For tests that are not about lateness."""


@dataclass(slots=True)
class Credentials:
    """The app's secrets; `revoked` holds the error that a token answers with."""

    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str
    revoked: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Trigger:
    """A `trigger_id`: 3 seconds, one use (SL §2)."""

    user: str
    expires: float
    channel: str | None
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """A `response_url`: 5 uses within 30 minutes (SL §2)."""

    user: str
    channel: str
    expires: float
    original: str | None = None
    uses: int = 0


class Transport(Protocol):
    """A way to the app: Socket Mode or signed HTTP."""

    async def send(self, kind: str, payload: Json, attempt: int = 0, reason: str = "") -> Json | None:
        """Deliver one payload and return what the app answered; raises UnansweredError."""

    @property
    def connected(self) -> int:
        """Connections of the app right now."""


@dataclass(slots=True)
class Core:
    """The shared state of one running sandbox."""

    config: AppConfig
    credentials: Credentials
    clock: Clock
    ids: Ids
    timing: Timing
    workspace: Workspace
    limiter: RateLimiter
    journal: Journal = field(default_factory=Journal)
    broker: Broker = field(default_factory=Broker)
    faults: Faults = field(default_factory=Faults)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    scopes: frozenset[str] = frozenset()
    installed: bool = True
    base_url: str = ""
    transport: Transport | None = None

    @property
    def app_id(self) -> str:
        """The app's id."""
        return APP_ID

    @property
    def bot(self) -> Person:
        """The app's bot user."""
        return self.workspace.bot

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something in the background; it is cancelled when the server stops."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def stop(self) -> None:
        """Cancel what runs in the background."""
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def reset(self) -> None:
        """Back to the seed: people, channels, scopes, tokens, limits, faults. Connections stay."""
        self.workspace = seed(self.config.bot_name)
        self.triggers.clear()
        self.response_urls.clear()
        self.credentials.revoked.clear()
        self.scopes = self.config.scopes
        self.installed = True
        self.limiter.clear()
        self.faults.clear()
        self.journal.clear()
        self.clock.offset = 0.0
        self.broker.publish(None, "hello", {"connected": bool(self.connections)})

    @property
    def connections(self) -> int:
        """Open ways to the app."""
        return self.transport.connected if self.transport else 0

    def presence(self) -> None:
        """Tell the pages that the app came or went."""
        data = {
            "connected": bool(self.connections),
            "connections": self.connections,
            "installed": self.installed,
        }
        self.broker.publish(None, "presence", data)

    def viewers(self, channel: Channel) -> set[str]:
        """Who sees what happens in a channel: members, and every full member if it is public."""
        users = {person.id for person in self.workspace.human_members(channel)}
        if not channel.is_private and not channel.is_im:
            users |= {p.id for p in self.workspace.people.values() if p.kind in {"owner", "member"}}
        return users

    def new_trigger(self, user: str, channel: str | None) -> str:
        """A fresh trigger_id."""
        now = self.clock.now()
        self.triggers = {k: t for k, t in self.triggers.items() if t.expires > now - 60}
        self.ids.counts["trigger"] += 1
        trigger_id = f"{self.ids.counts['trigger']}.{self.workspace.team_id}.{self.ids.secret(8)}"
        self.triggers[trigger_id] = Trigger(user, now + self.timing.trigger, channel)
        return trigger_id

    def use_trigger(self, trigger_id: object) -> Trigger:
        """Exchange a trigger_id, once and in time (SL §2)."""
        if not isinstance(trigger_id, str) or trigger_id not in self.triggers:
            raise ApiError("invalid_trigger_id")
        trigger = self.triggers[trigger_id]
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self.clock.now() > trigger.expires:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger

    def new_response_url(self, user: str, channel: str, original: str | None = None) -> str:
        """A fresh response_url; `original` is the message that it may replace or delete."""
        key = self.ids.secret(16)
        expires = self.clock.now() + RESPONSE_SECONDS
        self.response_urls[key] = ResponseUrl(user, channel, expires, original)
        return f"{self.base_url}/response/{self.workspace.team_id}/{key}"
