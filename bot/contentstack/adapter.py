"""The port ``Contentstack`` over HTTP: one organization, one credential."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from bot.contentstack.bodies import StackRow
from bot.contentstack.capabilities import Capabilities
from bot.contentstack.client import Client, Credential
from bot.contentstack.directory import REFRESH_SECONDS, DirectoryCache, OnSnapshot, Recall
from bot.contentstack.errors import not_understood
from bot.contentstack.kept import Kept
from bot.contentstack.parse import Person, Standing
from bot.contentstack.reading import Reader
from bot.contentstack.writing import Writer
from bot.domain.actions import ActionKey, Capability
from bot.domain.members import Directory, Known, Member, OrgRole, Stack
from bot.domain.requests import FromTemplate, Invite, Request, SetStackRoles, ShareStack, UnshareStack
from bot.ports.clock import Clock
from bot.ports.contentstack import Account, Answer, Bearer, EndpointMissing, Hits, Loading

_STANDING_SECONDS = 10.0
"""How long roles and teams may serve to say who is an admin, before they are read again."""


class ContentstackApi:
    """One organization at Contentstack. ``start`` begins the background reads, ``close`` ends everything."""

    def __init__(
        self,
        client: Client,
        capabilities: Capabilities,
        clock: Clock,
        *,
        refresh_seconds: float = REFRESH_SECONDS,
        on_snapshot: OnSnapshot | None = None,
        kept: Callable[[], Credential | None] = lambda: None,
    ) -> None:
        """Put the parts together; nothing is read yet.

        ``on_snapshot`` is told every read directory; ``kept`` gives the credential as it is kept now.
        """
        self._kept = kept
        self._client = client
        self._capabilities = capabilities
        self._clock = clock
        self._cache = DirectoryCache(client, clock, refresh_seconds=refresh_seconds, on_snapshot=on_snapshot)
        self._reader = Reader(client)
        self._account = Kept(clock, self._reader.account)
        self._standing = Kept(clock, self._read_standing)

    async def start(self, recall: Recall | None = None) -> None:
        """Take the kept directory, where there is one, and read it anew in the background from now on."""
        await self._cache.start(recall)

    async def account(self, *, max_age: float = 0.0) -> Account:
        """Who we are (CS §1.5), read again if older than ``max_age`` seconds or of another credential."""
        return await self._account.get(max_age)

    async def directory(self, *, max_age: float) -> Directory:
        """The whole directory, read again if its reading began ``max_age`` seconds ago or earlier."""
        return await self._cache.get(max_age)

    def cached(self) -> Directory | None:
        """The directory in memory, or None while the first load runs."""
        return self._cache.directory

    def loading(self) -> Loading | None:
        """Progress of the first load, or None when a directory is in memory."""
        return self._cache.loading

    def search(self, text: str, limit: int) -> Hits | None:
        """Search the directory in memory; None while the first load runs."""
        return self._cache.search(text, limit)

    async def members(self, emails: Collection[str]) -> tuple[Member, ...]:
        """Read these people now.

        Each e-mail is asked for as given, in lower case and as the directory spells it.
        """
        spellings = {email.strip() for email in emails}
        known = self.cached()
        if known is not None:
            spellings |= {member.email for email in emails for member in known.with_email(email)}
        standing = await self._standing.get(_STANDING_SECONDS)
        spellings |= {email.casefold() for email in spellings}
        return await self._reader.search(spellings, standing, known)

    async def typeahead(self, text: str, limit: int) -> tuple[Member, ...]:
        """Ask the API itself, while no directory is in memory; who is an admin is not told here."""
        return await self._reader.typeahead(text, limit, Standing(teams=None))

    async def roles(self) -> tuple[OrgRole, ...]:
        """Read the organization's roles now."""
        return await self._reader.roles()

    async def stacks(self, uids: Sequence[str] | None = None) -> tuple[Stack, ...]:
        """Read roles and holders of these stacks, or of all, now, in this order; those gone are missing."""
        rows = {row.uid: row for row in await self._reader.stack_rows()}
        wanted = [rows[uid] for uid in dict.fromkeys(rows if uids is None else uids) if uid in rows]
        return tuple(await self._reader.each(self._reader.stack, wanted))

    async def send(self, request: Request, *, action: ActionKey, bearer: Bearer | None = None) -> Answer:
        """Make one write, at most once; ``ValueError`` for what no plan may hold (too many for one call)."""
        template = None
        if isinstance(request, FromTemplate):
            template = self._capabilities.template(action)
        writer = Writer(
            self._client.organization_uid,
            await self._api_keys(request),
            template,
            probing=template is not None and not self._capabilities.proven(action),
        )
        wire = writer.wire(request)
        own = Credential("oauth", bearer.secret) if bearer else None
        try:
            reply = await self._client.write(replace(wire.ask, credential=own))
        except EndpointMissing:
            if template is not None:
                self._capabilities.missing(action)
            raise
        if wire.success is not None and reply.status not in wire.success:
            raise not_understood(reply, write=True)
        if template is not None:
            self._capabilities.answered(action)
        return wire.answer(reply)

    def capability(self, action: ActionKey) -> Capability:
        """Whether and how this action can be carried out here, from settings and what was seen so far."""
        return self._capabilities.capability(action)

    def renew(self) -> None:
        """Take the credential again from where it is kept, if it is kept anywhere."""
        self._client.credential = self._kept() or self._client.credential
        self._account.drop()

    async def close(self) -> None:
        """Close connections and background work."""
        await self._cache.close()
        await self._account.close()
        await self._standing.close()
        await self._client.close()

    async def _api_keys(self, request: Request) -> Mapping[str, str]:
        """Stack uid -> api key of the stacks that a request mentions, from memory where they are there."""
        match request:
            case SetStackRoles() | ShareStack() | UnshareStack():
                uids = {request.stack_uid}
            case Invite():
                uids = set(request.stacks)
            case _:
                return {}
        known = self.cached()
        found: Sequence[Stack | StackRow] = known.stacks if known else ()
        if uids - {stack.uid for stack in found}:
            found = await self._reader.stack_rows()
        return {stack.uid: stack.api_key for stack in found}

    async def _read_standing(self) -> Standing:
        """Roles, teams and owner of this moment, names as the directory has them."""
        organization = await self._reader.organization()
        roles, teams = await self._reader.roles(), await self._reader.teams(())
        return Standing(roles, teams, organization.owner_uid, self._people())

    def _people(self) -> Mapping[str, Person]:
        known = self.cached()
        members = known.members if known else ()
        return {
            member.user_uid: Person(member.first_name, member.last_name, member.idp_user)
            for member in members
            if member.user_uid and (member.name or member.idp_user is not Known.UNKNOWN)
        }
