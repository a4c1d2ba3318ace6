"""How single settings are checked. ValueError: "not what its description says"; `say`: a sentence of its own.

No sentence holds a value: it may be a secret in the wrong place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_core import PydanticCustomError

from bot.token_file import KeptToken, TokenFileUnusable, read_token

SAID = "rollcall"
"""The kind of an error that brings its own sentence."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,}")
_MAX_PORT = 65535
_BOT_TOKEN_HINTS = {
    "xapp-": "this is the app-level token; it belongs in SLACK_APP_TOKEN",
    "xoxp-": "this is a user token; Rollcall needs the bot token",
    "xoxe": "this token belongs to an app with token rotation; switch rotation off in a new app",
}
_APP_TOKEN_HINTS = {
    "xoxb-": "this is the bot token; it belongs in SLACK_BOT_TOKEN",
    "xoxp-": "this is a user token; Rollcall needs the app-level token",
}


def say(sentence: str) -> PydanticCustomError:
    """An error that is told with this sentence."""
    return PydanticCustomError(SAID, "{sentence}", {"sentence": sentence})


def say_of(variable: str, sentence: str) -> PydanticCustomError:
    """The same for a fault that shows only in all settings together, with the variable that it is about."""
    return PydanticCustomError(SAID, "{sentence}", {"sentence": sentence, "variable": variable})


def bot_token(token: SecretStr) -> SecretStr:
    """A bot token, without blanks around it."""
    return _prefixed(token, "xoxb-", _BOT_TOKEN_HINTS)


def app_token(token: SecretStr) -> SecretStr:
    """An app-level token, without blanks around it."""
    return _prefixed(token, "xapp-", _APP_TOKEN_HINTS)


def is_channel_id(text: str) -> bool:
    """Whether this is a channel's id; names change, and direct messages are no place for summaries."""
    return _CHANNEL_ID.fullmatch(text) is not None


def _prefixed(token: SecretStr, prefix: str, hints: Mapping[str, str]) -> SecretStr:
    text = token.get_secret_value().strip()
    if text.startswith(prefix):
        return SecretStr(text)
    for wrong, hint in hints.items():
        if text.startswith(wrong):
            raise say(hint)
    raise ValueError


def safe_url(text: str) -> str:
    """Tokens travel to this address, so it is encrypted or on this machine."""
    url = text.strip()
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError
    return url


def origin(text: str) -> str:
    """An address without a path, safe as all of them."""
    url = safe_url(text).rstrip("/")
    if urlsplit(url).path:
        raise ValueError
    return url


def host_and_port(text: str) -> tuple[str, int]:
    """Split ``host:port`` or ``[v6]:port``."""
    host, _, port = text.strip().rpartition(":")
    if not host or not port.isdecimal() or int(port) > _MAX_PORT:
        raise ValueError
    return host.strip("[]"), int(port)


def kept_token(data_dir: Path, api: str) -> SecretStr:
    """The token that `login` kept for this address."""
    try:
        kept = read_token(data_dir)
    except TokenFileUnusable as error:
        raise say(str(error)) from None
    match kept:
        case None:
            raise say("is not set, and no token was kept: run `python app.py login`, or set it")
        case KeptToken() if kept.api != api:
            raise say(
                f"the token kept by `login` is for {kept.api}, not for {api}: run `python app.py login`"
            )
        case KeptToken():
            return SecretStr(kept.authtoken)
