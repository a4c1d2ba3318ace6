"""Filters: all that are set must fit, none chooses nobody, unknown means no and is counted."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.filters import NO_FILTERS, Filters, Fitting, Login, select
from bot.domain.members import Directory, Member, Organization, Stack, Status

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACCEPTED, PENDING = Status.ACCEPTED, Status.PENDING

ADA = Member("s1", "u1", "ada@example.com", ("admin",), ACCEPTED, invited_at="2025-01-01T09:00:00.000Z")
BOB = Member("s2", "u2", "bob@EXAMPLE.org", ("member",), ACCEPTED, last_login_at="2026-10-30T09:00:00.000Z")
CAT = Member("s3", None, "cat@example.com", ("member",), PENDING, invited_at="2026-11-01T00:00:00.000Z")
DAN = Member("s4", "u4", "dan@sub.example.com", (), ACCEPTED, last_login_at="")
EVE = Member(
    "s5", "u5", "eve@example.com", ("admin", "member"), ACCEPTED, last_login_at="2026-01-01T00:00:00Z"
)
STACKS = (
    Stack("docs", "Docs", "k", holders={"u1": ("r",), "u2": ()}),
    Stack("dark", "Dark", "k", holders=None),
)
DIRECTORY = Directory(Organization("o", "O"), (ADA, BOB, CAT, DAN, EVE), (), STACKS, NOW)

CASES = [
    (NO_FILTERS, ()),
    (Filters(roles=("admin",)), (ADA, EVE)),
    (Filters(roles=("admin", "member")), (ADA, BOB, CAT, EVE)),
    (Filters(status=PENDING), (CAT,)),
    (Filters(domains=("example.com",)), (ADA, CAT, EVE)),
    (Filters(domains=("example.org", "sub.example.com")), (BOB, DAN)),
    (Filters(invited_before=date(2026, 11, 1)), Fitting((ADA,), 3)),
    (Filters(invited_before=date(2026, 11, 2)), Fitting((ADA, CAT), 3)),
    (Filters(login=Login.NEVER), Fitting((CAT, DAN), 1)),
    (Filters(login=Login.NOT_30), Fitting((CAT, DAN, EVE), 1)),
    (Filters(login=Login.NOT_365), Fitting((CAT, DAN), 1)),
    (Filters(stacks=("docs",)), (ADA,)),
    (Filters(stacks=("docs", "dark")), Fitting((ADA,), 4)),
    (Filters(stacks=("gone",)), ()),
    (Filters(roles=("admin",), login=Login.NOT_90), Fitting((EVE,), 1)),
    (Filters(roles=("admin",), status=PENDING), ()),
]


@pytest.mark.parametrize(("filters", "expected"), CASES)
def test_people_fit_or_not(filters: Filters, expected: tuple[Member, ...] | Fitting) -> None:
    """A table of filters with who fits, and of how many it is not known."""
    whole = expected if isinstance(expected, Fitting) else Fitting(expected)
    assert select(DIRECTORY, filters, NOW) == whole


any_filters = st.builds(
    Filters,
    roles=st.sampled_from([(), ("admin",), ("member",)]),
    status=st.none() | st.sampled_from(Status),
    stacks=st.sampled_from([(), ("docs",), ("dark",)]),
    domains=st.sampled_from([(), ("example.com",)]),
    invited_before=st.none() | st.dates(),
    login=st.none() | st.sampled_from(Login),
)


@given(any_filters, any_filters)
def test_another_filter_never_chooses_more_people(one: Filters, other: Filters) -> None:
    """Filters narrow each other down, as the form says."""
    if not one.any:
        return
    both = Filters(
        roles=one.roles or other.roles,
        status=one.status or other.status,
        stacks=one.stacks or other.stacks,
        domains=one.domains or other.domains,
        invited_before=one.invited_before or other.invited_before,
        login=one.login or other.login,
    )
    assert set(select(DIRECTORY, both, NOW).members) <= set(select(DIRECTORY, one, NOW).members)
