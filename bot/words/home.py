"""What stands in the Home tab. Plain text (see `bot.words.escape`)."""

from __future__ import annotations

TITLE = "Bulk operations on the users of your Contentstack organization"
START = "Start one"
START_ANY = "Choose…"
UNAVAILABLE = "Not available here"
WAITING = "What waits and what runs"
WAITING_EMPTY = "Nothing waits and nothing runs."
HISTORY = "The last operations"
HISTORY_EMPTY = "Nobody has confirmed an operation yet."


def end() -> str:
    """The last line."""
    return "Nothing happens before you have seen a preview and confirmed it."
