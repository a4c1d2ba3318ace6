"""What can be wrong with a request before it becomes an operation: one code, one sentence, one field."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """Everything that a requester may be told to mend; `bot.words` has the sentence of each."""

    ACTION_UNAVAILABLE = "action_unavailable"
    NO_PEOPLE = "no_people"
    TOO_MANY_PEOPLE = "too_many_people"
    PERSON_GONE = "person_gone"
    NO_ROLES = "no_roles"
    ROLE_GONE = "role_gone"
    NO_STACKS = "no_stacks"
    STACK_GONE = "stack_gone"
    STACK_ROLE_GONE = "stack_role_gone"
    NO_REASON = "no_reason"
    NO_CHANNEL = "no_channel"
    CHANNEL_UNSEEN = "channel_unseen"
    CHANNEL_WITHOUT_BOT = "channel_without_bot"
    CHANNEL_SHARED = "channel_shared"
    CHANNEL_DIRECT = "channel_direct"
    CHANNEL_ARCHIVED = "channel_archived"
    CHANNEL_PUBLIC = "channel_public"
    CONTENTSTACK_DOWN = "contentstack_down"
    CONTENTSTACK_BUSY = "contentstack_busy"
    CREDENTIAL_REFUSED = "credential_refused"
    NOT_PERMITTED = "not_permitted"
    SLACK_DOWN = "slack_down"
    MISSING_SCOPE = "missing_scope"
    STORE_FULL = "store_full"
    NOBODY_LEFT = "nobody_left"
    PLAN_CHANGED = "plan_changed"
    PLAN_TAMPERED = "plan_tampered"
    ALREADY_MOVED = "already_moved"
    IN_PLAN = "in_plan"
    NOT_YOURS = "not_yours"
    OWN_REQUEST = "own_request"
    ALREADY_DECIDED = "already_decided"
    TOO_LATE = "too_late"
    NOT_ASKED = "not_asked"
    LATER_STAGE = "later_stage"
    NOT_ESCALATED = "not_escalated"
    ENOUGH = "enough"
    NOT_LINKED = "not_linked"
    NO_BREAK_GLASS = "no_break_glass"
    OWNER_ONLY = "owner_only"
    PROVE_FIRST = "prove_first"
    REASON_TOO_SHORT = "reason_too_short"
    STAND_IN_NO_ADMIN = "stand_in_no_admin"
    STAND_IN_IS_YOU = "stand_in_is_you"
    STAND_IN_AWAY = "stand_in_away"
    DAY_PAST = "day_past"
    DAY_TOO_FAR = "day_too_far"
    NO_RULE_FITS = "no_rule_fits"
    POLICY_DENIES = "policy_denies"
    CONNECT_FIRST = "connect_first"
    REASON_UNFIT = "reason_unfit"
    TICKET_UNFIT = "ticket_unfit"
    TOO_FEW_DECIDERS = "too_few_deciders"
    DECIDERS_UNKNOWN = "deciders_unknown"
    NOTHING_TO_RETRY = "nothing_to_retry"
    PEOPLE_REDACTED = "people_redacted"
    ALREADY_RETRIED = "already_retried"
    NOTHING_TO_UNDO = "nothing_to_undo"
    NO_INVERSE = "no_inverse"
    ALREADY_UNDONE = "already_undone"
    DATE_PAST = "date_past"
    NOBODY_FITS = "nobody_fits"
    FILTERS_UNCLEAR = "filters_unclear"
    FILE_EMPTY = "file_empty"
    FILE_NOT_TEXT = "file_not_text"
    FILE_NO_EMAIL_COLUMN = "file_no_email_column"
    FILE_TOO_BIG = "file_too_big"
    FILE_TOO_MANY_ROWS = "file_too_many_rows"
    FILE_UNREADABLE = "file_unreadable"
    FILE_GONE = "file_gone"
    FILE_ELSEWHERE = "file_elsewhere"
    FILE_TOKEN = "file_token"  # noqa: S105  what was wrong with a file, not a token
    FILE_UNREACHABLE = "file_unreachable"


class Field(StrEnum):
    """The modal's field that a problem belongs to."""

    ACTION = "action"
    PEOPLE = "people"
    FILE = "file"
    ORG_ROLES = "org_roles"
    STACKS = "stacks"
    REASON = "reason"
    TICKET = "ticket"
    CHANNEL = "channel"
    WHEN = "when"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. ``detail`` is text from outside (a name, an address), not yet escaped."""

    trouble: Trouble
    field: Field | None = None
    detail: str = ""
