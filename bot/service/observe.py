"""Read people and stacks now, just before something is decided or done about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.domain.actions import Observes
from bot.domain.members import Access, Directory, Stack, access_of
from bot.service.house import House

DIRECTORY_AGE = 60.0
"""Seconds: how old the rest of the directory (other members, role names) may be meanwhile."""


async def observe(
    house: House,
    emails: Collection[str],
    observes: Observes,
    chosen: Collection[str],
    *,
    max_age: float = DIRECTORY_AGE,
) -> Directory:
    """The directory with these people and the stacks concerned read this moment.

    People and stacks that are gone are gone from the result. Raises the tree of ports.contentstack.
    """
    directory = await house.contentstack.directory(max_age=max_age)
    found = await house.contentstack.members(emails) if emails else ()
    fresh = {member.share_uid: member for member in found}
    asked = {member.share_uid for email in emails for member in directory.with_email(email)}
    others = (one for one in directory.members if one.share_uid not in asked and one.share_uid not in fresh)
    uids = _stacks_to_read(directory, observes, chosen)
    stacks: Mapping[str, Stack] = {}
    if uids:
        stacks = {stack.uid: stack for stack in await house.contentstack.stacks(uids)}
    return replace(
        directory,
        members=(*others, *fresh.values()),
        stacks=tuple(
            stacks.get(stack.uid, stack)
            for stack in directory.stacks
            if stack.uid in stacks or stack.uid not in uids
        ),
    )


def _stacks_to_read(directory: Directory, observes: Observes, chosen: Collection[str]) -> tuple[str, ...]:
    match observes:
        case Observes.SHARE:
            return ()
        case Observes.CHOSEN_STACKS:
            return tuple(stack.uid for stack in directory.stacks if stack.uid in chosen)
        case Observes.ALL_STACKS:
            return tuple(stack.uid for stack in directory.stacks)


def access(directory: Directory, share_uid: str, observes: Observes, chosen: Collection[str]) -> Access:
    """One person's access over exactly the stacks that the action observes."""
    uids = set(_stacks_to_read(directory, observes, chosen))
    return access_of(directory.share(share_uid), (stack for stack in directory.stacks if stack.uid in uids))
