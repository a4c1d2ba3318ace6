"""The sealed list of what will happen to whom, and the digest that an approval is bound to (design §4).

The digest is SHA-256 over the canonical JSON of :meth:`Plan.document`: sorted keys, UTF-8, no blanks,
strings and integers only. People stand in it by pseudonym (design §7: chained rows and digests hold an
HMAC of personal values), so that removing a person's data later breaks no digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bot.domain.actions import ActionKey, Parameters
from bot.domain.members import Access

SCHEMA = 1
"""Version of :meth:`Plan.document`; a plan of an unknown version is held, never run."""
LINES_BEGIN = '"lines":['
"""Where its lines begin in canonical JSON: within a text each quotation mark has a backslash before it."""


class Decision(StrEnum):
    """What a plan says of one line."""

    RUN = "run"
    SKIP = "skip"
    BLOCKED = "blocked"


class Why(StrEnum):
    """Every reason for which a line is skipped or blocked; `bot.words` has the sentence of each."""

    # blocked by an invariant: no policy lifts these (design §4)
    IS_OWNER = "is_owner"
    IS_YOURSELF = "is_yourself"
    IS_BOT_ACCOUNT = "is_bot_account"
    LAST_ADMIN = "last_admin"
    IN_PLAN = "in_plan"
    # blocked by Contentstack's own rules
    IDP_MANAGED = "idp_managed"
    STACK_OWNER = "stack_owner"
    STACK_UNREADABLE = "stack_unreadable"
    NO_ACCOUNT = "no_account"
    SHARED_EMAIL = "shared_email"
    # skipped: there is nothing to do
    ALREADY_SO = "already_so"
    UNDONE = "undone"
    CHANGED_SINCE = "changed_since"
    NO_SECOND_FACTOR = "no_second_factor"
    STRICT_SSO = "strict_sso"
    # skipped when its turn came
    DRIFT = "drift"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """What happens to one line, and why not if it does not run."""

    decision: Decision
    why: Why | None = None

    def document(self) -> dict[str, str]:
        """The value as canonical JSON holds it."""
        return {"decision": self.decision.value, "why": self.why.value if self.why else ""}


RUN = LineVerdict(Decision.RUN)


def skip(why: Why) -> LineVerdict:
    """A line with nothing to do."""
    return LineVerdict(Decision.SKIP, why)


def blocked(why: Why) -> LineVerdict:
    """A line that must not run."""
    return LineVerdict(Decision.BLOCKED, why)


class Flag(StrEnum):
    """What an approver should know of a person; shown only where it is known."""

    ADMIN = "admin"
    ADMIN_UNKNOWN = "admin_unknown"
    BECOMES_ADMIN = "becomes_admin"
    PENDING = "pending"
    STACK_OWNER = "stack_owner"
    SSO_STRICT = "sso_strict"
    SSO_ONLY = "sso_only"
    IDP_RULES = "idp_rules"
    TEAM_ACCESS = "team_access"
    RECENT_LOGIN = "recent_login"
    NEVER_LOGGED_IN = "never_logged_in"
    BEFORE_UNKNOWN = "before_unknown"
    WITHOUT_SSO = "without_sso"
    STACK_INVITATION = "stack_invitation"
    """An undo withdraws an invitation to a stack, which shows nowhere until it is accepted."""
    # what an undo cannot bring back
    MUST_ACCEPT = "must_accept"
    STACKS_NOT_BACK = "stacks_not_back"
    TEAMS_NOT_BACK = "teams_not_back"
    OWNERSHIP_NOT_BACK = "ownership_not_back"
    WITHOUT_SSO_NOT_BACK = "without_sso_not_back"
    USELESS_UNDER_STRICT_SSO = "useless_under_strict_sso"


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a plan. ``number`` counts from 1 and names the line for ever."""

    number: int
    person: str
    """Pseudonym: the key of the person's row in the store."""
    share_uid: str
    user_uid: str | None
    verdict: LineVerdict
    before: Access
    after: Access
    flags: tuple[Flag, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether the plan intends to do something to this person."""
        return self.verdict.decision is Decision.RUN

    def document(self) -> dict[str, object]:
        """The value as canonical JSON holds it."""
        return {
            "number": self.number,
            "email": self.person,
            "share_uid": self.share_uid,
            "user_uid": self.user_uid or "",
            "verdict": self.verdict.document(),
            "before": self.before.document(),
            "after": self.after.document(),
            "flags": sorted(flag.value for flag in self.flags),
        }


@dataclass(frozen=True, slots=True)
class Credential:
    """Who acts at Contentstack: the kind of credential and the account behind it."""

    kind: str
    subject: str


@dataclass(frozen=True)
class Plan:
    """What will happen to whom. What runs is exactly this, at most once."""

    binding: str
    action: ActionKey
    parameters: Parameters
    lines: tuple[Line, ...]
    policy_digest: str
    credential: Credential
    via: str = ""
    """How the action is carried out (`domain.actions.Capability.via`): another way is another plan."""
    schema: int = SCHEMA

    def document(self) -> dict[str, object]:
        """The plan as canonical JSON holds it."""
        return {**self._frame(), "lines": [line.document() for line in self.lines]}

    def _frame(self) -> dict[str, object]:
        return {
            "schema": self.schema,
            "binding": self.binding,
            "action": self.action.value,
            "via": self.via,
            "parameters": self.parameters.document(),
            "lines": [],
            "policy": self.policy_digest,
            "credential": {"kind": self.credential.kind, "subject": self.credential.subject},
        }

    def pieces(self) -> Iterator[bytes]:
        """The canonical JSON of :meth:`document`, a line at a time: 10,000 at once would be 40 MB."""
        before, opening, after = canonical(self._frame()).partition(LINES_BEGIN.encode())
        yield before + opening
        for position, line in enumerate(self.lines):
            yield (b"," if position else b"") + canonical(line.document())
        yield after

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, 64 lower-case hex characters."""
        return self._measured[0]

    @property
    def size(self) -> int:
        """Bytes of the canonical JSON."""
        return self._measured[1]

    @cached_property
    def _measured(self) -> tuple[str, int]:
        """Digest and size, for which all of a long plan has to be written out."""
        digest, size = hashlib.sha256(), 0
        for piece in self.pieces():
            digest.update(piece)
            size += len(piece)
        return digest.hexdigest(), size

    def line(self, number: int) -> Line:
        """The line with this number; raises KeyError where the plan has none."""
        if 0 < number <= len(self.lines) and self.lines[number - 1].number == number:
            return self.lines[number - 1]  # where the seal puts it; a plan may have 10,000 lines
        for line in self.lines:
            if line.number == number:
                return line
        raise KeyError(number)

    @cached_property
    def to_run(self) -> tuple[Line, ...]:
        """The lines that will run."""
        return tuple(line for line in self.lines if line.runs)

    def batches(self, size: int = 10) -> tuple[tuple[Line, ...], ...]:
        """The lines to run, at most ``size`` at a time, as Contentstack's own screen has it (CS §4.1)."""
        run = self.to_run
        return tuple(run[start : start + size] for start in range(0, len(run), size))


def canonical(document: object) -> bytes:
    """Canonical JSON: sorted keys, no blanks, UTF-8; text, whole numbers, lists and objects only.

    Raises TypeError for a value that has no canonical form (a float, None, a bool).
    """
    _only_canonical_types(document)
    return _ENCODER.encode(document).encode()


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _only_canonical_types(value: object) -> None:
    if type(value) is str or type(value) is int:
        return  # almost everything is; a plan over 10,000 people has a quarter of a million values
    match value:
        case bool() | None | float():
            raise TypeError(f"{type(value).__name__} has no canonical form")
        case str() | int():
            return
        case Mapping():
            for key, inner in value.items():
                if not isinstance(key, str):
                    raise TypeError("keys are text")
                _only_canonical_types(inner)
        case list() | tuple():
            for inner in value:
                _only_canonical_types(inner)
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")


def digest_of(pieces: Iterable[bytes]) -> str:
    """SHA-256 of a text that comes in pieces, 64 lower-case hex characters."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


class UnknownSchemaError(ValueError):
    """A stored plan has a version that this program does not know; it is held, never run."""
