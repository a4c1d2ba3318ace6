"""OAuth: consent page, codes, PKCE, tokens, introspection, revocation, M2M (CS §1.6)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.sandbox.contentstack import oauth, seed
from bot.sandbox.contentstack.clock import ManualClock

ORG = f"/v3/organizations/{seed.ORG_UID}"
VERIFIER = "v" * 128
PAGE = f"/apps/{seed.APP_UID}/authorize"


def request(**more: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": seed.CLIENT_ID,
        "redirect_uri": seed.REDIRECT_URI,
        "state": "s1",
        **more,
    }


async def consent(client: httpx.AsyncClient, email: str = seed.GRACE, **more: str) -> dict[str, str]:
    """Log in on the page; what the redirect carries."""
    answer = await client.post(PAGE, data=request(**more) | {"email": email, "password": seed.PASSWORD})
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


async def exchange(
    client: httpx.AsyncClient, code: str, path: str = "/apps-api/token", **more: str
) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "client_id": seed.CLIENT_ID,
        "redirect_uri": seed.REDIRECT_URI,
        "code": code,
    }
    secret = {} if "code_verifier" in more else {"client_secret": seed.CLIENT_SECRET}
    return await client.post(path, data=form | secret | more)


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    form = {
        "grant_type": "refresh_token",
        "client_id": seed.CLIENT_ID,
        "client_secret": seed.CLIENT_SECRET,
        "redirect_uri": seed.REDIRECT_URI,
        "refresh_token": token,
    }
    return await client.post("/token", data=form)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", "organization_uid": seed.ORG_UID}


@pytest.mark.parametrize("path", ["/apps-api/token", "/token"])
async def test_code_becomes_tokens_at_both_endpoints(nobody: httpx.AsyncClient, path: str) -> None:
    """The documented and the SDKs' token endpoint answer alike (§1.6)."""
    back = await consent(nobody)
    body = (await exchange(nobody, back["code"], path)).json()
    listed = await nobody.get(f"{ORG}/share", headers=bearer(body["access_token"]))
    assert (back["location"], back["state"], listed.status_code) == ("NA", "s1", 200)
    assert (body["token_type"], body["expires_in"], body["organization_uid"]) == (
        "Bearer",
        3600,
        seed.ORG_UID,
    )
    assert body["authorization_type"] == "user"


async def test_code_lives_60_seconds_and_works_once(nobody: httpx.AsyncClient, clock: ManualClock) -> None:
    """A second use and a use after 60 seconds are refused (§1.6)."""
    first, late = (await consent(nobody))["code"], (await consent(nobody))["code"]
    statuses = [(await exchange(nobody, first)).status_code for _ in range(2)]
    clock.advance(60)
    answer = await exchange(nobody, late)
    assert (statuses, answer.status_code, answer.json()) == ([200, 400], 400, {"message": ["invalid code"]})


async def test_pkce_replaces_the_secret(nobody: httpx.AsyncClient) -> None:
    """The right verifier is good without a secret, a wrong one is refused (§1.6)."""
    more = {"code_challenge": oauth.challenge_of(VERIFIER), "code_challenge_method": "S256"}
    codes = [(await consent(nobody, **more))["code"] for _ in range(2)]
    good = await exchange(nobody, codes[0], code_verifier=VERIFIER)
    bad = await exchange(nobody, codes[1], code_verifier="wrong")
    assert (good.status_code, bad.status_code) == (200, 400)


async def test_access_token_lives_an_hour(nobody: httpx.AsyncClient, clock: ManualClock) -> None:
    """3600 seconds, then 401/105; introspection agrees (§1.6)."""
    token = (await exchange(nobody, (await consent(nobody))["code"])).json()["access_token"]
    clock.advance(3599)
    before = (await nobody.get("/v3/user", headers=bearer(token))).status_code
    active = (await nobody.post("/apps-api/introspect", data={"token": token})).json()["active"]
    clock.advance(1)
    after = await nobody.get("/v3/user", headers=bearer(token))
    inactive = (await nobody.post("/apps-api/introspect", data={"token": token})).json()
    assert (before, after.status_code, after.json()["error_code"]) == (200, 401, 105)
    assert (active, inactive) == (True, {"active": False})


async def test_refresh_tokens_rotate(nobody: httpx.AsyncClient) -> None:
    """A used refresh token is 400 with the message of the real service (§1.6)."""
    first = (await exchange(nobody, (await consent(nobody))["code"])).json()["refresh_token"]
    second = (await refresh(nobody, first)).json()["refresh_token"]
    again = await refresh(nobody, first)
    assert (again.status_code, again.json()) == (400, {"message": ["invalid refresh_token"]})
    assert (await refresh(nobody, second)).status_code == 200


async def test_oauth_token_in_the_wrong_header_or_organization(nobody: httpx.AsyncClient) -> None:
    """401/105 in `authtoken`, 403/316 in another organization (§1.3, §8.1)."""
    token = (await exchange(nobody, (await consent(nobody))["code"])).json()["access_token"]
    header = await nobody.get(f"{ORG}/share", headers={"authtoken": token})
    other = await nobody.get(f"/v3/organizations/{seed.LABS_UID}/share", headers=bearer(token))
    assert (header.status_code, header.json()["error_code"]) == (401, 105)
    assert (other.status_code, other.json()["error_code"]) == (403, 316)


async def test_scopes_limit_the_token(nobody: httpx.AsyncClient) -> None:
    """A token for reading shares neither invites nor reads roles (§1.6)."""
    back = await consent(nobody, scope="organization.share:read")
    body = (await exchange(nobody, back["code"])).json()
    headers = bearer(body["access_token"])
    share = {"share": {"users": {"a@example.com": [seed.MEMBER_ROLE]}}}
    statuses = [
        (await nobody.get(f"{ORG}/share", headers=headers)).status_code,
        (await nobody.get(f"{ORG}/roles", headers=headers)).status_code,
        (await nobody.post(f"{ORG}/share", headers=headers, json=share)).status_code,
    ]
    assert (body["scope"], statuses) == ("organization.share:read", [200, 403, 403])


async def test_members_cannot_create_tokens(nobody: httpx.AsyncClient) -> None:
    """Only owners and admins; a wrong password and a missing second factor show on the page (§1.6)."""
    form = request() | {"password": seed.PASSWORD}
    statuses = [
        (await nobody.post(PAGE, data=form | {"email": seed.MIA})).status_code,
        (await nobody.post(PAGE, data=form | {"email": seed.ADA})).status_code,
        (await nobody.post(PAGE, data=form | {"email": seed.GRACE, "password": "wrong"})).status_code,
    ]
    assert statuses == [403, 401, 422]


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "other"},
        {"redirect_uri": "http://127.0.0.1:1/elsewhere"},
        {"response_type": "token"},
        {"scope": "scim:manage"},
        {"code_challenge": "c", "code_challenge_method": "plain"},
    ],
)
async def test_bad_requests_get_no_page(nobody: httpx.AsyncClient, change: dict[str, str]) -> None:
    """A request that does not fit the app is 400, never a redirect (§1.6)."""
    assert (await nobody.get(PAGE, params=request() | change)).status_code == 400


async def test_page_escapes_what_it_prints(nobody: httpx.AsyncClient) -> None:
    """The state is printed as text, and the hash address of the SDKs leads to the page (§1.6)."""
    page = await nobody.get(PAGE, params=request(state='"><script>'))
    front = await nobody.get("/")
    assert ('value="&quot;&gt;&lt;script&gt;"' in page.text, "<script>" in page.text) == (True, False)
    assert "location.replace" in front.text


async def test_revoked_authorization_ends_its_tokens(
    nobody: httpx.AsyncClient, bot: httpx.AsyncClient
) -> None:
    """DELETE of an authorization; one's own are listed, all for an admin (§1.6)."""
    tokens = (await exchange(nobody, (await consent(nobody))["code"])).json()
    await exchange(nobody, (await consent(nobody, seed.OWNER))["code"])
    path, headers = f"/manifests/{seed.APP_UID}/authorizations", bearer(tokens["access_token"])
    own = (await nobody.get(path, headers=headers)).json()["data"]
    everybody = (await bot.get(path, headers={"organization_uid": seed.ORG_UID})).json()["data"]
    revoked = await nobody.delete(f"{path}/{own[0]['authorization_uid']}", headers=headers)
    after = await nobody.get("/v3/user", headers=headers)
    renewed = await refresh(nobody, tokens["refresh_token"])
    assert [row["user"]["email"] for row in own] == [seed.GRACE]
    assert [row["user"]["email"] for row in everybody] == [seed.GRACE, seed.OWNER]
    assert (revoked.status_code, after.status_code, renewed.status_code) == (200, 401, 400)


async def test_removal_from_the_organization_ends_the_token(
    nobody: httpx.AsyncClient, bot: httpx.AsyncClient
) -> None:
    """A user token is revoked when the person is deprovisioned (§1.6)."""
    token = (await exchange(nobody, (await consent(nobody))["code"])).json()["access_token"]
    await bot.request("DELETE", f"{ORG}/share", json={"emails": [seed.GRACE]})
    assert (await nobody.get("/v3/user", headers=bearer(token))).status_code == 401


async def test_machine_token_covers_its_scopes_only(nobody: httpx.AsyncClient) -> None:
    """client_credentials: shares, logs and teams yes, roles and stacks no, no refresh token (§1.6, §1.7)."""
    form = {
        "grant_type": "client_credentials",
        "client_id": seed.M2M_CLIENT_ID,
        "client_secret": seed.M2M_CLIENT_SECRET,
    }
    body = (await nobody.post("/apps-api/token", data=form)).json()
    headers = bearer(body["access_token"])
    paths = (f"{ORG}/share", f"{ORG}/logs", f"{ORG}/teams", f"{ORG}/roles", f"{ORG}/stacks", "/v3/user")
    statuses = [(await nobody.get(path, headers=headers)).status_code for path in paths]
    stack = await nobody.get("/v3/roles", headers=headers | {"api_key": seed.SHOP})
    assert (statuses, stack.status_code) == ([200, 200, 200, 403, 403, 403], 403)
    assert "refresh_token" not in body


async def test_install_gives_an_app_token(nobody: httpx.AsyncClient) -> None:
    """The install page's code yields a token for stacks, not for the organization's users (§1.6)."""
    form = request() | {"email": seed.GRACE, "password": seed.PASSWORD}
    answer = await nobody.post(f"/apps/{seed.APP_UID}/install", data=form)
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    body = (await exchange(nobody, code)).json()
    headers = bearer(body["access_token"])
    statuses = [
        (await nobody.get("/v3/roles", headers=headers | {"api_key": seed.ARCHIVE})).status_code,
        (await nobody.get("/v3/stacks", headers=headers)).status_code,
        (await nobody.get(f"{ORG}/share", headers=headers)).status_code,
    ]
    assert (body["authorization_type"], statuses) == ("app", [200, 200, 403])
