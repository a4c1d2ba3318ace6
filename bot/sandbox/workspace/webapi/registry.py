"""How a Web API method is declared: name, scopes, handler."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import ApiError, Json


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one call, from a query, a form or JSON; nested values may be JSON in a string."""

    raw: Mapping[str, object]
    token: str = ""

    def text(self, name: str, default: str = "") -> str:
        """A string argument."""
        value = self.raw.get(name)
        return default if value is None else str(value)

    def required(self, name: str, error: str = "invalid_arguments") -> str:
        """A string argument that must be there."""
        value = self.text(name)
        if not value:
            raise missing(name) if error == "invalid_arguments" else ApiError(error)
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean argument; forms carry it as `true`, `1`, `false` or `0`."""
        value = self.raw.get(name)
        return default if value is None else str(value).lower() in {"true", "1"}

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number of 1..most."""
        try:
            value = int(self.text(name) or default)
        except ValueError:
            raise ApiError("invalid_arguments") from None
        if not 1 <= value <= most:
            raise ApiError("invalid_limit" if name == "limit" else "invalid_arguments")
        return value

    def nested(self, name: str, error: str) -> object:
        """An object or list, as JSON or as a string of JSON; None when it is absent or empty."""
        value = self.raw.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError(error) from None

    def listed(self, name: str) -> list[str]:
        """A list given with commas or as JSON."""
        value = self.raw.get(name)
        if isinstance(value, list):
            return [str(v) for v in value]
        return [part.strip() for part in str(value or "").split(",") if part.strip()]


def missing(name: str) -> ApiError:
    """`invalid_arguments` in Slack's words."""
    line = f"[ERROR] missing required field: {name}"
    return ApiError("invalid_arguments", response_metadata={"messages": [line]})


Handler = Callable[[Core, Arguments], Json]
NO_TOKEN = "none"  # noqa: S105 - the name of a kind, not a secret
BOT = "bot"
APP = "app"


@dataclass(frozen=True, slots=True)
class Method:
    """One method; `scopes` are alternatives, any one of them is enough."""

    name: str
    handler: Handler
    scopes: tuple[str, ...] = ()
    token: str = BOT


@dataclass(slots=True)
class Methods:
    """A family of methods."""

    found: dict[str, Method] = field(default_factory=dict)

    def method(self, name: str, *scopes: str, token: str = BOT) -> Callable[[Handler], Handler]:
        """Declare a handler."""

        def declare(handler: Handler) -> Handler:
            self.found[name] = Method(name, handler, scopes, token)
            return handler

        return declare


def page(items: list[Json], arguments: Arguments, key: str, *, default: int, most: int) -> Json:
    """One page of a cursor-paged list; the cursor is an opaque word for an offset."""
    limit = arguments.number("limit", default, most) if arguments.text("limit") not in {"", "0"} else default
    cursor = arguments.text("cursor")
    if cursor and not cursor.removeprefix("at:").isdigit():
        raise ApiError("invalid_cursor")
    start = int(cursor.removeprefix("at:")) if cursor else 0
    end = start + limit
    following = f"at:{end}" if end < len(items) else ""
    return {key: items[start:end], "response_metadata": {"next_cursor": following}}
