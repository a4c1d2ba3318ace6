"""`/org-users connect` and `disconnect`: the private answers; the rest happens in the browser (bot.web)."""

from __future__ import annotations

from bot.domain.linking import NotLinked
from bot.service import linking
from bot.slack.desk import Desk
from bot.slack.messages.blocks import Json, actions, link_button
from bot.slack.modals import parts
from bot.words import connect as words

OPEN = "connect_open"
"""Action id of the button; Slack tells of the click on a link too."""


async def offer(desk: Desk, slack_user: str) -> tuple[str, list[Json]]:
    """The button that leads this person to Contentstack, or why there is none."""
    found = await linking.begin(desk.house, slack_user)
    if isinstance(found, NotLinked):
        sentence = words.not_linked(found)
        return sentence, [parts.said(sentence)]
    return words.OFFER, [parts.said(words.OFFER), actions(link_button(words.CONNECT, OPEN, found))]


async def end(desk: Desk, slack_user: str) -> str:
    """What became of somebody's link that he asked to end."""
    ended = await linking.disconnect(desk.house, slack_user)
    if isinstance(ended, NotLinked):
        return words.not_linked(ended)
    return words.DISCONNECTED if ended else words.DISCONNECTED_HERE
