"""The audit log in plain words: one operation as a story, a line a row. Plain text (see `bot.words.escape`).

A row's data is told as it stands, also where this program would not write it so: whoever reads a story wants
to see what is there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from bot.domain.actions import ActionKey
from bot.domain.audit import Event, EventKind
from bot.domain.operation import Operation, State
from bot.domain.redaction import REDACTED
from bot.words.actions import title
from bot.words.counting import count, people
from bot.words.operation import headline, state
from bot.words.outcomes import label
from bot.words.reasons import asks, held, rule, told

_SHOWN = 12
"""Characters of a digest, and of a pseudonym, that tell one from another."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is behind the pseudonyms of a story as far as that is kept, and who is on which line."""

    names: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[int, str] = field(default_factory=dict)

    def name(self, key: str) -> str:
        """His address; of somebody redacted the beginning of his pseudonym, so that he can be told apart."""
        return self.names.get(key) or f"{key[:_SHOWN] or 'somebody'} {REDACTED}"


def heading(operation: Operation, cast: Cast) -> list[str]:
    """What stands above the rows: what was asked for, by whom, why, and where it is now."""
    return [
        f"Operation {operation.id}: {headline(operation.plan)}",
        f"Asked for by {cast.name(operation.requester.person)}",
        f"Reason: {operation.reason}",
        *([f"Ticket: {operation.ticket}"] if operation.ticket else []),
        f"Plan: {operation.digest}",
        f"Policy: {rule(operation.verdict)}. {asks(operation.approvals_needed)}",
        *(
            f"Comment of {cast.name(one.actor.person)}: {one.comment}"
            for one in operation.approvals
            if one.comment
        ),
        f"Now: {state(operation.state)}",
    ]


def unreadable(operation_id: str) -> list[str]:
    """The same for a plan that cannot be trusted, or that another version sealed."""
    return [
        f"Operation {operation_id}",
        "Its stored plan is not the one that was sealed, or another version sealed it: the rows tell this.",
    ]


def sentence(event: Event, cast: Cast) -> str:  # noqa: PLR0912, C901  a case for each kind, each one line
    """What one row says."""
    who, data = cast.name(event.actor), event.data
    match event.kind:
        case EventKind.STARTED:
            return f"Rollcall started: {_rest(data)}"
        case EventKind.POLICY_CHANGED:
            return (
                f"the policy is another one since this start: {_cut(data, 'before')} -> {_cut(data, 'after')}"
            )
        case EventKind.OPENED:
            return f"{who} opened Rollcall ({_rest(data)})"
        case EventKind.REFUSED:
            return f"{who} was refused at {_text(data, 'at')}: {_text(data, 'why')}"
        case EventKind.EXPORTED:
            return f"{who} took the list of {_people(data, 'people')} as a file ({_rest(data, 'people')})"
        case EventKind.LINKED:
            return f"{who} linked a Contentstack account ({_rest(data)})"
        case EventKind.UNLINKED:
            return f"{who} took the link to a Contentstack account away ({_rest(data)})"
        case EventKind.DELEGATED:
            return f"{who} {_delegated(data, cast)}"
        case EventKind.PROPOSED:
            return f"{who} {_proposed(data)}"
        case EventKind.DECIDED:
            return f"{who} {_decided(data, cast)}"
        case EventKind.REMINDED:
            return f"those who can decide were reminded ({_rest(data)})"
        case EventKind.ESCALATED:
            return f"nobody had decided in time, so others were asked ({_rest(data)})"
        case EventKind.BROKE_GLASS:
            return f"{who} broke the glass: it goes on without the approvals it needs ({_rest(data)})"
        case EventKind.MOVED:
            return _moved(data) + (f", by {who}" if event.actor else "")
        case EventKind.INTENT:
            return f"about to call {_text(data, 'name')} for {_lines(data, cast)}"
        case EventKind.RESULT:
            return _answered(data, cast)
        case EventKind.OUTCOME:
            return f"{_line(data.get('line'), cast)}: {_outcome(_text(data, 'kind'))}"
        case EventKind.REDACTED:
            return f"personal data was deleted ({_rest(data, 'keys')})"
        case _:
            assert_never(event.kind)


def _proposed(data: Mapping[str, object]) -> str:
    action = _text(data, "action")
    what = title(ActionKey(action)) if action in set(ActionKey) else action
    return (
        f"proposed: {what}, {_people(data, 'people')}, of whom {_text(data, 'to_run')} to run; "
        f"plan {_cut(data, 'digest')}; rule {_text(data, 'rule')}, approvals needed: "
        f"{_text(data, 'approvals_needed')}"
    )


def _delegated(data: Mapping[str, object], cast: Cast) -> str:
    stand_in, until = cast.name(_text(data, "to")), _text(data, "until")
    if data.get("ended"):
        return f"decides himself again, not {stand_in}, since {until}"
    return f"named a stand-in until {until}: {stand_in}"


def _decided(data: Mapping[str, object], cast: Cast) -> str:
    said = "approved" if data.get("approved") else "denied"
    comment = ", with a comment" if data.get("commented") else ""
    place = (
        f", in the place of {cast.name(_text(data, 'stands_in_for'))}" if data.get("stands_in_for") else ""
    )
    stage = f", stage {data['stage']}" if data.get("stage") not in {None, 1} else ""
    return f"{said} plan {_cut(data, 'digest')}{stage}{place}{comment}"


def _moved(data: Mapping[str, object]) -> str:
    source, target, why = (_text(data, key) for key in ("from", "to", "why"))
    because = f": {held(why) if target == State.HELD else told(why)}" if why else ""
    return f"{_state(source)} -> {_state(target)}{because}"


def _state(name: str) -> str:
    return state(State(name)) if name in set(State) else name


def _answered(data: Mapping[str, object], cast: Cast) -> str:
    results = data.get("results")
    each = results if isinstance(results, dict) else {}
    came = "; ".join(f"{_line(number, cast)} {kind}" for number, kind in each.items())
    status = f"HTTP {data['status']}" if data.get("status") else "no answer"
    request = f", request {data['request_id']}" if data.get("request_id") else ""
    return f"answered ({status}{request}): {came}"


def _outcome(name: str) -> str:
    try:
        return label(name).heading
    except KeyError:
        return name


def _lines(data: Mapping[str, object], cast: Cast) -> str:
    lines = data.get("lines")
    return ", ".join(_line(number, cast) for number in lines) if isinstance(lines, list) else "nobody"


def _line(number: object, cast: Cast) -> str:
    known = str(number).isdecimal() and int(str(number)) in cast.lines
    return f"line {number}, {cast.name(cast.lines[int(str(number))])}" if known else f"line {number}"


def _people(data: Mapping[str, object], key: str) -> str:
    number = data.get(key)
    return people(number) if isinstance(number, int) else f"{number} people"


def _text(data: Mapping[str, object], key: str) -> str:
    return str(data.get(key, ""))


def _cut(data: Mapping[str, object], key: str) -> str:
    return _text(data, key)[:_SHOWN]


def _rest(data: Mapping[str, object], *but: str) -> str:
    """What has no sentence of its own: ``key: value``, in the order in which it stands."""
    found = [(key.replace("_", " "), value) for key, value in data.items() if key not in but and value != ""]
    return ", ".join(f"{key}: {_plain(value)}" for key, value in found)


def _plain(value: object) -> str:
    return str(value) if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)


def to_redact(number: int, operations: int) -> str:
    """What a redaction would delete."""
    if not number:
        return "There is nobody whose data could be deleted."
    return (
        f"The personal data of {people(number)} would be deleted, and the reasons and comments of "
        f"{count(operations, 'operation')} in which they have a part."
    )


def redacted(number: int, operations: int, posts: Sequence[tuple[str, str, str, str]]) -> str:
    """What a redaction deleted; then every message of ours in Slack that may still say it, a line each."""
    done = (
        f"Deleted: the personal data of {people(number)}, the reasons and comments of "
        f"{count(operations, 'operation')}. Backups made before still have it."
    )
    if not posts:
        return done
    listed = [f"  {channel}  {ts}  {part} of {operation}" for channel, operation, part, ts in posts]
    return "\n".join((done, "Messages and files in Slack stay until somebody deletes them there:", *listed))
