"""What the tests of the use cases stand on: both simulated systems, the real adapters, a real store.

Only what the use cases merely *tell* is recorded instead of done: Slack messages and the engine's wake-up.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bot.clock import TimeSortedIds
from bot.contentstack.adapter import ContentstackApi
from bot.contentstack.capabilities import Capabilities
from bot.contentstack.client import Client, Credential, Limits
from bot.contentstack.endpoints import load_endpoints
from bot.contentstack.pacing import Pacing
from bot.domain.actions import ActionKey, Parameters
from bot.domain.draft import Draft
from bot.domain.operation import Operation
from bot.domain.outcome import Outcome
from bot.manifest import read_manifest
from bot.ports.runs import Worker
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.contentstack.world import Switches
from bot.sandbox.demo.supervisor import ENDPOINTS
from bot.sandbox.workspace.core import PATIENT
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.service.admission import Admitted, admit
from bot.service.decide import approve, confirm
from bot.service.house import Binding, House
from bot.service.propose import propose
from bot.service.run.worker import Runner
from bot.service.seal import Proposal
from bot.service.sparing import Sparing
from bot.slack.client import build_client, open_session
from bot.slack.people import WorkspacePeople
from tests.clocks import BriskClock, ShortWaits, TripleClock
from tests.stores import open_new

ADA, GRACE, MIA, GUS, SID, BOB, DORA, OLIVIA = (
    "U0ADA",
    "U0GRACE",
    "U0MIA",
    "U0GUS",
    "U0SID",
    "U0BOB",
    "U0DORA",
    "U0OLIVIA",
)
NO_TIMEOUTS = Limits(write_timeout=60.0, read_timeout=60.0, connect_timeout=60.0, tries=4, patience=60.0)
"""No test here is about a time-out, so a machine that is busy with something else must not cause one."""


@dataclass
class Told:
    """A notifier that only remembers what it was told."""

    reachable: bool = True
    announced: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)

    async def announce(self, operation_id: str) -> bool:
        self.announced.append(operation_id)
        return self.reachable

    def changed(self, operation_id: str) -> None:
        self.changes.append(operation_id)

    async def tell(self, slack_user: str, key: str, operation_id: str = "") -> None:
        self.changes.append(f"{slack_user}:{key}:{operation_id}")


class NoEngine:
    """Runs nothing by itself: the tests drive the worker."""

    async def start(self, worker: Worker) -> None:
        """Nothing to start."""

    def expect(self) -> None:
        """Nobody waits for it."""

    def wake(self) -> None:
        """Nobody to wake."""

    def alive(self) -> bool:
        """It is as alive as it gets."""
        return True

    async def stop(self) -> None:
        """Nothing to stop."""


@dataclass
class Stage:
    """One house on top of both simulated systems."""

    house: House
    told: Told
    contentstack: ContentstackSandbox
    workspace: WorkspaceSandbox
    runner: Runner
    api: ContentstackApi
    url: str
    """Where the simulated Contentstack is."""

    def channel(self, name: str) -> str:
        found = self.workspace.core.workspace.channel_by_name(name)
        assert found is not None
        return found.id

    async def admitted(self, slack_user: str = ADA) -> Admitted:
        who = await admit(self.house, slack_user, at="test")
        assert isinstance(who, Admitted), who
        return who

    async def shares(self, *emails: str) -> tuple[str, ...]:
        """Share uids of these people."""
        directory = await self.house.contentstack.directory(max_age=3600)
        return tuple(directory.with_email(email)[0].share_uid for email in emails)

    async def draft(
        self,
        action: ActionKey,
        *emails: str,
        org_roles: tuple[str, ...] = (),
        stacks: dict[str, tuple[str, ...]] | None = None,
        reason: str = "left the company",
        channel: str = "org-admins",
        **more: Any,
    ) -> Draft:
        return Draft(
            action=action,
            people=await self.shares(*emails),
            parameters=Parameters(org_roles, stacks or {}),
            reason=reason,
            channel=self.channel(channel),
            **more,
        )

    async def propose(self, action: ActionKey, *emails: str, by: str = ADA, **rest: Any) -> Proposal:
        found = await propose(self.house, await self.admitted(by), await self.draft(action, *emails, **rest))
        assert isinstance(found, Proposal), found
        return found

    async def queued(self, action: ActionKey, *emails: str, **rest: Any) -> Operation:
        """Propose, confirm, and have Grace agree where somebody must."""
        proposal = await self.propose(action, *emails, **rest)
        operation = await confirm(self.house, proposal.operation.id, proposal.operation.digest, ADA)
        assert isinstance(operation, Operation), operation
        if operation.approvals_needed:
            agreed = await approve(self.house, operation.id, operation.digest, GRACE)
            assert isinstance(agreed, Operation), agreed
            return agreed
        return operation

    async def run(self, operation: Operation, runner: Worker | None = None) -> Operation:
        """Run as the engine does: begin, and if there is something to do every batch, then finish."""
        worker = runner or self.runner
        batches = await worker.begin(operation.id, operation.run)
        for number in range(batches):
            if not await worker.batch(operation.id, operation.run, number):
                break
        if batches:
            await worker.finish(operation.id, operation.run)
        return await self.load(operation.id)

    async def load(self, operation_id: str) -> Operation:
        found = await self.house.store.read(lambda tx: tx.operation(operation_id))
        assert found is not None
        return found

    async def outcomes(self, operation: Operation) -> list[Outcome]:
        """Outcomes in the order of lines."""
        found = await self.house.store.read(lambda tx: tx.outcomes(operation.id))
        return [found[number] for number in sorted(found)]

    async def audit(self, operation: Operation | None = None) -> list[str]:
        """The kinds of the audit rows, in order."""
        rows = await self.house.store.read(
            lambda tx: list(tx.rows(operation=operation.id if operation else None))
        )
        return [row.event.kind.value for row in rows]

    def fault(self, kind: Kind, path: str, method: str = "", **rest: Any) -> Fault:
        return self.contentstack.faults.add(Fault(0, kind, method, path, **rest))

    def gate(self, path: str, method: str) -> Callable[[], None]:
        """Contentstack does what it is asked for, and answers only once the gate is opened, by calling it."""
        return partial(self.contentstack.faults.remove, self.fault(Kind.GATE, path, method, count=None).uid)

    def asked(self, method: str, path: str) -> list[Any]:
        """Bodies of the requests that Contentstack got."""
        return [
            entry.body
            for entry in self.contentstack.journal.entries
            if entry.method == method and path in entry.path
        ]

    async def until_asked(self, method: str, path: str) -> None:
        """Wait until Contentstack got such a request."""
        async with asyncio.timeout(60):
            while not self.asked(method, path):  # noqa: ASYNC110  the sandbox's journal tells nobody by itself
                await asyncio.sleep(0.02)


@asynccontextmanager
async def staged(
    directory: Path,
    *,
    max_people: int = 10,
    limit: int = 2000,
    share: float = 1.0,
    shared: TripleClock | None = None,
) -> AsyncIterator[Stage]:
    """A house that lives until the context ends; ``limit`` is the plan's, in requests per second.

    With a clock ``shared`` with Contentstack it keeps the pace and makes the pauses of a real one.
    """
    contentstack = ContentstackSandbox(members=60, clock=shared, switches=Switches(v4=True, sim=True))
    contentstack.state.organizations[seed.ORG_UID].features.update({"getLimit": limit, "limit": limit})
    workspace = WorkspaceSandbox(read_manifest(), timing=PATIENT, rate_scale=None, static=None)
    clock = shared or ShortWaits()
    async with contentstack.serve() as url, workspace.serve(), open_session() as session:
        store = await open_new(directory / "data", clock=clock, entropy=secrets.token_bytes)
        client = Client(
            url,
            seed.ORG_UID,
            Credential("authtoken", seed.BOT_AUTHTOKEN),
            clock=clock,
            chance=lambda: 0.5,
            pacing=Pacing(shared or BriskClock(), share=share),
            limits=NO_TIMEOUTS,
        )
        api = ContentstackApi(client, Capabilities(load_endpoints(ENDPOINTS, "127.0.0.1")), clock)
        told = Told()
        slack = build_client(workspace.bot_token, workspace.api_url, session)
        team = (await slack.auth_test())["team_id"]
        house = House(
            binding=Binding("test", team, seed.ORG_UID, "na", max_people=max_people),
            contentstack=api,
            store=store,
            people=WorkspacePeople(slack, team),
            notifier=told,
            runs=NoEngine(),
            clock=clock,
            ids=TimeSortedIds(),
            sparing=Sparing(),
        )
        try:
            yield Stage(house, told, contentstack, workspace, Runner(house), api, url)
        finally:
            await api.close()
            await store.close()
