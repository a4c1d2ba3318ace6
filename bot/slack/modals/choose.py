"""The first modal: what to do, to whom, with what, why, and where the summary goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.domain.actions import OFFERED, ActionKey, Capability, Readiness
from bot.domain.members import Directory
from bot.domain.policy import NO_TICKETS, Tickets
from bot.domain.problems import Field as Where
from bot.domain.problems import Problem, Trouble
from bot.ports.contentstack import Loading
from bot.slack import fields
from bot.slack.messages.blocks import Json, context, plain
from bot.slack.modals import parts, ticket, ways
from bot.slack.modals.ticket import TICKET
from bot.slack.modals.ways import More, Upload
from bot.slack.payloads import State, View
from bot.words import actions, choosing, problems
from bot.words import modals as words

CALLBACK = "choose"
ACTION = Where.ACTION.value
PEOPLE = Where.PEOPLE.value
REASON = Where.REASON.value
CHANNEL = Where.CHANNEL.value
WHEN = Where.WHEN.value
REASON_LONGEST = 500
PICKER = 100
"""People whom the picker holds; more than that nobody picks by hand, and Slack promises no number."""


@dataclass(frozen=True, slots=True)
class Picked:
    """Somebody who was chosen: the option's value and label."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What stands in the form."""

    draft: str
    action: ActionKey | None = None
    people: tuple[Picked, ...] = ()
    chosen: fields.Chosen = fields.NOTHING
    reason: str = ""
    channel: str = ""
    due_at: datetime | None = None
    """When it shall run; at once where nothing was chosen."""
    more: More = ways.NOTHING
    ticket: str = ""


@cache
def _stored() -> TypeAdapter[Choice]:
    return TypeAdapter(Choice)


@dataclass(frozen=True, slots=True)
class Form:
    """All that the form is drawn from; ``late`` is a problem that was found after the submission."""

    choice: Choice
    capabilities: Sequence[Capability]
    directory: Directory | None
    loading: Loading | None
    most_people: int
    names_in_public: bool
    now: datetime
    banners: Sequence[str] = field(default=())
    late: Problem | None = None
    tickets: Tickets = NO_TICKETS
    """What the policy asks of the ticket; there is no field where it asks for none."""

    def capability(self, action: ActionKey) -> Capability | None:
        """What is known of one action."""
        return next((one for one in self.capabilities if one.action is action), None)


class Metadata(BaseModel):
    """What the view carries: the id that a submission is kept under."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    draft: str = Field(min_length=1, max_length=255)
    file: str = Field(default="", max_length=255)
    """Slack's id of a file that was uploaded before the form was drawn again: Slack does not keep it then."""
    file_name: str = Field(default="", max_length=255)


def build(form: Form) -> Json:
    """The form with its values; input survives a redraw because the block ids stay (SL §4)."""
    choice = form.choice
    blocks = [parts.warning(banner) for banner in form.banners]
    if form.late is not None and not _own_block(form.late, tickets=bool(form.tickets.wordings)):
        blocks.append(parts.warning(problems.sentence(form.late)))
    blocks += _with_late(form, ACTION, _action(form))
    blocks += _with_late(form, PEOPLE, _people(form))
    if choice.action is not None:
        drawn = fields.draw(choice.action, choice.chosen, form.directory, form.loading)
        where = fields.block_of(form.late.field) if form.late else ""
        blocks += _with_late(form, where, drawn) if where in {fields.ORG_ROLES, fields.STACKS} else drawn
    blocks += _with_late(form, REASON, [_reason(choice)])
    blocks += _with_late(form, TICKET, ticket.draw(form.tickets, choice.ticket))
    blocks += _with_late(form, CHANNEL, [_channel(form)])
    blocks.append(_when(choice))
    metadata = _metadata_of(choice).model_dump_json(exclude_defaults=True)
    return parts.modal(CALLBACK, words.TITLE, blocks, submit=words.CHOOSE, private_metadata=metadata)


def _metadata_of(choice: Choice) -> Metadata:
    file = choice.more.file
    if file is None:
        return Metadata(draft=choice.draft)
    return Metadata(draft=choice.draft, file=file.id, file_name=file.name)


def _own_block(problem: Problem, *, tickets: bool) -> bool:
    return fields.block_of(problem.field) in {
        ACTION,
        PEOPLE,
        REASON,
        *([TICKET] if tickets else []),
        CHANNEL,
        fields.ORG_ROLES,
        fields.STACKS,
    }


def _with_late(form: Form, block_id: str, blocks: list[Json]) -> list[Json]:
    """A late problem stands right above its field: field errors exist only in answers to a submission."""
    if form.late is None or fields.block_of(form.late.field) != block_id:
        return blocks
    return [parts.warning(problems.sentence(form.late)), *blocks]


def _action(form: Form) -> list[Json]:
    options = [
        parts.option(actions.words(one.action, one.via).title, one.action.value, words.action_note(one))
        for one in form.capabilities
    ]
    chosen = form.choice.action.value if form.choice.action else ""
    element: Json = {"type": "radio_buttons", "action_id": ACTION, "options": options}
    initial = [option for option in options if option["value"] == chosen]
    if initial:
        element["initial_option"] = initial[0]
    blocks = [parts.field(ACTION, words.ACTION, element, dispatch=True)]
    capability = form.capability(form.choice.action) if form.choice.action else None
    if capability is not None:
        return [*blocks, context(words.action_explained(capability))]
    missing = words.unavailable(form.capabilities)
    return [*blocks, context("Not available here. " + "; ".join(missing))] if missing else blocks


def _people(form: Form) -> list[Json]:
    element: Json = {
        "type": "multi_external_select",
        "action_id": PEOPLE,
        "placeholder": plain(words.PEOPLE_PLACEHOLDER, 150),
        "min_query_length": 0,
        "max_selected_items": min(form.most_people, PICKER),
    }
    people = form.choice.people[: min(form.most_people, PICKER)]
    if people:
        element["initial_options"] = [parts.option(one.label, one.value) for one in people]
    hint = choosing.most(form.most_people, PICKER)
    optional = bool(form.choice.more.ways)
    blocks = [parts.field(PEOPLE, words.PEOPLE, element, hint=hint, optional=optional)]
    if form.directory is None and form.loading is not None:
        blocks.append(context(words.loading(form.loading)))
    return [*blocks, *ways.draw(form.choice.more, form.directory)]


def _reason(choice: Choice) -> Json:
    element: Json = {
        "type": "plain_text_input",
        "action_id": REASON,
        "multiline": True,
        "min_length": 3,
        "max_length": REASON_LONGEST,
    }
    if choice.reason:
        element["initial_value"] = choice.reason[:REASON_LONGEST]
    return parts.field(REASON, words.REASON, element, hint=words.REASON_HINT)


def _channel(form: Form) -> Json:
    kinds = ["private", "public"] if form.names_in_public else ["private"]
    element: Json = {
        "type": "conversations_select",
        "action_id": CHANNEL,
        "filter": {
            "include": kinds,
            "exclude_external_shared_channels": True,
            "exclude_bot_users": True,
        },
    }
    if form.choice.channel:
        element["initial_conversation"] = form.choice.channel
    hint = words.CHANNEL_HINT_PUBLIC if form.names_in_public else words.CHANNEL_HINT
    return parts.field(CHANNEL, words.CHANNEL, element, hint=hint)


def _when(choice: Choice) -> Json:
    """Slack shows and takes it in the requester's own time zone."""
    element: Json = {"type": "datetimepicker", "action_id": WHEN}
    if choice.due_at is not None:
        element["initial_date_time"] = int(choice.due_at.timestamp())
    return parts.field(WHEN, words.WHEN, element, hint=words.WHEN_HINT, optional=True)


def parse(view: View) -> Choice:
    """What stands in the form. Raises ValueError for a view that is not ours."""
    state = view.state
    people = state.input(PEOPLE, PEOPLE).selected_options or []
    metadata = _metadata(view)
    kept = Upload(metadata.file, metadata.file_name) if metadata.file else None
    return Choice(
        draft=metadata.draft,
        action=_chosen_action(state),
        people=tuple({one.value: Picked(one.value, one.text.text) for one in people}.values()),
        more=ways.read(state, kept),
        chosen=fields.read(state),
        reason=(state.input(REASON, REASON).value or "").strip(),
        ticket=ticket.read(state),
        channel=state.input(CHANNEL, CHANNEL).selected_conversation or "",
        due_at=_due(state.input(WHEN, WHEN).selected_date_time),
    )


def dump(choice: Choice) -> str:
    """What stands in the form, as JSON for the way back from the preview."""
    return _stored().dump_json(choice).decode()


def restore(content: str) -> Choice:
    """What :func:`dump` wrote; raises ValueError for what another version wrote."""
    return _stored().validate_json(content)


def _due(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _metadata(view: View) -> Metadata:
    try:
        return Metadata.model_validate_json(view.private_metadata)
    except ValidationError as error:
        raise ValueError("not the metadata of this modal") from error


def _chosen_action(state: State) -> ActionKey | None:
    option = state.input(ACTION, ACTION).selected_option
    if option is None:
        return None
    action = ActionKey(option.value)
    if action not in OFFERED:
        raise ValueError("not an action that can be asked for")
    return action


def faults(form: Form, shown: State) -> dict[str, str]:
    """What is wrong, by block id, as far as memory can tell at once; empty if it can be looked into."""
    choice = form.choice
    found = dict(_faults_of_action(form))
    if not choice.people and choice.more.empty:
        found[PEOPLE] = problems.sentence(Problem(Trouble.NO_PEOPLE))
    elif len(choice.people) > form.most_people:
        too_many = Problem(Trouble.TOO_MANY_PEOPLE, detail=f"{form.most_people:,}")
        found[PEOPLE] = problems.sentence(too_many)
    if choice.action is not None:
        found.update(fields.faults(choice.action, choice.chosen, shown))
    if not choice.reason:
        found[REASON] = problems.sentence(Problem(Trouble.NO_REASON))
    if not form.tickets.fit(choice.ticket):
        found[TICKET] = problems.sentence(Problem(Trouble.TICKET_UNFIT, detail=ticket.hint(form.tickets)))
    if not choice.channel:
        found[CHANNEL] = problems.sentence(Problem(Trouble.NO_CHANNEL))
    if choice.due_at is not None and choice.due_at <= form.now:
        found[WHEN] = problems.sentence(Problem(Trouble.DATE_PAST))
    return found


def _faults_of_action(form: Form) -> dict[str, str]:
    if form.choice.action is None:
        return {ACTION: words.choose_action()}
    capability = form.capability(form.choice.action)
    if capability is None or capability.readiness is Readiness.UNAVAILABLE:
        why = capability.why if capability else ""
        return {ACTION: problems.sentence(Problem(Trouble.ACTION_UNAVAILABLE, detail=why))}
    return {}
