"""Adapter of `bot.ports.slack_people`: who somebody is and what a channel is, read from Slack each time.

Whose an address is may be some minutes old: it finds people, and gives nobody a right. Fail closed (SL §7):
a field that is missing denies. ``is_stranger`` and ``is_invited_user`` are the exceptions, since Slack sends
them only where they apply.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports.slack_people import Channel, SlackPerson, SlackUnavailable
from bot.slack.client import code_of

SLACKBOT = "USLACKBOT"
_PAGE = 1000
_MOST_ASKED = 50
"""Questions for one list of people: Slack answers 50 of them a minute (SL §6, users.lookupByEmail)."""
_FOUND_SECONDS, _MISSED_SECONDS = 600.0, 60.0
"""For so long it is known whose an address is, and that it is nobody's: fifty questions a minute are few."""
_REMEMBERED = 1_000
_NOT_VISIBLE = frozenset({"user_not_found", "user_not_visible"})
_NO_CHANNEL = frozenset({"channel_not_found", "method_not_supported_for_channel_type", "invalid_channel"})


class _Profile(BaseModel):
    model_config = ConfigDict(extra="ignore")

    email: str | None = None
    display_name: str | None = None
    real_name: str | None = None


class _User(BaseModel):
    """A user object; None stands for a field that is missing."""

    model_config = ConfigDict(extra="ignore")

    id: str
    team_id: str | None = None
    deleted: bool | None = None
    is_bot: bool | None = None
    is_restricted: bool | None = None
    is_ultra_restricted: bool | None = None
    is_stranger: bool | None = None
    is_invited_user: bool | None = None
    tz: str | None = None
    profile: _Profile = Field(default_factory=_Profile)


class _Conversation(BaseModel):
    """A conversation object; None stands for a field that is missing."""

    model_config = ConfigDict(extra="ignore")

    id: str
    name: str | None = None
    is_member: bool | None = None
    is_private: bool | None = None
    is_ext_shared: bool | None = None
    is_pending_ext_shared: bool | None = None
    is_archived: bool | None = None
    is_im: bool | None = None
    is_mpim: bool | None = None


class WorkspacePeople:
    """People and channels of the workspace ``team``, through one bot token."""

    def __init__(
        self, client: AsyncWebClient, team: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._team = team
        self._monotonic = monotonic
        self._accounts: dict[str, tuple[float, str]] = {}

    async def person(self, user_id: str) -> SlackPerson:
        """Who this is, read now; somebody whom Slack does not show is unknown. Raises SlackUnavailable."""
        try:
            answer = await _ask(lambda: self._client.users_info(user=user_id))
            user = _User.model_validate(answer.get("user"))
        except _Refused as error:
            if error.code in _NOT_VISIBLE:
                return SlackPerson(user_id, "", full_member=False, why_not="unknown")
            raise SlackUnavailable(error.code) from error
        except ValidationError as error:
            raise SlackUnavailable("not a user object") from error
        why_not = self._why_not(user)
        email, zone = (user.profile.email or "").strip(), user.tz or "UTC"
        names = dict.fromkeys(one for one in (user.profile.real_name, user.profile.display_name) if one)
        return SlackPerson(user.id, user.team_id or "", not why_not, email, why_not, zone, ", ".join(names))

    def _why_not(self, user: _User) -> str:
        if user.is_stranger or (user.team_id is not None and user.team_id != self._team):
            return "stranger"
        if user.is_bot or user.id == SLACKBOT:
            return "bot"
        if user.deleted:
            return "deactivated"
        if user.is_restricted or user.is_ultra_restricted:
            return "guest"
        needed = (user.team_id, user.deleted, user.is_bot, user.is_restricted, user.is_ultra_restricted)
        return "unknown" if user.is_invited_user or None in needed else ""

    async def channel(self, channel_id: str) -> Channel | None:
        """What this channel is, read now; what Slack does not say counts against it."""
        try:
            answer = await _ask(lambda: self._client.conversations_info(channel=channel_id))
            found = _Conversation.model_validate(answer.get("channel"))
        except _Refused as error:
            if error.code in _NO_CHANNEL:
                return None
            raise SlackUnavailable(error.code) from error
        except ValidationError as error:
            raise SlackUnavailable("not a conversation object") from error
        return Channel(
            id=found.id,
            name=found.name or "",
            has_bot=found.is_member is True,
            is_private=found.is_private is True,
            is_shared_outside=found.is_ext_shared is not False or found.is_pending_ext_shared is True,
            is_direct=found.is_im is True or found.is_mpim is True,
            is_archived=found.is_archived is not False,
        )

    async def present(self, channel_id: str, emails: Collection[str]) -> frozenset[str]:
        """Which of these e-mails belong to members of the channel, all pages read.

        Raises SlackUnavailable also where it would take more than a minute to ask.
        """
        if not emails:
            return frozenset()
        members = await self._members(channel_id)
        if min(len(members), len(emails)) > _MOST_ASKED:
            raise SlackUnavailable("too many to ask about")
        if len(members) < len(emails):
            return await self._addresses_among(members, emails)
        found = {email: await self.account(email) for email in emails}
        return frozenset(email for email, account in found.items() if account in members)

    async def _addresses_among(self, members: frozenset[str], emails: Collection[str]) -> frozenset[str]:
        """The same for a long list and a small channel, where it is quicker to ask who its members are."""
        there = {(await self.person(one)).email.casefold() for one in members}
        return frozenset(email for email in emails if email.casefold() in there)

    async def _members(self, channel_id: str) -> frozenset[str]:
        members: set[str] = set()
        cursor = ""
        while True:
            page = await self._page(channel_id, cursor)
            members.update(str(one) for one in page.get("members") or ())
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return frozenset(members)

    async def _page(self, channel_id: str, cursor: str) -> dict[str, Any]:
        try:
            return await _ask(
                lambda: self._client.conversations_members(channel=channel_id, cursor=cursor, limit=_PAGE),
            )
        except _Refused as error:
            raise SlackUnavailable(error.code) from error

    async def in_group(self, group_id: str) -> frozenset[str]:
        """Slack ids of the members of a user group, read now; raises SlackUnavailable also for no group."""
        try:
            answer = await _ask(lambda: self._client.usergroups_users_list(usergroup=group_id))
        except _Refused as error:
            raise SlackUnavailable(error.code) from error
        users = answer.get("users")
        if not isinstance(users, list):
            raise SlackUnavailable("not a list of users")
        return frozenset(str(one) for one in users)

    async def account(self, email: str) -> str:
        """The account with this address, or nothing that could be a member; raises SlackUnavailable.

        Known for some minutes: the admins of an organization are asked about with every preview.
        """
        now, address = self._monotonic(), email.casefold()
        until, account = self._accounts.pop(address, (now, ""))
        if until <= now:
            account = await self._account_now(email)
            until = now + (_FOUND_SECONDS if account else _MISSED_SECONDS)
        self._accounts[address] = until, account
        while len(self._accounts) > _REMEMBERED:
            del self._accounts[next(iter(self._accounts))]
        return account

    async def _account_now(self, email: str) -> str:
        try:
            answer = await _ask(lambda: self._client.users_lookupByEmail(email=email))
        except _Refused as error:
            if error.code == "users_not_found":
                return ""
            raise SlackUnavailable(error.code) from error
        return str((answer.get("user") or {}).get("id") or "")


class _Refused(Exception):
    """Slack answered ``ok: false`` with this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def _ask(call: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
    """Slack's errors at one boundary: a missing scope and trouble on the way are SlackUnavailable."""
    try:
        answer = await call()
    except SlackApiError as error:
        code = code_of(error)
        if code == "missing_scope":
            needed = str(error.response.get("needed") or "unknown scope")
            raise SlackUnavailable(code, missing_scope=needed) from error
        raise _Refused(code) from error
    except (TimeoutError, SlackClientError, aiohttp.ClientError, ValueError) as error:
        raise SlackUnavailable(type(error).__name__) from error
    return dict(answer.data)
