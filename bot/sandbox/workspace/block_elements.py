"""The elements of Block Kit as data: members and limits of SL §5, one entry per element type."""

from collections.abc import Mapping

from bot.sandbox.workspace.errors import Json
from bot.sandbox.workspace.schema import (
    Check,
    Problem,
    anything,
    array,
    boolean,
    by_type,
    enum,
    integer,
    obj,
    one_of,
    string,
    text,
)

ID = string(255)
PLACEHOLDER = text(150, plain=True)
URL = string(3000)
IDS = array(string(255), 0, 1000)
DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}")
TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")

CONFIRM = obj(
    {
        "title": text(100, plain=True),
        "text": text(300),
        "confirm": text(30, plain=True),
        "deny": text(30, plain=True),
    },
    {"style": enum("primary", "danger")},
)
"""SL §5: title 100, text 300, buttons 30."""


def _option(*, plain: bool, url: bool = False) -> Check:
    optional = {"description": text(75, plain=plain)}
    if url:
        optional["url"] = URL
    return obj({"text": text(75, plain=plain), "value": string(150, 1)}, optional)


SELECT_OPTION = _option(plain=True)
CHOICE_OPTION = _option(plain=False)
OVERFLOW_OPTION = _option(plain=True, url=True)
OPTION_GROUP = obj({"label": text(75, plain=True), "options": array(SELECT_OPTION, 1, 100)})
OPTIONS = array(SELECT_OPTION, 1, 100)
GROUPS = array(OPTION_GROUP, 1, 100)


def offered_options(element: Json) -> list[Json]:
    """The options of an element, groups laid flat.

    Broken ones left out (the schema complains about those).
    """
    holders = [element, *_objects(element.get("option_groups"))]
    return [option for holder in holders for option in _objects(holder.get("options"))]


def _objects(value: object) -> list[Json]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _initial_is_offered(value: Json, at: str, problems: list[Problem]) -> None:
    offered = [option.get("value") for option in offered_options(value)]
    initial = value.get("initial_option")
    if isinstance(initial, dict) and initial.get("value") not in offered:
        problems.append(Problem(f"{at}/initial_option", "must be one of the provided options"))
    for index, option in enumerate(_objects(value.get("initial_options"))):
        if option.get("value") not in offered:
            problems.append(Problem(f"{at}/initial_options/{index}", "must be one of the provided options"))


def _initial_fits_maximum(value: Json, at: str, problems: list[Problem]) -> None:
    most = value.get("max_selected_items")
    for name, entries in value.items():
        too_many = (
            name.startswith("initial_")
            and isinstance(entries, list)
            and isinstance(most, int)
            and len(entries) > most
        )
        if too_many:
            problems.append(Problem(f"{at}/{name}", f"no more than {most} items allowed"))


def _length_order(value: Json, at: str, problems: list[Problem]) -> None:
    least, most = value.get("min_length"), value.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        problems.append(Problem(f"{at}/min_length", "must be less than or equal to max_length"))


COMMON: Mapping[str, Check] = {"action_id": ID, "focus_on_load": boolean}
MENU: Mapping[str, Check] = {**COMMON, "placeholder": PLACEHOLDER, "confirm": CONFIRM}
MULTI: Mapping[str, Check] = {**MENU, "max_selected_items": integer(1, 1000)}
RESPONSE: Mapping[str, Check] = {
    "response_url_enabled": boolean,
    "default_to_current_conversation": boolean,
    "filter": anything,
}
DISPATCH: Mapping[str, Check] = {
    "dispatch_action_config": obj(
        {}, {"trigger_actions_on": array(enum("on_enter_pressed", "on_character_entered"), 1, 2)}
    )
}
TYPED: Mapping[str, Check] = {**COMMON, **DISPATCH, "placeholder": PLACEHOLDER, "initial_value": string(3000)}
TYPE: Mapping[str, Check] = {"type": anything}
NUMBER = string(64, 1, r"-?\d+(\.\d+)?")

IMAGE = obj(
    {**TYPE, "alt_text": string(2000, 1)},
    {"image_url": URL, "slack_file": obj({}, {"id": ID, "url": URL}, [one_of("id", "url")])},
    [one_of("image_url", "slack_file")],
)

ELEMENTS: Mapping[str, Check] = {
    "button": obj(
        {**TYPE, "text": text(75, plain=True)},
        {
            "action_id": ID,
            "url": URL,
            "value": string(2000),
            "style": enum("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "checkboxes": obj(
        {**TYPE, "options": array(CHOICE_OPTION, 1, 10)},
        {**COMMON, "confirm": CONFIRM, "initial_options": array(CHOICE_OPTION, 1, 10)},
        [_initial_is_offered],
    ),
    "radio_buttons": obj(
        {**TYPE, "options": array(CHOICE_OPTION, 1, 10)},
        {**COMMON, "confirm": CONFIRM, "initial_option": CHOICE_OPTION},
        [_initial_is_offered],
    ),
    "overflow": obj({**TYPE, "options": array(OVERFLOW_OPTION, 1, 5)}, {"action_id": ID, "confirm": CONFIRM}),
    "static_select": obj(
        TYPE,
        {**MENU, "options": OPTIONS, "option_groups": GROUPS, "initial_option": SELECT_OPTION},
        [one_of("options", "option_groups"), _initial_is_offered],
    ),
    "multi_static_select": obj(
        TYPE,
        {
            **MULTI,
            "options": OPTIONS,
            "option_groups": GROUPS,
            "initial_options": array(SELECT_OPTION, 1, 100),
        },
        [one_of("options", "option_groups"), _initial_is_offered, _initial_fits_maximum],
    ),
    # External selects take initial options but no options (SL §5).
    "external_select": obj(
        TYPE, {**MENU, "min_query_length": integer(0, 1000), "initial_option": SELECT_OPTION}
    ),
    "multi_external_select": obj(
        TYPE,
        {**MULTI, "min_query_length": integer(0, 1000), "initial_options": array(SELECT_OPTION, 1, 100)},
        [_initial_fits_maximum],
    ),
    "users_select": obj(TYPE, {**MENU, "initial_user": ID}),
    "multi_users_select": obj(TYPE, {**MULTI, "initial_users": IDS}, [_initial_fits_maximum]),
    "conversations_select": obj(TYPE, {**MENU, **RESPONSE, "initial_conversation": ID}),
    "multi_conversations_select": obj(
        TYPE, {**MULTI, **RESPONSE, "initial_conversations": IDS}, [_initial_fits_maximum]
    ),
    "channels_select": obj(TYPE, {**MENU, "response_url_enabled": boolean, "initial_channel": ID}),
    "multi_channels_select": obj(TYPE, {**MULTI, "initial_channels": IDS}, [_initial_fits_maximum]),
    "datepicker": obj(TYPE, {**MENU, "initial_date": DATE}),
    "timepicker": obj(TYPE, {**MENU, "initial_time": TIME, "timezone": string(64)}),
    "datetimepicker": obj(
        TYPE, {**COMMON, "confirm": CONFIRM, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}
    ),
    "plain_text_input": obj(
        TYPE,
        {**TYPED, "multiline": boolean, "min_length": integer(0, 3000), "max_length": integer(1, 3000)},
        [_length_order],
    ),
    "email_text_input": obj(TYPE, TYPED),
    "url_text_input": obj(TYPE, TYPED),
    "number_input": obj(
        {**TYPE, "is_decimal_allowed": boolean},
        {**TYPED, "initial_value": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
    ),
    "rich_text_input": obj(
        TYPE,
        {**TYPED, "initial_value": anything, "min_length": integer(0, 3000), "max_length": integer(1, 3000)},
    ),
    "file_input": obj(
        TYPE, {"action_id": ID, "filetypes": array(string(20, 1), 1, 50), "max_files": integer(1, 10)}
    ),
    "image": IMAGE,
    "icon_button": obj({**TYPE, "icon": string(50, 1), "text": text(75, plain=True)}, {}, additional=True),
    "feedback_buttons": obj(
        {**TYPE, "positive_button": anything, "negative_button": anything}, {"action_id": ID}
    ),
    "workflow_button": obj({**TYPE, "text": text(75, plain=True), "workflow": anything}, {}, additional=True),
    "plain_text": text(3000),
    "mrkdwn": text(3000),
    "url": obj({**TYPE, "url": URL, "text": string(3000)}, {}, additional=True),
}

SINGLE_SELECTS = (
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
)
SELECTS = (*SINGLE_SELECTS, *(f"multi_{name}" for name in SINGLE_SELECTS))
PICKERS = ("datepicker", "timepicker")
CHOICES = ("checkboxes", "radio_buttons")
TYPED_INPUTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input")


def _only(*names: str) -> Check:
    return by_type({name: ELEMENTS[name] for name in names})


IN_SECTION = _only("button", "overflow", "image", "workflow_button", *CHOICES, *PICKERS, *SELECTS)
# datetimepicker: actions and input blocks only (SL §5).
IN_ACTIONS = _only(
    "button", "overflow", "workflow_button", "datetimepicker", "rich_text_input", *CHOICES, *PICKERS, *SELECTS
)
IN_CONTEXT = _only("image", "plain_text", "mrkdwn")
IN_CONTEXT_ACTIONS = _only("feedback_buttons", "icon_button")
IN_INPUT = _only("datetimepicker", *CHOICES, *PICKERS, *SELECTS, *TYPED_INPUTS)
# file_input: input blocks of modals only (SL §5).
IN_MODAL_INPUT = _only("datetimepicker", "file_input", *CHOICES, *PICKERS, *SELECTS, *TYPED_INPUTS)
