"""People of one organization as last read, and what each of them can reach (design §2).

A *share* is one membership or invitation; ``share_uid`` addresses it, ``user_uid`` addresses the
account behind it and is absent for somebody invited who has no account yet (CS §2, trap 1).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from sys import intern
from typing import Any, TypeVar

T = TypeVar("T", bound=Hashable)


class Known(StrEnum):
    """A fact that the API may simply not tell."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """State of a share; anything that Contentstack adds later is ``UNKNOWN`` (CS §2, trap 5)."""

    ACCEPTED = "accepted"
    PENDING = "pending"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Member:
    """One share of the organization.

    Times are Contentstack's own RFC 3339 text. ``last_login_at`` is None where the API does not tell
    and ``""`` where it tells that there was none (CS §3.2.1).
    """

    share_uid: str
    user_uid: str | None
    email: str
    role_uids: tuple[str, ...] = ()
    status: Status = Status.UNKNOWN
    is_owner: bool = False
    admin: Known = Known.UNKNOWN
    first_name: str = ""
    last_name: str = ""
    invited_by: str = ""
    invited_at: str = ""
    created_at: str = ""
    updated_at: str = ""
    last_login_at: str | None = None
    second_factor: Known = Known.UNKNOWN
    without_sso: Known = Known.UNKNOWN
    idp_user: Known = Known.UNKNOWN

    @property
    def name(self) -> str:
        """First and last name, or an empty string where neither is known."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class OrgRole:
    """A role of the organization (CS §3.1.3); ``admin`` is Contentstack's own flag, not the name."""

    uid: str
    name: str
    admin: bool = False


@dataclass(frozen=True, slots=True)
class StackRole:
    """A role inside one stack (CS §3.1.5)."""

    uid: str
    name: str

    @property
    def admin(self) -> bool:
        """Whether this is the stack's built-in admin role, which Contentstack marks by name alone."""
        return self.name.casefold() == "admin"


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack with its roles and who holds them; both are None where the credential may not read it."""

    uid: str
    name: str
    api_key: str
    owner_uid: str | None = None
    roles: tuple[StackRole, ...] | None = None
    holders: Mapping[str, tuple[str, ...]] | None = None
    """User uid -> role uids held in this stack, sorted."""

    def held_by(self, user_uid: str | None) -> tuple[str, ...] | None:
        """Role uids of one account here; empty for none, None where the stack could not be read."""
        if self.holders is None:
            return None
        return self.holders.get(user_uid or "", ())

    def admins(self) -> frozenset[str]:
        """Accounts that hold the admin role of this stack, the stack's owner included."""
        admin_roles = {role.uid for role in self.roles or () if role.admin}
        holding = {uid for uid, held in (self.holders or {}).items() if admin_roles.intersection(held)}
        return frozenset(holding | ({self.owner_uid} if self.owner_uid else set()))


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """The organization's SSO switches (CS §3.1.1, §4.4)."""

    enabled: bool = False
    strict: bool = False
    role_mapping: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """A team whose roles add to those of its members (CS §3.8)."""

    uid: str
    name: str
    users: frozenset[str]
    org_roles: tuple[str, ...] = ()
    stacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Organization:
    """The organization's own facts; the rates are requests per second from its plan (CS §3.1.2)."""

    uid: str
    name: str
    owner_uid: str = ""
    sso: SingleSignOn = SingleSignOn()
    reads_per_second: int = 10
    writes_per_second: int = 10
    seats: int | None = None


@dataclass(frozen=True)
class Directory:
    """Everything read of one organization, with the time it was read.

    ``expected`` is the API's own count; ``complete`` says that the members were paged to the end and
    their number agrees with it. ``teams`` is None where teams could not be read.
    """

    organization: Organization
    members: tuple[Member, ...]
    roles: tuple[OrgRole, ...]
    stacks: tuple[Stack, ...]
    read_at: datetime
    teams: tuple[Team, ...] | None = None
    expected: int = 0
    complete: bool = True

    @cached_property
    def _by_email(self) -> Mapping[str, Member]:
        """The first share of each e-mail; hardly any has a second one, and 50,000 tuples would cost 5 MB."""
        found: dict[str, Member] = {}
        for member in self.members:
            folded = member.email.casefold()
            found.setdefault(member.email if folded == member.email else folded, member)
        return found

    @cached_property
    def _more_by_email(self) -> Mapping[str, tuple[Member, ...]]:
        """All shares of the e-mails that have several."""
        found: dict[str, tuple[Member, ...]] = {}
        for member in self.members:
            folded = member.email.casefold()
            first = self._by_email[folded]
            if first is not member:
                found[folded] = (*found.get(folded, (first,)), member)
        return found

    @cached_property
    def _by_share(self) -> Mapping[str, Member]:
        return {member.share_uid: member for member in self.members}

    @cached_property
    def _by_account(self) -> Mapping[str, Member]:
        return {member.user_uid: member for member in self.members if member.user_uid}

    @cached_property
    def _by_role(self) -> Mapping[str, OrgRole]:
        return {role.uid: role for role in self.roles}

    def account(self, user_uid: str) -> Member | None:
        """The member behind this account, or None where he is not in the organization."""
        return self._by_account.get(user_uid)

    def with_email(self, email: str) -> tuple[Member, ...]:
        """Every share with this e-mail, compared without regard to case."""
        folded = email.strip().casefold()
        first = self._by_email.get(folded)
        return self._more_by_email.get(folded, (first,)) if first is not None else ()

    def share(self, share_uid: str) -> Member | None:
        """The share with this uid, or None where it is gone."""
        return self._by_share.get(share_uid)

    def role(self, uid: str) -> OrgRole | None:
        """The organization role with this uid, or None where it vanished."""
        return self._by_role.get(uid)

    def stack(self, uid: str) -> Stack | None:
        """The stack with this uid, or None where it vanished."""
        return next((stack for stack in self.stacks if stack.uid == uid), None)

    def teams_of(self, user_uid: str | None) -> tuple[Team, ...]:
        """Teams that this account belongs to, as far as teams could be read."""
        return tuple(team for team in self.teams or () if user_uid and user_uid in team.users)


@dataclass(frozen=True, slots=True)
class Access:
    """What one person can reach, as far as it was observed; the *before* and *after* of a line.

    ``status`` is None for somebody who is not in the organization. ``stacks`` holds only the stacks
    that were looked at: stack uid -> role uids, empty for no access, None where it could not be read.
    """

    status: Status | None
    org_roles: tuple[str, ...] = ()
    stacks: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        """The value as canonical JSON holds it: strings, lists and objects only."""
        return {
            "status": self.status.value if self.status else "absent",
            "org_roles": sorted(self.org_roles),
            "stacks": {
                uid: "unknown" if held is None else sorted(held) for uid, held in sorted(self.stacks.items())
            },
        }

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Access:
        """Rebuild the value from :meth:`document`."""
        return cls(
            status=None if document["status"] == "absent" else Status(document["status"]),
            org_roles=tuple(document["org_roles"]),
            stacks={
                intern(uid): None if held == "unknown" else tuple(held)
                for uid, held in document["stacks"].items()
            },
        )

    @property
    def fully_known(self) -> bool:
        """Whether every stack that was looked at could be read."""
        return all(held is not None for held in self.stacks.values())


NOBODY = Access(status=None)
"""The access of somebody who is not in the organization."""


class Shared:
    """What is equal as one value: 10,000 people have some dozens of different accesses among them."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._known: dict[object, Any] = {}

    def same(self, value: T) -> T:
        """The value, or the first one that was equal to it."""
        known: T = self._known.setdefault(value, value)
        return known

    def access(self, access: Access) -> Access:
        """The same of an access, whose stacks are a mapping."""
        key = (access.status, access.org_roles, tuple(access.stacks.items()))
        known: Access = self._known.setdefault(key, access)
        return known


def access_of(member: Member | None, stacks: Iterable[Stack]) -> Access:
    """Observe one member over the given stacks; somebody who is gone has no access at all."""
    if member is None:
        return NOBODY
    return Access(
        status=member.status,
        org_roles=tuple(sorted(member.role_uids)),
        stacks={stack.uid: stack.held_by(member.user_uid) for stack in stacks},
    )
