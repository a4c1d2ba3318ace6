"""What may stand in a `rich_text` block, as data (docs.slack.dev: rich-text-block and its sub-elements)."""

from collections.abc import Mapping

from bot.sandbox.workspace.schema import Check, anything, array, boolean, by_type, enum, integer, obj, string

_TYPE: Mapping[str, Check] = {"type": anything}
_ID = string(255, 1)
# Slack names no limit of its own for these; no message is longer.
_TEXT = string(40_000, 1)
_MOST = 1000
_DEEPEST = 8

_STYLES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_STYLE = obj({}, dict.fromkeys(_STYLES, boolean))
_STYLED: Mapping[str, Check] = {"style": _STYLE}

_RARE = (
    *("attachment_mention", "canvas", "canvas_user_mention", "canvas_message_unfurl", "citation", "file"),
    *("list_record", "message_mention", "salesforce_data_field", "tag", "team"),
    *("work_object_mention", "workflow_mention"),
)
"""Documented by their names alone."""

_INLINE = by_type(
    {
        "text": obj({**_TYPE, "text": _TEXT}, _STYLED),
        "link": obj({**_TYPE, "url": _TEXT}, {**_STYLED, "text": string(40_000), "unsafe": boolean}),
        "emoji": obj({**_TYPE, "name": _ID}, {"unicode": _ID, "skin_tone": integer(1, 6), "url": _TEXT}),
        "user": obj({**_TYPE, "user_id": _ID}, _STYLED),
        "channel": obj({**_TYPE, "channel_id": _ID}, _STYLED),
        "usergroup": obj({**_TYPE, "usergroup_id": _ID}, _STYLED),
        "broadcast": obj({**_TYPE, "range": enum("here", "channel", "everyone")}),
        "date": obj(
            {**_TYPE, "timestamp": integer(0, 9_999_999_999), "format": _TEXT},
            {"url": _TEXT, "fallback": _TEXT},
        ),
        "color": obj({**_TYPE, "value": _ID}),
        **{name: obj(_TYPE, additional=True) for name in _RARE},
    }
)

_BORDER: Mapping[str, Check] = {"border": integer(0, 1)}
_SECTION = obj({**_TYPE, "elements": array(_INLINE, 0, _MOST)})

PARTS = by_type(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": obj(
            {
                **_TYPE,
                "style": enum("bullet", "ordered"),
                "elements": array(by_type({"rich_text_section": _SECTION}), 1, _MOST),
            },
            {**_BORDER, "indent": integer(0, _DEEPEST), "offset": integer(0, 1_000_000)},
        ),
        "rich_text_preformatted": obj(
            {**_TYPE, "elements": array(_INLINE, 1, _MOST)}, {**_BORDER, "language": _ID}
        ),
        "rich_text_quote": obj({**_TYPE, "elements": array(_INLINE, 1, _MOST)}, _BORDER),
    }
)
"""The four kinds of parts of a rich text."""
