"""Login, second factor, lock ladder, tokens, SSO (CS §1.4, §4.4, §4.5)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from typing import Any

import httpx
import pytest

from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.clock import ManualClock
from bot.sandbox.contentstack.server import ContentstackSandbox

WRONG = "Looks like your email or password is invalid. "
ORG = f"/v3/organizations/{seed.ORG_UID}"


async def login(
    client: httpx.AsyncClient, email: str, password: str = seed.PASSWORD, code: str | None = None
) -> httpx.Response:
    user = {"email": email, "password": password} | ({"tfa_token": code} if code else {})
    return await client.post("/v3/user-session", json={"user": user})


def authenticator_code(secret: str, seconds: float) -> str:
    """RFC 6238, written apart from the sandbox's own."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(seconds) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return str((int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF) % 10**6).zfill(6)


async def test_login_gives_a_token_that_opens_the_organization(nobody: httpx.AsyncClient) -> None:
    """The authtoken of a login is good for the organization endpoints (§1.4)."""
    answer = await login(nobody, seed.BOT)
    token = answer.json()["user"]["authtoken"]
    again = await nobody.get(ORG, headers={"authtoken": token})
    assert (answer.status_code, answer.json()["notice"], again.status_code) == (200, "Login Successful.", 200)


async def test_logout_ends_that_token_only(nobody: httpx.AsyncClient) -> None:
    """DELETE /v3/user-session logs one token out (§1.4)."""
    first, second = [(await login(nobody, seed.BOT)).json()["user"]["authtoken"] for _ in range(2)]
    answer = await nobody.delete("/v3/user-session", headers={"authtoken": first})
    statuses = [
        (await nobody.get("/v3/user", headers={"authtoken": token})).status_code for token in (first, second)
    ]
    assert (answer.json(), statuses) == ({"notice": "You've logged out successfully!"}, [401, 200])


async def test_the_21st_login_ends_the_oldest_token(nobody: httpx.AsyncClient) -> None:
    """A person holds at most 20 authtokens (§1.4)."""
    tokens = [(await login(nobody, seed.GRACE)).json()["user"]["authtoken"] for _ in range(21)]
    statuses = [
        (await nobody.get("/v3/user", headers={"authtoken": token})).status_code for token in tokens[:2]
    ]
    assert statuses == [401, 200]


async def test_second_factor_is_asked_for_and_a_code_works_once(
    nobody: httpx.AsyncClient, clock: ManualClock
) -> None:
    """401/294 without a code, 422/295 for a wrong or replayed one, 200 with a fresh one (§1.4)."""
    code = authenticator_code(seed.TOTP_SECRET, clock.time())
    asked = await login(nobody, seed.ADA)
    wrong = await login(nobody, seed.ADA, code="000000")
    good = await login(nobody, seed.ADA, code=code)
    replayed = await login(nobody, seed.ADA, code=code)
    clock.advance(30)
    fresh = await login(nobody, seed.ADA, code=authenticator_code(seed.TOTP_SECRET, clock.time()))
    assert (asked.status_code, asked.json()) == (
        401,
        {
            "error_message": "Please login using the Two-Factor verification Token",
            "error_code": 294,
            "errors": [],
            "tfa_type": "totp_authenticator",
        },
    )
    invalid = {"error_message": "Invalid verification code", "error_code": 295, "errors": []}
    assert [(wrong.status_code, wrong.json()), (replayed.status_code, replayed.json())] == [
        (422, invalid)
    ] * 2
    assert (good.status_code, fresh.status_code) == (200, 200)


async def test_sms_code_is_mailed_on_request(nobody: httpx.AsyncClient, sandbox: ContentstackSandbox) -> None:
    """request_token_sms sends the code that the login then takes (§1.4)."""
    asked = await login(nobody, seed.SMS_USER)
    body = {"user": {"email": seed.SMS_USER, "password": seed.PASSWORD}}
    await nobody.post("/v3/user/request_token_sms", json=body)
    code = sandbox.state.mails[-1].token
    assert (asked.json()["tfa_type"], (await login(nobody, seed.SMS_USER, code=code)).status_code) == (
        "sms",
        200,
    )


async def test_lock_ladder(
    nobody: httpx.AsyncClient, sandbox: ContentstackSandbox, clock: ManualClock
) -> None:
    """Failures five to nine lock for 5, 10, 15, 20, 25 minutes, the tenth for ever; each mails (§4.5)."""
    texts = [(await login(nobody, seed.MIA, "wrong")).json()["error_message"] for _ in range(5)]
    assert texts == [
        *[f"{WRONG}You have {left} login attempt(s) left." for left in (4, 3, 2, 1)],
        f"{WRONG}Please try again or reset your password.",
    ]
    for minutes in (5, 10, 15, 20, 25):
        clock.advance(minutes * 60 - 1)
        assert (await login(nobody, seed.MIA)).status_code == 422, (
            f"still locked after {minutes} minutes less 1 s"
        )
        clock.advance(1)
        await login(nobody, seed.MIA, "wrong")
    clock.advance(10**9)
    locked = await login(nobody, seed.MIA)
    mails = [mail.kind for mail in sandbox.state.mails if mail.to == seed.MIA]
    assert (locked.status_code, locked.json()["error_code"], mails) == (422, 104, ["locked"] * 6)


async def test_a_lock_ends_by_itself(nobody: httpx.AsyncClient, clock: ManualClock) -> None:
    """A timed lock is over after its time, and a good login starts the ladder anew (§4.5)."""
    before = await login(nobody, seed.TIMED_LOCK)
    clock.advance(300)
    after = await login(nobody, seed.TIMED_LOCK)
    assert (before.status_code, after.status_code, after.json()["user"]["failed_attempts"]) == (422, 200, 0)


async def test_forgotten_password_unlocks_and_its_link_lives_an_hour(
    nobody: httpx.AsyncClient, sandbox: ContentstackSandbox, clock: ManualClock
) -> None:
    """The reset link works while locked, once; unknown addresses get the same answer (§3.6.3)."""
    answers = []
    for email in (seed.FULL_LOCK, "unknown@example.com"):
        body = {"user": {"email": email}}
        answers.append((await nobody.post("/v3/user/forgot_password", json=body)).json())
    token = sandbox.state.mails[-1].token
    change = {
        "reset_password_token": token,
        "password": "new password 1",
        "password_confirmation": "new password 1",
    }
    clock.advance(3599)
    first = await nobody.post("/v3/user/reset_password", json={"user": change})
    second = await nobody.post("/v3/user/reset_password", json={"user": change})
    assert answers[0] == answers[1]
    assert (first.status_code, second.status_code) == (200, 422)
    assert (await login(nobody, seed.FULL_LOCK, "new password 1")).status_code == 200


async def test_reset_link_dies_after_an_hour(
    nobody: httpx.AsyncClient, sandbox: ContentstackSandbox, clock: ManualClock
) -> None:
    """60 minutes and no longer (§3.6.3)."""
    await nobody.post("/v3/user/forgot_password", json={"user": {"email": seed.MIA}})
    token = sandbox.state.mails[-1].token
    clock.advance(3600)
    change = {
        "reset_password_token": token,
        "password": "new password 1",
        "password_confirmation": "new password 1",
    }
    answer = await nobody.post("/v3/user/reset_password", json={"user": change})
    assert (answer.status_code, "weren't able to reset your password" in answer.json()["error_message"]) == (
        422,
        True,
    )


@pytest.mark.parametrize(
    ("email", "setting", "token"),
    [
        (seed.OWNER, {"enabled": True, "strict": True}, True),
        (seed.BOT, {"enabled": True, "strict": True}, False),
        (seed.BOT, {"enabled": True, "strict": True, "whitelist": {seed.BOT}}, True),
        (seed.EXTERNAL, {"enabled": True, "strict": True}, False),
        (seed.EXTERNAL, {"enabled": True}, True),
        (seed.MIA, {"enabled": True}, False),
        (seed.MIA, {}, True),
    ],
)
async def test_sso_decides_about_the_token(
    nobody: httpx.AsyncClient, sandbox: ContentstackSandbox, email: str, setting: dict[str, Any], token: bool
) -> None:
    """Owner always, whitelist if strict, access without SSO if not; else 200 without token (§4.4)."""
    for name, value in setting.items():
        setattr(sandbox.state.organizations[seed.ORG_UID].sso, name, value)
    answer = await login(nobody, email)
    assert (answer.status_code, "authtoken" in answer.json()["user"]) == (200, token)


async def test_who_am_i_tells_roles_only_when_asked(
    bot: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    """org_roles is absent without the flag; the owner is flagged instead of having roles (§1.5)."""
    plain = (await bot.get("/v3/user?include_orgs=true")).json()["user"]["organizations"][0]
    full = (await bot.get("/v3/user?include_orgs_roles=true")).json()["user"]["organizations"][0]
    headers = {"authtoken": seed.OWNER_AUTHTOKEN}
    owner = (await nobody.get("/v3/user?include_orgs_roles=true", headers=headers)).json()["user"]
    assert "org_roles" not in plain
    assert [(role["name"], role["admin"]) for role in full["org_roles"]] == [("Admin", True)]
    assert (owner["org_uid"], owner["organizations"][0]["is_owner"]) == ([seed.ORG_UID], True)
    assert "org_roles" not in owner["organizations"][0]


async def test_enforced_second_factor_stops_who_has_none(
    nobody: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """An organization that demands a second factor wants one of everybody (§4.5)."""
    sandbox.state.organizations[seed.ORG_UID].mfa_required = True
    assert (await login(nobody, seed.MIA)).json()["error_code"] == 294


async def test_weak_or_mistyped_new_password_is_refused(
    nobody: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """At least 8 characters, typed the same twice (§4.5)."""
    keys = []
    for password, repeated in (("short", "short"), ("long enough", "long enougH")):
        await nobody.post("/v3/user/forgot_password", json={"user": {"email": seed.MIA}})
        change = {
            "reset_password_token": sandbox.state.mails[-1].token,
            "password": password,
            "password_confirmation": repeated,
        }
        keys += (await nobody.post("/v3/user/reset_password", json={"user": change})).json()["errors"]
    assert keys == ["password", "password_confirmation"]


async def test_expired_organizations_get_no_reset_mail(
    nobody: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """The answer is the same, the mail never comes (§4.4)."""
    sandbox.state.organizations[seed.ORG_UID].expires_on = "2020-01-01T00:00:00.000Z"
    answer = await nobody.post("/v3/user/forgot_password", json={"user": {"email": seed.MIA}})
    assert (answer.status_code, list(sandbox.state.mails)) == (200, [])


async def test_own_profile_changes_and_shows_stack_roles(bot: httpx.AsyncClient) -> None:
    """PUT /v3/user changes the caller only; flags add stack roles and settings (§1.4, §1.5)."""
    changed = await bot.put("/v3/user", json={"user": {"first_name": "Roll"}})
    user = (await bot.get("/v3/user?include_stack_roles=true&include_user_settings=true")).json()["user"]
    roles = {(role["api_key"], role["name"]) for role in user["roles"]}
    assert (changed.json()["user"]["first_name"], user["first_name"], "settings" in user) == (
        "Roll",
        "Roll",
        True,
    )
    assert roles == {(seed.MARKETING, "Developer")} | {
        (key, "Admin") for key in (seed.SHOP, seed.HELP, seed.INTRANET, seed.MOBILE)
    }


async def test_deactivated_accounts_are_refused(
    nobody: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """Neither a login nor a token works for an inactive account."""
    mia = sandbox.state.account(seed.MIA)
    assert mia is not None
    mia.active = False
    token = await nobody.get("/v3/user", headers={"authtoken": seed.MIA_AUTHTOKEN})
    assert ((await login(nobody, seed.MIA)).status_code, token.status_code) == (422, 401)
