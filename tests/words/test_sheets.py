"""Spreadsheets: the CLI's columns first, everybody, and never a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.members import NOBODY, Access, Directory, Known, Member, Organization, OrgRole, Status
from bot.domain.operation import State
from bot.domain.outcome import Done, Failed
from bot.domain.plan import Flag, Why, skip
from bot.words import sheets
from bot.words.cells import BOM, safe, table
from bot.words.sheets import CLI, MEMBERS, Dates
from tests.slack.messages.samples import NAMES, line, operation

ADA = Member(
    "s1",
    "u1",
    "Ada@example.com",
    ("r2", "r1"),
    Status.ACCEPTED,
    first_name="Ada",
    last_name="Admin",
    invited_by="u2",
    invited_at="2025-01-02T03:04:05.678Z",
    created_at="2025-01-02T23:30:00-05:00",
    updated_at="2025-02-01T00:00:00.000Z",
    last_login_at="",
    second_factor=Known.YES,
)
OWNER = Member("s2", "u2", "owner@example.com", ("r1",), Status.ACCEPTED, is_owner=True, invited_by="gone")
NEW = Member("s3", None, "+new@example.com", (), Status.PENDING, created_at="not a time")
DIRECTORY = Directory(
    Organization("o", "O"),
    (OWNER, ADA, NEW),
    (OrgRole("r1", "Member"), OrgRole("r2", "Admin", admin=True)),
    (),
    datetime(2026, 11, 23, tzinfo=UTC),
    expected=3,
)


def rows(data: bytes) -> list[list[str]]:
    text = data.decode()
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))


def test_the_member_list_has_the_clis_columns_first_and_everybody_by_address() -> None:
    """Names, order and meaning of CS §7.1, then ours of §7.3; times in UTC."""
    assert CLI == (
        "Email",
        "User UID",
        "Organization Role",
        "Status",
        "Invited By",
        "Created Time",
        "Updated Time",
    )
    assert rows(sheets.member_list(DIRECTORY)) == [
        list(MEMBERS),
        [
            "'+new@example.com",
            "",
            "No Role",
            "pending",
            "System",
            "not a time",
            "",
            "",
            "",
            "",
            "",
            "",
            "s3",
            "",
        ],
        [
            "Ada@example.com",
            "u1",
            "Admin",
            "accepted",
            "owner@example.com",
            "2025-01-03T04:30:00.000Z",
            "2025-02-01T00:00:00.000Z",
            "Admin; Member",
            "Ada",
            "Admin",
            "Enabled",
            "Never",
            "s1",
            "2025-01-02T03:04:05.678Z",
        ],
        [
            "owner@example.com",
            "u2",
            "Owner",
            "accepted",
            "System",
            "",
            "",
            "Member",
            "",
            "",
            "",
            "",
            "s2",
            "",
        ],
    ]


def test_dates_can_be_written_as_the_cli_does() -> None:
    """Month, day and year, in UTC."""
    ada = rows(sheets.member_list(DIRECTORY, Dates.CLI))[2]
    assert ada[5:7] == ["01/03/2025", "02/01/2025"]


def test_a_results_file_has_a_row_per_line_also_of_those_who_did_not_run() -> None:
    """Member columns, then what became of it; the sealed line goes before what is known."""
    lines = [
        line(1),
        line(2),
        line(3, verdict=skip(Why.ALREADY_SO), after=Access(Status.ACCEPTED, ("role_admin",))),
    ]
    one = operation(lines, State.PARTLY_DONE)
    facts = {1: {"Email": "a@example.com", "First Name": "Ada", "Share UID": "another"}}
    found = rows(
        sheets.head(sheets.RESULTS)
        + sheets.result_rows({1: Done(), 2: Failed("unavailable", retryable=True)}, one, lines, facts)
    )
    assert found[0] == [*MEMBERS, "Action", "Outcome", "Reason", "Before", "After"]
    assert found[1][:4] == ["a@example.com", "user_1", "Member", "accepted"]
    assert (found[1][8], found[1][12]) == ("Ada", "share_1")
    before = "roles: Member; stacks: Docs (Editor), Marketing site (Developer)"
    assert [row[14:] for row in found[1:]] == [
        ["Remove from organization", "Done", "", before, "not in the organization"],
        [
            "Remove from organization",
            "Failed",
            "Contentstack could not be reached, so nothing was sent",
            before,
            "not in the organization",
        ],
        ["Remove from organization", "", "", before, "roles: Admin"],
    ]


def test_a_plan_file_says_what_would_happen_and_why_not() -> None:
    """Every line, with remarks."""
    one = operation([line(1, flags=(Flag.ADMIN,)), line(2, verdict=skip(Why.ALREADY_SO))], State.PROPOSED)
    found = rows(sheets.head(sheets.PLAN) + sheets.plan_rows(one, one.plan.lines, {}))
    assert [(row[15], row[16], row[19]) for row in found[1:]] == [
        ("run", "", "admin"),
        ("skip", "has exactly this already", ""),
    ]


@pytest.mark.parametrize(
    ("side", "text"),
    [
        (NOBODY, "not in the organization"),
        (Access(Status.ACCEPTED), "roles: none"),
        (
            Access(Status.ACCEPTED, ("role_member",), {"stack_docs": None}),
            "roles: Member; stacks: Docs (unknown)",
        ),
        (Access(Status.ACCEPTED, (), {"stack_docs": ()}), "roles: none; stacks: none"),
        (Access(Status.PENDING, ("r9",), {"s9": ("x",)}), "roles: r9; stacks: s9 (x)"),
    ],
)
def test_a_side_of_a_line_is_told_in_words(side: Access, text: str) -> None:
    """Names as they were sealed, uids where there is none."""
    assert sheets.access(side, NAMES) == text


cells = st.text(max_size=60) | st.sampled_from(
    ["=1+1", "+a", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "'"]
)
DANGEROUS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=10))
@example([["=cmd|' /C calc'!A0", "\u200e=1"], ["\x00=1", 'a\r\n=1,"b']])
def test_no_cell_is_a_formula_and_no_cell_breaks_a_row(table_rows: list[list[str]]) -> None:
    """Whatever a person or a role is called; as many rows and cells come back as went in."""
    found = rows(table(["A", "B"], table_rows))
    assert [len(row) for row in found] == [2] * (len(table_rows) + 1)
    assert not [cell for row in found for cell in row if cell.startswith(DANGEROUS)]


@given(st.text(alphabet="abc@.+=-' \n", max_size=20))
def test_a_harmless_cell_stays_as_it_is_but_for_its_blanks(text: str) -> None:
    """Nothing but the guard is added."""
    assert safe(text).removeprefix("'") in {" ".join(text.split()), " ".join(text.split()).removeprefix("'")}
