"""The store as the house needs it: typed rows, and transactions that either happen whole or not at all.

A function given to :meth:`Store.write` runs in the store's one writer thread inside BEGIN IMMEDIATE;
it must be quick, must not await, and may be run once only. All rows are keyed by their binding.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from bot.domain.actions import ActionKey, Readiness
from bot.domain.audit import Event, EventKind, Head, Row
from bot.domain.calls import Call, Reply
from bot.domain.draft import SubmittedForm
from bot.domain.operation import Approval, Operation, State
from bot.domain.outcome import Outcome
from bot.domain.redaction import Forgotten
from bot.domain.verdict import Verdict
from bot.ports.deciding import Deciding
from bot.ports.links import Links

T = TypeVar("T")


class StoreFull(Exception):
    """Nothing more can be written (disk full or read-only); what was written before stands."""


class PlanTampered(Exception):
    """The stored plan of this operation is not what was sealed; it is held, never run."""


@dataclass(frozen=True, slots=True)
class PersonData:
    """The personal values behind a pseudonym; a redacted person has neither."""

    email: str
    name: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Column of the member list -> value, as read when a plan with this person was sealed last."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something to tell the engine, at least once. ``key`` is unique and makes the telling idempotent."""

    key: str
    operation: str
    binding: str


@dataclass(frozen=True, slots=True)
class Post:
    """One Slack message of an operation: its intent row, and where it stands once posted.

    ``part`` is ``main``, ``approval``, ``head``, ``lines-N``, or a file (``csv``, ``picture``) and where its
    bytes are (``csv-file``, ``picture-file``). ``ts`` is empty while in doubt; of a file it is the file's id.
    """

    operation: str
    part: str
    channel: str
    ts: str = ""


@dataclass(frozen=True, slots=True)
class CapabilityRow:
    """What the first real calls taught about an action in one organization.

    ``template`` is the fingerprint of the endpoint template that was used: another one is new again.
    """

    action: ActionKey
    readiness: Readiness
    why: str
    template: str = ""


class Transaction(Links, Deciding, Protocol):
    """What may be read and written inside one transaction.

    Links stand in `bot.ports.links`, what deciding keeps in `bot.ports.deciding`.
    """

    # people -----------------------------------------------------------------------------------------
    def pseudonym(self, binding: str, data: PersonData) -> str:
        """The key of this e-mail's person, made with a new salt on first sight.

        Keeps name and facts current; empty ones are no news.
        """

    def people(self, keys: Collection[str]) -> Mapping[str, PersonData]:
        """Personal values behind these pseudonyms; redacted ones are missing."""

    def addresses(self, keys: Collection[str]) -> Mapping[str, str]:
        """The e-mails alone."""

    def account(self, binding: str, slack_user: str, person: str = "") -> str:
        """The key of this Slack account, made with a new salt on first sight; ``person`` is whose it is."""

    def accounts(self, keys: Collection[str]) -> Mapping[str, str]:
        """Slack users behind these pseudonyms; redacted ones are missing."""

    # submitted forms --------------------------------------------------------------------------------
    def save_form(self, form: SubmittedForm) -> None:
        """Insert or replace a form."""

    def form(self, form_id: str) -> SubmittedForm | None:
        """A form that was not dropped, or None."""

    def drop_forms(self, before: datetime) -> int:
        """Delete forms saved before that time; how many there were."""

    # operations -------------------------------------------------------------------------------------
    def add_operation(self, operation: Operation) -> None:
        """Insert a new operation with its sealed plan."""

    def operation(self, operation_id: str) -> Operation | None:
        """One operation with its plan and approvals.

        Raises UnknownSchemaError for a plan from elsewhere, PlanTampered for one that lost its seal.
        """

    def standing(self, operation_id: str) -> tuple[State, int] | None:
        """State and run of one operation without reading its plan, or None."""

    def binding_of(self, operation_id: str) -> str | None:
        """The binding of one operation without reading its plan, or None."""

    def everywhere(
        self, state: State, *, binding: str | None = None, before: datetime | None = None
    ) -> Sequence[tuple[str, str]]:
        """Id and binding of every operation in this state, oldest first.

        ``binding`` leaves out those of others, ``before`` those that changed then or later.
        """

    def digests(self) -> Iterable[tuple[str, str, str]]:
        """Id of every operation, its digest, and the digest of its stored plan as it stands there."""

    def unfinished_runs(self) -> Sequence[OutboxRow]:
        """Every run that the engine was told of and that is not over for us, oldest first."""

    def operations(
        self,
        binding: str,
        *,
        states: Collection[State] | None = None,
        slack_user: str | None = None,
        changed_after: datetime | None = None,
        limit: int = 20,
    ) -> Sequence[str]:
        """Ids of a binding's operations, newest first; their plans are not read."""

    def ahead(self, operation_id: str) -> int:
        """How many operations of the same binding run or wait in front of this queued one."""

    def children(self, parent: str) -> Sequence[Operation]:
        """Operations that retry or undo this one, oldest first."""

    def due(self, binding: str, now: datetime) -> Sequence[str]:
        """Ids of scheduled operations whose time has come, earliest first."""

    def held_because(self, binding: str, reason: str) -> Sequence[tuple[str, Verdict]]:
        """Id and sealed verdict of operations that are held for this reason; their plans are not read."""

    def expiring(self, binding: str, now: datetime) -> Sequence[tuple[str, State]]:
        """Id and state of what has not begun, or is held, past its time; the longest past first."""

    def move(
        self,
        operation_id: str,
        source: State,
        target: State,
        at: datetime,
        *,
        held_reason: str = "",
        stopped_by: str = "",
        new_run: bool = False,
        expires_at: datetime | None = None,
    ) -> bool:
        """Compare-and-set of the state; False if it was no longer ``source``. ``new_run`` counts ``run`` up.

        ``expires_at`` stands until another one comes.

        Raises ValueError for a step that design §4 does not allow.
        """

    def add_approval(self, operation_id: str, approval: Approval) -> bool:
        """Record a decision; False if this person (by either id) has already decided.

        Or somebody in his place, or he himself where the decision stands in his place.
        """

    # calls and outcomes -----------------------------------------------------------------------------
    def add_intent(self, call: Call) -> None:
        """Record that a call is about to be made."""

    def add_reply(self, call_id: str, reply: Reply, at: datetime) -> None:
        """Record what came of it; a later reply for the same call replaces results line by line."""

    def calls(self, operation_id: str, batch: int | None = None) -> Sequence[Call]:
        """Recorded calls in the order of their intents."""

    def set_outcome(self, operation_id: str, line: int, outcome: Outcome, at: datetime) -> bool:
        """Record a line's outcome; False if it already has one, which stays."""

    def outcomes(self, operation_id: str, lines: Collection[int] | None = None) -> Mapping[int, Outcome]:
        """Line number -> outcome; of these lines alone where they are given."""

    # audit ------------------------------------------------------------------------------------------
    def append(self, event: Event, at: datetime) -> Head:
        """Append an event to the chain; the new head."""

    def head(self) -> Head:
        """The newest row."""

    def newest(self, kind: EventKind, binding: str) -> Row | None:
        """The last row of its kind, or None."""

    def rows(
        self,
        *,
        operation: str | None = None,
        kinds: Collection[EventKind] | None = None,
        after: int | None = None,
        limit: int | None = None,
    ) -> Iterable[Row]:
        """Rows in order of their number; of one operation, or of some kinds, where they are given."""

    # outbox -----------------------------------------------------------------------------------------
    def put_outbox(self, row: OutboxRow, at: datetime) -> None:
        """Ask for a delivery; a second row with the same key changes nothing."""

    def outbox(self) -> Sequence[OutboxRow]:
        """What is not delivered yet, oldest first."""

    def delivered(self, key: str, at: datetime) -> None:
        """Mark one row as delivered."""

    # Slack messages ---------------------------------------------------------------------------------
    def put_post(self, post: Post, at: datetime) -> Post:
        """Record the intent to post; the row that was there already if there was one."""

    def posted(self, operation_id: str, part: str, ts: str, at: datetime) -> None:
        """Record where the message stands."""

    def posts(self, operation_id: str) -> Mapping[str, Post]:
        """Part -> post."""

    # redaction --------------------------------------------------------------------------------------
    def known_as(self, email: str) -> Mapping[str, Sequence[str]]:
        """Binding -> pseudonyms of whoever has this address."""

    def idle_since(self, before: datetime) -> Mapping[str, Sequence[str]]:
        """Binding -> pseudonyms of people and accounts that had no part in anything from then on."""

    def involving(self, keys: Collection[str]) -> Sequence[str]:
        """Ids of operations that one of these people asked for, decided on or is in, oldest first."""

    def redact(self, binding: str, keys: Collection[str], clean: Callable[[str], str]) -> Forgotten:
        """Delete what is known of these people and accounts, and every text that may name them.

        ``clean`` makes a stored reason of an outcome one that holds nothing but codes of ours.
        """

    # where the database comes from ------------------------------------------------------------------
    def restored(self) -> bool:
        """Whether this is a backup's copy on which nothing was started yet."""

    def settled(self) -> None:
        """From now on it is the database like any other."""

    # what was learnt --------------------------------------------------------------------------------
    def save_capability(self, binding: str, row: CapabilityRow, at: datetime) -> None:
        """Remember what a call taught about an action."""

    def capabilities(self, binding: str) -> Mapping[ActionKey, CapabilityRow]:
        """Everything learnt about actions of this binding."""

    def save_snapshot(self, binding: str, document: bytes, at: datetime) -> None:
        """Keep the directory for the next start."""

    def snapshot(self, binding: str) -> bytes | None:
        """The kept directory."""


class Store(Protocol):
    """Transactions over the data directory."""

    async def write(self, change: Callable[[Transaction], T]) -> T:
        """Run one change in one transaction; raises StoreFull where it cannot be kept."""

    async def read(self, look: Callable[[Transaction], T]) -> T:
        """Run one look on a consistent snapshot; it must not write."""

    async def close(self) -> None:
        """Finish what is under way and close the files."""


class ScrubbedStore(Store, Protocol):
    """A store whose files can be cleaned of what was deleted."""

    async def scrub(self) -> None:
        """Take out of the files what deleted values left there, as far as nobody reads them now."""
