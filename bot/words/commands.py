"""`/org-users` and its private answers. Plain text (see `bot.words.escape`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.actions import OFFERED, ActionKey
from bot.words.actions import title

COMMAND = "/org-users"


class Ask(StrEnum):
    """Sub-commands that answer in private."""

    STATUS = "status"
    HISTORY = "history"
    EXPORT = "export"
    CONNECT = "connect"
    DISCONNECT = "disconnect"
    DELEGATE = "delegate"
    HELP = "help"


_WITH_MORE = frozenset({Ask.EXPORT, Ask.DELEGATE})
"""Those after which more may be typed."""

SPELLINGS: Mapping[str, ActionKey] = {
    **{key.value: key for key in OFFERED},
    **{title(key).casefold(): key for key in OFFERED},
    "delete": ActionKey.REMOVE,
    "kick": ActionKey.REMOVE,
    "role": ActionKey.ORG_ROLE,
    "roles": ActionKey.ORG_ROLE,
    "org role": ActionKey.ORG_ROLE,
    "organization role": ActionKey.ORG_ROLE,
    "set role": ActionKey.ORG_ROLE,
    "update role": ActionKey.ORG_ROLE,
    "stack": ActionKey.STACK_ACCESS,
    "stacks": ActionKey.STACK_ACCESS,
    "stack access": ActionKey.STACK_ACCESS,
    "access": ActionKey.STACK_ACCESS,
    "password": ActionKey.PASSWORD_RESET,
    "passwords": ActionKey.PASSWORD_RESET,
    "reset password": ActionKey.PASSWORD_RESET,
    "reset passwords": ActionKey.PASSWORD_RESET,
    "password reset": ActionKey.PASSWORD_RESET,
    "mfa": ActionKey.MFA_RESET,
    "2fa": ActionKey.MFA_RESET,
    "mfa reset": ActionKey.MFA_RESET,
    "reset 2fa": ActionKey.MFA_RESET,
    "session": ActionKey.KILL_SESSIONS,
    "sessions": ActionKey.KILL_SESSIONS,
    "kill session": ActionKey.KILL_SESSIONS,
    "kill sessions": ActionKey.KILL_SESSIONS,
    "sign out": ActionKey.KILL_SESSIONS,
    "log out": ActionKey.KILL_SESSIONS,
}
"""What people type for an action, in lower case; its own key and title always count."""

_LONGEST_FIRST = sorted(SPELLINGS, key=len, reverse=True)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Typed:
    """What follows the command: nothing, a private question, an action with names, or something unknown."""

    ask: Ask | None = None
    action: ActionKey | None = None
    rest: str = ""
    unknown: str = ""


def read(text: str) -> Typed:
    """Understand what was typed; a bare list of addresses opens the form with these people."""
    line = _BLANKS.sub(" ", text).strip()
    first = line.split(" ", 1)[0].casefold()
    if not line:
        return Typed()
    if first in set(Ask):
        ask = Ask(first)
        return Typed(ask=ask, rest=line[len(first) :].strip() if ask in _WITH_MORE else "")
    lowered = line.casefold()
    for spelling in _LONGEST_FIRST:
        if lowered == spelling or lowered.startswith((f"{spelling} ", f"{spelling},")):
            return Typed(action=SPELLINGS[spelling], rest=line[len(spelling) :])
    return Typed(rest=line) if "@" in first and not first.startswith("<@") else Typed(unknown=first)


def unknown(word: str) -> str:
    """Above the help, for a sub-command that does not exist."""
    return f"{COMMAND} has no sub-command “{word[:40]}”. This is what it understands:"


def help_lines(*, connect: bool = False) -> tuple[tuple[str, str], ...]:
    """Usage, and what it does; ``connect`` says whether accounts can be linked here."""
    linking = (
        (f"{COMMAND} connect", "links your Slack account to your Contentstack user"),
        (f"{COMMAND} disconnect", "takes that link away"),
    )
    return (
        (COMMAND, "opens the form: what to do, to whom, why"),
        (f"{COMMAND} remove a@example.com, b@example.com", "opens it filled"),
        (f"{COMMAND} role | stack | reset password | mfa | sessions | unlock", "the other actions, likewise"),
        (f"{COMMAND} status", "what waits and what runs"),
        (f"{COMMAND} history", "the last operations and what became of them"),
        (f"{COMMAND} export", "the member list as a CSV file, in your direct message with Rollcall"),
        (f"{COMMAND} export cli", "the same with dates as Contentstack's CLI writes them"),
        (f"{COMMAND} delegate @name until 2026-12-24", "somebody else decides in your place for a time"),
        (f"{COMMAND} delegate | delegate stop", "who stands in for whom; end it"),
        *(linking if connect else ()),
        (f"{COMMAND} help", "this list"),
    )


HELP_TITLE = "Bulk operations on the users of your Contentstack organization"
HELP_END = (
    "Nothing happens before you have seen a preview and confirmed it; removing people, resetting MFA and "
    "making admins need another admin's approval. Only the owner and admins of the organization may use "
    "Rollcall."
)
EXPORTING = "Reading the member list. It comes as a direct message from Rollcall…"
STATUS_TITLE = "What waits and what runs"
STATUS_EMPTY = "Nothing waits and nothing runs."
HISTORY_TITLE = "The last operations"
HISTORY_EMPTY = "Nobody has confirmed an operation yet."


def more(number: int) -> str:
    """Operations that found no room in an answer."""
    return f"… and {number} more."


def asked_by() -> str:
    """Before the mention of the requester."""
    return "Asked by"
