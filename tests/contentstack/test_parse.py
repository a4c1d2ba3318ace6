from __future__ import annotations

from typing import Any

import pytest

from bot.contentstack.bodies import ShareRow, StackRoleRow, StackRow, StackUserRow, TeamRow
from bot.contentstack.parse import (
    Person,
    Standing,
    account_of,
    member_of,
    organization_of,
    person_of,
    row_of,
    rows,
    stack_of,
    team_of,
)
from bot.domain.members import (
    Known,
    Member,
    Organization,
    OrgRole,
    SingleSignOn,
    Stack,
    StackRole,
    Status,
    Team,
)
from bot.ports.contentstack import Account

ADMIN, MEMBER = OrgRole("roleA", "Admin", admin=True), OrgRole("roleM", "Member")
SHARE = {"uid": "share1", "email": "ada@example.com", "user_uid": "user1", "org_roles": ["roleM"]}


def member(raw: dict[str, Any], standing: Standing | None = None) -> Member:
    row = row_of(ShareRow, raw)
    assert row is not None
    return member_of(row, standing or Standing((ADMIN, MEMBER)))


def test_a_share_is_read_with_all_its_details() -> None:
    """CS §3.2.1: every field that may come, at the places where it may be."""
    raw = {
        **SHARE,
        "status": "accepted",
        "invited_by": "user0",
        "invited_at": "2020-01-01T00:00:00.000Z",
        "created_at": "2020-01-02T00:00:00.000Z",
        "update_at": "2020-01-03T00:00:00.000Z",
        "acceptance_token": "secret",
        "access_without_sso": True,
        "user": {
            "first_name": "Ada",
            "last_name": "Admin",
            "tfa_status": "verified",
            "last_login_at": "2026-01-01T00:00:00.000Z",
            "metadata": {"idp_user": False},
        },
    }
    assert member(raw) == Member(
        share_uid="share1",
        user_uid="user1",
        email="ada@example.com",
        role_uids=("roleM",),
        status=Status.ACCEPTED,
        is_owner=False,
        admin=Known.NO,
        first_name="Ada",
        last_name="Admin",
        invited_by="user0",
        invited_at="2020-01-01T00:00:00.000Z",
        created_at="2020-01-02T00:00:00.000Z",
        updated_at="2020-01-03T00:00:00.000Z",
        last_login_at="2026-01-01T00:00:00.000Z",
        second_factor=Known.YES,
        without_sso=Known.YES,
        idp_user=Known.NO,
    )


@pytest.mark.parametrize("key", ["updated_at", "update_at"])
def test_both_spellings_of_the_update_time_are_read(key: str) -> None:
    """CS §2, trap 2."""
    assert member({**SHARE, key: "2020"}).updated_at == "2020"


@pytest.mark.parametrize("invitee", [{"user_uid": None}, {"user_uid": ""}, {}])
def test_an_invitee_without_an_account_has_no_user_uid(invitee: dict[str, Any]) -> None:
    """CS §2, trap 1: absent or null."""
    raw = {key: value for key, value in SHARE.items() if key != "user_uid"}
    assert member({**raw, **invitee, "status": "pending"}).user_uid is None


@pytest.mark.parametrize(
    ("status", "known"),
    [
        ("accepted", Status.ACCEPTED),
        ("pending", Status.PENDING),
        ("odd", Status.UNKNOWN),
        (None, Status.UNKNOWN),
    ],
)
def test_an_unheard_of_status_is_unknown(status: object, known: Status) -> None:
    """CS §2, trap 5."""
    assert member({**SHARE, "status": status}).status is known


@pytest.mark.parametrize(
    ("told", "last_login", "second_factor"),
    [
        ({}, None, Known.UNKNOWN),
        ({"last_login_at": None, "tfa_status": None}, "", Known.NO),
        ({"last_login_at": "2026", "tfa_status": "verified"}, "2026", Known.YES),
        ({"user": {"last_login_at": "2026", "tfa_status": "disabled"}}, "2026", Known.NO),
        ({"user_details": {"last_login_at": None}}, "", Known.UNKNOWN),
        ({"user": None}, None, Known.UNKNOWN),
        ({"user": "ada"}, None, Known.UNKNOWN),
    ],
)
def test_what_the_api_does_not_tell_is_unknown_never_never(
    told: dict[str, Any], last_login: str | None, second_factor: Known
) -> None:
    """CS §3.2.1: three places for the details, and absence is no statement."""
    found = member({**SHARE, **told})
    assert (found.last_login_at, found.second_factor) == (last_login, second_factor)


@pytest.mark.parametrize(
    ("raw", "uids"),
    [
        (["a", "b", "a"], ("a", "b")),
        ([{"uid": "a", "name": "Admin"}, {"name": "x"}, 7, ""], ("a",)),
        ("a", ("a",)),
        (None, ()),
    ],
)
def test_roles_come_as_uids_or_as_objects(raw: object, uids: tuple[str, ...]) -> None:
    """CS §2, trap 3, and what `include_roles` may make of it."""
    assert member({**SHARE, "org_roles": raw}).role_uids == uids


def test_a_row_that_is_none_is_left_out() -> None:
    """Hostile until parsed: without uid or e-mail it is not a share, and the others stay."""
    raw = [
        SHARE,
        None,
        "x",
        {},
        {"uid": "s"},
        {"uid": "", "email": "a"},
        {"uid": 1, "email": "a"},
        {"email": "a"},
    ]
    assert [row.uid for row in rows(ShareRow, raw)] == ["share1"]


NIGHT = Team("t1", "Night shift", frozenset({"user1"}), ("roleA",))
STRANGE = Team("t2", "Strange", frozenset({"user1"}), ("roleX",))


@pytest.mark.parametrize(
    ("why", "standing", "roles", "user_uid", "admin"),
    [
        ("own admin role", Standing((ADMIN, MEMBER)), ["roleM", "roleA"], "user1", Known.YES),
        ("all roles known, none admin", Standing((ADMIN, MEMBER)), ["roleM"], "user1", Known.NO),
        ("no roles at all", Standing((ADMIN,)), [], "user1", Known.NO),
        ("a role not in the list", Standing((ADMIN,)), ["roleX"], "user1", Known.UNKNOWN),
        ("an unknown role beside an admin role", Standing((ADMIN,)), ["roleX", "roleA"], "user1", Known.YES),
        ("a team's admin role", Standing((ADMIN, MEMBER), (NIGHT,)), ["roleM"], "user1", Known.YES),
        ("somebody else's team", Standing((ADMIN, MEMBER), (NIGHT,)), ["roleM"], "user2", Known.NO),
        ("a team's unknown role", Standing((ADMIN, MEMBER), (STRANGE,)), ["roleM"], "user1", Known.UNKNOWN),
        ("teams unreadable", Standing((ADMIN, MEMBER), None), ["roleM"], "user1", Known.UNKNOWN),
        ("teams unreadable, own admin role", Standing((ADMIN,), None), ["roleA"], "user1", Known.YES),
        ("teams unreadable, no account", Standing((ADMIN, MEMBER), None), ["roleM"], None, Known.NO),
    ],
)
def test_who_is_an_admin_is_yes_no_or_unknown(
    why: str, standing: Standing, roles: list[str], user_uid: str | None, admin: Known
) -> None:
    """CS §3.8, §4.3: the flag counts, of own roles and of teams; what cannot be known is unknown."""
    assert member({**SHARE, "org_roles": roles, "user_uid": user_uid}, standing).admin is admin, why


def test_the_owner_is_told_by_flag_or_by_the_organization() -> None:
    """CS §2, trap 4."""
    by_flag = member({**SHARE, "is_owner": True})
    by_uid = member(SHARE, Standing(owner_uid="user1"))
    pending = member({**SHARE, "user_uid": None}, Standing(owner_uid=""))
    assert (by_flag.is_owner, by_uid.is_owner, pending.is_owner) == (True, True, False)


def test_names_come_from_the_stacks_where_shares_have_none() -> None:
    """CS §3.1.5 is the documented source of names and of `idp_user`."""
    people = {"user1": Person("Ada", "Stack", Known.YES)}
    plain = member(SHARE, Standing(people=people))
    own = member({**SHARE, "first_name": "Own"}, Standing(people=people))
    assert (plain.name, plain.idp_user, own.name) == ("Ada Stack", Known.YES, "Own")


PLAN = {
    "features": [
        {"uid": "getLimit", "limit": 100},
        {"uid": "limit", "limit": 50},
        {"uid": "users", "limit": 300},
        {"uid": "stacks", "limit": -1},
        {"limit": 3},
        None,
    ]
}


@pytest.mark.parametrize("shape", ["organization", "organizations", "one of several"])
def test_the_organization_is_read_from_either_shape(shape: str) -> None:
    """CS §2, trap 8; rates and seats from the plan (CS §3.1.2)."""
    body = {
        "uid": "org1",
        "name": "Example",
        "owner_uid": "user0",
        "settings": {"sso": {"id": "ex", "strict": True, "saml": {}, "sso_roles": {"enabled": True}}},
        "plan": PLAN,
    }
    documents: dict[str, dict[str, object]] = {
        "organization": {"organization": body},
        "organizations": {"organizations": body},
        "one of several": {"organizations": [{"uid": "other"}, body]},
    }
    document = documents[shape]
    assert organization_of(document, "org1") == Organization(
        "org1", "Example", "user0", SingleSignOn(enabled=True, strict=True, role_mapping=True), 100, 50, 300
    )


@pytest.mark.parametrize(
    ("plan", "rates"),
    [
        (None, (10, 10)),
        ({"features": None}, (10, 10)),
        ({"features": [{"uid": "limit", "limit": 0}, {"uid": "getLimit", "limit": "9"}]}, (10, 10)),
    ],
)
def test_without_usable_limits_the_defaults_stand(plan: object, rates: tuple[int, int]) -> None:
    """CS §5.1: 10 and 10 per second."""
    found = organization_of({"organization": {"uid": "o", "plan": plan}}, "o")
    assert found is not None
    assert (found.reads_per_second, found.writes_per_second) == rates


@pytest.mark.parametrize(
    ("sso", "read"),
    [
        (None, SingleSignOn()),
        ({"sso_roles": {"enabled": False}}, SingleSignOn()),
        ({"id": "x", "saml": {}, "strict": False}, SingleSignOn(enabled=True)),
        ([{"id": "x"}, {"id": "y", "strict": True}, None], SingleSignOn(enabled=True, strict=True)),
        ({"id": "x", "sso_roles": "on", "strict": "yes"}, SingleSignOn(enabled=True)),
    ],
)
def test_single_sign_on_is_read_defensively(sso: object, read: SingleSignOn) -> None:
    """CS §3.1.1, §4.4: one strict connection of several makes it strict."""
    found = organization_of({"organization": {"uid": "o", "settings": {"sso": sso}}}, "o")
    assert found is not None
    assert found.sso == read


def test_another_organization_is_not_taken_for_ours() -> None:
    """The uid must be the one that was asked for."""
    assert organization_of({"organization": {"uid": "other"}}, "org1") is None


def test_a_stack_is_turned_from_roles_with_users_into_users_with_roles() -> None:
    """CS §3.1.6."""
    row = StackRow(uid="s1", name="Shop", api_key="key", owner_uid="user0")
    roles = [
        StackRoleRow(uid="r2", name="Developer", users=("u1", "u2")),
        StackRoleRow(uid="r1", users=("u1",)),
    ]
    assert stack_of(row, roles) == Stack(
        uid="s1",
        name="Shop",
        api_key="key",
        owner_uid="user0",
        roles=(StackRole("r2", "Developer"), StackRole("r1", "")),
        holders={"u1": ("r1", "r2"), "u2": ("r2",)},
    )


def test_a_stack_that_cannot_be_read_has_neither_roles_nor_holders() -> None:
    """Unknown is not empty."""
    assert stack_of(StackRow(uid="s1"), None) == Stack("s1", "s1", "")


@pytest.mark.parametrize(
    ("raw", "uids"),
    [
        ({"organizationRole": "roleA"}, ("roleA",)),
        ({"organizationRoles": ["roleA", "roleM"]}, ("roleA", "roleM")),
        ({"organizationRole": None}, ()),
        ({}, ()),
    ],
)
def test_both_spellings_of_a_teams_roles_are_read(raw: dict[str, Any], uids: tuple[str, ...]) -> None:
    """CS §3.8; stacks come as api keys and leave as uids."""
    row = row_of(
        TeamRow,
        {"_id": "t", "name": "T", "users": ["u"], "stackRoleMapping": [{"stackApiKey": "k"}, {}, 3], **raw},
    )
    assert row is not None
    stacks = (StackRow(uid="s1", api_key="k"), StackRow(uid="s2"))
    assert team_of(row, stacks) == Team("t", "T", frozenset({"u"}), uids, ("s1",))


@pytest.mark.parametrize(("flag", "known"), [(True, Known.YES), (False, Known.NO), (None, Known.UNKNOWN)])
def test_a_collaborator_tells_whether_an_identity_provider_made_him(flag: bool | None, known: Known) -> None:
    """CS §3.1.5."""
    row = StackUserRow(uid="u", first_name="A", metadata={"idp_user": flag})
    assert person_of(row) == Person("A", "", known)


@pytest.mark.parametrize(
    ("organization", "may_manage", "is_owner"),
    [
        ({"uid": "o", "is_owner": True}, True, True),
        ({"uid": "o", "org_roles": [{"uid": "r"}, {"uid": "a", "admin": True}]}, True, False),
        ({"uid": "o", "org_roles": [{"uid": "r"}]}, False, False),
        ({"uid": "o", "org_roles": None}, False, False),
        ({"uid": "other", "is_owner": True}, False, False),
    ],
)
def test_we_may_manage_as_owner_or_admin_of_this_organization(
    organization: dict[str, Any], may_manage: bool, is_owner: bool
) -> None:
    """CS §1.5."""
    document = {"user": {"uid": "u", "email": "bot@example.com", "organizations": [organization]}}
    assert account_of(document, "o", "authtoken") == Account(
        "u", "bot@example.com", "authtoken", may_manage=may_manage, is_owner=is_owner
    )


def test_an_answer_that_is_no_profile_is_nobody() -> None:
    """Hostile until parsed."""
    assert account_of({"user": []}, "o", "oauth") is None
