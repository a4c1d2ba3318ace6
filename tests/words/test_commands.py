"""What people type after /org-users."""

from __future__ import annotations

import pytest

from bot.domain.actions import OFFERED, ActionKey
from bot.slack.prefill import Named, read
from bot.words import commands
from bot.words.actions import title
from bot.words.commands import Ask, Typed

TYPED = [
    ("", Typed()),
    ("   ", Typed()),
    ("status", Typed(ask=Ask.STATUS)),
    ("HISTORY", Typed(ask=Ask.HISTORY)),
    ("help me", Typed(ask=Ask.HELP)),
    ("export", Typed(ask=Ask.EXPORT)),
    ("Export  CLI", Typed(ask=Ask.EXPORT, rest="CLI")),
    ("remove a@example.com", Typed(action=ActionKey.REMOVE, rest=" a@example.com")),
    ("reset  password a@example.com", Typed(action=ActionKey.PASSWORD_RESET, rest=" a@example.com")),
    ("Reset MFA", Typed(action=ActionKey.MFA_RESET)),
    ("role, a@example.com", Typed(action=ActionKey.ORG_ROLE, rest=", a@example.com")),
    ("stack access", Typed(action=ActionKey.STACK_ACCESS)),
    ("sessions", Typed(action=ActionKey.KILL_SESSIONS)),
    ("unlock", Typed(action=ActionKey.UNLOCK)),
    ("removed a@example.com", Typed(unknown="removed")),
    ("<mailto:a@example.com|a@example.com>", Typed(rest="<mailto:a@example.com|a@example.com>")),
    ("<@U0ADA|ada>", Typed(unknown="<@u0ada|ada>")),
    ("reinvite", Typed(unknown="reinvite")),
]


@pytest.mark.parametrize(("text", "typed"), TYPED)
def test_what_is_typed_is_understood(text: str, typed: Typed) -> None:
    """A sub-command, an action in the words people use, or nothing that is known."""
    assert commands.read(text) == typed


@pytest.mark.parametrize("action", OFFERED)
def test_every_action_is_understood_by_its_key_and_its_title(action: ActionKey) -> None:
    """A new action needs no spelling of its own."""
    assert (commands.read(action.value).action, commands.read(title(action)).action) == (action, action)


def test_addresses_are_read_in_every_way_that_slack_writes_them() -> None:
    """Links, blanks, commas; each once; what is no address is kept apart."""
    text = " <mailto:a@example.com|a@example.com>,b@example.com;A@Example.com\n<@U1> c"
    assert read(text) == Named(("A@Example.com", "b@example.com"), ("<@U1>", "c"))
