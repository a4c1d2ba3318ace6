"""One request and its answer, as the handlers see them: no sockets, so a handler is a plain function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox.contentstack import errors
from bot.sandbox.contentstack.model import Account, Json, Organization

if TYPE_CHECKING:
    from bot.sandbox.contentstack.world import World


@dataclass(slots=True)
class Caller:
    """Who is asking. `kind`: `authtoken`, OAuth `user`, `app` or `m2m`, `management`, `scim`."""

    kind: str
    name: str
    account: Account | None = None
    org_uid: str | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def uid(self) -> str:
        """The uid that the audit log names."""
        return self.account.uid if self.account is not None else self.name


@dataclass(slots=True)
class Call:
    """One request. `body` is the parsed JSON object ({} when there is none), `form` a urlencoded body."""

    world: World
    method: str
    path: str
    base_url: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Json = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    caller: Caller | None = None
    org: Organization | None = None

    def flag(self, name: str) -> bool:
        """True when a query flag is switched on."""
        return self.query.get(name, "").lower() in {"true", "1"}

    def text(self, name: str) -> str:
        """A required, non-empty text of the body; 422 otherwise."""
        value = self.body.get(name)
        if not isinstance(value, str) or not value.strip():
            raise errors.invalid("The request is not valid.", {name: ["can't be blank."]})
        return value.strip()

    def object(self, name: str) -> Json:
        """A required, non-empty object of the body; 422 otherwise."""
        value = self.body.get(name)
        if not isinstance(value, dict) or not value:
            raise errors.invalid("The request is not valid.", {name: ["can't be blank."]})
        return value

    def texts(self, name: str) -> list[str]:
        """A required, non-empty list of texts of the body; 422 otherwise."""
        return text_list(self.body.get(name), name)


@dataclass(slots=True)
class Reply:
    """One answer: a JSON body, or text (with its content type), or nothing."""

    status: int = 200
    body: Json | None = None
    text: str | None = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a handler is reached; `family` groups routes behind switches and error shapes."""

    method: str
    path: str
    handle: Handler
    family: str = "v3"


def object_list(value: Any, name: str) -> list[Json]:
    """`value` as a list of objects, [] when it is missing; 422 keyed by `name` otherwise."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise errors.invalid("The request is not valid.", {name: ["is not valid."]})
    return value


def text_list(value: Any, name: str) -> list[str]:
    """`value` as a non-empty list of non-empty texts; 422 keyed by `name` otherwise."""
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
        raise errors.invalid("The request is not valid.", {name: ["is not valid."]})
    return [item.strip() for item in value]
