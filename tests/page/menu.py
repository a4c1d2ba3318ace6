"""The kitchen sink's blocks: one of each that the page draws, with names that tests can look for."""

from typing import Any

JSON = dict[str, Any]


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> JSON:
    return {"type": "mrkdwn", "text": text}


def option(value: str, description: str | None = None) -> JSON:
    more = {"description": plain(description)} if description else {}
    return {"text": plain(value.title()), "value": value, **more}


def field(block_id: str, label: str, element: JSON, **more: Any) -> JSON:
    """An input block whose element's action_id is its block_id."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": block_id, **element},
        **more,
    }


def button(action_id: str, text: str, **more: Any) -> JSON:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


CONFIRM: JSON = {
    "title": plain("Remove two people?"),
    "text": mrkdwn("*Mia* and *Bob* lose everything."),
    "confirm": plain("Remove them"),
    "deny": plain("Keep them"),
    "style": "danger",
}

FRUITS = [option("apple"), option("banana", "yellow"), option("cherry")]

LINK = "https://example.com/connect"

CHOICES: JSON = {
    "type": "actions",
    "block_id": "choices",
    "elements": [
        {"type": "users_select", "action_id": "boss", "placeholder": plain("Who decides")},
        {"type": "multi_users_select", "action_id": "team", "placeholder": plain("Who helps")},
        {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-23"},
        {"type": "timepicker", "action_id": "hour"},
        {"type": "datetimepicker", "action_id": "moment"},
        button("connect", "Connect", url=LINK),
        button("leave", "Leave", url=LINK, confirm=CONFIRM),
        button("trap", "Trap", url="javascript:document.title='trapped'"),
    ],
}

MENU: list[JSON] = [
    {"type": "header", "block_id": "head", "text": plain("Kitchen sink")},
    {
        "type": "section",
        "block_id": "words",
        "text": mrkdwn(
            "*bold* _italic_ ~struck~ `code` <https://example.com/a?b=1|a link> <@U0MIA> <#C0GENERAL> "
            "<!subteam^S0APPROVERS> :tada: :no_such_emoji:\n> quoted &lt;b&gt;\n```x = 1 < 2\ny = 2```"
        ),
    },
    {
        "type": "section",
        "block_id": "fields",
        "fields": [
            mrkdwn("*Asked by*\n<@U0ADA>"),
            mrkdwn("*When*\n<!date^1763900000^{date_num} {time}|then>"),
        ],
        "accessory": {
            "type": "overflow",
            "action_id": "more",
            "options": [option("retry"), option("undo"), {**option("about"), "url": LINK}],
        },
    },
    {"type": "divider", "block_id": "line"},
    {
        "type": "actions",
        "block_id": "buttons",
        "elements": [
            button("approve", "Approve", style="primary"),
            button("deny", "Deny", style="danger", confirm=CONFIRM),
            button("later", "Later", accessibility_label="Decide later"),
            {
                "type": "static_select",
                "action_id": "fruit",
                "placeholder": plain("Choose a fruit"),
                "options": FRUITS,
            },
        ],
    },
    {
        "type": "rich_text",
        "block_id": "rich",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "Rich ", "style": {"bold": True}},
                    {"type": "user", "user_id": "U0GRACE"},
                    {"type": "text", "text": " <!channel> stays text"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]},
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "second"}]},
                ],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a = 1\nb = 2"}]},
            {
                "type": "rich_text_quote",
                "elements": [
                    {"type": "emoji", "name": "rollcall_bell", "unicode": "1f514"},
                    {"type": "text", "text": " "},
                    {
                        "type": "link",
                        "url": "https://example.com/why",
                        "text": "why",
                        "style": {"bold": True},
                    },
                    {"type": "text", "text": " "},
                    {"type": "date", "timestamp": 1763900000, "format": "{date_num}", "fallback": "then"},
                ],
            },
        ],
    },
    {
        "type": "table",
        "block_id": "rows",
        "column_settings": [{"is_wrapped": True}, {"align": "right"}],
        "rows": [
            [{"type": "raw_text", "text": "Person"}, {"type": "raw_text", "text": "Stacks"}],
            [{"type": "raw_text", "text": "Mia Member"}, {"type": "raw_text", "text": "3"}],
            [{"type": "raw_text", "text": "Bob Double"}, {"type": "raw_text", "text": "12"}],
        ],
    },
    {
        "type": "image",
        "block_id": "picture",
        "image_url": "https://example.com/chart.png",
        "alt_text": "A chart of removals",
    },
    {
        "type": "context",
        "block_id": "small",
        "elements": [
            {"type": "image", "image_url": "/icon.svg", "alt_text": "The page's mark"},
            mrkdwn("Plan `3f9a0c1b77de` sealed"),
            plain("not yet approved"),
        ],
    },
    CHOICES,
    {
        "type": "video",
        "block_id": "film",
        "title": plain("A film"),
        "title_url": "https://example.com/film",
        "video_url": "https://example.com/film",
        "thumbnail_url": "https://example.com/film.png",
        "alt_text": "A film",
    },
]

INPUTS: list[JSON] = [
    {
        "type": "section",
        "block_id": "about",
        "text": mrkdwn("Fill in *everything*."),
        "accessory": button("push", "Add another view"),
    },
    field("name", "Name", {"type": "plain_text_input", "max_length": 20}, hint=plain("As on the badge")),
    field("reason", "Reason", {"type": "plain_text_input", "multiline": True}, optional=True),
    field("mail", "Mail", {"type": "email_text_input"}, optional=True),
    field("count", "Count", {"type": "number_input", "is_decimal_allowed": False}, optional=True),
    field("fruit", "Fruit", {"type": "static_select", "options": FRUITS}, optional=True),
    field(
        "fruits",
        "Fruits",
        {"type": "multi_static_select", "options": FRUITS, "max_selected_items": 2},
        optional=True,
    ),
    field("who", "Who", {"type": "external_select", "min_query_length": 2}, optional=True),
    field(
        "people",
        "People",
        {"type": "multi_external_select", "min_query_length": 0, "max_selected_items": 3},
        optional=True,
    ),
    field("boss", "Boss", {"type": "users_select"}, optional=True),
    field("team", "Team", {"type": "multi_users_select", "max_selected_items": 2}, optional=True),
    field(
        "channel",
        "Channel",
        {"type": "conversations_select", "filter": {"include": ["public"]}},
        optional=True,
    ),
    field("size", "Size", {"type": "radio_buttons", "options": FRUITS}, optional=True),
    field("extras", "Extras", {"type": "checkboxes", "options": FRUITS}, optional=True),
    field("day", "Day", {"type": "datepicker", "initial_date": "2026-11-23"}, optional=True),
    field("hour", "Hour", {"type": "timepicker"}, optional=True),
    field("moment", "Moment", {"type": "datetimepicker", "initial_date_time": 1763900000}, optional=True),
    field("list", "List", {"type": "file_input", "filetypes": ["csv"], "max_files": 1}, optional=True),
]


def view(callback_id: str, title: str, blocks: list[JSON], **more: Any) -> JSON:
    return {"type": "modal", "callback_id": callback_id, "title": plain(title), "blocks": blocks, **more}


LOADING = view("loading", "One moment", [{"type": "section", "block_id": "wait", "text": plain("Loading…")}])
KITCHEN = view(
    "kitchen", "Kitchen sink", INPUTS, submit=plain("Send"), close=plain("Cancel"), notify_on_close=True
)
SECOND = view(
    "second", "Second view", [field("extra", "Extra", {"type": "plain_text_input"})], submit=plain("Add")
)
HOME: JSON = {
    "type": "home",
    "blocks": [
        {"type": "header", "block_id": "h", "text": plain("Your desk")},
        {"type": "actions", "block_id": "a", "elements": [button("hello", "Say hello")]},
        {"type": "divider"},
        {
            "type": "section",
            "block_id": "waiting",
            "text": mrkdwn("*Remove two people*\nasked by <@U0GRACE>"),
            "accessory": {
                "type": "overflow",
                "action_id": "decide",
                "options": [option("open"), option("deny")],
            },
        },
        {"type": "context", "elements": [mrkdwn("since <!date^1763900000^{date_num}|then>")]},
    ],
}
