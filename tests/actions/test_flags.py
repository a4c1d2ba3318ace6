"""What is said of a person beside his line: each only if it is known (CS §4, design §4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions.flags import flags
from bot.domain.members import NOBODY, Access, Directory, Known, Member, SingleSignOn, Status, Team
from bot.domain.plan import Flag
from tests.domain.people import ADMIN, AT, MEMBER, directory, member, stack

PLAIN = member("plain")
HELD = Access(Status.ACCEPTED, (MEMBER.uid,))
SITE = stack("site", owner="keeper")

SSO = {
    "none": SingleSignOn(),
    "on": SingleSignOn(enabled=True),
    "strict": SingleSignOn(enabled=True, strict=True),
    "mapped": SingleSignOn(enabled=True, role_mapping=True),
    "both": SingleSignOn(enabled=True, strict=True, role_mapping=True),
}


def said(who: Member, before: Access = HELD, after: Access = NOBODY, sso: str = "none") -> tuple[Flag, ...]:
    team = Team("team", "Editors", frozenset({"user_mate"}))
    found: Directory = replace(directory(who, stacks=(SITE,), sso=SSO[sso]), teams=(team,))
    return flags(who, before, after, found, AT)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (PLAIN, ()),
        (member("ann", admin=Known.YES), (Flag.ADMIN,)),
        (member("abe", admin=Known.UNKNOWN), (Flag.ADMIN_UNKNOWN,)),
        (member("pia", status=Status.PENDING), (Flag.PENDING,)),
        (member("keeper"), (Flag.STACK_OWNER,)),
        (member("mate"), (Flag.TEAM_ACCESS,)),
    ],
)
def test_who_somebody_is(who: Member, expected: tuple[Flag, ...]) -> None:
    """Nothing is said of whom nothing is known."""
    assert said(who) == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (Access(Status.ACCEPTED, (ADMIN.uid, MEMBER.uid)), (Flag.BECOMES_ADMIN,)),
        (Access(Status.ACCEPTED, ("role_other",)), ()),
    ],
)
def test_who_becomes_an_admin(after: Access, expected: tuple[Flag, ...]) -> None:
    """By gaining a role that has Contentstack's own flag, whatever its name."""
    assert said(PLAIN, after=after) == expected


def test_an_admin_does_not_become_one() -> None:
    """An admin role more makes no difference."""
    ann = member("ann", admin=Known.YES)
    assert said(ann, after=Access(Status.ACCEPTED, (ADMIN.uid,))) == (Flag.ADMIN,)


def test_access_that_could_not_be_read_is_said() -> None:
    """One stack is enough."""
    assert said(PLAIN, Access(Status.ACCEPTED, (MEMBER.uid,), {SITE.uid: None})) == (Flag.BEFORE_UNKNOWN,)


@pytest.mark.parametrize(
    ("sso", "without", "expected"),
    [
        ("none", Known.NO, ()),
        ("none", Known.YES, ()),
        ("on", Known.NO, (Flag.SSO_ONLY,)),
        ("on", Known.YES, (Flag.WITHOUT_SSO,)),
        ("on", Known.UNKNOWN, ()),
        ("strict", Known.NO, (Flag.SSO_STRICT,)),
        ("strict", Known.YES, (Flag.WITHOUT_SSO,)),
        ("strict", Known.UNKNOWN, (Flag.SSO_STRICT,)),
        ("mapped", Known.NO, (Flag.SSO_ONLY, Flag.IDP_RULES)),
        ("mapped", Known.YES, (Flag.WITHOUT_SSO,)),
        ("mapped", Known.UNKNOWN, (Flag.IDP_RULES,)),
        ("both", Known.NO, (Flag.SSO_STRICT, Flag.IDP_RULES)),
    ],
)
def test_how_somebody_signs_in(sso: str, without: Known, expected: tuple[Flag, ...]) -> None:
    """Strict mode holds for everybody who may not surely do without; mapping leaves external people alone."""
    assert said(replace(PLAIN, without_sso=without), sso=sso) == expected


@pytest.mark.parametrize(
    ("without", "expected"),
    [(Known.NO, (Flag.SSO_ONLY,)), (Known.UNKNOWN, (Flag.SSO_ONLY,)), (Known.YES, (Flag.WITHOUT_SSO,))],
)
def test_whom_the_provider_created_signs_in_through_it(without: Known, expected: tuple[Flag, ...]) -> None:
    """Unless Contentstack tells that he may do without."""
    assert said(replace(PLAIN, idp_user=Known.YES, without_sso=without), sso="on") == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, ()),
        ("", (Flag.NEVER_LOGGED_IN,)),
        ((AT - timedelta(days=13)).isoformat(), (Flag.RECENT_LOGIN,)),
        ((AT - timedelta(days=15)).isoformat(), ()),
        ("2026-11-20", ()),
        ("yesterday", ()),
    ],
)
def test_when_somebody_signed_in(last: str | None, expected: tuple[Flag, ...]) -> None:
    """Not told is not never; what cannot be read is not known."""
    assert said(replace(PLAIN, last_login_at=last)) == expected
