"""What the simulated Contentstack really did to whom, read from its journal and its state."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bot.domain.actions import ActionKey
from bot.domain.operation import Operation
from bot.domain.plan import Line
from bot.sandbox.contentstack import seed
from crash.site import Site

Effect = tuple[str, str, tuple[str, ...]]
"""Kind of call, e-mail or account uid of the person, and the roles that it carried."""

NOT_REPEATABLE = frozenset(
    {"stack_share", "reinvite", "password_reset", "mfa_reset", "kill_sessions", "unlock"},
)
"""Calls that must not be made twice for one person; the others do the same again."""

_ACTION = re.compile(r"^/__sim__/.*/actions/(\w+)$")
_ORG_ROLE = re.compile(r"^/v4/.*/share/(\w+)$")


def committed(one: Site) -> Counter[Effect]:
    """Effect -> how often it was asked for and carried out."""
    found: Counter[Effect] = Counter()
    for entry in one.contentstack.journal.entries:
        if entry.committed and entry.method != "GET":
            found.update(_effects(entry.method, entry.path, entry.body or {}))
    return found


def writes(one: Site) -> int:
    """Calls that were carried out."""
    return sum(
        entry.committed and any(True for _ in _effects(entry.method, entry.path, entry.body or {}))
        for entry in one.contentstack.journal.entries
    )


def _effects(method: str, path: str, body: Any) -> Iterator[Effect]:
    action, role = _ACTION.match(path), _ORG_ROLE.match(path)
    if action:
        yield from ((action[1], uid, ()) for uid in body["user_uids"])
    elif method == "PATCH" and role:
        yield ("org_role", role[1], _sorted(body["org_roles"]))
    elif method == "DELETE" and path.endswith("/share"):
        yield from (("remove", email.casefold(), ()) for email in body["emails"])
    elif path.endswith("/stacks/users/roles"):
        yield from (("stack_roles", uid, _sorted(roles)) for uid, roles in body["users"].items())
    elif path.endswith("/stacks/share"):
        yield from (
            ("stack_share", email.casefold(), _sorted(roles)) for email, roles in body["roles"].items()
        )
    elif path.endswith("/stacks/unshare"):
        yield ("stack_unshare", body["email"].casefold(), ())
    elif path.startswith("/v3/organizations/") and path.endswith("/share"):
        yield from (("reinvite", email.casefold(), ()) for email in body["share"]["users"])


def _sorted(roles: Any) -> tuple[str, ...]:
    return tuple(sorted(roles))


def asked_by(operation: Operation, line: Line, email: str) -> set[Effect]:
    """Any of these shows that a line's call was carried out."""
    email, uid = email.casefold(), line.user_uid or ""
    match operation.plan.action:
        case ActionKey.REMOVE:
            return {("remove", email, ())}
        case ActionKey.REINVITE:
            return {("reinvite", email, ())}
        case ActionKey.ORG_ROLE:
            return {("org_role", uid, _sorted(line.after.org_roles))}
        case ActionKey.STACK_ACCESS:
            [roles] = [_sorted(line.after.stacks[stack] or ()) for stack in operation.plan.parameters.stacks]
            if not roles:
                return {("stack_unshare", email, ()), ("stack_roles", uid, ())}
            return {("stack_roles", uid, roles), ("stack_share", email, roles)}
        case action:
            return {(action.value, uid, ())}


def stands(one: Site, operation: Operation, line: Line, email: str) -> bool:
    """Whether the state is as the line wanted it; only for what can be read back."""
    share = one.organization.by_email.get(email.casefold())
    match operation.plan.action:
        case ActionKey.REMOVE:
            return share is None
        case ActionKey.REINVITE:
            return share is not None
        case ActionKey.ORG_ROLE:
            return share is not None and set(share.org_roles) == set(line.after.org_roles)
        case ActionKey.STACK_ACCESS:
            held = one.contentstack.state.stacks[seed.SHOP].users.get(line.user_uid or "", [])
            [after] = [line.after.stacks[stack] or () for stack in operation.plan.parameters.stacks]
            return set(held) == set(after)
        case _:
            return True
