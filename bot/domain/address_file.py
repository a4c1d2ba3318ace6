"""A CSV file of e-mail addresses, as people export it (CS §7.3): header or lone column, BOM, CRLF, ``;``.

No IO and no clock: bytes in, addresses out. Heavy for big files, so callers keep it off the event loop.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain import addresses
from bot.domain.addresses import ADDRESS

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 50_000

HEADERS = frozenset({"email", "email address", "e-mail", "e-mail address"})
_SEPARATORS = ",;\t"
_GUARD = "'"
_GUARDED = ("'=", "'+", "'-", "'@")
"""How an exported cell looks that a spreadsheet would have taken for a formula (CS §7.3)."""


class FileFault(StrEnum):
    """Why a whole file cannot be used; `bot.words` has the sentence of each."""

    EMPTY = "file_empty"
    NOT_TEXT = "file_not_text"
    NO_EMAIL_COLUMN = "file_no_email_column"
    TOO_BIG = "file_too_big"
    TOO_MANY_ROWS = "file_too_many_rows"
    UNREADABLE = "file_unreadable"


class FileInvalid(Exception):
    """The file cannot be used as a whole."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line without a usable address; ``line`` counts from 1 as editors do, ``text`` is what stood there."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class AddressFile:
    """Addresses in their order, each once whatever its case; ``rows`` counts rows that were not empty."""

    found: tuple[str, ...]
    bad: tuple[BadLine, ...] = ()
    duplicates: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Sequence[str]


def read(data: bytes) -> AddressFile:
    """The addresses of a file; raises FileInvalid where it cannot be used at all."""
    if len(data) > MOST_BYTES:
        raise FileInvalid(FileFault.TOO_BIG)
    rows = _rows(_text(data))
    first = next(rows, None)
    if first is None:
        raise FileInvalid(FileFault.EMPTY)
    column = _column(first)
    if column is None and not _without_header(first):
        raise FileInvalid(FileFault.NO_EMAIL_COLUMN)
    found: dict[str, str] = {}
    bad: list[BadLine] = []
    total = number = 0
    for number, row in enumerate(rows if column is not None else _again(first, rows), start=1):
        if number > MOST_ROWS:
            raise FileInvalid(FileFault.TOO_MANY_ROWS)
        for cell in _cells(row, column):
            address = _address(cell)
            if address:
                total += 1
                found.setdefault(address.casefold(), address)
            else:
                bad.append(BadLine(row.line, cell))
    return AddressFile(tuple(found.values()), tuple(bad), total - len(found), number)


def _text(data: bytes) -> str:
    utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    # Another encoding spoils names at most: addresses are ASCII nearly always, and what is spoilt is told.
    text = data.decode("utf-16" if utf_16 else "utf-8-sig", errors="replace")
    if "\0" in text:
        raise FileInvalid(FileFault.NOT_TEXT)
    return text


def _rows(text: str) -> Iterator[_Row]:
    """Rows with something in them; ``line`` is where a row ends."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _Row(reader.line_num, cells)
    except csv.Error as error:  # a cell beyond 128 KiB: a quotation mark that nothing closes
        raise FileInvalid(FileFault.UNREADABLE) from error


def _separator(text: str) -> str:
    """The separator that the first line with something in it uses most."""
    start = text.lstrip("\r\n \ufeff")[:10_000]
    line = start.splitlines()[0] if start else ""
    return max(_SEPARATORS, key=line.count)


def _column(first: _Row) -> int | None:
    """Where the header names the addresses."""
    names = (" ".join(cell.split()).casefold() for cell in first.cells)
    return next((index for index, name in enumerate(names) if name in HEADERS), None)


def _without_header(first: _Row) -> bool:
    """A lone column, or addresses in every cell."""
    cells = [cell for cell in first.cells if cell.strip()]
    return len(cells) == 1 or all(map(_address, cells))


def _again(first: _Row, rows: Iterator[_Row]) -> Iterator[_Row]:
    yield first
    yield from rows


def _cells(row: _Row, column: int | None) -> Sequence[str]:
    """The cells that should hold an address."""
    if column is None:
        return [cell for cell in row.cells if cell.strip()]
    return [row.cells[column] if column < len(row.cells) else ""]


def _address(cell: str) -> str:
    """The one address of a cell; empty where it has none, or several."""
    cell = cell.strip()
    if cell.startswith(_GUARDED):
        cell = cell.removeprefix(_GUARD)
    if ADDRESS.fullmatch(cell):
        return cell
    read_ = addresses.read(cell)
    return read_.found[0] if len(read_.found) == 1 and not read_.others and not read_.duplicates else ""
