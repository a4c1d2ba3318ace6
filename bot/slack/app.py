"""The Bolt app of one workspace: a fixed token, a middleware that answers from memory, the listeners."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import listeners, middleware
from bot.slack.desk import Desk
from bot.slack.listeners import Uninstalled
from bot.slack.modals import message
from bot.slack.tasks import where
from bot.words import problems

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot token is (auth.test); asked once at the start and not at every request (SL §1.5)."""

    team: str
    bot_user: str
    bot_id: str
    enterprise: str = ""


async def identify(client: AsyncWebClient) -> Identity:
    """Ask Slack who the token is; raises slack_sdk's SlackApiError for one that is not accepted."""
    answer = await client.auth_test()
    return Identity(
        team=str(answer["team_id"]),
        bot_user=str(answer["user_id"]),
        bot_id=str(answer.get("bot_id") or ""),
        enterprise=str(answer.get("enterprise_id") or ""),
    )


def build_app(
    desk: Desk, identity: Identity, *, uninstalled: Uninstalled, signing_secret: str = ""
) -> AsyncApp:
    """Put the app together; ``signing_secret`` is needed for HTTP alone.

    ``authorize`` is passed so that nothing is read from the environment behind our back: SLACK_CLIENT_ID and
    SLACK_CLIENT_SECRET there would switch OAuth on and the token off (SL §9).
    """
    token = desk.client.token or ""
    known = AuthorizeResult(
        enterprise_id=identity.enterprise or None,
        team_id=identity.team,
        bot_token=token,
        bot_user_id=identity.bot_user,
        bot_id=identity.bot_id,
    )

    async def authorize() -> AuthorizeResult:
        return known

    logging.getLogger("slack_bolt.AsyncApp").addFilter(_is_news)
    app = AsyncApp(
        name="rollcall",
        client=AsyncWebClient(base_url=desk.client.base_url, session=desk.client.session),
        authorize=authorize,
        signing_secret=signing_secret,
        raise_error_for_unhandled_request=True,
        # Our listeners only ack and hand over. Bolt's other way looks for the ack once in 10 ms, which is ten
        # times what everything else takes, and lets the work that follows go first (docs/speed.md).
        process_before_response=True,
    )
    app.use(middleware.build(desk))
    app.error(_failed(desk))
    listeners.register(app, desk, uninstalled)
    return app


def _is_news(record: logging.LogRecord) -> bool:
    """Bolt finds SLACK_BOT_TOKEN by itself and warns that our client goes before it, as it should."""
    return "`token` will be unused" not in record.getMessage()


def _failed(desk: Desk) -> Callable[..., Awaitable[BoltResponse | None]]:
    async def failed(error: Exception, body: Mapping[str, Any]) -> BoltResponse | None:
        """Answer what no listener took or could take; else Slack repeats it and shows an error (SL §1.3)."""
        if isinstance(error, BoltUnhandledRequestError):
            log.info("a request that nobody listens to: %s", body.get("type"))
            return BoltResponse(status=200, body="")
        log.error("a request failed: %s", where(error))
        return _answer(desk, body)

    return failed


def _answer(desk: Desk, body: Mapping[str, Any]) -> BoltResponse:
    """Say that it went wrong, in the way that this kind of request can show."""
    sentence = problems.unexpected()
    match body.get("type"):
        case "view_submission":
            update = {"response_action": "update", "view": message.saying(sentence)}
            return BoltResponse(status=200, body=update)
        case "block_suggestion":
            return BoltResponse(status=200, body={"options": []})
        case None:
            return BoltResponse(status=200, body={"response_type": "ephemeral", "text": sentence})
        case kind if kind in {"event_callback", "view_closed"}:
            return BoltResponse(status=200, body="")
        case _:
            tell = listeners.told(desk, body)
            desk.tasks.start(tell(RuntimeError()), "tell of a failure")
            return BoltResponse(status=200, body="")
