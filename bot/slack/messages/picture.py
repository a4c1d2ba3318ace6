"""The outcome as one picture: a bar per kind, and who lost what where that is few enough to read.

Drawn with Pillow and the font that it carries (docs/decisions/0003): no system font, no network, the same
bytes everywhere. Kinds differ by place, word and number, never by colour alone.
"""

from __future__ import annotations

import io
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from bot.domain.outcome import kind
from bot.service.story import Story
from bot.slack.messages.people import called
from bot.words import outcomes
from bot.words import results as words
from bot.words.escape import one_line, utc
from bot.words.operation import headline, state

WIDTH = 1_000
_MARGIN = 40
_BAR_LEFT = 330
_BAR_RIGHT = WIDTH - 140
_ROW = 46
_HEAD, _HEADING, _PERSON = 100, 66, 66
_TITLE, _SUBTITLE, _TEXT = 32, 24, 20
_ROOM = WIDTH - 2 * _MARGIN

_PAPER, _INK, _FAINT = "#ffffff", "#1d1c1d", "#616061"
_COLOURS = {
    "done": "#2e7d5b",
    "accepted": "#4c8fbd",
    "partial": "#c9a227",
    "skipped": "#9a9a9a",
    "failed": "#b3261e",
    "unknown": "#7b4ea3",
    "not_run": "#c4c4c4",
}
_LAST_DRAWN = "~"
"""The end of ASCII, which is all that Pillow's own font draws; that is why people stand here by address."""
_SIMPLER = {
    "\N{RIGHTWARDS ARROW}": "->",
    "\N{HORIZONTAL ELLIPSIS}": "...",
    "\N{LATIN CAPITAL LETTER L WITH STROKE}": "L",
    "\N{LATIN SMALL LETTER L WITH STROKE}": "l",
    "\N{LATIN CAPITAL LETTER O WITH STROKE}": "O",
    "\N{LATIN SMALL LETTER O WITH STROKE}": "o",
    "\N{LATIN SMALL LETTER SHARP S}": "ss",
}

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn; everything is plain text."""

    title: str
    subtitle: str
    bars: Sequence[tuple[str, int]]
    """Kind (`bot.domain.outcome.kind`) and how many."""
    changes: Sequence[tuple[str, str]] = ()
    """Address and what changed."""


def of(story: Story, addresses: Mapping[int, str]) -> Picture:
    """The picture of an operation that has ended; ``addresses`` is line number -> e-mail of those shown."""
    operation, told_of = story.operation, story.told_of
    changes = words.shown_changes(operation, told_of)
    counted = Counter(kind(one) for one in told_of.values())
    return Picture(
        title=headline(operation.plan),
        subtitle=f"{state(operation.state)}, {utc(operation.changed_at)}, {len(told_of)} in the plan",
        bars=[(name, counted[name]) for name in outcomes.COUNTED if counted[name]],
        changes=[(addresses.get(line.number) or called(line, None), what) for line, what in changes],
    )


def draw(picture: Picture) -> bytes:
    """A PNG; takes up to 0.3 s, so not on the event loop."""
    below = _HEADING + _PERSON * len(picture.changes) if picture.changes else 0
    height = 2 * _MARGIN + _HEAD + _ROW * len(picture.bars) + below
    image = Image.new("RGB", (WIDTH, height), _PAPER)
    pen = ImageDraw.Draw(image)
    title, subtitle, text = (ImageFont.load_default(size) for size in (_TITLE, _SUBTITLE, _TEXT))
    pen.text((_MARGIN, _MARGIN), _fitting(picture.title, title, _ROOM), _INK, title)
    pen.text((_MARGIN, _MARGIN + 46), _fitting(picture.subtitle, text, _ROOM), _FAINT, text)
    y = _bars(pen, picture.bars, _MARGIN + _HEAD, text)
    if picture.changes:
        pen.text((_MARGIN, y + 18), words.LOST_TITLE, _INK, subtitle)
    for number, (who, what) in enumerate(picture.changes):
        at = y + _HEADING + _PERSON * number
        pen.text((_MARGIN, at), _fitting(who, text, _ROOM), _INK, text)
        pen.text((_MARGIN, at + 26), _fitting(what, text, _ROOM), _FAINT, text)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _bars(pen: ImageDraw.ImageDraw, bars: Sequence[tuple[str, int]], top: int, font: Font) -> int:
    """One bar a kind, the longest as long as there is room; the end of the last."""
    most = max((number for _, number in bars), default=1)
    for row, (name, number) in enumerate(bars):
        y = top + _ROW * row
        length = max(4, (_BAR_RIGHT - _BAR_LEFT) * number // most)
        heading = _fitting(outcomes.label(name).heading, font, _BAR_LEFT - _MARGIN - 16)
        pen.text((_MARGIN, y + 5), heading, _INK, font)
        pen.rectangle((_BAR_LEFT, y, _BAR_LEFT + length, y + _ROW - 14), _COLOURS[name])
        pen.text((_BAR_LEFT + length + 12, y + 5), f"{number:,}", _INK, font)
    return top + _ROW * len(bars)


def _fitting(text: str, font: Font, room: int) -> str:
    """As much of the text as the font can draw in this width."""
    shown = drawable(one_line(text)[:_ROOM])
    if font.getlength(shown) <= room:
        return shown
    while shown and font.getlength(f"{shown}...") > room:
        shown = shown[:-1]
    return f"{shown.rstrip()}..."


def drawable(text: str) -> str:
    """The text in letters that the font has: accents fall away, and what is left over becomes ``?``."""
    return "".join(one if one <= _LAST_DRAWN else _simpler(one) for one in text)


def _simpler(letter: str) -> str:
    if letter in _SIMPLER:
        return _SIMPLER[letter]
    return "".join(one for one in unicodedata.normalize("NFKD", letter) if one <= _LAST_DRAWN) or "?"
