"""Before and after of a person, and what a plan costs, in words."""

from __future__ import annotations

import pytest

from bot.domain.consequences import Consequences
from bot.domain.members import NOBODY, Access, Status
from bot.domain.plan import RUN, Flag, Line, LineVerdict, Why, blocked
from bot.words.changes import change, changes, consequences, since
from bot.words.flags import beside

NAMES = {
    "member": "Member",
    "admin": "Admin",
    "docs": "Docs",
    "site": "Marketing site",
    "ed": "Editor",
    "dev": "Dev",
}
Roles = dict[str, tuple[str, ...] | None]


def line(before: Access, after: Access) -> Line:
    return Line(1, "p", "share", "user", RUN, before, after)


def access(*org_roles: str, status: Status = Status.ACCEPTED, stacks: Roles | None = None) -> Access:
    return Access(status, org_roles, stacks or {})


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (access("member"), access("member"), ""),
        (access("member"), access("admin"), "gains Admin; loses Member"),
        (access("member", "gone_uid"), access("member"), "loses gone_uid"),
        (
            access("member", stacks={"docs": ("ed",), "site": (), "raw": None}),
            NOBODY,
            "leaves the organization; loses Member; loses 1 stack: Docs; access unknown in raw",
        ),
        (access(status=Status.PENDING), NOBODY, "invitation is cancelled"),
        (
            access(stacks={"docs": ("ed",), "site": ()}),
            access(stacks={"docs": ("dev", "ed"), "site": ("dev",)}),
            "Docs: Editor → Dev and Editor; Marketing site: no access → Dev",
        ),
        (access(stacks={"docs": ("ed",)}), access(stacks={"docs": ()}), "Docs: Editor → no access"),
        (access(stacks={"docs": None}), access(stacks={"docs": ("ed",)}), "Docs: unknown → Editor"),
        (access(stacks={"docs": None}), access(stacks={"docs": None}), ""),
    ],
)
def test_a_change_is_told_as_before_and_after(before: Access, after: Access, shown: str) -> None:
    """Roles lost and gained, stacks lost, stack roles replaced; what could not be read is unknown."""
    assert change(line(before, after), NAMES) == shown
    assert changes(line(before, after), NAMES) == tuple(shown.split("; ") if shown else ())


def test_what_changed_meanwhile_is_told_as_old_and_new() -> None:
    """Invitation, organization roles and stacks; what could not be read, or is the same, is not told."""
    was = access("member", status=Status.PENDING, stacks={"docs": ("ed",), "site": None, "dark": ()})
    now = access("admin", "member", stacks={"docs": (), "site": ("dev",), "dark": ()})
    assert since(was, now, NAMES) == (
        "invitation: pending → accepted",
        "organization roles: Member → Admin and Member",
        "Docs: Editor → no access",
    )
    assert since(access(), access("gone_uid"), NAMES) == ("organization roles: none → gone_uid",)
    assert since(was, was, NAMES) == ()


@pytest.mark.parametrize(
    ("verdict", "after", "shown"),
    [
        (RUN, NOBODY, "admin"),
        (blocked(Why.IS_OWNER), NOBODY, "admin, current access only partly known"),
        (RUN, access("member"), "admin, current access only partly known"),
    ],
)
def test_flags_do_not_repeat_what_the_change_says(verdict: LineVerdict, after: Access, shown: str) -> None:
    """Somebody who leaves has the unread stacks named in his change; elsewhere the flag says it."""
    before = access("member", stacks={"docs": None})
    flagged = Line(1, "p", "share", "user", verdict, before, after, (Flag.ADMIN, Flag.BEFORE_UNKNOWN))
    assert beside(flagged) == shown


def test_consequences_are_counted_sentences() -> None:
    """All that a plan costs, one sentence each, and nothing for a plan that costs nothing."""
    assert consequences(Consequences(people=3)) == ()
    cost = Consequences(
        people=3,
        admins=1,
        admins_unknown=2,
        become_admin=1,
        losing_stacks=2,
        stacks_lost=5,
        org_roles_lost=("Member", "Developer"),
        only_admin_of=("Marketing site",),
        owner_of=("Docs",),
        stacks_unreadable=("Secret",),
    )
    assert consequences(cost) == (
        "1 person is an admin",
        "2 people may be admins: this could not be read",
        "1 person becomes an admin",
        "2 people lose 5 stacks",
        "Organization roles lost: Member and Developer",
        "Marketing site is left without an admin",
        "The owner of Docs leaves: transfer ownership first",
        "Not counted, because it could not be read: Secret",
    )
