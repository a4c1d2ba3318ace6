"""The limits of SL §5, one line each: what Slack refuses, and where it points."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.workspace.block_kit import Surface, check_blocks, check_view
from bot.sandbox.workspace.kit import actions, button, field, modal, option, plain

SECTION = {"type": "section", "text": plain("x")}
SELECT = {"type": "static_select", "action_id": "s", "options": [option("a")]}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def rich(*parts: Any) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(parts)}


def line(*inline: Any) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(inline)}


TEXT = {"type": "text", "text": "x"}
CONFIRM = {"title": plain("Sure?"), "text": mrkdwn("*x*"), "confirm": plain("Yes"), "deny": plain("No")}


def lines(blocks: Any, surface: Surface = "message") -> list[str]:
    return [problem.line() for problem in check_blocks(blocks, surface)]


GOOD: list[tuple[str, list[Any], Surface]] = [
    ("nothing", [], "message"),
    ("fifty blocks in a message", [SECTION] * 50, "message"),
    ("a hundred blocks in a modal", [SECTION] * 100, "modal"),
    ("longest section", [{"type": "section", "text": mrkdwn("x" * 3000)}], "message"),
    ("section with fields only", [{"type": "section", "fields": [plain("x" * 2000)] * 10}], "home"),
    (
        "button with everything",
        [actions(button("b", value="v" * 2000, style="danger", url="https://example.com"))],
        "home",
    ),
    ("context", [{"type": "context", "elements": [plain("x"), mrkdwn("y")] * 5}], "message"),
    ("markdown in a message", [{"type": "markdown", "text": "x" * 12_000}], "message"),
    (
        "table in a message",
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100}],
        "message",
    ),
    (
        "rich text",
        [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}],
        "message",
    ),
    (
        "option of 75 and 150",
        [actions({**SELECT, "options": [{"text": plain("t" * 75), "value": "v" * 150}]})],
        "modal",
    ),
    ("input in a message", [field("f", {"type": "plain_text_input", "action_id": "a"})], "message"),
    (
        "file input in a modal",
        [field("f", {"type": "file_input", "action_id": "a", "max_files": 10})],
        "modal",
    ),
    ("external select without options", [field("f", {"type": "external_select", "action_id": "a"})], "modal"),
    (
        "rich text with everything",
        [
            rich(
                line(
                    {**TEXT, "style": {"bold": True, "italic": True, "strike": True, "code": True}},
                    {"type": "link", "url": "https://example.com", "text": "x", "unsafe": True},
                    {"type": "emoji", "name": "tada", "skin_tone": 2},
                    {"type": "user", "user_id": "U0ADA", "style": {"bold": True}},
                    {"type": "channel", "channel_id": "C0GENERAL"},
                    {"type": "usergroup", "usergroup_id": "S0APPROVERS"},
                    {"type": "broadcast", "range": "here"},
                    {"type": "date", "timestamp": 1_763_900_000, "format": "{date}", "fallback": "then"},
                    {"type": "color", "value": "#ff0000"},
                ),
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "indent": 8,
                    "offset": 4,
                    "elements": [line()],
                },
                {"type": "rich_text_preformatted", "border": 1, "elements": [TEXT]},
                {"type": "rich_text_quote", "elements": [TEXT]},
            )
        ],
        "home",
    ),
    (
        "every way to choose people, days and times",
        [
            actions(
                {"type": "users_select", "action_id": "a", "initial_user": "U0ADA", "confirm": CONFIRM},
                {"type": "multi_users_select", "action_id": "b", "initial_users": ["U0ADA"]},
                {"type": "datepicker", "action_id": "c", "initial_date": "2026-12-24"},
                {
                    "type": "timepicker",
                    "action_id": "d",
                    "initial_time": "23:59",
                    "timezone": "Europe/Berlin",
                },
                {"type": "datetimepicker", "action_id": "e", "initial_date_time": 1_763_900_000},
            )
        ],
        "home",
    ),
    (
        "every way to choose people, days and times in a form",
        [
            field("a", {"type": "users_select", "focus_on_load": True, "placeholder": plain("Who")}),
            field(
                "b", {"type": "multi_users_select", "max_selected_items": 2, "initial_users": ["U1", "U2"]}
            ),
            field("c", {"type": "datepicker"}),
            field("d", {"type": "timepicker"}),
            field("e", {"type": "datetimepicker", "confirm": CONFIRM}),
        ],
        "modal",
    ),
    (
        "a link as a button and in a menu",
        [
            actions(
                button("b", url="https://example.com/connect"),
                {
                    "type": "overflow",
                    "action_id": "o",
                    "options": [{**option("x"), "url": "https://example.com"}],
                    "confirm": CONFIRM,
                },
            )
        ],
        "message",
    ),
    ("header, divider", [{"type": "header", "text": plain("x" * 150)}, {"type": "divider"}], "home"),
    (
        "image with title, image beside a section and in a context",
        [
            {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a", "title": plain("t")},
            {**SECTION, "accessory": {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a"}},
            {"type": "context", "elements": [{"type": "image", "image_url": "https://x", "alt_text": "a"}]},
        ],
        "modal",
    ),
    (
        "overflow of five",
        [actions({"type": "overflow", "action_id": "o", "options": [option(str(i)) for i in range(5)]})],
        "home",
    ),
]


@pytest.mark.parametrize(("name", "blocks", "surface"), GOOD, ids=[case[0] for case in GOOD])
def test_what_slack_takes_passes(name: str, blocks: list[Any], surface: Surface) -> None:
    """Right up to the limit there is no complaint."""
    assert lines(blocks, surface) == []


OPTIONS_101 = [option(str(i)) for i in range(101)]
BAD: list[tuple[str, Any, Surface, str]] = [
    ("51 blocks", [SECTION] * 51, "message", "no more than 50 items allowed [json-pointer:/blocks]"),
    ("101 blocks", [SECTION] * 101, "modal", "no more than 100 items allowed [json-pointer:/blocks]"),
    ("null block", [None], "message", "must provide an object [json-pointer:/blocks/0]"),
    ("not a list", {"a": 1}, "message", "must provide an array [json-pointer:/blocks]"),
    (
        "unknown type",
        [{"type": "sparkle"}],
        "message",
        "unsupported type: sparkle [json-pointer:/blocks/0/type]",
    ),
    (
        "unknown property",
        [{"type": "divider", "x": 1}],
        "message",
        "invalid additional property: x [json-pointer:/blocks/0]",
    ),
    (
        "empty text",
        [{"type": "section", "text": plain("")}],
        "message",
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        "long section",
        [{"type": "section", "text": plain("x" * 3001)}],
        "message",
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        "long field",
        [{"type": "section", "fields": [plain("x" * 2001)]}],
        "message",
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    (
        "eleven fields",
        [{"type": "section", "fields": [plain("x")] * 11}],
        "message",
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        "section without text",
        [{"type": "section"}],
        "message",
        "missing required field: text or fields [json-pointer:/blocks/0]",
    ),
    (
        "long header",
        [{"type": "header", "text": plain("x" * 151)}],
        "message",
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        "mrkdwn header",
        [{"type": "header", "text": mrkdwn("x")}],
        "message",
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    (
        "eleven in context",
        [{"type": "context", "elements": [plain("x")] * 11}],
        "message",
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        "26 actions",
        [actions(*[button(str(i)) for i in range(26)])],
        "message",
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        "long button",
        [actions({**button("b"), "text": plain("x" * 76)})],
        "message",
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        "long button value",
        [actions(button("b", value="x" * 2001))],
        "message",
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        "long url",
        [actions(button("b", url="x" * 3001))],
        "message",
        "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]",
    ),
    (
        "odd style",
        [actions(button("b", style="blue"))],
        "message",
        "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
    ),
    (
        "long action_id",
        [actions({**SELECT, "action_id": "x" * 256})],
        "message",
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    (
        "long option",
        [actions({**SELECT, "options": [{"text": plain("x" * 76), "value": "v"}]})],
        "modal",
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]",
    ),
    (
        "long option value",
        [actions({**SELECT, "options": [{"text": plain("x"), "value": "v" * 151}]})],
        "modal",
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
    ),
    (
        "101 options",
        [actions({**SELECT, "options": OPTIONS_101})],
        "modal",
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        "no options",
        [actions({**SELECT, "options": []})],
        "modal",
        "no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        "eleven checkboxes",
        [actions({"type": "checkboxes", "action_id": "c", "options": OPTIONS_101[:11]})],
        "modal",
        "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        "foreign initial option",
        [actions({**SELECT, "initial_option": option("z")})],
        "modal",
        "must be one of the provided options [json-pointer:/blocks/0/elements/0/initial_option]",
    ),
    (
        "confirm too long",
        [
            actions(
                button(
                    "b",
                    confirm={
                        "title": plain("x" * 101),
                        "text": plain("x"),
                        "confirm": plain("y"),
                        "deny": plain("n"),
                    },
                )
            )
        ],
        "message",
        "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
    ),
    (
        "image without alt_text",
        [{"type": "image", "image_url": "https://example.com/a.png"}],
        "message",
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    (
        "two image sources",
        [{"type": "image", "alt_text": "x", "image_url": "u", "slack_file": {"id": "F"}}],
        "message",
        "must provide exactly one of: image_url, slack_file [json-pointer:/blocks/0]",
    ),
    (
        "markdown in a modal",
        [{"type": "markdown", "text": "x"}],
        "modal",
        "unsupported type: markdown [json-pointer:/blocks/0/type]",
    ),
    (
        "table at home",
        [{"type": "table", "rows": [[{}]]}],
        "home",
        "unsupported type: table [json-pointer:/blocks/0/type]",
    ),
    (
        "context_actions in a modal",
        [{"type": "context_actions", "elements": [button("b")]}],
        "modal",
        "unsupported type: context_actions [json-pointer:/blocks/0/type]",
    ),
    (
        "file input in a message",
        [field("f", {"type": "file_input"})],
        "message",
        "unsupported type: file_input [json-pointer:/blocks/0/element/type]",
    ),
    (
        "datetimepicker as accessory",
        [{**SECTION, "accessory": {"type": "datetimepicker"}}],
        "modal",
        "unsupported type: datetimepicker [json-pointer:/blocks/0/accessory/type]",
    ),
    (
        "button in an input",
        [field("f", button("b"))],
        "modal",
        "unsupported type: button [json-pointer:/blocks/0/element/type]",
    ),
    (
        "long label",
        [{**field("f", SELECT), "label": plain("x" * 2001)}],
        "modal",
        "must be less than 2001 characters [json-pointer:/blocks/0/label/text]",
    ),
    (
        "max_length 0",
        [field("f", {"type": "plain_text_input", "max_length": 0})],
        "modal",
        "must be between 1 and 3000 [json-pointer:/blocks/0/element/max_length]",
    ),
    (
        "odd date",
        [field("f", {"type": "datepicker", "initial_date": "tomorrow!!"})],
        "modal",
        r"must match the pattern \d{4}-\d{2}-\d{2} [json-pointer:/blocks/0/element/initial_date]",
    ),
    (
        "no decimals told",
        [field("f", {"type": "number_input"})],
        "modal",
        "missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]",
    ),
    (
        "eleven files",
        [field("f", {"type": "file_input", "max_files": 11})],
        "modal",
        "must be between 1 and 10 [json-pointer:/blocks/0/element/max_files]",
    ),
    (
        "six in an overflow",
        [actions({"type": "overflow", "action_id": "o", "options": OPTIONS_101[:6]})],
        "home",
        "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        "overflow in a context",
        [{"type": "context", "elements": [{"type": "overflow", "options": OPTIONS_101[:2]}]}],
        "message",
        "unsupported type: overflow [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        "a link in a select's option",
        [actions({**SELECT, "options": [{**option("a"), "url": "https://example.com"}]})],
        "message",
        "invalid additional property: url [json-pointer:/blocks/0/elements/0/options/0]",
    ),
    (
        "more people at first than may be chosen",
        [field("f", {"type": "multi_users_select", "max_selected_items": 1, "initial_users": ["U1", "U2"]})],
        "modal",
        "no more than 1 items allowed [json-pointer:/blocks/0/element/initial_users]",
    ),
    (
        "options for people",
        [actions({"type": "users_select", "action_id": "u", "options": [option("a")]})],
        "message",
        "invalid additional property: options [json-pointer:/blocks/0/elements/0]",
    ),
    (
        "odd time",
        [field("f", {"type": "timepicker", "initial_time": "24:00"})],
        "modal",
        r"must match the pattern ([01]\d|2[0-3]):[0-5]\d [json-pointer:/blocks/0/element/initial_time]",
    ),
    (
        "milliseconds",
        [field("f", {"type": "datetimepicker", "initial_date_time": 1_763_900_000_000})],
        "modal",
        "must be between 1000000000 and 9999999999 [json-pointer:/blocks/0/element/initial_date_time]",
    ),
    (
        "placeholder of a moment",
        [field("f", {"type": "datetimepicker", "placeholder": plain("When")})],
        "modal",
        "invalid additional property: placeholder [json-pointer:/blocks/0/element]",
    ),
    (
        "unknown part of a rich text",
        [rich({"type": "rich_text_table", "elements": []})],
        "message",
        "unsupported type: rich_text_table [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        "mrkdwn in a rich text",
        [rich(line(mrkdwn("*x*")))],
        "message",
        "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    (
        "list in a list",
        [rich({"type": "rich_text_list", "style": "bullet", "elements": [{"type": "rich_text_list"}]})],
        "message",
        "unsupported type: rich_text_list [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    (
        "list without a style",
        [rich({"type": "rich_text_list", "elements": [line()]})],
        "message",
        "missing required field: style [json-pointer:/blocks/0/elements/0]",
    ),
    (
        "empty text in a rich text",
        [rich(line({"type": "text", "text": ""}))],
        "message",
        "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
    ),
    (
        "twin blocks",
        [{**SECTION, "block_id": "a"}] * 2,
        "message",
        '`block_id` "a" already exists [json-pointer:/blocks/1/block_id]',
    ),
    (
        "twin actions",
        [actions(button("a"), button("a"))],
        "message",
        '`action_id` "a" already exists [json-pointer:/blocks/0]',
    ),
    (
        "markdown budget",
        [{"type": "markdown", "text": "x" * 6001}] * 2,
        "message",
        "markdown blocks must be less than 12001 characters together [json-pointer:/blocks]",
    ),
    (
        "table budget",
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 10_001}]]}],
        "message",
        "table cells must be less than 10001 characters together [json-pointer:/blocks]",
    ),
    (
        "two focuses",
        [field(n, {"type": "plain_text_input", "focus_on_load": True}) for n in "ab"],
        "modal",
        "only one element can have `focus_on_load` [json-pointer:/blocks/1]",
    ),
]


@pytest.mark.parametrize(("name", "blocks", "surface", "line"), BAD, ids=[case[0] for case in BAD])
def test_what_slack_refuses_is_named_with_its_place(
    name: str, blocks: Any, surface: Surface, line: str
) -> None:
    """One complaint, in words like Slack's, with the JSON pointer."""
    assert lines(blocks, surface) == [f"[ERROR] {line}"]


VIEWS: list[tuple[str, Any, list[str]]] = [
    ("fine", modal(SECTION), []),
    ("no title", {"type": "modal", "blocks": []}, ["missing required field: title [json-pointer:/view]"]),
    (
        "long title",
        modal(title=plain("x" * 25)),
        ["must be less than 25 characters [json-pointer:/view/title/text]"],
    ),
    (
        "long submit",
        modal(submit=plain("x" * 25)),
        ["must be less than 25 characters [json-pointer:/view/submit/text]"],
    ),
    (
        "long metadata",
        modal(private_metadata="x" * 3001),
        ["must be less than 3001 characters [json-pointer:/view/private_metadata]"],
    ),
    ("longest metadata", modal(private_metadata="x" * 3000), []),
    (
        "long callback_id",
        modal(callback_id="x" * 256),
        ["must be less than 256 characters [json-pointer:/view/callback_id]"],
    ),
    (
        "input without submit",
        {"type": "modal", "title": plain("t"), "blocks": [field("f", SELECT)]},
        ["must define `submit` to use an `input` block in modals [json-pointer:/view]"],
    ),
    ("not a view", 3, ["must provide an object [json-pointer:/view]"]),
    (
        "no blocks",
        {"type": "home"},
        [
            "missing required field: blocks [json-pointer:/view]",
            "must provide an array [json-pointer:/view/blocks]",
        ],
    ),
    ("home", {"type": "home", "blocks": [SECTION]}, []),
]


@pytest.mark.parametrize(("name", "view", "expected"), VIEWS, ids=[case[0] for case in VIEWS])
def test_views_have_their_own_limits(name: str, view: Any, expected: list[str]) -> None:
    """Title, submit, private_metadata, callback_id, and inputs that want a submit button."""
    assert [p.line() for p in check_view(view)] == [f"[ERROR] {line}" for line in expected]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
SEEDS = [blocks for _, blocks, _ in GOOD if 0 < len(blocks) < 5] + [blocks for _, blocks, _, _ in BAD[2:]]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, entry in inner for found in places(entry, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """A copy with something else in one place."""
    if not path:
        return other
    copied = value.copy()
    copied[path[0]] = replaced(value[path[0]], path[1:], other)
    return copied


@settings(max_examples=300)
@given(data=st.data())
def test_no_json_at_all_breaks_the_check(data: st.DataObject) -> None:
    """Whatever an app sends gets an answer; every pointer leads to a place that is there."""
    blocks = data.draw(st.sampled_from(SEEDS))
    path = data.draw(st.sampled_from(places(blocks)[:200]))
    broken = replaced(blocks, path, data.draw(JSON))
    surfaces: list[Surface] = ["message", "modal", "home"]
    for surface in surfaces:
        for problem in check_blocks(broken, surface, ""):
            assert problem.pointer == "" or problem.pointer.startswith("/")
        check_view({"type": surface, "title": plain("t"), "blocks": broken})
