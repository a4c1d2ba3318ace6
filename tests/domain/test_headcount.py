"""The organization in numbers: who counts where, and what is not known is said to be so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.headcount import HeadCount, head_count
from bot.domain.members import Directory, Known, Member, Organization, OrgRole, Status

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
YES, NO, UNKNOWN = Known.YES, Known.NO, Known.UNKNOWN
OWNER = Member(
    "s0", "u0", "owner@example.com", (), Status.ACCEPTED, is_owner=True, admin=YES, last_login_at="x"
)
ADA = Member("s1", "u1", "ada@example.com", ("admin", "member"), Status.ACCEPTED, admin=YES, last_login_at="")
BOB = Member("s2", "u2", "bob@example.com", ("member",), Status.ACCEPTED, admin=NO)
CAT = Member("s3", None, "cat@example.com", ("gone",), Status.PENDING, admin=UNKNOWN)
DAN = Member(
    "s4", "u4", "dan@example.com", (), Status.UNKNOWN, admin=NO, last_login_at="2026-01-01T00:00:00Z"
)
ROLES = (OrgRole("admin", "Admin", admin=True), OrgRole("member", "Member"))
DIRECTORY = Directory(
    Organization("o", "O", seats=20), (OWNER, ADA, BOB, CAT, DAN), ROLES, (), NOW, expected=5
)


def test_everybody_is_counted_by_role_status_and_sign_in() -> None:
    """Two roles count twice, a vanished role by its uid, the owner apart; an invitation never signed in."""
    assert head_count(DIRECTORY) == HeadCount(
        people=5,
        seats=20,
        statuses=((Status.ACCEPTED, 3), (Status.PENDING, 1), (Status.UNKNOWN, 1)),
        roles=(("Member", 2), ("Admin", 1), ("gone", 1)),
        without_role=1,
        owners=1,
        admins=1,
        admins_unknown=1,
        never=2,
        untold=1,
        read_at=NOW,
        missing=0,
    )


def test_a_list_that_is_not_whole_says_how_many_are_missing() -> None:
    """Contentstack counted more than it listed."""
    assert head_count(replace(DIRECTORY, expected=9, complete=False)).missing == 4
