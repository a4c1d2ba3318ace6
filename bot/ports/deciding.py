"""What deciding keeps in the store beside the decisions: stand-ins, broken glass, who is told what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.delegation import Delegation
from bot.domain.operation import Approval, BrokenGlass
from bot.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that one person is to be told of an operation, once.

    ``what`` is ``reminder:STAGE:ROUND``, ``escalation:STAGE`` or ``glass``.
    """

    operation: str
    what: str
    slack_user: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An operation that waits for approval, as far as is known without its plan."""

    operation: str
    since: datetime
    verdict: Verdict
    approvals: tuple[Approval, ...]


class Deciding(Protocol):
    """What may be read and written of it inside one transaction."""

    def waiting(self, binding: str) -> Sequence[Waiting]:
        """Everything that waits for approval, oldest first; their plans are not read."""

    def break_glass(self, operation_id: str, glass: BrokenGlass) -> bool:
        """Record that it goes on without the approvals, and that it starts after the hold; once for ever."""

    def in_hold(self, binding: str) -> Sequence[str]:
        """Ids of operations that wait for the end of the hold after a broken glass."""

    def delegate(self, delegation: Delegation) -> None:
        """Name a stand-in; whoever stood in until now for the same person does so no longer."""

    def end_delegation(self, binding: str, slack_user: str, at: datetime) -> None:
        """Nobody stands in for this person from now on."""

    def delegations(self, binding: str, at: datetime) -> Sequence[Delegation]:
        """Who stands in for whom at that time, the oldest first."""

    def plan_notices(self, operation_id: str, what: str, slack_users: Sequence[str], at: datetime) -> bool:
        """Remember that these people are to be told; False, and nothing written, if that was planned."""

    def planned(self, operation_id: str) -> frozenset[str]:
        """What somebody was, or is to be, told of this operation."""

    def unsent(self, binding: str) -> Sequence[Notice]:
        """What nobody has begun to send, oldest first."""

    def begin_notice(self, notice: Notice, at: datetime) -> bool:
        """Take it upon oneself to send this; False if somebody else has. What is in doubt is not repeated."""
