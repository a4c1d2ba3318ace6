"""Reading one organization: every list of it, paged to the end (CS §3.1, §3.2, §3.8)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TypeVar

from bot.contentstack.bodies import (
    Identified,
    RoleRow,
    ShareRow,
    StackRoleRow,
    StackRow,
    StackUserRow,
    TeamRow,
)
from bot.contentstack.client import Ask, Client
from bot.contentstack.pacing import Priority
from bot.contentstack.paging import PAGE, Fetch, all_rows, pages
from bot.contentstack.parse import (
    Person,
    Standing,
    account_of,
    member_of,
    organization_of,
    person_of,
    role_of,
    rows,
    stack_of,
    team_of,
)
from bot.domain.members import Directory, Member, Organization, OrgRole, Stack, Team
from bot.domain.together import together
from bot.ports.contentstack import Account, EndpointMissing, NotPermitted, Rejected, Unavailable

T = TypeVar("T")
Row = TypeVar("Row", bound=Identified)
PriorityNow = Callable[[], Priority]
OnProgress = Callable[[int, int | None], None]

_AT_ONCE = 4
_OLDEST_FIRST = {"asc": "created_at"}


class Reader:
    """Reads of one organization. ``priority`` is asked at every page: a read may become urgent on its way."""

    def __init__(self, client: Client, priority: PriorityNow = lambda: Priority.INTERACTIVE) -> None:
        self._client = client
        self._priority = priority
        self._base = f"/v3/organizations/{client.organization_uid}"

    async def account(self) -> Account:
        """Who the credential is."""
        document = await self._get("/v3/user", {"include_orgs_roles": "true"})
        found = account_of(document, self._client.organization_uid, self._client.credential.kind)
        if found is None:
            raise Unavailable("Contentstack's answer does not say who we are")
        return found

    async def organization(self) -> Organization:
        """The organization with its SSO switches and rates; the pacing learns the rates."""
        document = await self._get(self._base, {"include_plan": "true"})
        found = organization_of(document, self._client.organization_uid)
        if found is None:
            raise Unavailable("Contentstack's answer does not hold the organization")
        self._client.pacing.limits(reads=found.reads_per_second, writes=found.writes_per_second)
        return found

    async def roles(self) -> tuple[OrgRole, ...]:
        """The organization's roles."""
        found = await all_rows(self._fetch(f"{self._base}/roles", _OLDEST_FIRST), "roles")
        return tuple(map(role_of, _unique(rows(RoleRow, found))))

    async def teams(self, stacks: Sequence[StackRow]) -> tuple[Team, ...] | None:
        """The organization's teams; none where the plan has no teams, None where they cannot be read.

        Teams are a plan feature (CS §3.8): without it the endpoint is taken to answer 403 or 404.
        """
        try:
            found = await all_rows(self._fetch(f"{self._base}/teams"), "teams")
        except (NotPermitted, EndpointMissing):
            return ()
        except Rejected as refusal:
            return () if refusal.status == 404 else None  # noqa: PLR2004  the HTTP status itself
        except Unavailable:
            return None
        return tuple(team_of(row, stacks) for row in _unique(rows(TeamRow, found)))

    async def stack_rows(self) -> list[StackRow]:
        """The organization's stacks, without their roles."""
        found = await all_rows(self._fetch(f"{self._base}/stacks", _OLDEST_FIRST), "stacks")
        return _unique(rows(StackRow, found))

    async def stack(self, row: StackRow) -> Stack:
        """One stack with roles and holders; both None where the credential may not read it."""
        query = {"include_permissions": "false", "include_rules": "false"}
        found = await self._permitted(all_rows(self._fetch("/v3/roles", query, row.api_key), "roles"))
        return stack_of(row, None if found is None else _unique(rows(StackRoleRow, found)))

    async def stack_people(self, row: StackRow) -> Mapping[str, Person]:
        """Names of one stack's collaborators by account; nobody where the credential may not read them."""
        document = await self._permitted(self._get("/v3/stacks/users", {}, row.api_key))  # has no pages
        found = document.get("users") if document else None
        return {
            user.uid: person_of(user) for user in rows(StackUserRow, found if isinstance(found, list) else ())
        }

    async def each(self, read: Callable[[StackRow], Awaitable[T]], stacks: Sequence[StackRow]) -> list[T]:
        """Read something of each stack, a few stacks at a time."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(row: StackRow) -> T:
            async with gate:
                return await read(row)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(row)) for row in stacks]
        except ExceptionGroup as several:
            raise several.exceptions[0] from several
        return [task.result() for task in tasks]

    async def members(
        self, standing: Standing, on_progress: OnProgress, known: Directory | None = None
    ) -> tuple[tuple[Member, ...], int, bool]:
        """All members, the API's count of them, and whether both agree. Read once more where they do not.

        Whoever stands unchanged in ``known`` is taken from there, so that a refresh does not hold everybody
        twice in memory.
        """
        for _ in range(2):
            members, count = await self._members(standing, on_progress, known)
            if count == len(members):
                return members, count, True
        return members, count, False

    async def _members(
        self, standing: Standing, on_progress: OnProgress, known: Directory | None
    ) -> tuple[tuple[Member, ...], int]:
        found: dict[str, Member] = {}
        count: int | None = None
        query = {**_OLDEST_FIRST, "include_user_details": "true"}
        async for page in pages(self._fetch(f"{self._base}/share", query), "shares"):
            for row in rows(ShareRow, page.rows):
                found.setdefault(row.uid, _as_known(member_of(row, standing), known))
            count = page.count if page.count is not None else count
            on_progress(len(found), count)
        return tuple(found.values()), len(found) if count is None else count

    async def search(
        self, emails: Collection[str], standing: Standing, known: Directory | None = None
    ) -> tuple[Member, ...]:
        """The members with these e-mails; never asked with nobody, which could mean everybody (CS §3.2.2).

        Whoever stands unchanged in ``known`` is taken from there, as in :meth:`members`.
        """
        spellings = sorted(emails)
        if not spellings:
            raise ValueError("a search for nobody would find everybody")
        found: dict[str, Member] = {}
        for some in together(spellings, PAGE):
            for row in rows(ShareRow, await all_rows(self._search({"emails": some}), "shares")):
                found.setdefault(row.uid, _as_known(member_of(row, standing), known))
        return tuple(found.values())

    async def typeahead(self, text: str, limit: int, standing: Standing) -> tuple[Member, ...]:
        """The first members whose e-mail holds this text, as the API itself finds them."""
        query = {
            "typeahead": text,
            "limit": str(min(limit, PAGE)),
            "include_user_details": "true",
            **_OLDEST_FIRST,
        }
        document = await self._get(f"{self._base}/share", query)
        found = document.get("shares")
        shares = _unique(rows(ShareRow, found if isinstance(found, list) else ()))
        return tuple(member_of(row, standing) for row in shares)[:limit]

    def _search(self, body: Mapping[str, object]) -> Fetch:
        async def fetch(page: Mapping[str, str]) -> Mapping[str, object]:
            query = {**page, "include_user_details": "true"}
            ask = Ask("POST", f"{self._base}/share/search", query, body, harmless=True)
            return await self._client.read(ask, priority=self._priority())

        return fetch

    def _fetch(self, path: str, query: Mapping[str, str] | None = None, api_key: str = "") -> Fetch:
        async def fetch(page: Mapping[str, str]) -> Mapping[str, object]:
            return await self._get(path, {**page, **(query or {})}, api_key)

        return fetch

    async def _get(self, path: str, query: Mapping[str, str], api_key: str = "") -> Mapping[str, object]:
        ask = Ask("GET", path, query, api_key=api_key, harmless=True)
        return await self._client.read(ask, priority=self._priority())

    @staticmethod
    async def _permitted(read: Awaitable[T]) -> T | None:
        """What was read, or None where this one stack is closed to the credential (CS §3.1.6)."""
        try:
            return await read
        except (NotPermitted, EndpointMissing, Rejected):
            return None


def _as_known(member: Member, known: Directory | None) -> Member:
    """The member as he stands in memory already, unless something changed."""
    before = known.share(member.share_uid) if known else None
    return before if before is not None and before == member else member


def _unique(found: Sequence[Row]) -> list[Row]:
    """Rows without those that paging repeated."""
    return list({row.uid: row for row in reversed(found)}.values())[::-1]
