"""What the policy says of one request: allowed or denied, by whom it has to be agreed to, and on what terms.

It is stored when the plan is sealed, as canonical JSON (`Verdict.document`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from bot.domain.circles import Escalation, Stage, parse_escalation, parse_stage, seconds
from bot.domain.hours import Hours, parse_hours
from bot.domain.identity import Identity

MOST_PEOPLE = 10_000
"""The most people that one operation may have, whatever policy and settings say."""

DAY = timedelta(days=1)


class Denied(StrEnum):
    """Why the policy lets nobody do this."""

    BY_RULE = "by_rule"
    NO_RULE = "no_rule"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a text has to look like: a regular expression for the whole of it, and what it means in words."""

    pattern: str
    says: str

    def fits(self, text: str) -> bool:
        """Whether this text will do."""
        return re.fullmatch(self.pattern, text, re.DOTALL) is not None

    def document(self) -> dict[str, object]:
        """The value as canonical JSON holds it."""
        return {"pattern": self.pattern, "says": self.says}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one rule says where it fits."""

    rule: str
    """The rule's name; empty where none fits."""
    why: str = ""
    """The rule's own words on why it is so, as the policy's author wrote them."""
    denied: Denied | None = None
    stages: tuple[Stage, ...] = ()
    approval_expiry: timedelta = DAY
    """How long it may wait for approval."""
    execution_expiry: timedelta = DAY
    """How long after the later of approval and schedule it may still begin or go on."""
    reminder: timedelta | None = None
    """How often those who can decide are reminded; None for never."""
    escalation: Escalation | None = None
    most_people: int = MOST_PEOPLE
    drift_share: float = 0.5
    """More than this part of a plan changed before it began: it is dismissed."""
    identity: Identity = Identity.EMAIL
    """How requester and approvers must be known, at least."""
    break_glass: timedelta | None = None
    """How long the hold is in which a break-glass can be stopped; None where there is no break-glass."""
    hours: tuple[Hours, ...] = ()
    """Running may start only while all of them hold."""
    reason: tuple[Wording, ...] = ()
    ticket: tuple[Wording, ...] = ()
    """What the ticket must look like; no ticket has to be named where there is none."""

    @property
    def approvals(self) -> int:
        """How many people have to agree in all."""
        return sum(stage.approvals for stage in self.stages)

    def document(self) -> dict[str, object]:
        """The value as canonical JSON holds it: a span of time is seconds, and 0 or empty stands for none."""
        return {
            "rule": self.rule,
            "why": self.why,
            "denied": self.denied.value if self.denied else "",
            "stages": [stage.document() for stage in self.stages],
            "approval_expiry": seconds(self.approval_expiry),
            "execution_expiry": seconds(self.execution_expiry),
            "reminder": seconds(self.reminder) if self.reminder else 0,
            "escalation": self.escalation.document() if self.escalation else {},
            "most_people": self.most_people,
            "drift_share": repr(self.drift_share),
            "identity": self.identity.value,
            "break_glass": seconds(self.break_glass) if self.break_glass else 0,
            "hours": [hours.document() for hours in self.hours],
            "reason": [wording.document() for wording in self.reason],
            "ticket": [wording.document() for wording in self.ticket],
        }


def parse_verdict(document: Mapping[str, Any]) -> Verdict:
    """The verdict that wrote this document; raises KeyError or ValueError for another one."""
    return Verdict(
        rule=document["rule"],
        why=document["why"],
        denied=Denied(document["denied"]) if document["denied"] else None,
        stages=tuple(parse_stage(stage) for stage in document["stages"]),
        approval_expiry=timedelta(seconds=document["approval_expiry"]),
        execution_expiry=timedelta(seconds=document["execution_expiry"]),
        reminder=_span(document["reminder"]),
        escalation=parse_escalation(document["escalation"]) if document["escalation"] else None,
        most_people=document["most_people"],
        drift_share=float(document["drift_share"]),
        identity=Identity(document["identity"]),
        break_glass=_span(document["break_glass"]),
        hours=tuple(parse_hours(hours) for hours in document["hours"]),
        reason=tuple(_parse_wording(wording) for wording in document["reason"]),
        ticket=tuple(_parse_wording(wording) for wording in document["ticket"]),
    )


def _span(number: int) -> timedelta | None:
    return timedelta(seconds=number) if number else None


def _parse_wording(document: Mapping[str, Any]) -> Wording:
    return Wording(document["pattern"], document["says"])
