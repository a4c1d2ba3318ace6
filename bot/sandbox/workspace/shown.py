"""What a person sees, with the few questions that tests ask of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.sandbox.workspace.block_kit import iter_elements
from bot.sandbox.workspace.errors import Json


def texts(value: object) -> Iterator[str]:
    """Every text that stands in blocks, in order."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


class _Blocks:
    raw: Json

    @property
    def blocks(self) -> list[Json]:
        """The blocks."""
        blocks: list[Json] = self.raw["blocks"]
        return blocks

    @property
    def all_text(self) -> str:
        """Everything readable in the blocks, one text per line."""
        return "\n".join(texts(self.blocks))

    @property
    def values(self) -> Json:
        """Simple values by block_id and action_id."""
        values: Json = self.raw["values"]
        return values

    @property
    def action_ids(self) -> list[str]:
        """What can be clicked, chosen or filled."""
        return [str(e["action_id"]) for b in self.blocks for e in iter_elements(b) if "action_id" in e]

    def element(self, action_id: str) -> Json:
        """An element; KeyError if there is none."""
        for block in self.blocks:
            for element in iter_elements(block):
                if element.get("action_id") == action_id:
                    return element
        raise KeyError(action_id)

    def block_of(self, action_id: str) -> str:
        """The block_id of an element; KeyError if there is none."""
        for block in self.blocks:
            if any(e.get("action_id") == action_id for e in iter_elements(block)):
                return str(block["block_id"])
        raise KeyError(action_id)

    def value(self, action_id: str) -> Any:
        """The simple value of a field."""
        return self.values[self.block_of(action_id)][action_id]


@dataclass(frozen=True, slots=True)
class Modal(_Blocks):
    """A modal or the Home tab."""

    raw: Json

    @property
    def id(self) -> str:
        """The view id."""
        return str(self.raw["id"])

    @property
    def title(self) -> str:
        """The title's text, empty for a Home tab."""
        title = self.raw["title"]
        return str(title["text"]) if title else ""

    @property
    def callback_id(self) -> str:
        """The callback id."""
        return str(self.raw["callback_id"])

    @property
    def errors(self) -> dict[str, str]:
        """Sentences under fields, by block_id."""
        return dict(self.raw["errors"])


@dataclass(frozen=True, slots=True)
class Message(_Blocks):
    """A message as one person sees it."""

    raw: Json

    @property
    def channel(self) -> str:
        """The channel's id."""
        return str(self.raw["channel"])

    @property
    def ts(self) -> str:
        """The timestamp that names it."""
        return str(self.raw["ts"])

    @property
    def user(self) -> str:
        """Who wrote it."""
        return str(self.raw["user"])

    @property
    def text(self) -> str:
        """The top-level text."""
        return str(self.raw["text"])

    @property
    def is_ephemeral(self) -> bool:
        """Only this person sees it."""
        return bool(self.raw["is_ephemeral"])


@dataclass(frozen=True, slots=True)
class Result:
    """What an act came to."""

    raw: Json

    @property
    def ok(self) -> bool:
        """Nothing to complain about."""
        return bool(self.raw["ok"])

    @property
    def error(self) -> str | None:
        """A code of docs/sandbox-workspace.md, or None."""
        error: str | None = self.raw["error"]
        return error

    @property
    def message(self) -> str | None:
        """What Slack would say."""
        message: str | None = self.raw["message"]
        return message

    @property
    def errors(self) -> dict[str, str]:
        """Field errors by block_id."""
        return dict(self.raw["errors"])

    @property
    def modals(self) -> list[Modal]:
        """The stack right after."""
        return [Modal(view) for view in self.raw["modals"]]
