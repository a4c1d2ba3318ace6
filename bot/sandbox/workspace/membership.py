"""People and the app come into channels and leave them."""

from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.delivery import emit
from bot.sandbox.workspace.errors import Json
from bot.sandbox.workspace.state import Channel, Person


def _event(core: Core, kind: str, channel: Channel, person: Person) -> Json:
    return {
        "type": kind,
        "user": person.id,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": core.workspace.team_id,
    }


def add(core: Core, channel: Channel, person: Person) -> None:
    """Nothing happens if the person is in it already."""
    if person.id in channel.members:
        return
    channel.members.append(person.id)
    if core.bot.id in channel.members:
        emit(core, "member_joined_channel", _event(core, "member_joined_channel", channel, person))
    core.broker.publish(None, "sidebar", {})


def take_out(core: Core, channel: Channel, person: Person) -> None:
    """Nothing happens if the person is not in it."""
    if person.id not in channel.members:
        return
    app_was_there = core.bot.id in channel.members
    channel.members.remove(person.id)
    if app_was_there:
        emit(core, "member_left_channel", _event(core, "member_left_channel", channel, person))
    core.broker.publish(None, "sidebar", {})
