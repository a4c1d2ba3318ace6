"""Organization users: list, search, invite, remove, resend, accept (CS §3.2 - §3.5, §4)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.server import ContentstackSandbox

ORG = f"/v3/organizations/{seed.ORG_UID}"
SHARE = f"{ORG}/share"
LISTED = {
    "uid", "email", "user_uid", "message", "org_uid", "org_roles", "invited_by", "invited_at", "status",
    "created_at", "update_at",
}  # fmt: skip


def invitation(*emails: str, role: str = seed.MEMBER_ROLE, **more: Any) -> dict[str, Any]:
    return {"share": {"users": {email: [role] for email in emails}, **more}}


async def remove(client: httpx.AsyncClient, *emails: str) -> httpx.Response:
    return await client.request("DELETE", SHARE, json={"emails": list(emails)})


async def test_three_pages_hold_everybody_once(bot: httpx.AsyncClient) -> None:
    """250 members need three pages of 100; the order is stable (§5.2, §8.2)."""
    query = "limit=100&include_count=true&asc=created_at"
    pages = [(await bot.get(f"{SHARE}?{query}&skip={skip}")).json() for skip in (0, 100, 200, 300)]
    uids = [share["uid"] for page in pages for share in page["shares"]]
    assert [len(page["shares"]) for page in pages] == [100, 100, 50, 0]
    assert (len(uids), len(set(uids)), pages[0]["count"]) == (250, 250, 250)


async def test_list_spells_update_at_and_keeps_the_token_secret(bot: httpx.AsyncClient) -> None:
    """Invitation lists say `update_at` and show no acceptance token (§2 trap 2, §3.2.1)."""
    share = (await bot.get(f"{SHARE}?limit=1&skip=1")).json()["shares"][0]
    assert set(share) == LISTED


@pytest.mark.parametrize(
    ("query", "email"),
    [
        ("asc=created_at", seed.OWNER),
        ("desc=created_at", "new@example.com"),
        ("desc=update_at", "new@example.com"),
        ("asc=email", seed.LEADING_PLUS),
        ("desc=nonsense", "new@example.com"),
    ],
)
async def test_order_goes_both_ways(bot: httpx.AsyncClient, query: str, email: str) -> None:
    """`asc` and `desc` by a field; an unknown field means the order of creation (§3.2.1)."""
    await bot.post(SHARE, json=invitation("new@example.com"))
    assert (await bot.get(f"{SHARE}?{query}&limit=1")).json()["shares"][0]["email"] == email


async def test_search_spells_updated_at_and_shows_the_token(bot: httpx.AsyncClient) -> None:
    """Search finds e-mails in any case, leaves unknown ones out, and says `updated_at` (§3.2.2)."""
    body = {"emails": [seed.UPPER.lower(), "unknown@example.com"]}
    shares = (await bot.post(f"{SHARE}/search", json=body)).json()["shares"]
    assert [share["email"] for share in shares] == [seed.UPPER]
    assert set(shares[0]) == LISTED - {"update_at"} | {"updated_at", "acceptance_token"}


async def test_search_without_body_or_with_an_empty_list_means_everybody(bot: httpx.AsyncClient) -> None:
    """No body returns all users, a page at a time (§3.2.2)."""
    bare = (await bot.post(f"{SHARE}/search?include_count=true")).json()
    empty = (await bot.post(f"{SHARE}/search?include_count=true", json={"emails": []})).json()
    assert [(len(body["shares"]), body["count"]) for body in (bare, empty)] == [(100, 250)] * 2


async def test_typeahead_matches_a_fragment(bot: httpx.AsyncClient) -> None:
    """`typeahead` searches e-mail fragments, `+` included when it is encoded (§3.2.1)."""
    found = (await bot.get(SHARE, params={"typeahead": "paul+news"})).json()["shares"]
    assert [share["email"] for share in found] == [seed.PLUS]


async def test_extras_come_only_when_asked_for(bot: httpx.AsyncClient, sandbox: ContentstackSandbox) -> None:
    """include_user_details carries the second factor; its place is a switch (§10.2)."""
    query = {"typeahead": seed.ADA, "include_user_details": "true", "include_roles": "true"}
    share = (await bot.get(SHARE, params=query)).json()["shares"][0]
    sandbox.state.switches.user_details = "flat"
    flat = (await bot.get(SHARE, params=query)).json()["shares"][0]
    assert (share["user"]["tfa_status"], share["user"]["first_name"]) == ("verified", "Ada")
    assert [role["name"] for role in share["roles"]] == ["Admin"]
    assert ("user" in flat, flat["tfa_status"]) == (False, "verified")


async def test_pending_people_have_no_user_uid(bot: httpx.AsyncClient, sandbox: ContentstackSandbox) -> None:
    """`user_uid` is null or absent while an invitation is open: both are seen (§2 trap 1)."""
    shares = [
        share
        for skip in (0, 100, 200)
        for share in (await bot.get(f"{SHARE}?skip={skip}")).json()["shares"]
        if share["status"] == "pending"
    ]
    assert {share.get("user_uid", "absent") for share in shares} == {None, "absent"}


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "skip=-1", "limit=ten", "limit=99999999999"])
async def test_bad_paging_is_refused(bot: httpx.AsyncClient, query: str) -> None:
    """Limits are positive integers of 32 bits (§5.3, §1.2)."""
    answer = await bot.get(f"{SHARE}?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [query.partition("=")[0]])


async def test_more_than_a_hundred_is_cut_to_a_hundred(bot: httpx.AsyncClient) -> None:
    """The maximum page is 100 (§8.1)."""
    assert len((await bot.get(f"{SHARE}?limit=1000")).json()["shares"]) == 100


async def test_invitation_lives_from_pending_to_removed(
    bot: httpx.AsyncClient, nobody: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """invite -> pending without account; accept -> member with stack roles; remove -> nothing left (§8.1)."""
    email, role = "new.person@example.com", seed.stack_role(seed.SHOP, "Developer")
    body = invitation(email, stacks={email: {seed.SHOP: [role]}}, message="Hello")
    sent = await bot.post(SHARE, json=body)
    share = sandbox.state.organizations[seed.ORG_UID].by_email[email]
    assert (sent.status_code, sent.json()["notice"]) == (201, "The invitation has been sent successfully.")
    assert (share.status, share.user_uid, share.message) == ("pending", None, "Hello")
    token = sandbox.state.mails[-1].token
    await nobody.post(f"/v3/user/accept/{token}")
    stack = sandbox.state.stacks[seed.SHOP]
    user_uid = sandbox.state.organizations[seed.ORG_UID].by_email[email].user_uid
    assert user_uid is not None
    assert (share.status, stack.users[user_uid]) == ("accepted", [role])
    gone = await remove(bot, email, "unknown@example.com")
    assert (gone.status_code, gone.json()["notice"]) == (200, "The invitation has been deleted successfully.")
    assert [row["email"] for row in gone.json()["shares"]] == [email]
    assert "updated_at" in gone.json()["shares"][0]
    assert user_uid not in stack.users
    assert sandbox.state.account(email) is not None, "the account survives (§3.4)"


async def test_invitation_is_all_or_nothing(bot: httpx.AsyncClient, sandbox: ContentstackSandbox) -> None:
    """One bad role or address and nobody is invited (invented, docs/sandbox.md)."""
    bodies = [
        {"share": {"users": {"a@example.com": [seed.MEMBER_ROLE], "b@example.com": ["blt0"]}}},
        invitation("a@example.com", "not an address"),
        {"share": {"users": {"a@example.com": []}}},
        {"share": {"users": {}}},
    ]
    answers = [await bot.post(SHARE, json=body) for body in bodies]
    keys = [(answer.status_code, *answer.json()["errors"]) for answer in answers]
    assert keys == [(422, "org_roles"), (422, "email"), (422, "org_roles"), (422, "users")]
    assert len(sandbox.state.organizations[seed.ORG_UID].shares) == 250


async def test_seat_limit_and_domains_hold(bot: httpx.AsyncClient, sandbox: ContentstackSandbox) -> None:
    """422/133 at the plan's `users`; 422 under `email` for a domain that is not allowed (§3.3, §4.5)."""
    org = sandbox.state.organizations[seed.ORG_UID]
    org.features["users"] = 251
    full = await bot.post(SHARE, json=invitation("a@example.com", "b@example.com"))
    org.allowed_domains = ["example.com"]
    foreign = await bot.post(SHARE, json=invitation("a@example.org"))
    assert (full.status_code, full.json()["error_code"]) == (422, 133)
    assert (foreign.status_code, list(foreign.json()["errors"])) == (422, ["email"])


@pytest.mark.parametrize(
    ("switch", "status", "roles"),
    [
        ("keep", 201, [seed.MEMBER_ROLE]),
        ("replace", 201, [seed.ADMIN_ROLE]),
        ("reject", 422, [seed.MEMBER_ROLE]),
    ],
)
async def test_inviting_a_member_again_is_a_switch(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox, switch: str, status: int, roles: list[str]
) -> None:
    """What happens to an existing member is unknown, so it can be chosen (§10.3)."""
    sandbox.state.switches.invite_existing = switch
    answer = await bot.post(SHARE, json=invitation(seed.MIA, role=seed.ADMIN_ROLE))
    found = sandbox.state.organizations[seed.ORG_UID].by_email[seed.MIA].org_roles
    assert (answer.status_code, found) == (status, roles)


async def test_owner_cannot_be_removed(bot: httpx.AsyncClient, sandbox: ContentstackSandbox) -> None:
    """The owner is refused, and nobody else in the call is removed either (§4.2)."""
    answer = await remove(bot, seed.MIA, seed.OWNER)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["email"])
    assert seed.MIA in sandbox.state.organizations[seed.ORG_UID].by_email


async def test_identity_provider_keeps_its_people(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """With role mapping on, members cannot be removed, external people can (§4.4)."""
    sandbox.state.organizations[seed.ORG_UID].sso.roles_enabled = True
    statuses = [(await remove(bot, email)).status_code for email in (seed.MIA, seed.EXTERNAL)]
    assert statuses == [422, 200]


async def test_removal_ends_teams_and_tokens_stay_with_the_account(
    bot: httpx.AsyncClient, nobody: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """A removed person's login goes on, but the organization is closed to it (§3.4)."""
    await remove(bot, seed.MIA)
    headers = {"authtoken": seed.MIA_AUTHTOKEN}
    me = await nobody.get("/v3/user?include_orgs=true", headers=headers)
    org = await nobody.get(ORG, headers=headers)
    mia = sandbox.state.account(seed.MIA)
    assert mia is not None
    assert (me.json()["user"]["organizations"], org.status_code) == ([], 403)
    assert all(mia.uid not in team.users for team in sandbox.state.organizations[seed.ORG_UID].teams.values())


async def test_resend_mails_pending_people_only(bot: httpx.AsyncClient, sandbox: ContentstackSandbox) -> None:
    """A GET that mails; 422 for a member and for an unknown uid (§3.5)."""
    by_email = sandbox.state.organizations[seed.ORG_UID].by_email
    uids = [by_email[seed.PENDING].uid, by_email[seed.MIA].uid, "blt0"]
    answers = [await bot.get(f"{SHARE}/{uid}/resend_invitation") for uid in uids]
    assert [answer.status_code for answer in answers] == [200, 422, 422]
    assert answers[0].json() == {"notice": "The invitation has been resent successfully."}
    assert [(mail.to, mail.kind) for mail in sandbox.state.mails] == [(seed.PENDING, "invitation")]


@pytest.mark.parametrize(
    ("token", "read", "write"),
    [
        (seed.OWNER_AUTHTOKEN, 200, 200),
        (seed.MIA_AUTHTOKEN, 403, 403),
        (seed.LABS_AUTHTOKEN, 403, 403),
        ("blt0", 401, 401),
    ],
)
async def test_only_owner_and_admins_manage(
    nobody: httpx.AsyncClient, token: str, read: int, write: int
) -> None:
    """Members and other organizations get 403/316, unknown tokens 401/105 (§6.3, §8.1)."""
    headers = {"authtoken": token}
    listed = await nobody.get(SHARE, headers=headers)
    removed = await nobody.request("DELETE", SHARE, headers=headers, json={"emails": ["unknown@example.com"]})
    assert (listed.status_code, removed.status_code) == (read, write)


async def test_security_manager_reads_and_team_admin_manages(
    nobody: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """A Security Manager views users (§4.3); roles of teams add up (§3.8)."""
    result = []
    for email in (seed.SECURITY, seed.IN_TEAM):
        account = sandbox.state.account(email)
        assert account is not None
        headers = {"authtoken": sandbox.state.open_session(account)}
        listed = await nobody.get(SHARE, headers=headers)
        sent = await nobody.post(SHARE, headers=headers, json=invitation(f"by.{email}"))
        result.append((listed.status_code, sent.status_code))
    assert result == [(200, 403), (200, 201)]
