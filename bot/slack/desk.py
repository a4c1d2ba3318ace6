"""What every listener is handed: the house, and Slack's own means of answering."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.service.house import House
from bot.slack.gate import Gate
from bot.slack.home.tab import Home
from bot.slack.replies import Replies
from bot.slack.screens import Screens
from bot.slack.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Desk:
    """One workspace's entrypoint."""

    house: House
    client: AsyncWebClient
    tasks: Tasks
    gate: Gate
    screens: Screens
    replies: Replies
    home: Home


def open_desk(house: House, client: AsyncWebClient) -> Desk:
    """Put a desk together."""
    tasks = Tasks()
    screens = Screens(client, house.clock, tasks)
    gate = Gate(house)
    home = Home(house, client, tasks, gate)
    return Desk(house, client, tasks, gate, screens, Replies(client, screens), home)
