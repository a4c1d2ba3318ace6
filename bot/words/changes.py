"""Before -> after of a person, and what a whole plan costs. Plain text (see escape)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.domain.consequences import Consequences
from bot.domain.members import Access, Status
from bot.domain.plan import Line
from bot.words.counting import count, listed, people, verb

Names = Mapping[str, str]
"""Uid -> name of organization roles, stacks and stack roles (Operation.names)."""

ARROW = "→"
UNKNOWN = "unknown"


def changes(line: Line, names: Names) -> tuple[str, ...]:
    """What changes for one person, a phrase each; nothing for actions that change no access."""
    if line.before.status is not None and line.after.status is None:
        return _leaves(line.before, names)
    return (*_org_roles(line, names), *_stacks(line, names))


def change(line: Line, names: Names) -> str:
    """The same as one text: ``gains Admin; loses Member; Docs: Editor → Developer``."""
    return "; ".join(changes(line, names))


def since(before: Access, now: Access, names: Names) -> tuple[str, ...]:
    """What became of somebody who is no longer as the plan saw him: old → new, a phrase each."""
    return (
        *_status_since(before, now),
        *_roles_since(before, now, names),
        *_stacks_since(before, now, names),
    )


def _status_since(before: Access, now: Access) -> Iterable[str]:
    if before.status != now.status and before.status is not None and now.status is not None:
        yield f"invitation: {before.status.value} {ARROW} {now.status.value}"


def _roles_since(before: Access, now: Access, names: Names) -> Iterable[str]:
    if set(before.org_roles) != set(now.org_roles):
        old, new = (_named(held, names) or "none" for held in (before.org_roles, now.org_roles))
        yield f"organization roles: {old} {ARROW} {new}"


def _stacks_since(before: Access, now: Access, names: Names) -> Iterable[str]:
    for uid in sorted(now.stacks, key=lambda uid: names.get(uid, uid)):
        old, new = before.stacks.get(uid, ()), now.stacks[uid]
        if old is not None and new is not None and old != new:
            yield f"{names.get(uid, uid)}: {_roles(old, names)} {ARROW} {_roles(new, names)}"


def _leaves(before: Access, names: Names) -> tuple[str, ...]:
    pending = before.status is Status.PENDING
    phrases = ["invitation is cancelled" if pending else "leaves the organization"]
    if before.org_roles:
        phrases.append(f"loses {_named(before.org_roles, names)}")
    held = [uid for uid, roles in before.stacks.items() if roles]
    if held:
        phrases.append(f"loses {count(len(held), 'stack')}: {_named(held, names)}")
    unread = [uid for uid, roles in before.stacks.items() if roles is None]
    if unread:
        phrases.append(f"access {UNKNOWN} in {_named(unread, names)}")
    return tuple(phrases)


def _org_roles(line: Line, names: Names) -> Iterable[str]:
    before, after = set(line.before.org_roles), set(line.after.org_roles)
    if after - before:
        yield f"gains {_named(after - before, names)}"
    if before - after:
        yield f"loses {_named(before - after, names)}"


def _stacks(line: Line, names: Names) -> Iterable[str]:
    for uid in sorted(line.after.stacks, key=lambda uid: names.get(uid, uid)):
        before, after = line.before.stacks.get(uid, ()), line.after.stacks[uid]
        if before != after:
            yield f"{names.get(uid, uid)}: {_roles(before, names)} {ARROW} {_roles(after, names)}"


def _roles(held: tuple[str, ...] | None, names: Names) -> str:
    if held is None:
        return UNKNOWN
    return _named(held, names) if held else "no access"


def _named(uids: Iterable[str], names: Names) -> str:
    return listed(sorted(names.get(uid, uid) for uid in uids), most=20)


def consequences(cost: Consequences) -> tuple[str, ...]:
    """What the plan costs, one sentence each, without a full stop; nothing for a plan that costs nothing."""
    return (*_admins(cost), *_losses(cost), *_keepers(cost))


def _admins(cost: Consequences) -> Iterable[str]:
    if cost.admins:
        yield f"{people(cost.admins)} {verb(cost.admins, 'is an admin', 'are admins')}"
    if cost.admins_unknown:
        unknown = cost.admins_unknown
        yield f"{people(unknown)} may be {verb(unknown, 'an admin', 'admins')}: this could not be read"
    if cost.become_admin:
        become = cost.become_admin
        yield f"{people(become)} {verb(become, 'becomes an admin', 'become admins')}"


def _losses(cost: Consequences) -> Iterable[str]:
    if cost.losing_stacks:
        losing = cost.losing_stacks
        yield f"{people(losing)} {verb(losing, 'loses', 'lose')} {count(cost.stacks_lost, 'stack')}"
    if cost.org_roles_lost:
        yield f"Organization roles lost: {listed(cost.org_roles_lost)}"


def _keepers(cost: Consequences) -> Iterable[str]:
    only = cost.only_admin_of
    if only:
        yield f"{listed(only)} {verb(len(only), 'is', 'are')} left without an admin"
    if cost.owner_of:
        yield f"The owner of {listed(cost.owner_of)} leaves: transfer ownership first"
    if cost.stacks_unreadable:
        unread = cost.stacks_unreadable
        yield f"Not counted, because {verb(len(unread), 'it', 'they')} could not be read: {listed(unread)}"
