"""Text from outside on its way into Slack (SL §5, mrkdwn and injection).

The rule of the house: every function of ``bot.words`` returns **plain text**, with names, addresses and
reasons exactly as they came. Whoever shows it chooses the place:

* ``plain_text`` (with ``emoji`` off) and ``rich_text`` never parse anything. Names from outside belong there,
  because ``*``, ``_``, ``~`` and backticks cannot be escaped in mrkdwn at all.
* mrkdwn, which includes the top-level ``text`` of a message, takes :func:`escape` (or :func:`escaped`, which
  also keeps to a length). Nobody is pinged and no link is disguised then; stray bold is the worst left.

Lengths count the escaped text: cut first, then escape (SL §5).
"""

from __future__ import annotations

import re
from datetime import datetime

ELLIPSIS = "…"
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SPACES = re.compile(r"\s+")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of what follows: both can forge a line."""
_SLACK_ID = re.compile(r"[A-Z][A-Z0-9]{1,30}")


def escape(text: str) -> str:
    """The text for mrkdwn: exactly ``&``, ``<`` and ``>`` become entities."""
    return "".join(_ENTITIES.get(character, character) for character in text)


def escaped(text: str, limit: int) -> str:
    """The text for mrkdwn in at most ``limit`` characters; never cut inside an entity."""
    whole = escape(text)
    if len(whole) <= limit:
        return whole
    kept, length = [], len(ELLIPSIS)
    for character in text:
        piece = _ENTITIES.get(character, character)
        length += len(piece)
        if length > limit:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + ELLIPSIS


def one_line(text: str) -> str:
    """The text as one line without invisible characters, so that no name can look like another line."""
    return _UNSEEN.sub("", _SPACES.sub(" ", text)).strip()


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters, with an ellipsis where something was left out."""
    return text if len(text) <= limit else text[: limit - len(ELLIPSIS)].rstrip() + ELLIPSIS


def middle_cut(text: str, limit: int) -> str:
    """At most ``limit`` characters with both ends kept: of an address one wants to see the domain too."""
    if len(text) <= limit:
        return text
    kept = limit - len(ELLIPSIS)
    tail = kept // 2
    return text[: kept - tail] + ELLIPSIS + text[len(text) - tail :]


def mention(slack_user: str) -> str:
    """``<@U…>`` in mrkdwn for a Slack user id; anything else is shown escaped and pings nobody."""
    return f"<@{slack_user}>" if _SLACK_ID.fullmatch(slack_user) else escape(slack_user)


def channel(channel_id: str) -> str:
    """``<#C…>`` in mrkdwn for a channel id; anything else is shown escaped."""
    return f"<#{channel_id}>" if _SLACK_ID.fullmatch(channel_id) else escape(channel_id)


def when(moment: datetime, form: str = "{date_short_pretty} at {time}") -> str:
    """``<!date^…>`` in mrkdwn: every reader sees it in a time zone of his own; UTC as the fallback."""
    return f"<!date^{int(moment.timestamp())}^{form}|{utc(moment)}>"


def utc(moment: datetime) -> str:
    """``2026-11-23 12:05 UTC``: for plain text, where Slack converts nothing."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
