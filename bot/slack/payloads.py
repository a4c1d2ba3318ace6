"""What Slack sends, typed at the edge (SL §2, §4): hostile until it has passed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Payload(BaseModel):
    """Slack adds fields at any time: what is not read is not looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Label(Payload):
    """The text of an option."""

    text: str = Field(default="", max_length=3000)


class Option(Payload):
    """A chosen option."""

    value: str = Field(min_length=1, max_length=150)
    text: Label = Label()


class File(Payload):
    """A file of a file field; only its id is used, everything else is asked of Slack anew."""

    id: str = Field(min_length=1, max_length=255)
    name: str = ""


class Input(Payload):
    """One field of ``view.state.values``; an empty one is null or ``[]`` (SL §4)."""

    value: str | None = Field(default=None, max_length=3000)
    selected_option: Option | None = None
    selected_options: list[Option] | None = Field(default=None, max_length=100)
    selected_conversation: str | None = Field(default=None, max_length=255)
    selected_user: str | None = Field(default=None, max_length=255)
    selected_date: str | None = Field(default=None, max_length=10)
    files: list[File] | None = Field(default=None, max_length=10)
    selected_date_time: int | None = Field(default=None, ge=0, le=9_999_999_999)
    """Seconds since 1970; ten digits at most, as Slack's own picker has it."""


class State(Payload):
    """What stands in the fields: block id -> action id -> field."""

    values: Mapping[str, Mapping[str, Input]] = Field(default_factory=dict)

    def input(self, block_id: str, action_id: str) -> Input:
        """One field; an empty one where the view has none."""
        return self.values.get(block_id, {}).get(action_id) or Input()


class View(Payload):
    """A modal as it was when somebody did something in it."""

    id: str = Field(min_length=1, max_length=255)
    callback_id: str = Field(default="", max_length=255)
    private_metadata: str = Field(default="", max_length=3000)
    state: State = State()


class User(Payload):
    """Who did it. ``team_id`` is the person's own workspace, which may be a foreign one (SL §7)."""

    id: str = Field(min_length=1, max_length=255)
    team_id: str = Field(default="", max_length=255)


class Pressed(Payload):
    """The element of a block action."""

    action_id: str = Field(default="", max_length=255)
    block_id: str = Field(default="", max_length=255)
    value: str = Field(default="", max_length=2000)


class Container(Payload):
    """Where a message with a pressed button stands."""

    channel_id: str = Field(default="", max_length=255)


class Command(Payload):
    """A slash command."""

    user_id: str = Field(min_length=1, max_length=255)
    team_id: str = Field(default="", max_length=255)
    text: str = ""
    command: str = Field(default="", max_length=255)
    trigger_id: str = Field(default="", max_length=255)
    response_url: str = ""


class Interaction(Payload):
    """A click, a submission, a shortcut, an option request."""

    type: str = Field(max_length=255)
    user: User
    trigger_id: str = Field(default="", max_length=255)
    response_url: str = ""
    view: View | None = None
    actions: list[Pressed] = Field(default_factory=list, max_length=25)
    container: Container = Container()
    value: str = ""
    """What was typed into an external select."""

    @property
    def pressed(self) -> Pressed:
        """The element that was used."""
        return self.actions[0] if self.actions else Pressed()


class Request(Payload):
    """As much of any request as tells who is asking, and where an answer can go."""

    type: str = Field(default="", max_length=255)
    command: str = Field(default="", max_length=255)
    user_id: str = Field(default="", max_length=255)
    team_id: str = Field(default="", max_length=255)
    user: User | None = None
    trigger_id: str = Field(default="", max_length=255)
    response_url: str = ""
    view: View | None = None

    @property
    def who(self) -> User:
        """The person, by whichever field names him (commands have flat ones)."""
        return self.user or User(id=self.user_id or "-", team_id=self.team_id)


def request(body: Mapping[str, Any]) -> Request:
    """As much as is known of any request; raises pydantic.ValidationError."""
    return Request.model_validate(body)
