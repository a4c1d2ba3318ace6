"""One request through its whole life: its states, and which step may follow which (design §4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.consequences import Consequences
from bot.domain.identity import Identity
from bot.domain.outcome import Accepted, Done, Failed, NotRun, Outcome, Skipped, Unknown
from bot.domain.plan import Credential, Plan
from bot.domain.verdict import Verdict

OWN_KIND = "oauth"
"""Kind of a requester's own credential in a plan; the bot's is an authtoken."""


class State(StrEnum):
    """Where an operation is in its life."""

    PROPOSED = "proposed"
    DISCARDED = "discarded"
    AWAITING_APPROVAL = "awaiting_approval"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    RUNNING = "running"
    HELD = "held"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    DISMISSED = "dismissed"
    DONE = "done"
    PARTLY_DONE = "partly_done"
    FAILED = "failed"


TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.PROPOSED: frozenset({State.DISCARDED, State.AWAITING_APPROVAL, State.APPROVED}),
    State.AWAITING_APPROVAL: frozenset(
        {State.APPROVED, State.DENIED, State.EXPIRED, State.WITHDRAWN, State.HELD},
    ),
    State.APPROVED: frozenset(
        {State.SCHEDULED, State.QUEUED, State.EXPIRED, State.CANCELLED, State.DISMISSED},
    ),
    State.SCHEDULED: frozenset(
        {State.QUEUED, State.HELD, State.EXPIRED, State.CANCELLED, State.DISMISSED},
    ),
    State.QUEUED: frozenset(
        {State.RUNNING, State.HELD, State.EXPIRED, State.CANCELLING, State.CANCELLED, State.DISMISSED},
    ),
    State.RUNNING: frozenset(
        {State.HELD, State.CANCELLING, State.DONE, State.PARTLY_DONE, State.FAILED, State.DISMISSED},
    ),
    State.CANCELLING: frozenset({State.CANCELLED}),
    State.HELD: frozenset(
        {
            State.QUEUED,
            State.RUNNING,
            State.EXPIRED,
            State.CANCELLING,
            State.CANCELLED,
            State.AWAITING_APPROVAL,
            State.SCHEDULED,
        },
    ),
}
"""Allowed steps; a state that is not a key here is an end."""

ENDS = frozenset(State) - frozenset(TRANSITIONS)
"""States that nothing follows."""


def may_follow(current: State, target: State) -> bool:
    """Whether an operation may go from one state straight to another."""
    return target in TRANSITIONS.get(current, frozenset())


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody known by both his accounts; equal people share *either* id (design §2)."""

    slack_user: str
    user_uid: str
    person: str = ""
    """Pseudonym: the key of the person's row in the store."""

    def same_person_as(self, other: Actor) -> bool:
        """Whether two actors are one person: by Slack account or by Contentstack account."""
        return self.slack_user == other.slack_user or self.user_uid == other.user_uid


@dataclass(frozen=True, slots=True)
class Weight:
    """What a decision counted for when it was made: the stage that was open, and the circles of it."""

    stage: int = 0
    circles: frozenset[int] = frozenset()
    """Numbers of the stage's circles that the person was in, read at the click."""
    second: frozenset[int] = frozenset()
    """The same of the set that an escalation adds."""
    escalated: bool = False
    """Whether that set could decide by then."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's decision on one plan."""

    actor: Actor
    approved: bool
    at: datetime
    comment: str = ""
    weight: Weight = Weight()
    stands_in_for: Actor | None = None
    """In whose place it counts, where that is somebody else."""


@dataclass(frozen=True, slots=True)
class BrokenGlass:
    """An owner let it go on without the approvals that it needs; until ``until`` anybody can stop it."""

    by: Actor
    reason: str
    at: datetime
    until: datetime


class Origin(StrEnum):
    """How an operation came to be: asked for, or made from another one (its parent)."""

    ASKED = "asked"
    RETRY = "retry"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as the store holds it; outcomes and calls are read apart."""

    id: str
    binding: str
    state: State
    plan: Plan
    digest: str
    requester: Actor
    reason: str
    channel: str
    """Slack channel id of the summary."""
    verdict: Verdict
    """What the policy said when the plan was sealed, or says now where that is stricter."""
    created_at: datetime
    changed_at: datetime
    approvals: tuple[Approval, ...] = ()
    held_reason: str = ""
    run: int = 0
    """How often a run was asked for: 0 before the first, one more with every resume."""
    origin: Origin = Origin.ASKED
    parent: str = ""
    """The operation that this one retries or undoes; empty where it was asked for."""
    due_at: datetime | None = None
    """When it may run, if it was not to run at once."""
    consequences: Consequences = field(default_factory=Consequences)
    """Counted when the plan was sealed."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Organization role, stack and stack role uid -> its name when the plan was sealed."""
    identity: Identity = Identity.EMAIL
    """How requester and Contentstack user are known to be one person."""
    ticket: str = ""
    """Where the request is tracked elsewhere, as the requester typed it."""
    expires_at: datetime | None = None
    """When it expires if it still waits for approval, or has not begun or not gone on, by then."""
    stopped_by: str = ""
    """Slack user who denied, withdrew or cancelled."""
    glass: BrokenGlass | None = None
    """Who let it go on without the approvals, and why."""

    @property
    def starts_at(self) -> datetime | None:
        """When it may run: at its date, and not before a hold is over; None for at once."""
        times = [at for at in (self.due_at, self.glass.until if self.glass else None) if at is not None]
        return max(times, default=None)

    @property
    def approvals_needed(self) -> int:
        """How many people have to agree in all."""
        return self.verdict.approvals

    @property
    def rule(self) -> str:
        """Which rule of the policy decided."""
        return self.verdict.rule

    @property
    def in_own_name(self) -> bool:
        """Whether it is carried out with the requester's own token; the sealed plan says so."""
        return self.plan.credential == Credential(OWN_KIND, self.requester.user_uid)


def came_to_nothing(operation: Operation) -> bool:
    """Whether nobody was ever to be touched by it, so that it stands in nobody's way."""
    never = {State.PROPOSED, State.DISCARDED, State.DENIED, State.WITHDRAWN}
    return operation.state in never or (operation.state is State.EXPIRED and not operation.run)


def final_state(outcomes: Mapping[int, Outcome]) -> State:
    """How a run that came to its end is called: done, partly done or failed.

    Skipped lines are no fault. Nothing done and something wrong is failed; anything else that went
    wrong or is in doubt makes it partly done.
    """
    wrong = [one for one in outcomes.values() if not isinstance(one, Done | Accepted | Skipped)]
    if not wrong:
        return State.DONE
    effect = [one for one in outcomes.values() if isinstance(one, Done | Accepted | Unknown)]
    only_faults = all(isinstance(one, Failed | NotRun) for one in wrong)
    return State.FAILED if only_faults and not effect else State.PARTLY_DONE
