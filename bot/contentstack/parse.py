"""From API bodies to the domain's values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from sys import intern
from typing import TypeVar

from pydantic import ValidationError

from bot.contentstack.bodies import (
    AccountRow,
    Body,
    FeatureRow,
    OrganizationRow,
    RoleRow,
    ShareRow,
    StackRoleRow,
    StackRow,
    StackUserRow,
    TeamRow,
)
from bot.contentstack.pacing import DEFAULT_LIMIT
from bot.domain.members import (
    Known,
    Member,
    Organization,
    OrgRole,
    SingleSignOn,
    Stack,
    StackRole,
    Status,
    Team,
)
from bot.ports.contentstack import Account

Row = TypeVar("Row", bound=Body)


@dataclass(frozen=True, slots=True)
class Person:
    """What the users of the stacks tell about an account (CS §3.1.5)."""

    first_name: str = ""
    last_name: str = ""
    idp_user: Known = Known.UNKNOWN


@dataclass(frozen=True)
class Standing:
    """What else is needed to say who a member is: roles, teams, owner, and names known from stacks.

    ``teams`` is None where they could not be read; an organization without teams has none, not None.
    """

    roles: Sequence[OrgRole] = ()
    teams: Sequence[Team] | None = ()
    owner_uid: str = ""
    people: Mapping[str, Person] = field(default_factory=dict)

    @cached_property
    def _held(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        return {}

    def same(self, role_uids: tuple[str, ...]) -> tuple[str, ...]:
        """These roles as the tuple that others who hold the same have: there are few among thousands."""
        return self._held.setdefault(role_uids, role_uids)

    @cached_property
    def _flags(self) -> Mapping[str, bool]:
        return {role.uid: role.admin for role in self.roles}

    def admin(self, user_uid: str | None, role_uids: Iterable[str]) -> Known:
        """Whether a role of his own or of a team of his carries Contentstack's ``admin`` flag.

        Unknown when a role is not among the organization's roles, or when an account's teams could not be
        read. Somebody without an account is in no team. The owner has no ordinary role (CS §2, trap 4):
        he is told by ``is_owner``, not here.
        """
        flags = self._flags
        teams = [team for team in self.teams or () if user_uid and user_uid in team.users]
        held = [*role_uids, *(uid for team in teams for uid in team.org_roles)]
        if any(flags.get(uid, False) for uid in held):
            return Known.YES
        if any(uid not in flags for uid in held) or (user_uid and self.teams is None):
            return Known.UNKNOWN
        return Known.NO


def rows(model: type[Row], raw: Iterable[object]) -> list[Row]:
    """Every row that is one; what cannot be read is left out, and shows as missing in the count."""
    found = []
    for item in raw:
        row = row_of(model, item)
        if row is not None:
            found.append(row)
    return found


def row_of(model: type[Row], raw: object) -> Row | None:
    """One row, or None where it is not one."""
    try:
        return model.model_validate(raw)
    except ValidationError:
        return None


def member_of(row: ShareRow, standing: Standing) -> Member:
    """One member; texts that repeat among thousands of members are kept once."""
    person = standing.people.get(row.user_uid or "", Person())
    details = row.details
    first, last = row.first_name, row.last_name
    if details is not None and not (first or last):
        first, last = details.first_name, details.last_name
    if not (first or last):
        first, last = person.first_name, person.last_name
    created = row.created_at
    return Member(
        share_uid=row.uid,
        user_uid=row.user_uid,
        email=row.email,
        role_uids=standing.same(tuple(map(intern, row.org_roles))),
        status=Status(row.status) if row.status in set(Status) else Status.UNKNOWN,
        is_owner=row.is_owner is True or (row.user_uid is not None and row.user_uid == standing.owner_uid),
        admin=standing.admin(row.user_uid, row.org_roles),
        first_name=intern(first),
        last_name=intern(last),
        invited_by=intern(row.invited_by),
        invited_at=_once(row.invited_at, created),
        created_at=created,
        updated_at=_once(row.updated_at, created),
        last_login_at=_last_login(row),
        second_factor=_second_factor(row),
        without_sso=_known(row.access_without_sso),
        idp_user=_idp_user(row, person),
    )


def _once(time: str, other: str) -> str:
    """A time that most often is another one, too: then the same text, so that it is in memory once."""
    return other if time == other else time


def _last_login(row: ShareRow) -> str | None:
    told, value = row.told("last_login_at")
    if not told:
        return None
    return value if isinstance(value, str) else ""


def _second_factor(row: ShareRow) -> Known:
    told, value = row.told("tfa_status")
    if not told:
        return Known.UNKNOWN
    return Known.YES if value == "verified" else Known.NO


def _idp_user(row: ShareRow, person: Person) -> Known:
    for holder in (row, row.details):
        if holder is not None and isinstance(holder.metadata.get("idp_user"), bool):
            return _known(holder.metadata["idp_user"])
    return person.idp_user


def _known(flag: bool | None) -> Known:  # noqa: FBT001  the API's own three-valued flag
    if flag is None:
        return Known.UNKNOWN
    return Known.YES if flag else Known.NO


def person_of(row: StackUserRow) -> Person:
    """Name and origin of a stack's collaborator."""
    flag = row.metadata.get("idp_user")
    return Person(row.first_name, row.last_name, _known(flag if isinstance(flag, bool) else None))


def role_of(row: RoleRow) -> OrgRole:
    """One organization role."""
    return OrgRole(row.uid, row.name, admin=row.admin is True)


def stack_of(row: StackRow, roles: Sequence[StackRoleRow] | None) -> Stack:
    """One stack; ``roles`` is None where the credential may not read them."""
    holders: dict[str, list[str]] | None = None
    if roles is not None:
        holders = {}
        for role in roles:
            for user_uid in role.users:
                holders.setdefault(user_uid, []).append(role.uid)
    return Stack(
        uid=row.uid,
        name=row.name or row.uid,
        api_key=row.api_key,
        owner_uid=row.owner_uid or None,
        roles=None if roles is None else tuple(StackRole(role.uid, role.name) for role in roles),
        holders=None if holders is None else {uid: tuple(sorted(held)) for uid, held in holders.items()},
    )


def team_of(row: TeamRow, stacks: Iterable[StackRow]) -> Team:
    """One team; its stacks come as api keys and leave as stack uids."""
    keys = {mapping.get("stackApiKey") for mapping in row.mappings}
    return Team(
        uid=row.uid,
        name=row.name,
        users=frozenset(row.users),
        org_roles=row.org_roles,
        stacks=tuple(stack.uid for stack in stacks if stack.api_key and stack.api_key in keys),
    )


def organization_of(document: Mapping[str, object], uid: str) -> Organization | None:
    """The organization from either documented shape (CS §2, trap 8); None where it is in neither."""
    several = document.get("organizations")
    one = document.get("organization")
    candidates = several if isinstance(several, list) else [several]
    found = [row for row in rows(OrganizationRow, [one, *candidates]) if row.uid == uid]
    if not found:
        return None
    row = found[0]
    features = row.plan.get("features")
    limits = {
        item.uid: item.limit for item in rows(FeatureRow, features if isinstance(features, list) else [])
    }
    return Organization(
        uid=row.uid,
        name=row.name or row.uid,
        owner_uid=row.owner_uid,
        sso=_sso(row.settings.get("sso")),
        reads_per_second=limits.get("getLimit") or DEFAULT_LIMIT,
        writes_per_second=limits.get("limit") or DEFAULT_LIMIT,
        seats=limits.get("users"),
    )


def _sso(raw: object) -> SingleSignOn:
    """The SSO switches of all connections together: one strict connection makes all strict (CS §4.4).

    Since September 2026 an organization may have several connections; whether they come as a list is not
    known, so a list is read as well (CS §3.1.1).
    """
    connections = [item for item in (raw if isinstance(raw, list) else [raw]) if isinstance(item, Mapping)]
    mapping = [item.get("sso_roles") for item in connections]
    return SingleSignOn(
        enabled=any(item.get("id") or item.get("saml") for item in connections),
        strict=any(item.get("strict") is True for item in connections),
        role_mapping=any(isinstance(item, Mapping) and item.get("enabled") is True for item in mapping),
    )


def account_of(document: Mapping[str, object], organization_uid: str, kind: str) -> Account | None:
    """Who the credential is (CS §1.5); None where the answer is not a profile."""
    row = row_of(AccountRow, document.get("user"))
    if row is None:
        return None
    nowhere: dict[str, object] = {}
    here = next((item for item in row.organizations if item.get("uid") == organization_uid), nowhere)
    is_owner = here.get("is_owner") is True
    roles = here.get("org_roles")
    admin = any(role.admin is True for role in rows(RoleRow, roles if isinstance(roles, list) else []))
    return Account(row.uid, row.email, kind, may_manage=is_owner or admin, is_owner=is_owner)
