"""Invented operations, people and outcomes for the tests of messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.actions import ActionKey, Parameters
from bot.domain.audit import Head
from bot.domain.circles import Stage
from bot.domain.consequences import Consequences
from bot.domain.members import NOBODY, Access, Status
from bot.domain.operation import Actor, Approval, Operation, State, Weight
from bot.domain.outcome import Outcome
from bot.domain.plan import RUN, Credential, Flag, Line, LineVerdict, Plan
from bot.domain.verdict import Verdict
from bot.ports.store import PersonData, Post
from bot.service.story import Story
from bot.slack.messages import operation as operations
from bot.slack.messages.message import Message

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ADA = Actor("U0ADA", "user_ada", "a" * 32)
GRACE = Actor("U0GRACE", "user_grace", "b" * 32)
HEAD = Head(41, "0123456789abcdef" * 4)
NAMES = {
    "role_member": "Member",
    "role_admin": "Admin",
    "stack_docs": "Docs",
    "stack_site": "Marketing site",
    "sr_editor": "Editor",
    "sr_dev": "Developer",
}
HELD = Access(Status.ACCEPTED, ("role_member",), {"stack_docs": ("sr_editor",), "stack_site": ("sr_dev",)})


def line(
    number: int,
    *,
    verdict: LineVerdict = RUN,
    before: Access = HELD,
    after: Access = NOBODY,
    flags: tuple[Flag, ...] = (),
) -> Line:
    return Line(number, f"{number:032x}", f"share_{number}", f"user_{number}", verdict, before, after, flags)


def plan(
    lines: Sequence[Line],
    action: ActionKey = ActionKey.REMOVE,
    parameters: Parameters | None = None,
    binding: str = "acme",
) -> Plan:
    return Plan(
        binding=binding,
        action=action,
        parameters=parameters or Parameters(),
        lines=tuple(lines),
        policy_digest="0" * 64,
        credential=Credential("authtoken", "user_bot"),
    )


def asking(approvals: int) -> Verdict:
    """What the policy says of removing people, with so many approvals."""
    return Verdict(rule="remove", why="this action always needs another admin", stages=(Stage(approvals),))


def agreed(who: Actor = GRACE, stage: int = 0, *circles: int, **more: Any) -> Approval:
    """Somebody agreed at noon, counting for these circles of the stage; for the first where none is named."""
    weight = Weight(stage, frozenset(circles or (0,)))
    return Approval(**{"actor": who, "approved": True, "at": NOON, "weight": weight, **more})


def operation(lines: Sequence[Line], state: State = State.QUEUED, **more: Any) -> Operation:
    """An operation of Ada's that removes these people, unless told otherwise."""
    sealed = plan(lines, more.pop("action", ActionKey.REMOVE), more.pop("parameters", None))
    given: dict[str, Any] = {
        "id": "op_1",
        "binding": "acme",
        "requester": ADA,
        "reason": "left the company",
        "channel": "C0ORGADMINS",
        "verdict": asking(1),
        "created_at": NOON,
        "changed_at": NOON + timedelta(minutes=1),
        "consequences": Consequences(people=len(sealed.to_run)),
        "names": NAMES,
    }
    return Operation(state=state, plan=sealed, digest=sealed.digest, **{**given, **more})


def named(number: int) -> PersonData:
    return PersonData(f"person{number}@example.com", f"Person {number}")


def story(
    told_of: Operation,
    outcomes: Mapping[int, Outcome] | None = None,
    people: Mapping[int, PersonData] | None = None,
    posts: Mapping[str, Post] | None = None,
    ahead: int = 0,
) -> Story:
    everybody = {one.number: named(one.number) for one in told_of.plan.lines}
    return Story(
        operation=told_of,
        people=everybody if people is None else people,
        outcomes=outcomes or {},
        posts=posts or {},
        head=HEAD,
        ahead=ahead,
    )


def continued(told_of: Story) -> list[Message]:
    """The messages of the thread, of a story that has everybody's name."""
    left, pages = operations.rest(told_of), []
    while left:
        pages.append(operations.next_page(told_of, left))
        left = left[len(pages[-1]) :]
    return [
        operations.page(told_of, lines, number, len(pages)) for number, lines in enumerate(pages, start=1)
    ]


def texts(blocks: Any) -> str:
    """Everything that a reader sees of some blocks, in order; mentions and dates in brackets."""
    match blocks:
        case list() | tuple():
            return "".join(texts(one) for one in blocks)
        case {"type": "rich_text_section" | "header" | "context", **rest}:
            return f"{texts(rest.get('elements') or rest.get('text'))}\n"
        case {"type": "user", "user_id": user}:
            return f"[@{user}]"
        case {"type": "usergroup", "usergroup_id": group}:
            return f"[group {group}]"
        case {"type": "date", "fallback": moment}:
            return f"[{moment}]"
        case {"type": "button", "text": {"text": label}}:
            return f"<{label}>"
        case {"elements": inner}:
            return texts(inner)
        case {"text": str(words)}:
            return words
        case {"text": inner}:
            return texts(inner)
        case _:
            return ""
