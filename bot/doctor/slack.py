"""Whether Slack lets Rollcall do its work: tokens, scopes, channels (SL §6, §8)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.doctor.report import Check, broken, note, well
from bot.settings import Settings

_REINSTALL = "reinstall the app from manifest.yml"
_REFUSED = {
    "invalid_auth": "Slack does not know this token; copy it again from your app's pages",
    "not_authed": "Slack does not know this token; copy it again from your app's pages",
    "account_inactive": f"the app was removed from the workspace; {_REINSTALL} and copy the new token",
    "token_revoked": f"the token was revoked; {_REINSTALL} and copy the new token",
    "token_expired": "the token has expired: the app rotates tokens, which Rollcall cannot; make a new app",
    "not_allowed_token_type": "a token of another kind; the bot's begins with xoxb-, the app's with xapp-",
    "socket_mode_not_enabled": "Socket Mode is off; switch it on in your app's pages",
    "missing_scope": "the token lacks a scope; see the line about scopes",
}


@dataclass(frozen=True, slots=True)
class SlackFindings:
    """The checks, and the workspace's id where Slack told it."""

    checks: tuple[Check, ...]
    team: str = ""


async def check_slack(settings: Settings, wanted_scopes: Collection[str]) -> SlackFindings:
    """All of Slack; nothing but the first check where the bot token is refused."""
    client = AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url
    )
    try:
        answer = await client.auth_test()
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        return SlackFindings((broken("bot token", _sentence(error, settings.slack_api_url)),))
    checks = [*_check_installation(answer), *_check_scopes(answer, wanted_scopes)]
    checks += [check async for check in _check_way_in(settings, client, answer)]
    checks += [check async for check in _check_channels(settings, client)]
    return SlackFindings(tuple(checks), str(answer.get("team_id") or ""))


def _check_installation(answer: AsyncSlackResponse) -> Iterator[Check]:
    team, user = answer.get("team", "?"), answer.get("user", "?")
    if answer.get("is_enterprise_install"):
        yield broken(
            "bot token", "the app is installed for a whole Enterprise organization; install it in a workspace"
        )
    elif not answer.get("bot_id"):
        yield broken("bot token", "it belongs to a person, not to a bot; copy the Bot User OAuth Token")
    else:
        yield well("bot token", f"@{user} in the workspace {team}")


def _check_scopes(answer: AsyncSlackResponse, wanted: Collection[str]) -> Iterator[Check]:
    headers = {str(name).casefold(): value for name, value in answer.headers.items()}
    told = headers.get("x-oauth-scopes")
    if told is None:
        yield note("scopes", "Slack did not say which scopes the token has")
        return
    given = {scope.strip() for scope in str(told).split(",")}
    missing = [scope for scope in wanted if scope not in given]
    if missing:
        yield broken(
            "scopes", f"missing: {', '.join(missing)}; add them in your app's pages, then reinstall the app"
        )
    else:
        yield well("scopes", f"all {len(wanted)} of manifest.yml")


async def _check_way_in(
    settings: Settings, client: AsyncWebClient, answer: AsyncSlackResponse
) -> AsyncIterator[Check]:
    token = settings.slack_app_token
    if settings.transport == "http" or token is None:
        host, port = settings.listen
        yield note(
            "signed HTTP", f"listens on {host}:{port}; the signing secret shows itself at the first request"
        )
        return
    yield await _check_app_token(settings, token)
    other = await _other_app(client, str(answer.get("bot_id", "")), token)
    if other:
        yield broken(
            "app token",
            f"it belongs to another app than the bot token, which is of {other}: take both from one app",
        )


async def _check_app_token(settings: Settings, token: SecretStr) -> Check:
    """Ask for a connection and leave it unused: no other call tells whether Socket Mode is on."""
    client = AsyncWebClient(base_url=settings.slack_api_url)
    try:
        await client.apps_connections_open(app_token=token.get_secret_value())
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        if _code(error) == "ratelimited":  # tier 1: one a minute is all that is promised (SL §6)
            return note("app token", "Slack asks to wait before it can be checked; try again in a minute")
        return broken("app token", _sentence(error, settings.slack_api_url))
    return well("app token", "Socket Mode is open to it")


async def _other_app(client: AsyncWebClient, bot_id: str, token: SecretStr) -> str:
    """The bot token's app where it is not the app token's (``xapp-1-<app id>-…``); empty where both agree."""
    parts = token.get_secret_value().split("-")
    named = parts[2] if len(parts) > 2 else ""  # noqa: PLR2004  the third part
    try:
        found = await client.bots_info(bot=bot_id)
    except (SlackApiError, aiohttp.ClientError, TimeoutError):
        return ""
    app_id = str((found.get("bot") or {}).get("app_id") or "")
    return app_id if app_id and named and app_id != named else ""


async def _check_channels(settings: Settings, client: AsyncWebClient) -> AsyncIterator[Check]:
    rows = (
        ("ROLLCALL_CHANNEL", settings.rollcall_channel, "every request names its channel"),
        (
            "ROLLCALL_APPROVALS_CHANNEL",
            settings.rollcall_approvals_channel,
            "approvals are asked for in the request's channel",
        ),
    )
    for variable, channel, without in rows:
        if channel:
            yield await _check_channel(
                client, variable, channel, names_in_public=settings.rollcall_names_in_public
            )
        else:
            yield note(variable, f"not set: {without}")


async def _check_channel(
    client: AsyncWebClient, variable: str, channel: str, *, names_in_public: bool
) -> Check:
    try:
        answer = await client.conversations_info(channel=channel)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        if _code(error) == "channel_not_found":
            return broken(
                variable, f"{channel} is not a channel that the bot can see: invite it there with /invite"
            )
        return broken(variable, _sentence(error, ""))
    found: dict[str, Any] = answer.get("channel") or {}
    name = f"#{found.get('name', channel)}"
    # As the bot itself decides (bot/service/channels.py): what Slack does not say counts as a no.
    faults = (
        (found.get("is_archived", False), f"{name} is archived: choose another channel"),
        (not found.get("is_member"), f"the bot is not in {name}: invite it there with /invite"),
        (
            found.get("is_ext_shared", True),
            f"{name} is shared with people outside your workspace: choose another channel",
        ),
        (
            not found.get("is_private") and not names_in_public,
            f"{name} is public: choose a private channel, or set ROLLCALL_NAMES_IN_PUBLIC=true",
        ),
    )
    fault = next((sentence for wrong, sentence in faults if wrong), None)
    return broken(variable, fault) if fault else well(variable, name)


def _code(error: Exception) -> str:
    return str(error.response.get("error", "")) if isinstance(error, SlackApiError) else ""


def _sentence(error: Exception, address: str) -> str:
    if not isinstance(error, SlackApiError):
        return f"Slack cannot be reached at {address or 'its address'} ({type(error).__name__})"
    code = _code(error)
    return _REFUSED.get(code, f"Slack answered {code or 'something that is not understood'}")
