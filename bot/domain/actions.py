"""The closed set of actions and what each may ask of the requester (design §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ActionKey(StrEnum):
    """One kind of bulk operation; the names stand in plans, policies, templates and the audit."""

    REMOVE = "remove"
    ORG_ROLE = "org_role"
    STACK_ACCESS = "stack_access"
    PASSWORD_RESET = "password_reset"  # noqa: S105  an action's name, not a password
    MFA_RESET = "mfa_reset"
    KILL_SESSIONS = "kill_sessions"
    UNLOCK = "unlock"
    REINVITE = "reinvite"


INVERSES_ONLY = frozenset({ActionKey.REINVITE})
"""Actions that exist to undo others and cannot be asked for (design §2)."""

OFFERED = tuple(key for key in ActionKey if key not in INVERSES_ONLY)
"""The seven actions of the picker, in its order."""


class FieldKind(StrEnum):
    """What an action may ask for besides people, reason and channel."""

    ORG_ROLES = "org_roles"
    STACK_ROLES = "stack_roles"


class Observes(StrEnum):
    """How much of a person an action must read before it may run (design §4, drift)."""

    SHARE = "share"
    CHOSEN_STACKS = "chosen_stacks"
    ALL_STACKS = "all_stacks"


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the requester chose for everybody in the plan."""

    org_roles: tuple[str, ...] = ()
    stacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Stack uid -> stack role uids."""

    def document(self) -> dict[str, object]:
        """The value as canonical JSON holds it."""
        return {
            "org_roles": sorted(self.org_roles),
            "stacks": {uid: sorted(roles) for uid, roles in sorted(self.stacks.items())},
        }


class Readiness(StrEnum):
    """Whether an action can be run in this organization (design §5, doctor)."""

    READY = "ready"
    UNVERIFIED = "unverified"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Capability:
    """How an action would be carried out here and how sure that is.

    ``via`` is ``"documented"``, ``"template"``, ``"substitute"`` (the reset e-mail) or ``""``;
    ``batch`` is how many people one call may carry.
    """

    action: ActionKey
    readiness: Readiness
    why: str
    via: str = ""
    batch: int = 1
