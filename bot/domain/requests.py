"""Requests to Contentstack, one closed type, so that what is recorded as intent is exactly what is sent.

``lines`` of a call say for whom a request is made; the request itself carries what Contentstack needs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from bot.domain.actions import ActionKey


@dataclass(frozen=True, slots=True)
class Target:
    """One person as templates and calls address him (CS §3.6.2): the account uid may be absent."""

    share_uid: str
    user_uid: str | None
    email: str


@dataclass(frozen=True, slots=True)
class RemoveShares:
    """``DELETE /organizations/{org}/share`` (CS §3.4)."""

    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class SetStackRoles:
    """``POST /stacks/users/roles``: replaces the roles of members of one stack (CS §3.7)."""

    stack_uid: str
    targets: tuple[Target, ...]
    roles: Mapping[str, tuple[str, ...]]
    """Share uid -> role uids."""


@dataclass(frozen=True, slots=True)
class ShareStack:
    """``POST /stacks/share``: gives a stack to people who are not in it yet (CS §3.7)."""

    stack_uid: str
    targets: tuple[Target, ...]
    roles: Mapping[str, tuple[str, ...]]
    """Share uid -> role uids."""


@dataclass(frozen=True, slots=True)
class UnshareStack:
    """``POST /stacks/unshare``: takes one stack from one person (CS §3.7)."""

    stack_uid: str
    target: Target

    @property
    def targets(self) -> tuple[Target, ...]:
        """The one person, in the shape that all requests share."""
        return (self.target,)


@dataclass(frozen=True, slots=True)
class SendPasswordReset:
    """``POST /user/forgot_password``: the documented substitute, a mail and no force (CS §3.6.3)."""

    target: Target

    @property
    def targets(self) -> tuple[Target, ...]:
        """The one person, in the shape that all requests share."""
        return (self.target,)


@dataclass(frozen=True, slots=True)
class Invite:
    """``POST /organizations/{org}/share``: invites one person again with roles and stacks (CS §3.3)."""

    target: Target
    org_roles: tuple[str, ...]
    stacks: Mapping[str, tuple[str, ...]]
    """Stack uid -> role uids."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """The one person, in the shape that all requests share."""
        return (self.target,)


@dataclass(frozen=True, slots=True)
class FromTemplate:
    """A call that Contentstack does not publish, made from the settings' endpoint template (CS §3.6.2)."""

    action: ActionKey
    targets: tuple[Target, ...]
    org_roles: tuple[str, ...] = ()


Request = RemoveShares | SetStackRoles | ShareStack | UnshareStack | SendPasswordReset | Invite | FromTemplate


def narrowed(request: Request, share_uids: Collection[str]) -> Request:
    """The same request for some of its people; one that carries a single person stays as it is."""
    match request:
        case RemoveShares() | SetStackRoles() | ShareStack() | FromTemplate():
            return replace(
                request, targets=tuple(one for one in request.targets if one.share_uid in share_uids)
            )
        case UnshareStack() | SendPasswordReset() | Invite():
            return request
        case _:
            assert_never(request)
