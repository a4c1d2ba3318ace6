"""Slack's check of blocks, messages and views (SL §5).

It is data, and a handful of rules that look across blocks.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

from bot.sandbox.workspace import block_elements as elements
from bot.sandbox.workspace.block_rich_text import PARTS as RICH_TEXT
from bot.sandbox.workspace.errors import Json
from bot.sandbox.workspace.schema import (
    Check,
    Problem,
    anything,
    array,
    at_least_one_of,
    boolean,
    by_type,
    enum,
    integer,
    obj,
    one_of,
    string,
    text,
)

Surface: TypeAlias = Literal["message", "modal", "home"]

MAX_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": 100, "home": 100}
MAX_MARKDOWN = 12_000
MAX_TABLE = 10_000

_ID: Mapping[str, Check] = {"block_id": elements.ID}
_TYPE: Mapping[str, Check] = {"type": anything}


def _input(allowed: Check) -> Check:
    return obj(
        {**_TYPE, "label": text(2000, plain=True), "element": allowed},
        {**_ID, "hint": text(2000, plain=True), "optional": boolean, "dispatch_action": boolean},
    )


def _no_rich_text_in_header(value: Json, at: str, problems: list[Problem]) -> None:
    rows = value.get("rows")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
        return
    if any(len(row) != len(rows[0]) for row in rows):
        problems.append(Problem(f"{at}/rows", "all rows must have the same number of cells"))
    for index, cell in enumerate(rows[0]):
        if isinstance(cell, dict) and cell.get("type") == "rich_text":
            problems.append(Problem(f"{at}/rows/0/{index}/type", "unsupported type: rich_text"))


EVERYWHERE: Mapping[str, Check] = {
    "section": obj(
        _TYPE,
        {
            **_ID,
            "text": text(3000),
            "fields": array(text(2000), 1, 10),
            "accessory": elements.IN_SECTION,
            "expand": boolean,
        },
        [at_least_one_of("text", "fields")],
    ),
    "divider": obj(_TYPE, _ID),
    "header": obj({**_TYPE, "text": text(150, plain=True)}, {**_ID, "level": integer(1, 4)}),
    "context": obj({**_TYPE, "elements": array(elements.IN_CONTEXT, 1, 10)}, _ID),
    "actions": obj({**_TYPE, "elements": array(elements.IN_ACTIONS, 1, 25)}, _ID),
    "image": obj(
        {**_TYPE, "alt_text": string(2000, 1)},
        {**_ID, "title": text(2000, plain=True), "image_url": elements.URL, "slack_file": anything},
        [one_of("image_url", "slack_file")],
    ),
    "rich_text": obj({**_TYPE, "elements": array(RICH_TEXT, 1, 1000)}, _ID),
    "video": obj(
        {
            **_TYPE,
            "title": text(199, plain=True),
            "video_url": elements.URL,
            "thumbnail_url": elements.URL,
            "alt_text": string(2000),
        },
        {**_ID, "author_name": string(49)},
        additional=True,
    ),
    "card": obj(
        _TYPE,
        {
            **_ID,
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "actions": anything,
            "hero_image": anything,
        },
        [at_least_one_of("hero_image", "title", "actions", "body")],
        additional=True,
    ),
    "carousel": obj({**_TYPE, "elements": array(anything, 1, 10)}, _ID, additional=True),
    "container": obj(
        {**_TYPE, "child_blocks": array(anything, 1, 10)},
        {**_ID, "title": text(150, plain=True), "subtitle": text(150)},
        [one_of("title", "rich_text_title")],
        additional=True,
    ),
    "alert": obj({**_TYPE, "text": text(3000)}, {**_ID, "level": string(20)}, additional=True),
    "data_table": obj(
        {**_TYPE, "rows": array(array(anything, 1, 20), 2, 101), "caption": string(2000, 1)},
        {**_ID, "page_size": integer(1, 100)},
        [_no_rich_text_in_header],
        additional=True,
    ),
    "data_visualization": obj({**_TYPE, "title": string(50, 1)}, _ID, additional=True),
    "input": _input(elements.IN_INPUT),
}
MESSAGES_ONLY: Mapping[str, Check] = {
    "markdown": obj({**_TYPE, "text": string(MAX_MARKDOWN, 1)}, _ID),
    "table": obj(
        {**_TYPE, "rows": array(array(anything, 1, 20), 1, 100)},
        {**_ID, "column_settings": array(anything, 0, 20)},
    ),
    "context_actions": obj({**_TYPE, "elements": array(elements.IN_CONTEXT_ACTIONS, 1, 5)}, _ID),
    "task_card": obj(_TYPE, _ID, additional=True),
    "plan": obj(_TYPE, _ID, additional=True),
    "file": obj({**_TYPE, "external_id": string(255, 1), "source": enum("remote")}, _ID),
}
"""SL §5: messages only."""

BLOCKS: Mapping[Surface, Check] = {
    "message": by_type({**EVERYWHERE, **MESSAGES_ONLY}),
    "modal": by_type({**EVERYWHERE, "input": _input(elements.IN_MODAL_INPUT)}),
    "home": by_type(EVERYWHERE),
}

VIEW = obj(
    {"type": enum("modal", "home"), "blocks": anything},
    {
        "title": text(24, plain=True),
        "submit": text(24, plain=True),
        "close": text(24, plain=True),
        "private_metadata": string(3000),
        "callback_id": elements.ID,
        "external_id": elements.ID,
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    additional=True,
)


# Tuples: what is looked for may be any JSON, a list too.
WITH_ELEMENTS = ("actions", "section", "input", "context_actions")
VIEW_TYPES = ("modal", "home")


def iter_elements(block: Json) -> Iterator[Json]:
    """The interactive elements of one block, wherever they stand in it."""
    listed = block.get("elements")
    inside = [block.get("accessory"), block.get("element"), *(listed if isinstance(listed, list) else [])]
    if block.get("type") in WITH_ELEMENTS:
        yield from (element for element in inside if isinstance(element, dict))


def check_blocks(blocks: object, surface: Surface, at: str = "/blocks") -> list[Problem]:
    """All complaints about a list of blocks on a surface; none means Slack takes it."""
    problems: list[Problem] = []
    array(BLOCKS[surface], 0, MAX_BLOCKS[surface])(blocks, at, problems)
    if isinstance(blocks, list):
        sound = [(i, b) for i, b in enumerate(blocks) if isinstance(b, dict)]
        _unique_ids(sound, at, problems)
        _budgets(sound, at, problems)
        _one_focus(sound, at, problems)
    return problems


def check_view(view: object, at: str = "/view") -> list[Problem]:
    """All complaints about a modal or a Home tab."""
    problems: list[Problem] = []
    VIEW(view, at, problems)
    if not isinstance(view, dict) or view.get("type") not in VIEW_TYPES:
        return problems
    surface: Surface = view["type"]
    problems += check_blocks(view.get("blocks"), surface, f"{at}/blocks")
    if surface == "modal":
        if "title" not in view:
            problems.append(Problem(at, "missing required field: title", "missing_field"))
        blocks = view.get("blocks")
        has_input = isinstance(blocks, list) and any(
            isinstance(b, dict) and b.get("type") == "input" for b in blocks
        )
        if has_input and "submit" not in view:
            problems.append(
                Problem(at, "must define `submit` to use an `input` block in modals", "missing_field")
            )
    return problems


def _unique_ids(blocks: list[tuple[int, Json]], at: str, problems: list[Problem]) -> None:
    seen: set[str] = set()
    for index, block in blocks:
        block_id = block.get("block_id")
        if isinstance(block_id, str):
            if block_id in seen:
                problems.append(Problem(f"{at}/{index}/block_id", f'`block_id` "{block_id}" already exists'))
            seen.add(block_id)
        actions = [e["action_id"] for e in iter_elements(block) if e.get("action_id")]
        repeated = sorted({str(a) for a in actions if actions.count(a) > 1})
        problems.extend(Problem(f"{at}/{index}", f'`action_id` "{a}" already exists') for a in repeated)


def _budgets(blocks: list[tuple[int, Json]], at: str, problems: list[Problem]) -> None:
    markdown = sum(len(str(b.get("text", ""))) for _, b in blocks if b.get("type") == "markdown")
    if markdown > MAX_MARKDOWN:
        problems.append(
            Problem(at, f"markdown blocks must be less than {MAX_MARKDOWN + 1} characters together")
        )
    table = sum(_cell_length(b.get("rows")) for _, b in blocks if b.get("type") == "table")
    if table > MAX_TABLE:
        problems.append(Problem(at, f"table cells must be less than {MAX_TABLE + 1} characters together"))


def _cell_length(value: object) -> int:
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(_cell_length(v) for v in value.values())
    return sum(_cell_length(v) for v in value) if isinstance(value, list) else 0


def _one_focus(blocks: list[tuple[int, Json]], at: str, problems: list[Problem]) -> None:
    focused = [i for i, block in blocks for e in iter_elements(block) if e.get("focus_on_load") is True]
    problems.extend(Problem(f"{at}/{i}", "only one element can have `focus_on_load`") for i in focused[1:])
