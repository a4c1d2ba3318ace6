"""CSV that a spreadsheet opens as text: no cell is a formula, no name breaks a row (CS §7.3)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from bot.words.escape import one_line

BOM = "\ufeff"
"""Without it Excel reads UTF-8 as the code page of its machine and spoils every accent."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet runs (CS §7.3; the line feed after OWASP's list)."""
_WIDE = tuple("\uff1d\uff0b\uff0d\uff20")
"""Their full-width forms, which some spreadsheets take for the same."""


def safe(text: str) -> str:
    """The text as one line, with ``'`` in front where it would begin a formula."""
    shown = one_line(text)
    return f"'{shown}" if shown.startswith((*_FORMULA, *_WIDE)) or text.startswith(_FORMULA) else shown


def line(cells: Iterable[str]) -> str:
    """One row, with its line end; quotes where they are needed."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([safe(cell) for cell in cells])
    return out.getvalue()


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A whole file, or its beginning: UTF-8 with BOM, commas, CRLF, quotes where they are needed."""
    return f"{BOM}{line(header)}".encode() + more(rows)


def more(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows that continue a file."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode()
