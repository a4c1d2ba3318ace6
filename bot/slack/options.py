"""Typeahead over people: answered from memory alone (design §6), in labels that tell people apart."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from bot.domain.members import Member
from bot.ports.contentstack import Contentstack, ContentstackError
from bot.slack.keys import key
from bot.slack.messages.blocks import Json
from bot.slack.modals import parts
from bot.words import modals as words

log = logging.getLogger(__name__)

SHOWN = 100
"""Slack's limit of one answer (SL §4)."""
TYPEAHEAD_SECONDS = 2.0
"""While the first load runs the API is asked; the answer must reach Slack within 3 s."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What an option request is answered with: options, or groups of them (SL §4: never both)."""

    options: tuple[Json, ...] = ()
    groups: tuple[Json, ...] = ()

    def answer(self) -> Json:
        """The keyword arguments of an acknowledgement."""
        return {"option_groups": list(self.groups)} if self.groups else {"options": list(self.options)}


NOBODY = Offer()


async def people(contentstack: Contentstack, typed: str) -> Offer:
    """People who match, at most a hundred; more of them, or a first load under way, is said above them."""
    hits = contentstack.search(typed, SHOWN)
    if hits is None:
        return await _while_loading(contentstack, typed)
    options = tuple(_option(member) for member in hits.members[:SHOWN])
    if hits.total <= len(options):
        return Offer(options)
    return _under(words.more_people(len(options), hits.total), options)


async def _while_loading(contentstack: Contentstack, typed: str) -> Offer:
    progress = contentstack.loading()
    if not typed.strip():
        return NOBODY
    try:
        async with asyncio.timeout(TYPEAHEAD_SECONDS):
            found = await contentstack.typeahead(typed, SHOWN)
    except (ContentstackError, TimeoutError) as error:
        log.warning("typeahead while loading: %s", type(error).__name__)
        return NOBODY
    options = tuple(_option(member) for member in found[:SHOWN])
    return _under(words.loading(progress), options) if progress else Offer(options)


def _under(label: str, options: tuple[Json, ...]) -> Offer:
    """Slack takes no empty group, so a label without people under it is left out."""
    return Offer(groups=(parts.group(label, options),)) if options else NOBODY


def _option(member: Member) -> Json:
    return parts.option(words.person(member), key(member.share_uid))
