"""What a test knows of the demo beside its browser: who is in the organization, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.sandbox.contentstack import invitations, membership, seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.contentstack.model import Account, Organization, Share
from bot.sandbox.demo.supervisor import Demo
from bot.sandbox.workspace.client import WorkspaceClient
from bot.sandbox.workspace.core import PATIENT
from bot.store.database import open_beside
from tests.journey.town import BINDING, until

PEOPLE = ("ada", "grace", "olivia", "mia", "gus")


@dataclass
class House:
    """One demo."""

    demo: Demo
    workspace: WorkspaceClient
    _crowd: list[str] = field(default_factory=list)

    @property
    def organization(self) -> Organization:
        return self.demo.contentstack.state.organizations[seed.ORG_UID]

    def quick(self) -> None:
        """High rates, a patient Slack: neither anybody's limits nor this machine's speed are tested."""
        self.demo.workspace.core.timing = PATIENT
        self.demo.workspace.core.limiter.scale = None
        self.organization.features.update({"getLimit": 2000, "limit": 2000})

    def targets(self, number: int) -> list[str]:
        """Addresses of plain members whom nobody has touched yet."""
        if not self._crowd:
            plain = [
                share.email
                for share in self.organization.shares.values()
                if share.org_roles == [seed.MEMBER_ROLE] and share.status == "accepted"
            ]
            self._crowd = plain[-120:]
        return [self._crowd.pop() for _ in range(number)]

    def share(self, email: str) -> Share | None:
        """Somebody's membership as Contentstack has it, or None."""
        return self.organization.by_email.get(email.casefold())

    def account(self, email: str) -> Account:
        found = self.demo.contentstack.state.account(email)
        assert found is not None, email
        return found

    def enrol(self, email: str, first: str, last: str) -> None:
        """A new accepted member with this name."""
        world = self.demo.contentstack.state
        now = world.now()
        account = world.add_account(Account(world.uids.blt(), email, email, first, last, now, now))
        share = invitations.new_share(world, self.organization, email, [seed.MEMBER_ROLE], None)
        membership.accept(world, self.organization, share, account)

    def hold(self, method: str, path: str, *, after: int) -> Fault:
        """So many calls like that are answered; the others do what they are for and wait for `mend`."""
        return self.demo.contentstack.faults.add(Fault(0, Kind.GATE, method, path, count=None, after=after))

    def mend(self) -> None:
        self.demo.contentstack.faults.clear()

    def told_to(self, method: str, path: str, people: Iterable[str]) -> list[int]:
        """How often each of these people was in a request like that."""
        bodies = [
            str(entry.body)
            for entry in self.demo.contentstack.journal.entries
            if entry.method == method and path in entry.path
        ]
        return [sum(f"'{email}'" in body for body in bodies) for email in people]

    async def everybody_is_read(self, seconds: float = 180) -> None:
        """Until the bot, which reads all members at its start, has kept what it read."""

        async def kept() -> bool:
            store = await open_beside(self.demo.data)
            try:
                return await store.read(lambda tx: tx.snapshot(BINDING) is not None)
            finally:
                await store.close()

        await until(kept, seconds)

    async def tidy(self) -> None:
        """Nothing stays on anybody's screen, nothing stays broken."""
        self.mend()
        for handle in PEOPLE:
            person = self.workspace.user(handle)
            if await person.modal():
                await person.close(everything=True)
