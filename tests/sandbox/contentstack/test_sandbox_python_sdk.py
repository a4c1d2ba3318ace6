"""Contentstack's own Python management SDK, unchanged, over a real socket (CS §3.7, §9)."""

from __future__ import annotations

import asyncio
import importlib.util
import ssl
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from bot.sandbox.contentstack import seed, totp
from bot.sandbox.contentstack.clock import ManualClock
from bot.sandbox.contentstack.server import ContentstackSandbox


@pytest.fixture
def sdk(url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Makes SDK clients. The SDK imports `pyotp` without declaring it; it uses one name of it."""

    class Totp:
        def __init__(self, secret: str) -> None:
            self.secret = secret

        def now(self) -> str:
            return totp.code(self.secret, totp.step_at(clock.time()))

    if importlib.util.find_spec("pyotp") is None:
        module = types.ModuleType("pyotp")
        module.TOTP = Totp  # type: ignore[attr-defined]  # a module made at run time
        monkeypatch.setitem(sys.modules, "pyotp", module)
    management: Any = importlib.import_module("contentstack_management")

    def client(address: str = url, **options: Any) -> Any:
        scheme, _, host = address.partition("://")
        return management.Client(host=host, scheme=f"{scheme}://", **options)

    return client


async def test_login_and_logout(sdk: Callable[..., Any]) -> None:
    """The SDK keeps the authtoken of its login; its own logout breaks before any request."""
    client = sdk()
    first = await asyncio.to_thread(client.login, seed.GRACE, seed.PASSWORD)
    me = await asyncio.to_thread(client.user().fetch)
    assert (first.json()["notice"], me.json()["user"]["email"]) == ("Login Successful.", seed.GRACE)
    with pytest.raises(TypeError):
        await asyncio.to_thread(client.logout)


async def test_login_with_second_factor(sdk: Callable[..., Any], clock: ManualClock) -> None:
    """`tfa_token` reaches the sandbox."""
    code = totp.code(seed.TOTP_SECRET, totp.step_at(clock.time()))
    answer = await asyncio.to_thread(sdk().login, seed.ADA, seed.PASSWORD, code)
    assert answer.json()["notice"] == "Login Successful."


async def test_organization_calls(sdk: Callable[..., Any], sandbox: ContentstackSandbox) -> None:
    """find, fetch, roles, stacks, logs, add_users."""
    client = sdk(authtoken=seed.BOT_AUTHTOKEN)
    org = client.organizations(seed.ORG_UID)
    found = await asyncio.to_thread(client.organizations().find)
    fetched = await asyncio.to_thread(org.fetch)
    roles = await asyncio.to_thread(org.roles)
    stacks = await asyncio.to_thread(org.stacks)
    body = {"share": {"users": {"sdk@example.com": [seed.MEMBER_ROLE]}}}
    added = await asyncio.to_thread(org.add_users, body)
    logs = await asyncio.to_thread(org.logs)
    assert [row["uid"] for row in found.json()["organizations"]] == [seed.ORG_UID]
    assert fetched.json()["organization"]["name"] == seed.ORG_NAME
    assert (len(roles.json()["roles"]), len(stacks.json()["stacks"])) == (5, 6)
    assert (added.status_code, logs.json()["logs"][0]["event_type"]) == (201, "share")


async def test_stack_calls(sdk: Callable[..., Any], sandbox: ContentstackSandbox) -> None:
    """users, roles, share and unshare work; `update_user_role` is a PUT and finds no route (§3.7)."""
    client = sdk(authtoken=seed.BOT_AUTHTOKEN)
    stack = client.stack(seed.SHOP)
    role = seed.stack_role(seed.SHOP, "Developer")
    users = await asyncio.to_thread(stack.users)
    roles = await asyncio.to_thread(stack.roles().find)
    shared = await asyncio.to_thread(stack.share, {"emails": [seed.GUS], "roles": {seed.GUS: [role]}})
    unshared = await asyncio.to_thread(stack.unshare, {"email": seed.GUS})
    uid = sandbox.state.organizations[seed.ORG_UID].by_email[seed.MIA].user_uid
    wrong = await asyncio.to_thread(stack.update_user_role, {"users": {uid: [role]}})
    assert (seed.MIA in {user["email"] for user in users.json()["users"]}, len(roles.json()["roles"])) == (
        True,
        4,
    )
    assert (shared.status_code, unshared.status_code) == (200, 200)
    assert (wrong.status_code, wrong.text) == (404, "Cannot PUT /v3/stacks/users/roles")


async def test_passwords(sdk: Callable[..., Any], sandbox: ContentstackSandbox) -> None:
    """forgot_password mails a token with which reset_password sets a new password."""
    users = sdk(authtoken=seed.BOT_AUTHTOKEN).user()
    asked = await asyncio.to_thread(users.forgot_password, {"user": {"email": seed.MIA}})
    token = sandbox.state.mails[-1].token
    body = {
        "reset_password_token": token,
        "password": "new password 1",
        "password_confirmation": "new password 1",
    }
    done = await asyncio.to_thread(users.reset_password, {"user": body})
    login = await asyncio.to_thread(sdk().login, seed.MIA, "new password 1")
    assert (asked.status_code, done.status_code, login.status_code) == (200, 200, 200)


async def test_oauth_over_https(
    sdk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The SDK's OAuth helper insists on https; PKCE, `/token` and Bearer calls work."""
    live = ContentstackSandbox()
    async with live.serve(tls=True) as secure:
        trusted = tmp_path / "sandbox.pem"
        trusted.write_bytes(live.certificate_pem)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
        client = sdk(secure)
        helper = client.oauth(seed.APP_UID, seed.CLIENT_ID, seed.REDIRECT_URI)
        page = urlsplit(helper.authorize().replace("/#!", ""))
        form = dict(parse_qsl(page.query)) | {"email": seed.GRACE, "password": seed.PASSWORD}
        context = ssl.create_default_context(cafile=str(trusted))
        async with httpx.AsyncClient(verify=context, trust_env=False) as browser:
            back = await browser.post(f"{page.scheme}://{page.netloc}{page.path}", data=form)
        tokens = await asyncio.to_thread(helper.handle_redirect, back.headers["location"])
        me = await asyncio.to_thread(client.user().fetch)
    assert (tokens["organization_uid"], me.json()["user"]["email"]) == (seed.ORG_UID, seed.GRACE)
