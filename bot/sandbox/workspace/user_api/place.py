"""Where an act happens: a channel, a message, a view, and whether the person may be there."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.workspace import payloads, posting, render
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import Json, UserError
from bot.sandbox.workspace.fields import KINDS, Field, find_element, normalize
from bot.sandbox.workspace.state import Channel, Message, Person, Values, View


def channel(core: Core, person: Person, ref: object) -> Channel:
    """By id, `#name` or `@handle`; a person does not learn of channels that they may not see."""
    text = str(ref or "")
    if text.startswith("@"):
        return posting.open_im(core, person.id, core.workspace.person(text).id)
    found = core.workspace.channels.get(text) or core.workspace.channel_by_name(text.removeprefix("#"))
    if found is None or not render.may_see(person, found):
        raise UserError("channel_not_found", f'There is no channel "{text}" for {person.name}.')
    return found


def message(core: Core, person: Person, body: Json) -> Message:
    """A message that the person sees, own ephemerals included."""
    place = channel(core, person, body.get("channel"))
    found = place.find(str(body.get("ts")))
    if found is None or found.only_visible_to not in {None, person.id}:
        raise UserError("message_not_found", f"There is no message {body.get('ts')} in {place.id}.")
    return found


def view(core: Core, person: Person, view_id: object) -> View:
    """The person's top modal or Home tab; a modal below another one cannot be reached."""
    home = core.workspace.homes.get(person.id)
    if home is not None and home.id == view_id:
        return home
    stack = core.workspace.stacks.get(person.id, [])
    if view_id not in stack:
        raise UserError("view_not_found", f"{person.name} has no open view {view_id}.")
    if stack[-1] != view_id:
        raise UserError("view_not_on_top", f"{view_id} lies below another modal.", 400)
    return core.workspace.views[stack[-1]]


@dataclass(slots=True)
class Source:
    """The view or message in which something is clicked, chosen or typed."""

    core: Core
    person: Person
    view: View | None = None
    message: Message | None = None

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        if self.view is not None:
            return self.view.blocks
        return self.message.blocks if self.message else []

    @property
    def values(self) -> Values:
        """What this person typed and chose in it."""
        if self.view is not None:
            return self.view.values
        return self.message.values.setdefault(self.person.id, {}) if self.message else {}

    def offered(self, field: Field) -> dict[str, Json]:
        """The options that the app offered for an element in answers to typing."""
        if self.view is not None:
            return self.view.offered.setdefault((field.block_id, field.action_id), {})
        if self.message is not None:
            return self.message.offered.setdefault((self.person.id, field.block_id, field.action_id), {})
        return {}

    def set(self, field: Field, value: object) -> None:
        """Keep a value."""
        normal = normalize(field, value, self.offered(field))
        self._check_ids(field, normal if isinstance(normal, list) else [normal])
        self.values.setdefault(field.block_id, {})[field.action_id] = normal

    def _check_ids(self, field: Field, chosen: list[object]) -> None:
        """People, conversations and files must be there to be chosen."""
        workspace = self.core.workspace
        for value in chosen:
            match field.element["type"].removeprefix("multi_"):
                case "users_select" if value is not None and value not in workspace.people:
                    raise UserError("user_not_found", f"There is no person {value}.")
                case "conversations_select" | "channels_select" if value is not None:
                    channel(self.core, self.person, value)
                case "file_input":
                    stored = workspace.files.get(str(value))
                    if stored is None or stored.user != self.person.id:
                        raise UserError("file_not_found", f"There is no file {value} of {self.person.name}.")
                case _:
                    pass

    def describe(self) -> Json:
        """The part of an interaction payload that says where it happened (SL §4)."""
        core = self.core
        if self.view is not None:
            view_container = {"type": "view", "view_id": self.view.id}
            return {"container": view_container, "view": payloads.view(core, self.view)}
        if self.message is None:
            return {}
        shown = self.message
        place = core.workspace.channels[shown.channel]
        ephemeral = shown.only_visible_to is not None
        container: Json = {
            "type": "message",
            "message_ts": shown.ts,
            "channel_id": place.id,
            "is_ephemeral": ephemeral,
        }
        if shown.thread_ts:
            container["thread_ts"] = shown.thread_ts
        described: Json = {
            "container": container,
            "channel": {"id": place.id, "name": payloads.channel_name(place)},
            "state": payloads.message_state(core, shown, self.person.id),
        }
        # The content of ephemeral messages is kept nowhere: the app gets no `message`.
        return described if ephemeral else described | {"message": payloads.message(core, shown)}


def source(core: Core, person: Person, body: Json) -> Source:
    """The view (`view_id`) or message (`channel` and `ts`) that a request names."""
    if body.get("view_id"):
        return Source(core, person, view=view(core, person, body["view_id"]))
    return Source(core, person, message=message(core, person, body))


def take_values(where: Source, values: Any) -> None:
    """Keep the `values` of a request."""
    for block_id, actions in (values or {}).items():
        for action_id, value in actions.items():
            field = find_element(where.blocks, block_id, action_id)
            if field.element["type"] not in KINDS:
                raise UserError("no_value", f'"{action_id}" has no value.', 400)
            where.set(field, value)
