"""What modals and the Home tab need of Block Kit beyond the parts of messages, within Slack's limits (SL §5).

Plain dictionaries, because slack-sdk turns what it does not know into null (SL §1.10). Nothing here parses
text from outside: plain_text and rich_text throughout.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.slack.messages.blocks import Json, bullets, plain, rich, section, text
from bot.words.escape import cut

TITLE = 24
OPTION = 75
OPTIONS = 100
LABEL = 2000
PARAGRAPH = 3000
BLOCKS = 100
GROUPS = 100


def said(sentence: str) -> Json:
    """A paragraph, shown as it is, line breaks included; a dash where there is nothing to say."""
    return {"type": "section", "text": {**plain("-", 1), "text": cut(sentence, PARAGRAPH) or "-"}}


def warning(sentence: str) -> Json:
    """A sentence that should not be missed."""
    return rich(section(text("⚠ "), text(cut(sentence, PARAGRAPH), bold=True)))


def listing(heading: str, items: Iterable[Sequence[Json]]) -> Json:
    """A bold heading with bullets under it."""
    return rich(section(text(heading, bold=True)), bullets(section(*item) for item in items))


def option(label: str, value: str, description: str = "") -> Json:
    """One choice; ``value`` has at most 150 characters already (`bot.slack.keys`)."""
    made: Json = {"text": plain(label, OPTION), "value": value}
    return {**made, "description": plain(description, OPTION)} if description else made


def choices(options: Sequence[Json]) -> Json:
    """Options of a static select: up to 100 flat, up to 10,000 in groups of 100 named by their ends."""
    if len(options) <= OPTIONS:
        return {"options": list(options)}
    starts = range(0, min(len(options), OPTIONS * GROUPS), OPTIONS)
    groups = [options[start : start + OPTIONS] for start in starts]
    return {"option_groups": [group(_ends(some), some) for some in groups]}


def group(label: str, options: Sequence[Json]) -> Json:
    """Choices under a label that cannot be chosen itself."""
    return {"label": plain(label, OPTION), "options": list(options)}


def _ends(options: Sequence[Json]) -> str:
    first, last = (cut(str(one["text"]["text"]), OPTION // 2 - 2) for one in (options[0], options[-1]))
    return f"{first} - {last}"


def many(
    action_id: str, placeholder: str, options: Sequence[Json], chosen: Sequence[Json], most: int
) -> Json:
    """A static multi-select; ``chosen`` are options among ``options``."""
    made: Json = {
        "type": "multi_static_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, 150),
        "max_selected_items": most,
        **choices(options),
    }
    return {**made, "initial_options": list(chosen[:most])} if chosen else made


def field(
    block_id: str,
    label: str,
    element: Json,
    *,
    hint: str = "",
    dispatch: bool = False,
    optional: bool = False,
) -> Json:
    """An input block; with ``dispatch`` every choice is told at once (SL §4)."""
    made: Json = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, LABEL),
        "element": element,
        "dispatch_action": dispatch,
        "optional": optional,
    }
    return {**made, "hint": plain(hint, LABEL)} if hint else made


def modal(callback_id: str, title: str, blocks: Sequence[Json], *, submit: str = "", **more: Any) -> Json:
    """A modal; ``more`` takes close, private_metadata and notify_on_close."""
    made: Json = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, TITLE),
        "close": plain(more.pop("close", "Close"), TITLE),
        "blocks": list(blocks[:BLOCKS]),
        **more,
    }
    return {**made, "submit": plain(submit, TITLE)} if submit else made
