"""Blocks as our messages need them, within Slack's limits (SL §5).

Everything that comes from outside stands in ``rich_text`` or ``plain_text``, which parse nothing: no name
can ping, link or format. Only the top-level ``text`` is mrkdwn (see `bot.words.escape`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.words.escape import cut, one_line, utc

Json = dict[str, Any]
"""One block or element as Slack's API has it."""

HEADER = 150
BUTTON = 75
BLOCKS = 50
MESSAGE = 10_000
"""Characters of all blocks of a message as JSON. SL knows no such limit, but Slack answers
``msg_blocks_too_long`` from about 13,000 on, less for rich_text (slackapi/bolt-js issues 2509 and 2867)."""

_GROUP_ID = re.compile(r"S[A-Z0-9]{1,30}")
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{1,30}")


def text(value: str, *, bold: bool = False, code: bool = False) -> Json:
    """Text inside a rich_text section; an empty one is a blank, since Slack refuses empty elements."""
    element: Json = {"type": "text", "text": value or " "}
    style = {name: True for name, wanted in (("bold", bold), ("code", code)) if wanted}
    return element | {"style": style} if style else element


def person(slack_user: str) -> Json:
    """A mention inside a rich_text section; what is no user id is shown as text."""
    return {"type": "user", "user_id": slack_user} if _SLACK_ID.fullmatch(slack_user) else text(slack_user)


def group(group_id: str) -> Json:
    """A mention of a user group; what is no group id is shown as text."""
    return (
        {"type": "usergroup", "usergroup_id": group_id} if _GROUP_ID.fullmatch(group_id) else text(group_id)
    )


def date(moment: datetime) -> Json:
    """A moment that every reader sees in a time zone of his own."""
    return {
        "type": "date",
        "timestamp": int(moment.timestamp()),
        "format": "{date_short_pretty} at {time}",
        "fallback": utc(moment),
    }


def link(url: str, value: str) -> Json:
    """A link inside a rich_text section; the words alone where there is no address."""
    return {"type": "link", "url": url, "text": value} if url else text(value)


def section(*elements: Json) -> Json:
    """One paragraph of a rich_text block."""
    return {"type": "rich_text_section", "elements": list(elements)}


def bullets(items: Iterable[Json]) -> Json:
    """A bullet list of sections."""
    return {"type": "rich_text_list", "style": "bullet", "elements": list(items)}


def rich(*parts: Json) -> Json:
    """A rich_text block."""
    return {"type": "rich_text", "elements": list(parts)}


def paragraphs(rows: Sequence[Sequence[Json]]) -> Json:
    """A rich_text block with one line a row, however Slack sets sections apart."""
    joined: list[Json] = []
    for row in rows:
        if joined:
            joined.append(text("\n"))
        joined.extend(row)
    return rich(section(*joined))


def header(value: str) -> Json:
    """A heading."""
    return {"type": "header", "text": plain(value, HEADER)}


def plain(value: str, limit: int) -> Json:
    """A plain text object in one line; ``:smile:`` in a name stays what it is."""
    return {"type": "plain_text", "text": cut(one_line(value), limit) or " ", "emoji": False}


def context(value: str) -> Json:
    """Small print."""
    return {"type": "context", "elements": [plain(value, 2000)]}


def button(label: str, action_id: str, value: str, style: str = "") -> Json:
    """A button; ``style`` is ``primary``, ``danger`` or empty."""
    made: Json = {
        "type": "button",
        "action_id": action_id,
        "text": plain(label, BUTTON),
        "value": value,
    }
    return made | {"style": style} if style else made


def link_button(label: str, action_id: str, url: str) -> Json:
    """A button that opens an address in the browser."""
    return {**button(label, action_id, action_id, "primary"), "url": url}


def asking(question: Json, title: str, sentence: str, yes: str, no: str) -> Json:
    """The button, with a dialog that asks back before it is pressed; SL §5: 100, 300, 30, 30 characters."""
    dialog = {"title": plain(title, 100), "text": plain(sentence, 300)}
    return question | {"confirm": {**dialog, "confirm": plain(yes, 30), "deny": plain(no, 30)}}


def actions(*buttons: Json) -> Json:
    """A row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def size(part: object) -> int:
    """Characters of a part as JSON."""
    return len(json.dumps(part, ensure_ascii=False))
