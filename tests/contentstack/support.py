"""What the tests of the adapter share: clocks, and the adapter on top of the simulated Contentstack."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from bot.clock import SystemClock
from bot.contentstack.adapter import ContentstackApi
from bot.contentstack.capabilities import Capabilities
from bot.contentstack.client import Client, Credential, Limits
from bot.contentstack.directory import OnSnapshot
from bot.contentstack.endpoints import read_endpoints
from bot.contentstack.pacing import Pacing
from bot.domain.actions import ActionKey, Readiness
from bot.domain.members import Member
from bot.domain.requests import Target
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.contentstack.journal import Entry
from bot.sandbox.contentstack.server import ContentstackSandbox
from tests.clocks import BriskClock, ShortWaits

PATIENT = Limits(write_timeout=60.0, read_timeout=60.0, connect_timeout=60.0, tries=4, patience=60.0)
"""A machine that is busy with something else must not cause a time-out."""
QUICK = replace(PATIENT, write_timeout=0.4, read_timeout=0.4)
"""For those who meet silence."""
SIM = "/__sim__/organizations/{organization_uid}/users/actions/"
RESULTS = {"list": "results", "key": "user_uid"}


def sim_table(action: str, **more: Any) -> dict[str, Any]:
    """An endpoint table for one of the sandbox's own calls (CS §8.3)."""
    table = {
        "method": "POST",
        "path": f"{SIM}{action}",
        "batch": 10,
        "body": {"user_uids": "{user_uids}"},
        "results": RESULTS,
    }
    return {**table, **more}


class LeapClock:
    """Time that passes only by sleeping, at once; for pacing and back-off."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


@dataclass
class Bench:
    """The simulated Contentstack at its address, and adapters that talk to it."""

    sandbox: ContentstackSandbox
    url: str
    clock: LeapClock | None = None
    """Instead of the real time, with short pauses and a high pace."""
    learned: list[tuple[ActionKey, Readiness, str]] = field(default_factory=list)
    made: list[ContentstackApi] = field(default_factory=list)

    def client(
        self,
        *,
        token: str = seed.BOT_AUTHTOKEN,
        url: str = "",
        limits: Limits = PATIENT,
        first_writes: float = 10.0,
    ) -> Client:
        return Client(
            url or self.url,
            seed.ORG_UID,
            Credential("authtoken", token),
            clock=self.clock or ShortWaits(),
            chance=lambda: 0.01,
            pacing=Pacing(self.clock or BriskClock(), share=1.0, first_writes=first_writes),
            limits=limits,
        )

    def api(
        self,
        *,
        tables: dict[str, Any] | None = None,
        token: str = seed.BOT_AUTHTOKEN,
        url: str = "",
        limits: Limits = PATIENT,
        on_snapshot: OnSnapshot | None = None,
        refresh_seconds: float = 300.0,
    ) -> ContentstackApi:
        templates = read_endpoints(tables or {}, "127.0.0.1")
        capabilities = Capabilities(templates, on_change=lambda *told: self.learned.append(told))
        client = self.client(token=token, url=url, limits=limits)
        clock = self.clock or SystemClock()
        made = ContentstackApi(
            client, capabilities, clock, on_snapshot=on_snapshot, refresh_seconds=refresh_seconds
        )
        self.made.append(made)
        return made

    def break_(self, kind: Kind, path: str = "", **more: Any) -> None:
        """Order a fault for the next call that fits."""
        self.sandbox.faults.add(Fault(0, kind, path=path, **more))

    def asked(self, path: str) -> list[Entry]:
        """What the sandbox was asked under a path's end."""
        return [entry for entry in self.sandbox.journal.entries if entry.path.endswith(path)]

    def stack_uid(self, api_key: str) -> str:
        return self.sandbox.state.stacks[api_key].uid

    def target(self, email: str) -> Target:
        org = self.sandbox.state.organizations[seed.ORG_UID]
        share = org.by_email[email.casefold()]
        return Target(share.uid, share.user_uid, share.email)


@asynccontextmanager
async def canned(answers: dict[str, tuple[int, object]]) -> AsyncIterator[str]:
    """A server that answers each path with the same status and JSON, for what the sandbox never says."""

    async def answer(request: web.Request) -> web.Response:
        status, document = answers[request.path]
        return web.json_response(document, status=status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is so, at most a minute."""
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110  what is waited for is another task's private business
            await asyncio.sleep(0.005)


def target_of(member: Member) -> Target:
    return Target(member.share_uid, member.user_uid, member.email)
