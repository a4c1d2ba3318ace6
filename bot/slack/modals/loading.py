"""What stands in a modal from the click until there is something to show (SL §2: trigger ids live 3 s)."""

from __future__ import annotations

from bot.slack.messages.blocks import Json
from bot.slack.modals import parts
from bot.words.modals import TITLE

CALLBACK = "loading"


def build(sentence: str) -> Json:
    """A modal with one sentence and nothing to submit."""
    return parts.modal(CALLBACK, TITLE, [parts.said(f"⏳ {sentence}")])
