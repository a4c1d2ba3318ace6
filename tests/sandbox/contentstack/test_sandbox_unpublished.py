"""`/v4` and `/__sim__`: off, on, and their effects (CS §3.6.1, §4.1, §8.3)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.model import Account
from bot.sandbox.contentstack.server import ContentstackSandbox

V4 = f"/v4/organizations/{seed.ORG_UID}"
SIM = f"/__sim__/organizations/{seed.ORG_UID}/users/actions"


def account(sandbox: ContentstackSandbox, email: str) -> Account:
    found = sandbox.state.account(email)
    assert found is not None
    return found


@pytest.fixture
def opened(sandbox: ContentstackSandbox) -> ContentstackSandbox:
    sandbox.state.switches.v4 = sandbox.state.switches.sim = True
    return sandbox


async def act(client: httpx.AsyncClient, sandbox: ContentstackSandbox, action: str, *emails: str) -> Any:
    uids = [account(sandbox, email).uid for email in emails]
    answer = await client.post(f"{SIM}/{action}", json={"user_uids": uids})
    return [(row["status"], row["reason"]) for row in answer.json()["results"]]


async def test_off_means_no_such_route(bot: httpx.AsyncClient) -> None:
    """Switched off, both families answer as any unknown path: 404 and text (§8.1)."""
    answers = [
        await bot.patch(f"{V4}/share/blt1", json={"org_roles": [seed.MEMBER_ROLE]}),
        await bot.post(f"{SIM}/unlock", json={"user_uids": ["blt1"]}),
    ]
    found = [(answer.status_code, answer.text, answer.headers["content-type"]) for answer in answers]
    plain = "text/plain; charset=utf-8"
    assert found == [
        (404, f"Cannot PATCH {V4}/share/blt1", plain),
        (404, f"Cannot POST {SIM}/unlock", plain),
    ]


async def test_v4_sets_exactly_the_roles(bot: httpx.AsyncClient, opened: ContentstackSandbox) -> None:
    """PATCH replaces the organization roles and takes effect at once (§8.3)."""
    mia = account(opened, seed.MIA).uid
    roles = [seed.ADMIN_ROLE, seed.OPERATIONS_ROLE]
    answer = await bot.patch(f"{V4}/share/{mia}", json={"org_roles": roles})
    listed = await bot.get(
        f"/v3/organizations/{seed.ORG_UID}/share", headers={"authtoken": seed.MIA_AUTHTOKEN}
    )
    holders = opened.state.organizations[seed.ORG_UID].role_users
    assert (answer.status_code, answer.json()["share"]["org_roles"], listed.status_code) == (200, roles, 200)
    assert (mia in holders[seed.ADMIN_ROLE], mia in holders[seed.MEMBER_ROLE]) == (True, False)


async def test_v4_refuses_in_the_newer_shape(bot: httpx.AsyncClient, opened: ContentstackSandbox) -> None:
    """Unknown user 404, unknown role 422, owner 422 (§6.1, §4.2)."""
    mia, owner = account(opened, seed.MIA).uid, account(opened, seed.OWNER).uid
    answers = [
        await bot.patch(f"{V4}/share/{uid}", json={"org_roles": [role]})
        for uid, role in (("blt0", seed.MEMBER_ROLE), (mia, "blt0"), (owner, seed.MEMBER_ROLE))
    ]
    assert [answer.status_code for answer in answers] == [404, 422, 422]
    assert answers[0].json() == {
        "message": "User not found in this organization",
        "status": 404,
        "error": "Not Found",
    }


async def test_v4_reads_invites_and_removes(bot: httpx.AsyncClient, opened: ContentstackSandbox) -> None:
    """The other calls of the third-party helper (§3.6.1)."""
    roles = (await bot.get(f"{V4}/roles")).json()["roles"]
    role = (await bot.get(f"{V4}/roles/{seed.ADMIN_ROLE}")).json()
    users = (await bot.get(f"{V4}/share/users?limit=2")).json()["data"]
    email = "v4.person@example.com"
    sent = await bot.post(f"{V4}/share", json={"emails": [email], "roles": {email: [seed.MEMBER_ROLE]}})
    removed = await bot.delete(f"{V4}/share/{account(opened, seed.MIA).uid}")
    assert (roles[0]["name"], roles[0]["domain"], role["admin"]) == ("admin", "organization", True)
    assert [user["email"] for user in users] == [seed.OWNER, seed.BOT]
    assert (sent.status_code, set(sent.json()["org_invitations"][0])) == (
        201,
        {"user_uid", "acceptance_token"},
    )
    assert (removed.status_code, seed.MIA in opened.state.organizations[seed.ORG_UID].by_email) == (
        200,
        False,
    )


async def test_kill_sessions(
    bot: httpx.AsyncClient, nobody: httpx.AsyncClient, opened: ContentstackSandbox
) -> None:
    """Signs out at once; self fails, several organizations and no session are skipped (§4.1)."""
    found = await act(bot, opened, "kill_sessions", seed.MIA, seed.MULTI, seed.NO_SESSION, seed.BOT)
    after = await nobody.get("/v3/user", headers={"authtoken": seed.MIA_AUTHTOKEN})
    assert found == [
        ("ok", None),
        ("skipped", "multiple_organizations"),
        ("skipped", "no_active_session"),
        ("failed", "own_session"),
    ]
    assert after.status_code == 401


async def test_unlock(bot: httpx.AsyncClient, nobody: httpx.AsyncClient, opened: ContentstackSandbox) -> None:
    """Owner, several organizations and not locked are skipped; the others can log in again (§4.1)."""
    emails = (seed.TIMED_LOCK, seed.FULL_LOCK, seed.OWNER, seed.MULTI, seed.MIA)
    found = await act(bot, opened, "unlock", *emails)
    body = {"user": {"email": seed.FULL_LOCK, "password": seed.PASSWORD}}
    assert found == [
        ("ok", None),
        ("ok", None),
        ("skipped", "organization_owner"),
        ("skipped", "multiple_organizations"),
        ("skipped", "not_locked"),
    ]
    assert (await nobody.post("/v3/user-session", json=body)).status_code == 200


async def test_mfa_reset(
    bot: httpx.AsyncClient, nobody: httpx.AsyncClient, opened: ContentstackSandbox
) -> None:
    """Mails a link and takes the second factor off; who has none is skipped (§4.1)."""
    found = await act(bot, opened, "mfa_reset", seed.MFA_USER, seed.MIA)
    body = {"user": {"email": seed.MFA_USER, "password": seed.PASSWORD}}
    assert found == [("ok", None), ("skipped", "mfa_not_enabled")]
    assert (await nobody.post("/v3/user-session", json=body)).status_code == 200
    assert [(mail.to, mail.kind) for mail in opened.state.mails] == [(seed.MFA_USER, "mfa_reset")]


async def test_password_reset(
    bot: httpx.AsyncClient, nobody: httpx.AsyncClient, opened: ContentstackSandbox
) -> None:
    """Mails a link; the old password is refused until it is changed; SSO people are skipped."""
    found = await act(bot, opened, "password_reset", seed.MIA, seed.IDP)
    body = {"user": {"email": seed.MIA, "password": seed.PASSWORD}}
    before = await nobody.post("/v3/user-session", json=body)
    change = {
        "reset_password_token": opened.state.mails[-1].token,
        "password": seed.PASSWORD,
        "password_confirmation": seed.PASSWORD,
    }
    await nobody.post("/v3/user/reset_password", json={"user": change})
    after = await nobody.post("/v3/user-session", json=body)
    assert found == [("ok", None), ("skipped", "signs_in_through_identity_provider")]
    assert (before.status_code, after.status_code) == (422, 200)


async def test_ten_people_at_most(bot: httpx.AsyncClient, opened: ContentstackSandbox) -> None:
    """Eleven are 422 and nothing happens (§8.3)."""
    uids = list(opened.state.organizations[seed.ORG_UID].by_user)[:11]
    answer = await bot.post(f"{SIM}/kill_sessions", json={"user_uids": uids})
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        {"user_uids": ["should not be more than 10."]},
    )


async def test_strangers_fail_and_unknown_actions_are_refused(
    bot: httpx.AsyncClient, opened: ContentstackSandbox
) -> None:
    """A uid of another organization is told per user, not as an error of the call (§8.3)."""
    found = await act(bot, opened, "unlock", seed.LABS_OWNER)
    unknown = await bot.post(f"{SIM}/promote", json={"user_uids": ["blt1"]})
    assert (found, unknown.status_code) == ([("failed", "not_a_member")], 422)
