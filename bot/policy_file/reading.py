"""From the text of a policy file to the policy, or to the first lines that have to be mended."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.domain.circles import Escalation
from bot.domain.identity import Identity
from bot.domain.policy import Policy, Rule, Span, When
from bot.domain.verdict import Denied, Verdict
from bot.policy_file.contradictions import contradictions
from bot.policy_file.lines import line_of
from bot.policy_file.tables import EscalationTable, PolicyTable, RuleTable, SpanTable, circles

LONGEST = 256 * 1024
"""Bytes of a policy file at most."""

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that has to be mended; ``line`` counts from 1."""

    line: int
    why: str

    def __str__(self) -> str:
        """As it is printed."""
        return f"line {self.line}: {self.why}"


class PolicyInvalid(ValueError):
    """The policy file cannot be used; the message has a line for each fault."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def read_policy(path: Path, identity: Identity = Identity.EMAIL) -> Policy:
    """The policy of a file; ``identity`` holds where a rule names none. Raises PolicyInvalid."""
    try:
        data = path.read_bytes()
        text = data.decode()
    except (OSError, UnicodeError):
        raise PolicyInvalid((Fault(1, f"{path} cannot be read as UTF-8 text"),)) from None
    if len(data) > LONGEST:
        raise PolicyInvalid((Fault(1, f"{path} is longer than {LONGEST:,} bytes"),))
    return parse_policy(text, identity)


def parse_policy(text: str, identity: Identity = Identity.EMAIL) -> Policy:
    """The policy that this text says; raises PolicyInvalid."""
    table = _typed(text)
    if not table.rule:
        raise PolicyInvalid((Fault(1, "there is no [[rule]], so everything would be denied"),))
    rules = tuple(_rule(one, identity) for one in table.rule)
    faults = tuple(
        Fault(line_of(text, ("rule", one.rule, one.key)), f"{table.rule[one.rule].name}: {one.why}")
        for one in contradictions(rules)
    )
    if faults:
        raise PolicyInvalid(faults)
    return Policy(rules)


def _typed(text: str) -> PolicyTable:
    try:
        return PolicyTable.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise PolicyInvalid((_syntax(text, str(error)),)) from None
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise PolicyInvalid(tuple(dict.fromkeys(_faults(text, found)))) from None


def _syntax(text: str, message: str) -> Fault:
    found = _AT_LINE.search(message)
    line = int(found[1]) if found else text.count("\n") + 1
    return Fault(line, f"this is not TOML: {_AT_LINE.sub('', message).removesuffix(' (at end of document)')}")


def _faults(text: str, errors: list[ErrorDetails]) -> Iterator[Fault]:
    for error in errors:
        place = error["loc"]
        key = ".".join(part for part in map(str, place) if part.isidentifier() and part != "rule")
        yield Fault(line_of(text, place), f"{key}: {_why(error)}" if key else _why(error))


def _why(error: ErrorDetails) -> str:
    match error["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "there is no such key"
        case "value_error":
            return error["msg"].removeprefix("Value error, ")
        case _:
            return error["msg"][:1].lower() + error["msg"][1:]


def _rule(table: RuleTable, identity: Identity) -> Rule:
    when = When(
        actions=table.actions,
        people=_span(table.people),
        admins=_span(table.admins),
        makes_admin=table.makes_admin,
        hours=table.hours.hours() if table.hours else None,
        requesters=circles(table.requesters),
    )
    return Rule(when, _verdict(table, identity))


def _verdict(table: RuleTable, identity: Identity) -> Verdict:
    return Verdict(
        rule=table.name,
        why=table.why,
        denied=Denied.BY_RULE if table.deny else None,
        stages=tuple(one.stage() for one in table.approvals),
        approval_expiry=table.approval_expiry,
        execution_expiry=table.execution_expiry,
        reminder=table.reminder,
        escalation=_escalation(table.escalation) if table.escalation else None,
        most_people=table.most_people,
        drift_share=table.drift_share,
        identity=table.identity or identity,
        break_glass=table.break_glass,
        reason=(table.reason.wording(),) if table.reason else (),
        ticket=(table.ticket.wording(),) if table.ticket else (),
    )


def _span(table: SpanTable) -> Span:
    return Span(table.min, table.max)


def _escalation(table: EscalationTable) -> Escalation:
    return Escalation(table.after, table.stage())
