"""The pages as HTML: no script, no picture, nothing from elsewhere; whatever is shown is escaped here."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape

from bot.words import connect as words

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;color:#1d1c1d;"
    "background:#fff}dt{font-weight:600}dd{margin:0 0 1rem;overflow-wrap:anywhere}"
    "button{font:inherit;padding:.5rem 1rem;margin-right:.75rem;border:1px solid #595959;border-radius:.4rem;"
    "background:#fff;color:inherit}button.yes{background:#0b5d3b;border-color:#0b5d3b;color:#fff}"
    "@media(prefers-color-scheme:dark){body,button{background:#1a1d21;color:#e8e8e8}}"
)
STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
"""The one style that the pages' policy lets through."""

TOKEN = "token"  # noqa: S105  a field's name
CHOICE = "choice"
YES, NO = "link", "cancel"


@dataclass(frozen=True, slots=True)
class Both:
    """The two accounts as the page names them, as label -> value, and the form's half of the secret."""

    slack: dict[str, str]
    contentstack: dict[str, str]
    action: str
    token: str


def asking(both: Both) -> str:
    """The page that names both accounts and asks; the cautious button comes first."""
    form = (
        f'<form method="post" action="{escape(both.action)}">'
        f'<input type="hidden" name="{TOKEN}" value="{escape(both.token)}">'
        f'<button name="{CHOICE}" value="{NO}">{escape(words.CANCEL)}</button>'
        f'<button class="yes" name="{CHOICE}" value="{YES}">{escape(words.CONFIRM)}</button></form>'
    )
    accounts = _account(words.SLACK_ACCOUNT, both.slack)
    accounts += _account(words.CONTENTSTACK_USER, both.contentstack)
    return _page(words.TITLE_CONFIRM, f"<dl>{accounts}</dl><p>{escape(words.WARNING)}</p>{form}")


def saying(title: str, sentence: str) -> str:
    """A page that says one thing."""
    return _page(title, f"<p>{escape(sentence)}</p><p>{escape(words.CLOSE)}</p>")


def _account(label: str, facts: dict[str, str]) -> str:
    lines = "<br>".join(f"{escape(name)}: {escape(value)}" for name, value in facts.items() if value)
    return f"<dt>{escape(label)}</dt><dd>{lines}</dd>"


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)} - Rollcall</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
