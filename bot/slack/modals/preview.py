"""The sealed plan before anybody says yes: per person what will happen, what it costs, who must agree.

Confirming carries the operation id and the whole digest; the plan itself stays in the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import Field, ValidationError

from bot.domain.operation import Operation
from bot.domain.plan import Decision
from bot.service.seal import SHOWN, Proposal
from bot.slack.messages.blocks import Json, actions, button, context, paragraphs, rich, section, text
from bot.slack.messages.buttons import Pressed
from bot.slack.messages.rows import when
from bot.slack.modals import parts
from bot.slack.modals.lines import line as row
from bot.slack.payloads import View
from bot.words import actions as action_words
from bot.words import again, choosing, connect
from bot.words import modals as words
from bot.words.cautions import cautions
from bot.words.changes import consequences
from bot.words.escape import cut, middle_cut, one_line
from bot.words.operation import headline

CALLBACK = "preview"
CONFIRM_ID = "preview_confirm"
DISCARD_ID = "preview_discard"
CHANGE_ID = "preview_change"
MOST_LINES = SHOWN
"""Lines per group; a plan that is longer says how many it does not show."""

UNCOUNTED = 10
"""Beyond so many people the requester types their number."""
COUNT = "count"

_EMAIL = 120
_CHANGE = 600


class Shown(Pressed):
    """What the modal carries; ``people`` is the number to type, 0 where none has to be typed."""

    people: int = Field(default=0, ge=0)


def build(proposal: Proposal, form_id: str = "") -> Json:
    """The modal; without anybody left to act on there is nothing to submit.

    ``form_id`` is the form to go back to, if there is one.
    """
    operation = proposal.operation
    number = len(operation.plan.to_run)
    submit = action_words.button(operation.plan.action, number, operation.plan.via) if number else ""
    return parts.modal(
        CALLBACK,
        words.PREVIEW_TITLE,
        [*content(proposal), *_way_back(form_id), *_count(number)],
        submit=submit,
        close=words.CLOSE_PREVIEW,
        private_metadata=_metadata(proposal.operation),
        notify_on_close=True,
    )


def _way_back(form_id: str) -> list[Json]:
    return [actions(button(words.CHANGE, CHANGE_ID, form_id))] if form_id else []


def count_modal(operation: Operation) -> Json:
    """The number alone, for a preview that was confirmed in a direct message."""
    number = len(operation.plan.to_run)
    return parts.modal(
        CALLBACK,
        words.PREVIEW_TITLE,
        [rich(section(text(headline(operation.plan), bold=True))), *_count(number)],
        submit=action_words.button(operation.plan.action, number, operation.plan.via),
        private_metadata=_metadata(operation),
    )


def must_count(operation: Operation) -> bool:
    """Whether the number of people has to be typed to confirm this."""
    return len(operation.plan.to_run) > UNCOUNTED


def _count(number: int) -> list[Json]:
    if number <= UNCOUNTED:
        return []
    element: Json = {"type": "number_input", "action_id": COUNT, "is_decimal_allowed": False}
    return [parts.field(COUNT, choosing.count_label(number), element)]


def _metadata(operation: Operation) -> str:
    people = len(operation.plan.to_run) if must_count(operation) else 0
    return Shown(operation=operation.id, digest=operation.digest, people=people).model_dump_json(
        exclude_defaults=True
    )


def message(proposal: Proposal) -> list[Json]:
    """The same as blocks of a direct message, for when the modal was closed meanwhile."""
    number = len(proposal.operation.plan.to_run)
    label = action_words.button(proposal.operation.plan.action, number, proposal.operation.plan.via)
    confirm = [button(label, CONFIRM_ID, _value(proposal), "primary")] if number else []
    row = actions(*confirm, button(words.CLOSE_PREVIEW, DISCARD_ID, _value(proposal)))
    return [parts.said(words.superseded()), *content(proposal), row]


def content(proposal: Proposal) -> list[Json]:
    """What both show."""
    operation = proposal.operation
    number = len(operation.plan.to_run)
    blocks = [rich(section(text(headline(operation.plan), bold=True)))]
    chosen = action_words.parameters(operation.plan.parameters, operation.names)
    blocks += [context("; ".join(map(one_line, chosen)))] if chosen else []
    made = again.origin(operation.origin, operation.plan.action)
    blocks += [parts.said(made)] if made else []
    blocks += [paragraphs(when(operation))] if operation.due_at else []
    blocks += [parts.said(connect.IN_YOUR_NAME)] if operation.in_own_name else []
    blocks += (
        [parts.listing(choosing.CHOSEN, [[text(cut(one_line(note), _CHANGE))] for note in proposal.notes])]
        if proposal.notes
        else []
    )
    blocks += _groups(proposal)
    if not number:
        return [*blocks, parts.warning(words.nobody_left())]
    return [
        *blocks,
        *_cost(proposal),
        parts.said(words.agreement(operation)),
        *_end(proposal),
    ]


def _groups(proposal: Proposal) -> Iterable[Json]:
    operation = proposal.operation
    for decision in (Decision.RUN, Decision.SKIP, Decision.BLOCKED):
        lines = [line for line in operation.plan.lines if line.verdict.decision is decision]
        if lines:
            items = [row(line, proposal.people, operation.names) for line in lines[:MOST_LINES]]
            if len(lines) > MOST_LINES:
                items.append([text(words.hidden(len(lines) - MOST_LINES))])
            yield parts.listing(words.group_heading(decision, len(lines)), items)


def _cost(proposal: Proposal) -> Iterable[Json]:
    cost = consequences(proposal.operation.consequences)
    final = action_words.final(proposal.operation.plan.action, proposal.operation.plan.via)
    if cost:
        yield parts.listing(words.CONSEQUENCES, [[text(cut(one_line(one), _CHANGE))] for one in cost])
    if final:
        yield parts.listing(words.FINAL, [[text(final)]])
    mind = cautions(proposal.operation.plan)
    if mind:
        yield parts.listing(words.MIND, [[text(one)] for one in mind])
    if proposal.in_channel is None:
        yield parts.warning(words.in_channel_unknown())
    elif proposal.in_channel:
        yield parts.warning(words.in_channel(_shortened(sorted(proposal.in_channel))))


def _shortened(addresses: Sequence[str]) -> list[str]:
    return [middle_cut(one_line(address), _EMAIL) for address in addresses]


def _end(proposal: Proposal) -> list[Json]:
    operation = proposal.operation
    reason = parts.said(words.reason(one_line(operation.reason)))
    ticket = [parts.said(words.ticket(one_line(operation.ticket)))] if operation.ticket else []
    return [reason, *ticket, context(words.digest(operation.digest))]


def _value(proposal: Proposal) -> str:
    operation = proposal.operation
    return Pressed(operation=operation.id, digest=operation.digest).model_dump_json()


def faults(view: View) -> dict[str, str]:
    """What is wrong with the number that was typed, by block id. Raises ValueError as :func:`parse` does."""
    wanted = _shown(view).people
    typed = view.state.input(COUNT, COUNT).value or ""
    return {COUNT: choosing.wrong_count(wanted)} if wanted and typed.strip() != str(wanted) else {}


def parse(view: View) -> Pressed:
    """Which plan was confirmed or closed. Raises ValueError for a view that is not ours."""
    shown = _shown(view)
    return Pressed(operation=shown.operation, digest=shown.digest)


def _shown(view: View) -> Shown:
    try:
        return Shown.model_validate_json(view.private_metadata)
    except ValidationError as error:
        raise ValueError("not the metadata of this modal") from error
