"""Who somebody is in Slack, and what a channel is; unknown means no (SL §7)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


class SlackUnavailable(Exception):
    """Slack could not tell just now; ``missing_scope`` names a scope the app lacks."""

    def __init__(self, detail: str = "", *, missing_scope: str = "") -> None:
        super().__init__(detail)
        self.missing_scope = missing_scope


@dataclass(frozen=True, slots=True)
class SlackPerson:
    """One Slack account. ``full_member`` is True only where every field says so (SL §7).

    ``zone`` is an IANA time zone, ``email`` empty where Slack tells none.
    """

    id: str
    team: str
    full_member: bool
    email: str = ""
    why_not: str = ""
    """``stranger``, ``guest``, ``bot``, ``deactivated`` or ``unknown`` where not a full member."""
    zone: str = "UTC"
    name: str = ""
    """Full name and display name, as people see them in Slack; anybody may call himself anything."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One conversation as the bot sees it."""

    id: str
    name: str
    has_bot: bool
    is_private: bool
    is_shared_outside: bool
    is_direct: bool
    is_archived: bool


class SlackPeople(Protocol):
    """Fresh reads of people and channels of the installing workspace."""

    async def person(self, user_id: str) -> SlackPerson:
        """Who this is, read now; raises SlackUnavailable."""

    async def channel(self, channel_id: str) -> Channel | None:
        """What this channel is, read now; None where the bot cannot see it. Raises SlackUnavailable."""

    async def in_group(self, group_id: str) -> frozenset[str]:
        """Slack ids of the members of a user group, read now; raises SlackUnavailable."""

    async def account(self, email: str) -> str:
        """The account with this e-mail, or nothing, as it was some minutes ago; raises SlackUnavailable.

        It gives nobody a right: for that :meth:`person` is read.
        """

    async def present(self, channel_id: str, emails: Collection[str]) -> frozenset[str]:
        """Which of these e-mails belong to members of the channel; raises SlackUnavailable."""
