"""Retry and undo: which lines, and why. What follows is the ordinary preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from pydantic import ValidationError

from bot.domain.operation import Origin
from bot.domain.policy import NO_TICKETS, Tickets
from bot.domain.together import together
from bot.slack.messages.blocks import Json, bullets, rich, section, text
from bot.slack.messages.buttons import Pressed
from bot.slack.modals import parts, ticket
from bot.slack.payloads import State, View
from bot.words import again as words
from bot.words import modals as modal_words
from bot.words.escape import one_line

RETRY = "retry"
UNDO = "undo"
CALLBACKS = {Origin.RETRY: RETRY, Origin.UNDO: UNDO}
REASON = "reason"
UNKNOWN = "unknown"
LONGEST = 500
MOST_NAMED = 25
GROUP = 10
"""Boxes in one group (SL §5)."""
GROUPS = 10
"""A hundred unknown lines in one modal; more are tried again afterwards, and that is said."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Somebody of whom it is not known: line number, who, and why."""

    number: int
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Retrying:
    """All that the retry modal is drawn from."""

    plan: Pressed
    failed: Sequence[str]
    """Name and reason, a phrase each."""
    unknown: Sequence[Doubtful]
    reason: str
    ticket: str = ""
    tickets: Tickets = NO_TICKETS


@dataclass(frozen=True, slots=True)
class Undoing:
    """All that the undo modal is drawn from."""

    plan: Pressed
    people: int
    reason: str
    ticket: str = ""
    tickets: Tickets = NO_TICKETS


@dataclass(frozen=True, slots=True)
class Again:
    """What was submitted."""

    plan: Pressed
    reason: str
    unknown: tuple[int, ...] = ()
    ticket: str = ""


class Metadata(Pressed):
    """What the view carries; ``chosen`` says that somebody has to be chosen, since nobody else is tried."""

    chosen: bool = False


def retry(data: Retrying) -> Json:
    """What failed, what may be chosen, and the reason."""
    blocks = [parts.said(words.retry_explained(len(data.failed), len(data.unknown)))]
    if data.failed:
        shown = [section(text(one_line(who))) for who in data.failed[:MOST_NAMED]]
        if len(data.failed) > MOST_NAMED:
            shown.append(section(text(words.more_failed(len(data.failed) - MOST_NAMED))))
        blocks.append(rich(section(text(words.FAILED, bold=True)), bullets(shown)))
    blocks += [*_boxes(data.unknown), *_why(data)]
    return _modal(RETRY, words.RETRY_TITLE, blocks, data.plan, chosen=not data.failed)


def undo(data: Undoing) -> Json:
    """What is taken back, and the reason."""
    blocks = [parts.said(words.undo_explained(data.people)), *_why(data)]
    return _modal(UNDO, words.UNDO_TITLE, blocks, data.plan)


def _modal(
    callback_id: str, title: str, blocks: Sequence[Json], plan: Pressed, *, chosen: bool = False
) -> Json:
    carried = Metadata(operation=plan.operation, digest=plan.digest, chosen=chosen)
    return parts.modal(
        callback_id,
        title,
        blocks,
        submit=modal_words.CHOOSE,
        private_metadata=carried.model_dump_json(exclude_defaults=True),
    )


def _boxes(unknown: Sequence[Doubtful]) -> list[Json]:
    groups = islice(together(unknown, GROUP), GROUPS)
    blocks = [_group(number, group) for number, group in enumerate(groups)]
    left = len(unknown) - GROUP * GROUPS
    return [*blocks, parts.warning(words.more_unknown(left))] if left > 0 else blocks


def _group(number: int, group: Sequence[Doubtful]) -> Json:
    options = [parts.option(one_line(one.who) or "?", str(one.number), one_line(one.why)) for one in group]
    element: Json = {"type": "checkboxes", "action_id": UNKNOWN, "options": options}
    label = words.UNKNOWN_MORE if number else words.UNKNOWN
    hint = "" if number else words.UNKNOWN_HINT
    return parts.field(_block(number), label, element, hint=hint, optional=True)


def _block(number: int) -> str:
    return f"{UNKNOWN}-{number}"


def _why(data: Retrying | Undoing) -> list[Json]:
    """Reason and, where the policy asks for one, ticket: both as they were the first time."""
    return [_reason(data.reason), *ticket.draw(data.tickets, data.ticket)]


def _reason(prefilled: str) -> Json:
    element: Json = {
        "type": "plain_text_input",
        "action_id": REASON,
        "multiline": True,
        "min_length": 3,
        "max_length": LONGEST,
        "initial_value": prefilled[:LONGEST],
    }
    return parts.field(REASON, words.REASON, element, hint=modal_words.REASON_HINT)


def faults(view: View) -> dict[str, str]:
    """What is missing, by block id. Raises ValueError as :func:`parse` does."""
    asked = parse(view)
    found = {} if asked.reason else {REASON: modal_words.reason_needed()}
    if _metadata(view).chosen and not asked.unknown:
        found[_block(0)] = words.choose_somebody()
    return found


def _metadata(view: View) -> Metadata:
    try:
        return Metadata.model_validate_json(view.private_metadata)
    except ValidationError as error:
        raise ValueError("not the metadata of this modal") from error


def parse(view: View) -> Again:
    """What was submitted; an empty reason stays empty. Raises ValueError for a view that is not ours."""
    carried = _metadata(view)
    plan = Pressed(operation=carried.operation, digest=carried.digest)
    reason = (view.state.input(REASON, REASON).value or "").strip()
    return Again(plan, reason, _chosen(view.state), ticket.read(view.state))


def _chosen(state: State) -> tuple[int, ...]:
    """Line numbers; raises ValueError for what is none."""
    groups = [state.input(_block(number), UNKNOWN).selected_options or [] for number in range(GROUPS)]
    return tuple(dict.fromkeys(int(option.value) for group in groups for option in group))
