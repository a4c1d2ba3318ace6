"""Publishes the Home tab: at once to who opens it, in turn to who still looks when something changed.

Rights are read anew for every publication, so that somebody who lost them between two of them sees one
sentence in place of everything.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.service.admission import Admitted, note_opening
from bot.service.glance import Glance, Glances, Shelf
from bot.service.house import House
from bot.service.story import Story
from bot.slack.gate import PASSING, Gate
from bot.slack.home.pages import FRONT, Pages
from bot.slack.home.view import Tab, build, refused
from bot.slack.home.viewers import Viewers
from bot.slack.messages import approval, operation
from bot.slack.messages.blocks import Json
from bot.slack.messages.rows import Links
from bot.slack.permalinks import Permalinks
from bot.slack.tasks import Tasks, where
from bot.words.refusals import refusal

log = logging.getLogger(__name__)

_LOOK = 1.0
"""Seconds after which it is seen that somebody's turn came earlier than was thought."""


class Home:
    """The Home tabs of one workspace."""

    def __init__(self, house: House, client: AsyncWebClient, tasks: Tasks, gate: Gate) -> None:
        self._house = house
        self._client = client
        self._tasks = tasks
        self._gate = gate
        self._glances = Glances(house)
        self._links = Permalinks(client)
        self._viewers = Viewers(house.clock)
        self._publishing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._in_rounds = False

    async def opened(self, user: str, pages: Pages = FRONT) -> None:
        """Somebody looks at the tab, or turned a page in it: publish it now, and audit who that was."""
        self._viewers.opened(user, pages)
        await self._publish(user)
        seen = self._gate.recall(user)
        if isinstance(seen, Admitted):
            await note_opening(self._house, seen, "home tab")

    def close(self) -> None:
        """Show nothing more."""
        self._viewers.close()

    def changed(self, _operation_id: str) -> None:
        """Something changed: everybody who looks sees it soon. Never blocks, never fails."""
        if self._viewers.changed() and not self._in_rounds:
            self._in_rounds = True
            self._tasks.start_idle(self._rounds(), "home rounds")

    async def _rounds(self) -> None:
        """Publish to one after the other until nobody's tab is out of date."""
        try:
            while (wait := self._viewers.wait()) is not None:
                user = self._viewers.take()
                if user is None:
                    await self._house.clock.sleep(min(wait, _LOOK))
                else:
                    await self._in_turn(user)
        finally:
            self._in_rounds = False

    async def _in_turn(self, user: str) -> None:
        try:
            await self._publish(user)
        except Exception as error:  # noqa: BLE001  one tab that cannot be built must not silence all others
            log.error("a Home tab could not be built: %s", where(error))  # noqa: TRY400  no personal data

    async def _publish(self, user: str) -> None:
        """One at a time for one person: what was read later is also shown later."""
        async with self._publishing[user]:
            self._viewers.publishing(user)
            view = await self._view(user)
            try:
                await self._client.views_publish(user_id=user, view=view)
            except (TimeoutError, SlackClientError, aiohttp.ClientError) as error:
                log.warning("the Home tab could not be published: %s", where(error))
                self._viewers.failed(user)

    async def _view(self, user: str) -> Json:
        admitted = await self._gate.admit(user, "home")
        if isinstance(admitted, Admitted):
            return await self._drawn(user, admitted)
        passing = admitted.why in PASSING
        if not passing:
            self._viewers.left(user)
        return refused(refusal(admitted), passing=passing)

    async def _drawn(self, user: str, admitted: Admitted) -> Json:
        glance = await self._glances.read(admitted, self._viewers.pages(user).numbers)
        return build(Tab(glance, await self._addresses(glance), self._house.clock.now()))

    async def _addresses(self, glance: Glance) -> Links:
        """Where each operation can be read: what waits for the viewer is decided in its own message."""
        wanted = {
            story.operation.id: (story, approval.PART if shelf is Shelf.DECIDE else operation.PART)
            for shelf, page in glance.pages.items()
            for story in page.stories
        }
        urls = await asyncio.gather(*(self._address(story, part) for story, part in wanted.values()))
        return {one: url for one, url in zip(wanted, urls, strict=True) if url}

    async def _address(self, story: Story, part: str) -> str:
        found = (story.posts.get(one) for one in (part, operation.PART, approval.PART))
        post = next((one for one in found if one and one.ts), None)
        return await self._links.link(post) if post else ""
