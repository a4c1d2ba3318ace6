"""Field values: the simple form of the user API on one side, Slack's `state.values` on the other (SL §4)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.sandbox.workspace.block_elements import offered_options
from bot.sandbox.workspace.block_kit import iter_elements
from bot.sandbox.workspace.errors import Json, UserError
from bot.sandbox.workspace.state import Values


@dataclass(frozen=True, slots=True)
class Kind:
    """How an element's value is called in Slack's state, how it is given at first, and what shape it has."""

    key: str
    initial: str
    shape: str

    @property
    def empty(self) -> object:
        """What Slack sends for an empty field: null, or an empty list (SL §4)."""
        return [] if self.shape in {"options", "ids", "files"} else None


KINDS: Mapping[str, Kind] = {
    "plain_text_input": Kind("value", "initial_value", "text"),
    "email_text_input": Kind("value", "initial_value", "text"),
    "url_text_input": Kind("value", "initial_value", "text"),
    "number_input": Kind("value", "initial_value", "text"),
    "rich_text_input": Kind("rich_text_value", "initial_value", "rich"),
    "datepicker": Kind("selected_date", "initial_date", "plain"),
    "timepicker": Kind("selected_time", "initial_time", "plain"),
    "datetimepicker": Kind("selected_date_time", "initial_date_time", "number"),
    "static_select": Kind("selected_option", "initial_option", "option"),
    "external_select": Kind("selected_option", "initial_option", "option"),
    "radio_buttons": Kind("selected_option", "initial_option", "option"),
    "users_select": Kind("selected_user", "initial_user", "plain"),
    "conversations_select": Kind("selected_conversation", "initial_conversation", "plain"),
    "channels_select": Kind("selected_channel", "initial_channel", "plain"),
    "checkboxes": Kind("selected_options", "initial_options", "options"),
    "multi_static_select": Kind("selected_options", "initial_options", "options"),
    "multi_external_select": Kind("selected_options", "initial_options", "options"),
    "multi_users_select": Kind("selected_users", "initial_users", "ids"),
    "multi_conversations_select": Kind("selected_conversations", "initial_conversations", "ids"),
    "multi_channels_select": Kind("selected_channels", "initial_channels", "ids"),
    "file_input": Kind("files", "initial_files", "files"),
}
"""Every element that has a value; buttons and overflow menus have none."""

Offered = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Field:
    """An element with a value, in its block."""

    block: Json
    element: Json

    @property
    def block_id(self) -> str:
        """The block's id."""
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        """The element's id."""
        return str(self.element["action_id"])

    @property
    def kind(self) -> Kind:
        """Its row in KINDS."""
        return KINDS[self.element["type"]]

    @property
    def is_input(self) -> bool:
        """In an input block: checked at submit, sends no action unless it says so."""
        return bool(self.block["type"] == "input")


def iter_fields(blocks: list[Json]) -> Iterator[Field]:
    """All fields of a view or message."""
    for block in blocks:
        for element in iter_elements(block):
            if element.get("type") in KINDS:
                yield Field(block, element)


def find_element(blocks: list[Json], block_id: str | None, action_id: str) -> Field:
    """The element that a person means; `block_id` may be left out when the action_id is unique."""
    found = [
        Field(block, element)
        for block in blocks
        for element in iter_elements(block)
        if element.get("action_id") == action_id and block_id in {None, block.get("block_id")}
    ]
    if not found:
        raise UserError("no_such_element", f'There is no element "{action_id}" here.')
    if len(found) > 1:
        raise UserError(
            "ambiguous_element", f'"{action_id}" is there {len(found)} times: name the block.', 400
        )
    return found[0]


def known_options(element: Json, offered: Offered) -> dict[str, Json]:
    """The options that a person can have seen.

    The element's own, its initial ones, and answers of the app.
    """
    initial = [element.get("initial_option"), *(element.get("initial_options") or [])]
    options = [*offered_options(element), *(o for o in initial if o)]
    return {**{str(o["value"]): o for o in options}, **offered}


def _one_option(value: object, element: Json, offered: Offered) -> str:
    if not isinstance(value, str) or value not in known_options(element, offered):
        raise UserError("option_not_offered", f'"{value}" is not one of the options that were offered.', 400)
    return value


def normalize(field: Field, value: object, offered: Offered) -> object:
    """Check the shape of a simple value; an empty one becomes null or []."""
    kind = field.kind
    if value in (None, "", []):
        return kind.empty
    match kind.shape:
        case "option":
            return _one_option(value, field.element, offered)
        case "options" | "ids" | "files":
            if not isinstance(value, list):
                raise UserError("invalid_value", f'"{field.action_id}" takes a list.', 400)
            if kind.shape == "options":
                return [_one_option(v, field.element, offered) for v in value]
            return [str(v) for v in value]
        case "number":
            if not isinstance(value, int):
                raise UserError("invalid_value", f'"{field.action_id}" takes Unix seconds.', 400)
            return value
        case _:
            return str(value)


def initial_value(field: Field) -> object:
    """The simple form of an element's `initial_*`."""
    raw = field.element.get(field.kind.initial)
    match field.kind.shape:
        case "option":
            return raw["value"] if raw else None
        case "options":
            return [option["value"] for option in raw or []]
        case "ids" | "files":
            return list(raw or [])
        case "rich":
            return _plain_text(raw) or None
        case _:
            return raw or None


def _plain_text(value: object) -> str:
    if isinstance(value, dict):
        return value["text"] if isinstance(value.get("text"), str) else _plain_text(value.get("elements"))
    return "".join(_plain_text(v) for v in value) if isinstance(value, list) else ""


def current_values(blocks: list[Json], kept: Values, origin_channel: str | None = None) -> Values:
    """What the fields hold: what was kept under the same ids, else the initial values (SL §4)."""
    values: Values = {}
    for field in iter_fields(blocks):
        before = kept.get(field.block_id, {})
        if field.action_id in before:
            value = before[field.action_id]
        elif field.element.get("default_to_current_conversation") and origin_channel:
            value = origin_channel
        else:
            value = initial_value(field)
        values.setdefault(field.block_id, {})[field.action_id] = value
    return values


def drop_vanished(blocks: list[Json], kept: Values, offered: Mapping[tuple[str, str], Offered]) -> Values:
    """After an update: values of fields that are still there, without choices that no longer exist."""
    values: Values = {}
    for field in iter_fields(blocks):
        before = kept.get(field.block_id, {})
        if field.action_id not in before:
            continue
        value = before[field.action_id]
        known = known_options(field.element, offered.get((field.block_id, field.action_id), {}))
        if field.kind.shape == "option" and value not in known:
            continue
        if field.kind.shape == "options" and isinstance(value, list):
            value = [v for v in value if v in known]
        values.setdefault(field.block_id, {})[field.action_id] = value
    return values


def state_value(field: Field, value: object, offered: Offered, file_of: Callable[[str], Json]) -> Json:
    """One entry of Slack's `state.values` (SL §4)."""
    kind = field.kind
    slack: object = value
    known = known_options(field.element, offered)
    if kind.shape == "option":
        slack = known[str(value)] if value is not None else None
    elif kind.shape == "options" and isinstance(value, list):
        slack = [known[str(v)] for v in value]
    elif kind.shape == "files" and isinstance(value, list):
        slack = [file_of(str(v)) for v in value]
    elif kind.shape == "rich" and value is not None:
        text = {"type": "text", "text": value}
        slack = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [text]}]}
    result = {"type": field.element["type"], kind.key: slack}
    if field.element["type"] == "timepicker" and "timezone" in field.element:
        result["timezone"] = field.element["timezone"]
    return result
