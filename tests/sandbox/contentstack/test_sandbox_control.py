"""The control API, the seed and the generator (CS §8.2)."""

from __future__ import annotations

import ssl
from collections import Counter

import httpx

from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.clock import ManualClock
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.contentstack.world import Switches

ORG = f"/_control/organizations/{seed.ORG_UID}"


async def test_switches_are_read_and_set(nobody: httpx.AsyncClient) -> None:
    """Unknown names and wrong types are refused as a whole."""
    bad = await nobody.patch("/_control/switches", json={"v4": True, "sim": "yes"})
    before = (await nobody.get("/_control/switches")).json()
    after = (await nobody.patch("/_control/switches", json={"v4": True, "user_details": "flat"})).json()
    assert (bad.status_code, before["v4"], after["v4"], after["user_details"]) == (400, False, True, "flat")


async def test_pages_of_other_sites_cannot_control(nobody: httpx.AsyncClient, url: str) -> None:
    """A browser sends Origin: only the sandbox's own is accepted."""
    foreign = await nobody.post("/_control/reset", headers={"origin": "http://elsewhere.example.com"})
    own = await nobody.post("/_control/reset", headers={"origin": url})
    assert (foreign.status_code, own.status_code) == (403, 200)


async def test_members_are_shown_and_edited_behind_the_api(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """Change a role, delete a role, add and remove a member: the API sees it at once."""
    org = sandbox.state.organizations[seed.ORG_UID]
    await bot.patch(f"{ORG}/members/{seed.MIA}", json={"org_roles": [seed.OPERATIONS_ROLE]})
    shown = (await bot.get(f"{ORG}/members/{seed.MIA}")).json()
    await bot.delete(f"{ORG}/roles/{seed.OPERATIONS_ROLE}")
    added = (
        await bot.post(f"{ORG}/members", json={"email": "c@example.com", "org_roles": [seed.MEMBER_ROLE]})
    ).json()
    removed = (await bot.delete(f"{ORG}/members/{seed.DORA}")).json()
    everybody = (await bot.get(f"{ORG}/members")).json()["members"]
    missing = await bot.get(f"{ORG}/members/{seed.DORA}")
    assert (shown["org_roles"], set(shown["stacks"])) == ([seed.OPERATIONS_ROLE], {seed.MARKETING, seed.SHOP})
    assert (org.by_email[seed.MIA].org_roles, seed.OPERATIONS_ROLE in org.roles) == ([], False)
    assert (added["status"], removed, len(everybody), missing.status_code) == (
        "accepted",
        {"members": 250},
        250,
        404,
    )


async def test_stacks_come_and_go(bot: httpx.AsyncClient) -> None:
    """Add a stack, give somebody a role in it, take the role and the stack away."""
    stack = (await bot.post(f"{ORG}/stacks", json={"name": "New", "owner": seed.BOT})).json()
    path, role = f"/_control/stacks/{stack['api_key']}", list(stack["roles"])[1]
    given = (await bot.put(f"{path}/users/{seed.MIA}", json={"roles": [role]})).json()
    taken = (await bot.delete(f"{path}/roles/{role}")).json()
    listed = await bot.get("/v3/roles", headers={"api_key": stack["api_key"]})
    await bot.delete(path)
    gone = await bot.get("/v3/roles", headers={"api_key": stack["api_key"]})
    assert (len(given["users"]), len(taken["users"]), listed.status_code, gone.status_code) == (
        2,
        1,
        200,
        412,
    )


async def test_accounts_are_shown_and_edited(bot: httpx.AsyncClient) -> None:
    """Locks, sessions and second factor can be set; no answer holds a password."""
    path = f"/_control/accounts/{seed.MIA}"
    locked = (await bot.patch(path, json={"lock_seconds": -1, "sessions": 2, "tfa_type": "sms"})).json()
    unlocked = (await bot.patch(path, json={"lock_seconds": 0})).json()
    bad = await bot.patch(path, json={"nonsense": 1})
    assert (locked["locked"], locked["locked_until"], locked["sessions"]) == (True, "indefinite", 2)
    assert (locked["tfa_type"], unlocked["locked"], bad.status_code) == ("sms", False, 400)
    assert "password" not in locked


async def test_revoked_token_is_refused(bot: httpx.AsyncClient) -> None:
    """The bot's own credential can be taken away while it works."""
    await bot.delete(f"/_control/tokens/{seed.BOT_AUTHTOKEN}")
    assert (await bot.get("/v3/user")).status_code == 401


async def test_organization_settings(bot: httpx.AsyncClient, sandbox: ContentstackSandbox) -> None:
    """SSO, second factor, domains and plan limits from outside."""
    change = {
        "sso_strict": True,
        "whitelist": [seed.BOT.upper()],
        "mfa_required": True,
        "allowed_domains": ["Example.com"],
        "features": {"limit": 5},
    }
    await bot.patch(ORG, json=change)
    org = sandbox.state.organizations[seed.ORG_UID]
    assert (org.sso.enabled, org.sso.strict, org.sso.whitelist) == (True, True, {seed.BOT})
    assert (org.mfa_required, org.allowed_domains, org.features["limit"]) == (True, ["example.com"], 5)


async def test_mails_are_readable_and_clock_moves(bot: httpx.AsyncClient, clock: ManualClock) -> None:
    """The outbox by receiver and kind; `advance` lets locks run out."""
    await bot.post("/v3/user/forgot_password", json={"user": {"email": seed.MIA}})
    await bot.post("/v3/user/forgot_password", json={"user": {"email": seed.DORA}})
    mails = (await bot.get("/_control/mails", params={"to": seed.MIA, "kind": "forgot_password"})).json()[
        "mails"
    ]
    await bot.post("/_control/clock", json={"advance": 301})
    account = (await bot.get(f"/_control/accounts/{seed.TIMED_LOCK}")).json()
    assert ([mail["to"] for mail in mails], account["locked"]) == ([seed.MIA], False)


async def test_faults_are_listed_and_taken_back(bot: httpx.AsyncClient) -> None:
    """Orders have a number; unknown kinds and fields and bad patterns are refused."""
    made = (await bot.post("/_control/faults", json={"kind": "server_error", "count": None})).json()
    listed = (await bot.get("/_control/faults")).json()["faults"]
    after = (await bot.delete(f"/_control/faults/{made['uid']}")).json()["faults"]
    bad = [
        (await bot.post("/_control/faults", json=body)).status_code
        for body in (
            {"kind": "earthquake"},
            {"kind": "latency", "secs": 1},
            {"kind": "latency", "path": "("},
            {},
        )
    ]
    assert (listed, after, bad) == ([made], [], [400, 400, 400, 400])


async def test_load_and_reset_start_anew(bot: httpx.AsyncClient, sandbox: ContentstackSandbox) -> None:
    """load(N) makes an organization of N; reset brings the same uids and switches back."""
    before = sandbox.state.organizations[seed.ORG_UID].owner_uid
    await bot.patch("/_control/switches", json={"v4": True})
    loaded = (await bot.post("/_control/load", json={"members": 1200})).json()
    count = (await bot.get(f"/v3/organizations/{seed.ORG_UID}/share?include_count=true&limit=1")).json()[
        "count"
    ]
    reset = (await bot.post("/_control/reset", json={"members": 250})).json()
    org = sandbox.state.organizations[seed.ORG_UID]
    assert (loaded["members"][seed.ORG_UID], count, reset["members"][seed.ORG_UID]) == (1200, 1200, 250)
    assert (org.owner_uid, sandbox.state.switches) == (before, Switches())


def test_seed_is_the_fixture_worth_having(clock: ManualClock) -> None:
    """250 members with one of every kind (§8.2), the same uids for the same seed."""
    state = ContentstackSandbox(clock=clock).state
    again = ContentstackSandbox(clock=clock).state
    other = ContentstackSandbox(clock=clock, seed=2).state
    org = state.organizations[seed.ORG_UID]
    statuses = Counter(share.status for share in org.shares.values())
    admins = {state.accounts[uid].email for uid in org.role_users[seed.ADMIN_ROLE]}
    owners = {state.accounts[stack.owner_uid].email for stack in org.stacks.values()}
    multi = [account.email for account in state.accounts.values() if len(account.organizations) > 1]
    assert list(org.shares) == list(again.organizations[seed.ORG_UID].shares)
    assert list(org.shares) != list(other.organizations[seed.ORG_UID].shares)
    assert (sum(statuses.values()), statuses["pending"] > 10) == (250, True)
    assert admins == {seed.BOT, seed.ADA, seed.GRACE, seed.SID}
    assert (owners, multi) == ({seed.OWNER, seed.STACK_OWNER}, [seed.MULTI])
    assert "bob.double@example.com" not in org.by_email
    assert len({share.email.casefold() for share in org.shares.values()}) == 250
    assert all(
        share.email.casefold().endswith(("@example.com", "@example.org")) for share in org.shares.values()
    )
    assert any(state.accounts[uid].first_name == "<!channel>" for uid in org.by_user)


async def test_fifty_thousand_members_are_sorted_once() -> None:
    """The generator builds 50,000 members; a page is cut from an order that is kept until a share changes."""
    sandbox = ContentstackSandbox(members=50_000)
    org = sandbox.state.organizations[seed.ORG_UID]
    headers = {"authtoken": seed.BOT_AUTHTOKEN}
    async with (
        sandbox.serve() as url,
        httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, verify=False) as client,
    ):
        path = f"/v3/organizations/{seed.ORG_UID}/share?limit=100&asc=created_at&include_count=true"
        first = (await client.get(path)).json()
        kept = org.sorted_shares["created_at"][1]
        last = (await client.get(f"{path}&skip=49900")).json()
    assert org.sorted_shares["created_at"][1] is kept
    assert [(len(page["shares"]), page["count"]) for page in (first, last)] == [(100, 50_000)] * 2
    assert len({share.email.casefold() for share in org.shares.values()}) == 50_000


async def test_tls_certificate_is_trusted_when_told() -> None:
    """https with a certificate made at the start, good for loopback."""
    live = ContentstackSandbox()
    async with live.serve(tls=True) as url:
        context = ssl.create_default_context(cadata=live.certificate_pem.decode())
        async with httpx.AsyncClient(base_url=url, verify=context, trust_env=False) as client:
            answer = await client.get("/v3/user", headers={"authtoken": seed.BOT_AUTHTOKEN})
    assert (url[:8], answer.status_code) == ("https://", 200)
