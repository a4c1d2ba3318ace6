"""People named by e-mail in a command, found in the directory; what cannot be used is said by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.members import Member
from bot.ports.contentstack import Contentstack
from bot.slack.keys import key
from bot.slack.modals.choose import Picked
from bot.words import problems
from bot.words.escape import middle_cut, one_line
from bot.words.modals import person

_LINK = re.compile(r"<mailto:([^|>]*)(?:\|[^>]*)?>")
"""How Slack writes an address that somebody typed."""
_BETWEEN = re.compile(r"[\s,;]+")
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Named:
    """What somebody typed after a sub-command."""

    addresses: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


NOBODY = Named()


def read(text: str) -> Named:
    """Addresses in their order, each once whatever its case; and what is none."""
    words = [word for word in _BETWEEN.split(_LINK.sub(r" \1 ", text)) if word]
    addresses = {word.casefold(): word for word in words if _ADDRESS.fullmatch(word)}
    others = dict.fromkeys(word for word in words if not _ADDRESS.fullmatch(word))
    return Named(tuple(addresses.values()), tuple(others))


@dataclass(frozen=True, slots=True)
class Found:
    """Who was meant, and a banner per kind of trouble."""

    people: tuple[Picked, ...] = ()
    banners: tuple[str, ...] = ()


async def find(contentstack: Contentstack, named: Named, most: int) -> Found:
    """Look the addresses up; raises the tree of ports.contentstack while there is no directory yet."""
    matches = await _matches(contentstack, named.addresses)
    known = [(address, found[0]) for address, found in matches if len(found) == 1]
    banners = (
        (problems.not_addresses, named.others),
        (problems.unknown_emails, [address for address, found in matches if not found]),
        (problems.ambiguous_emails, [address for address, found in matches if len(found) > 1]),
    )
    said = [sentence(_shown(words)) for sentence, words in banners if words]
    if len(known) > most:
        said.append(problems.left_out(most, _shown([address for address, _ in known[most:]])))
    people = [Picked(key(member.share_uid), person(member)) for _, member in known[:most]]
    return Found(tuple(people), tuple(said))


async def _matches(
    contentstack: Contentstack, addresses: Sequence[str]
) -> list[tuple[str, tuple[Member, ...]]]:
    """Members per address; whoever is not in memory joined a moment ago at best, and is asked for."""
    directory = contentstack.cached()
    known = {address: directory.with_email(address) if directory else () for address in addresses}
    missing = [address for address, found in known.items() if not found]
    read_now = await contentstack.members(missing) if missing else ()
    for address in missing:
        known[address] = tuple(one for one in read_now if one.email.casefold() == address.casefold())
    return list(known.items())


def _shown(words: Sequence[str]) -> list[str]:
    return [middle_cut(one_line(word), _SHOWN) for word in words]
