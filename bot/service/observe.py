"""Read people and stacks now, just before something is decided or done about them."""

from __future__ import annotations

import math
from collections.abc import Collection
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
    seen = await _seen(house, directory, emails, observes, chosen)
    fresh = {member.share_uid for member in seen.members}
    asked = {member.share_uid for email in emails for member in directory.with_email(email)}
    others = (one for one in directory.members if one.share_uid not in asked and one.share_uid not in fresh)
    return replace(seen, members=(*others, *seen.members))


async def observe_alone(
    house: House, emails: Collection[str], observes: Observes, chosen: Collection[str]
) -> Directory:
    """The same with nobody else in it, beside roles and stacks of any age: what a batch looks at.

    A run would otherwise read a large organization again all the time, and copy it twice a batch.
    """
    directory = await house.contentstack.directory(max_age=math.inf)
    return await _seen(house, directory, emails, observes, chosen)


async def _seen(
    house: House,
    directory: Directory,
    emails: Collection[str],
    observes: Observes,
    chosen: Collection[str],
) -> Directory:
    """These people alone, and the stacks concerned as they are this moment."""
    found = await house.contentstack.members(emails) if emails else ()
    match observes:
        case Observes.SHARE:
            return replace(directory, members=found)
        case Observes.CHOSEN_STACKS:
            return replace(directory, members=found, stacks=await _with(house, directory.stacks, chosen))
        case Observes.ALL_STACKS:
            return replace(directory, members=found, stacks=await house.contentstack.stacks())


async def _with(house: House, known: Collection[Stack], chosen: Collection[str]) -> tuple[Stack, ...]:
    """The known stacks with the chosen ones as they are this moment."""
    read = {stack.uid: stack for stack in await house.contentstack.stacks(tuple(chosen))} if chosen else {}
    kept = [read.pop(one.uid, one) for one in known if one.uid in read or one.uid not in chosen]
    return (*kept, *read.values())


def _observed(directory: Directory, observes: Observes, chosen: Collection[str]) -> tuple[str, ...]:
    match observes:
        case Observes.SHARE:
            return ()
        case Observes.CHOSEN_STACKS:
            return tuple(stack.uid for stack in directory.stacks if stack.uid in chosen)
        case Observes.ALL_STACKS:
            return tuple(stack.uid for stack in directory.stacks)


def access(directory: Directory, share_uid: str, observes: Observes, chosen: Collection[str]) -> Access:
    """One person's access over exactly the stacks that the action observes."""
    uids = set(_observed(directory, observes, chosen))
    return access_of(directory.share(share_uid), (stack for stack in directory.stacks if stack.uid in uids))
