"""Addresses out of pasted text, and out of files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import address_file, addresses
from bot.domain.address_file import MOST_BYTES, MOST_ROWS, AddressFile, BadLine, FileFault, FileInvalid
from bot.domain.addresses import Addresses
from bot.words.cells import table

PASTED = [
    ("", Addresses()),
    ("a@example.com", Addresses(("a@example.com",))),
    ("a@example.com, b@example.com;c@example.com\nd@example.com e@example.com", "abcde"),
    ("Ada Admin <a@example.com>, Bob <b@example.com>", "ab"),
    ('"Doe, Ada" <a@example.com>; "Roe, Bob" <b@example.com>', "ab"),
    ("Doe, Ada <a@example.com>, Roe, Bob <b@example.com>", "ab"),
    ("<mailto:a@example.com|a@example.com> <mailto:b@example.com|Bob>", "ab"),
    ("Ada <mailto:a@example.com|a@example.com>", "a"),
    ("'a@example.com' (b@example.com). c@example.com.", "abc"),
    ("+news@example.com", Addresses(("+news@example.com",))),
    ("a@example.com A@EXAMPLE.COM a@example.com", Addresses(("a@example.com",), (), 2)),
    ("Ada Admin\na@example.com", Addresses(("a@example.com",), ("Ada", "Admin"))),
    ("hello; Ada <a@example.com>", Addresses(("a@example.com",), ("hello",))),
    ("bob@ Ada <a@example.com>", Addresses(("a@example.com",), ("bob@",))),
    ("<@U1|ada> <https://example.com|x> <>", Addresses((), ("@U1|ada", "https://example.com|x"))),
    ("@", Addresses((), ("@",))),
]


@pytest.mark.parametrize(("text", "expected"), PASTED)
def test_addresses_are_found_as_people_paste_them(text: str, expected: Addresses | str) -> None:
    """Letters stand for their addresses; what is neither address nor name is kept apart."""
    whole = (
        expected
        if isinstance(expected, Addresses)
        else Addresses(tuple(f"{c}@example.com" for c in expected))
    )
    assert addresses.read(text) == whole


local = st.text(st.characters(codec="ascii", categories=["L", "N"], include_characters="+-_."), min_size=1)
address = st.builds(
    "{}@{}.example.com".format, local.filter(lambda t: t.strip("\"'.:()[]{}|") == t), st.sampled_from("xyz")
)


@given(st.lists(address, max_size=20), st.sampled_from([", ", "\n", ";", " ", "\r\n", ",\t"]))
def test_every_address_is_found_once(given_: list[str], between: str) -> None:
    """Whatever stands between them."""
    read = addresses.read(between.join(given_))
    assert read.others == ()
    assert [one.casefold() for one in read.found] == list(dict.fromkeys(one.casefold() for one in given_))
    assert len(read.found) + read.duplicates == len(given_)


@given(st.text(max_size=3_000))
def test_no_text_breaks_the_reading(text: str) -> None:
    """What is found looks like an address, each once."""
    read = addresses.read(text)
    assert all("@" in one for one in read.found)
    assert len({one.casefold() for one in read.found}) == len(read.found)


FILES = [
    (b"Email\r\na@example.com\r\n", AddressFile(("a@example.com",), (), 0, 1)),
    (b"\xef\xbb\xbfEMAIL ADDRESS;Name\r\na@example.com;Ada\r\n", AddressFile(("a@example.com",), (), 0, 1)),
    (
        b"Name,E-Mail\nAda,a@example.com\n\nBob,b@example.com\n",
        AddressFile(("a@example.com", "b@example.com"), (), 0, 2),
    ),
    (b"a@example.com\nb@example.com", AddressFile(("a@example.com", "b@example.com"), (), 0, 2)),
    (b"a@example.com,b@example.com", AddressFile(("a@example.com", "b@example.com"), (), 0, 1)),
    (b"a@example.com,\r\nb@example.com,\r\n", AddressFile(("a@example.com", "b@example.com"), (), 0, 2)),
    (b"Users\r\na@example.com\r\n", AddressFile(("a@example.com",), (BadLine(1, "Users"),), 0, 2)),
    (b"Email\r\n a@example.com \r\nA@Example.com\r\n", AddressFile(("a@example.com",), (), 1, 2)),
    (b"Email\r\nAda <a@example.com>\r\n", AddressFile(("a@example.com",), (), 0, 1)),
    (b"Email\r\n'+a@example.com\r\n", AddressFile(("+a@example.com",), (), 0, 1)),
    (b"Name,Email\r\nAda\r\n", AddressFile((), (BadLine(2, ""),), 0, 1)),
    (b"Email\r\n=1+1\r\n@SUM(A1)\r\n", AddressFile((), (BadLine(2, "=1+1"), BadLine(3, "@SUM(A1)")), 0, 2)),
    ("Name\tEmail\nÅda\ta@example.com\n".encode("utf-16"), AddressFile(("a@example.com",), (), 0, 1)),
    ("Name;Email\nÅda;a@example.com\n".encode("latin-1"), AddressFile(("a@example.com",), (), 0, 1)),
    (b'Email\n"a@example.com"\r\n"b@example.com"', AddressFile(("a@example.com", "b@example.com"), (), 0, 2)),
    (b"Email\ra@example.com\rb@example.com\r", AddressFile(("a@example.com", "b@example.com"), (), 0, 2)),
]


@pytest.mark.parametrize(("data", "expected"), FILES)
def test_files_are_read_as_spreadsheets_write_them(data: bytes, expected: AddressFile) -> None:
    """BOM, CRLF, semicolons, header or lone column, duplicates and bad lines told (CS §7.3)."""
    assert address_file.read(data) == expected


FAULTS = [
    (b"", FileFault.EMPTY),
    (b"\xef\xbb\xbf\r\n,,\r\n", FileFault.EMPTY),
    (b"\x89PNG\x00\x01", FileFault.NOT_TEXT),
    (b"Name,Address\nAda,a@example.com\n", FileFault.NO_EMAIL_COLUMN),
    (b"Email\n" + b"a\n" * (MOST_ROWS + 1), FileFault.TOO_MANY_ROWS),
    (b"x" * (MOST_BYTES + 1), FileFault.TOO_BIG),
    (b'Email\n"' + b"x" * 140_000, FileFault.UNREADABLE),
]


@pytest.mark.parametrize(("data", "fault"), FAULTS)
def test_a_file_that_cannot_be_used_says_why(data: bytes, fault: FileFault) -> None:
    """One fault for the whole file."""
    with pytest.raises(FileInvalid) as caught:
        address_file.read(data)
    assert caught.value.fault is fault


@given(st.binary(max_size=2_000))
def test_no_bytes_break_the_reading(data: bytes) -> None:
    """Either addresses or a fault."""
    try:
        read = address_file.read(data)
    except FileInvalid:
        return
    assert all("@" in one for one in read.found)


@given(st.lists(address, min_size=1, max_size=30, unique_by=str.casefold), st.text(max_size=20))
def test_what_rollcall_exports_it_reads_again(given_: list[str], name: str) -> None:
    """Guarded cells, BOM and quotes included."""
    data = table(["Email", "Name"], [(one, name) for one in given_])
    assert address_file.read(data) == AddressFile(tuple(given_), (), 0, len(given_))
