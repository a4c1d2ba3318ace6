"""Where a summary may be posted (design §6): the bot is in, nobody from outside, names only in private."""

from __future__ import annotations

from bot.domain.problems import Field, Problem, Trouble
from bot.ports.slack_people import SlackUnavailable
from bot.service.house import House

_SCOPES_OF_DIRECT = frozenset({"im:read", "mpim:read"})
"""Scopes that Rollcall does not ask for: whatever needs them is a direct message."""


async def check_channel(house: House, channel_id: str) -> Problem | None:
    """None if the operation may be posted there; checked at the submission and again before posting."""
    if not channel_id:
        return _problem(Trouble.NO_CHANNEL)
    try:
        channel = await house.people.channel(channel_id)
    except SlackUnavailable as error:
        if error.missing_scope in _SCOPES_OF_DIRECT:
            return _problem(Trouble.CHANNEL_DIRECT)
        trouble = Trouble.MISSING_SCOPE if error.missing_scope else Trouble.SLACK_DOWN
        return Problem(trouble, Field.CHANNEL, error.missing_scope)
    if channel is None:
        return _problem(Trouble.CHANNEL_UNSEEN)
    faults = (
        (channel.is_direct, Trouble.CHANNEL_DIRECT),
        (channel.is_archived, Trouble.CHANNEL_ARCHIVED),
        (channel.is_shared_outside, Trouble.CHANNEL_SHARED),
        (not channel.has_bot, Trouble.CHANNEL_WITHOUT_BOT),
        (not channel.is_private and not house.binding.names_in_public, Trouble.CHANNEL_PUBLIC),
    )
    return next((_problem(trouble, channel.name) for wrong, trouble in faults if wrong), None)


def _problem(trouble: Trouble, name: str = "") -> Problem:
    return Problem(trouble, Field.CHANNEL, name)
