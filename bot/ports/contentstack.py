"""Contentstack as the house needs it: reads, one way to send, and what is available.

Errors (adapters raise these and nothing else; CS §6.4)::

    ContentstackError
    +- CredentialRefused      401/105: stop everything, hold the operation
    +- NotPermitted           403 or 401/161: the credential may not do this, or it is not enabled
    +- EndpointMissing        route unknown (404/405 without Contentstack's JSON)
    +- Rejected               400, 404, 409, 412, 422 about the request or the person; nothing happened
    +- RateLimited            429 until patience ran out; nothing happened
    +- Unavailable            could not be reached before anything was sent; nothing happened
    +- OutcomeUnknown         a write was sent and its answer lost, or 5xx; it may have happened
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.actions import ActionKey, Capability
from bot.domain.members import Directory, Member, OrgRole, Stack
from bot.domain.requests import Request


class ContentstackError(Exception):
    """Base of all that can go wrong at Contentstack; ``detail`` is text from outside, not yet escaped.

    ``request_id`` is Contentstack's ``X-REQUEST-ID`` where it sent one: its support asks for it (CS §1.2).
    """

    def __init__(
        self, detail: str = "", *, status: int | None = None, code: int | None = None, request_id: str = ""
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.code = code
        self.request_id = request_id


class CredentialRefused(ContentstackError):
    """The bot's own credential is no longer accepted."""


class NotPermitted(ContentstackError):
    """The credential may not do this, or the action is not enabled for the organization."""


class EndpointMissing(ContentstackError):
    """The endpoint does not exist in this organization."""


class Rejected(ContentstackError):
    """Contentstack refused this request; nothing happened."""


class RateLimited(ContentstackError):
    """Contentstack asked to slow down for longer than we waited; nothing happened."""


class Unavailable(ContentstackError):
    """Contentstack could not be reached; nothing was sent."""


class OutcomeUnknown(ContentstackError):
    """A write was sent and no trustworthy answer came; it may have happened."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who the bot's credential is (CS §1.5); ``may_manage`` is owner or a role with ``admin: true``."""

    user_uid: str
    email: str
    kind: str
    """Credential kind: ``authtoken`` or ``oauth``."""
    may_manage: bool
    is_owner: bool = False


@dataclass(frozen=True, slots=True)
class Bearer:
    """Somebody's own OAuth access token: one request is made in his name and not in the bot's."""

    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer to a write.

    ``skipped`` and ``failed`` hold what the API said of single people, keyed by share uid; everybody
    else was accepted. ``confirmed`` are share uids that the answer itself names as changed.
    """

    status: int
    notice: str = ""
    request_id: str = ""
    skipped: Mapping[str, str] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hits:
    """Members that match what was typed, the best first, and how many match in all."""

    members: tuple[Member, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Loading:
    """How far the first read of the directory has come."""

    read: int
    expected: int | None


class Contentstack(Protocol):
    """One organization at Contentstack, with one credential."""

    async def account(self, *, max_age: float = 0.0) -> Account:
        """Who we are, read again if older than ``max_age`` seconds (0 = now) or of another credential."""

    async def directory(self, *, max_age: float) -> Directory:
        """The whole directory, read again if older than ``max_age`` seconds (0 = read now)."""

    def cached(self) -> Directory | None:
        """The directory in memory, or None while the first load runs."""

    def loading(self) -> Loading | None:
        """Progress of the first load, or None when a directory is in memory."""

    async def members(self, emails: Collection[str]) -> tuple[Member, ...]:
        """Read these people now (``share/search``); missing ones are missing. Never called with nobody."""

    async def typeahead(self, text: str, limit: int) -> tuple[Member, ...]:
        """Ask the API itself for e-mails that match, while no directory is in memory."""

    def search(self, text: str, limit: int) -> Hits | None:
        """Search the directory in memory by e-mail and name; None while the first load runs."""

    async def roles(self) -> tuple[OrgRole, ...]:
        """Read the organization's roles now."""

    async def stacks(self, uids: Sequence[str] | None = None) -> tuple[Stack, ...]:
        """Read roles and holders of these stacks, or of all, now; None in both where it cannot be read."""

    async def send(self, request: Request, *, action: ActionKey, bearer: Bearer | None = None) -> Answer:
        """Make one write, as whose token is handed in or else as the bot; raises the tree above."""

    def capability(self, action: ActionKey) -> Capability:
        """Whether and how this action can be carried out here, from settings and what was seen so far."""

    def renew(self) -> None:
        """Take the credential again from where it is kept: it may have been replaced meanwhile."""

    async def close(self) -> None:
        """Close connections and background work."""
