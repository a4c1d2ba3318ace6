"""What Slack's own client checks before it lets a person submit a modal (SL §5).

The app never sees these mistakes.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from bot.sandbox.workspace.errors import Json
from bot.sandbox.workspace.fields import Field, iter_fields
from bot.sandbox.workspace.state import StoredFile, Values

MAX_FILES = 10
MAX_FILE_BYTES = 10 * 1024 * 1024
REQUIRED = "Please complete this required field."
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def field_errors(blocks: list[Json], values: Values, files: Mapping[str, StoredFile]) -> dict[str, str]:
    """The sentence under each field that keeps the modal open, by block_id."""
    errors: dict[str, str] = {}
    for field in iter_fields(blocks):
        if field.is_input:
            value = values.get(field.block_id, {}).get(field.action_id)
            sentence = _complaint(field, value) or _file_complaint(field, value, files)
            if sentence:
                errors[field.block_id] = sentence
    return errors


def _complaint(field: Field, value: object) -> str | None:
    if value is None or value == []:
        return None if field.block.get("optional") else REQUIRED
    check = _CHECKS.get(field.element["type"])
    if check:
        return check(str(value), field.element)
    if isinstance(value, list):
        most = field.element.get("max_selected_items")
        if most and len(value) > most:
            return f"Please select no more than {most} items."
    return None


def _file_complaint(field: Field, value: object, files: Mapping[str, StoredFile]) -> str | None:
    """SL §5: 10 files of 10 MB at most; `filetypes` is only what the picker offers."""
    if field.element["type"] != "file_input" or not isinstance(value, list):
        return None
    chosen = [files[str(file_id)] for file_id in value]
    if len(chosen) > field.element.get("max_files", MAX_FILES):
        return f"Please choose no more than {field.element.get('max_files', MAX_FILES)} files."
    if any(len(stored.content) > MAX_FILE_BYTES for stored in chosen):
        return "Files can be 10 MB at most."
    wanted = field.element.get("filetypes")
    if wanted and any(stored.name.lower().rpartition(".")[2] not in wanted for stored in chosen):
        return f"Please choose files of these types: {', '.join(wanted)}."
    return None


def _text(value: str, element: Json) -> str | None:
    if len(value) < element.get("min_length", 0):
        return f"Please use at least {element['min_length']} characters."
    most = element.get("max_length", 3000)
    if len(value) > most:
        return f"Please use no more than {most} characters."
    return None


def _number(value: str, element: Json) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Please enter a number."
    if not number.is_finite():
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and number != int(number):
        return "Please enter a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Please enter a number of {element['min_value']} or more."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Please enter a number of {element['max_value']} or less."
    return None


def _matches(pattern: re.Pattern[str], sentence: str) -> Callable[[str, Json], str | None]:
    return lambda value, _element: None if pattern.fullmatch(value) else sentence


_CHECKS: Mapping[str, Callable[[str, Json], str | None]] = {
    "plain_text_input": _text,
    "rich_text_input": _text,
    "number_input": _number,
    "email_text_input": _matches(_EMAIL, "Please enter a valid email address."),
    "url_text_input": _matches(_URL, "Please enter a valid URL."),
    "datepicker": _matches(_DATE, "Please enter a date."),
    "timepicker": _matches(_TIME, "Please enter a time."),
}
