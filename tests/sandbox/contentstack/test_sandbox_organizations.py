"""Organizations, roles, stacks, audit log, ownership (CS §3.1, §3.10, §3.11)."""

from __future__ import annotations

import json

import httpx

from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.server import ContentstackSandbox

ORG = f"/v3/organizations/{seed.ORG_UID}"


async def test_one_organization_stands_under_its_singular_key(bot: httpx.AsyncClient) -> None:
    """`{"organization": …}`, and the plan's limits on request (§2 trap 8, §3.1.2)."""
    plain = (await bot.get(ORG)).json()["organization"]
    full = (await bot.get(f"{ORG}?include_plan=true")).json()["organization"]
    limits = {feature["uid"]: feature["limit"] for feature in full["plan"]["features"]}
    assert ("plan" in plain, plain["settings"]) == (False, {"sso": {"sso_roles": {"enabled": False}}})
    assert (limits["users"], limits["getLimit"], limits["limit"], limits["bulkLimit"]) == (300, 10, 10, 1)


async def test_sso_settings_show_when_on(bot: httpx.AsyncClient, sandbox: ContentstackSandbox) -> None:
    """`settings.sso.strict` and `sso_roles.enabled` are readable (§3.1.1)."""
    sso = sandbox.state.organizations[seed.ORG_UID].sso
    sso.enabled = sso.strict = sso.roles_enabled = True
    shown = (await bot.get(ORG)).json()["organization"]["settings"]["sso"]
    assert (shown["strict"], shown["sso_roles"]) == (True, {"enabled": True})


async def test_own_organizations_are_listed(nobody: httpx.AsyncClient) -> None:
    """Those related to the caller; `owner: true` on the caller's own (§3.1.1)."""
    answer = await nobody.get("/v3/organizations", headers={"authtoken": seed.LABS_AUTHTOKEN})
    assert [(org["uid"], org["owner"]) for org in answer.json()["organizations"]] == [(seed.LABS_UID, True)]


async def test_roles_mark_admin_and_default_only_when_true(bot: httpx.AsyncClient) -> None:
    """`admin` is present only when true, the time is spelled `update_at` (§3.1.3)."""
    body = (await bot.get(f"{ORG}/roles?include_count=true")).json()
    marks = {role["name"]: (role.get("admin"), role.get("default")) for role in body["roles"]}
    assert marks == {
        "Admin": (True, True),
        "Member": (None, True),
        "Security Manager": (None, None),
        "Product Analytics Viewer": (None, None),
        "Content Operations": (None, None),
    }
    assert (body["count"], "update_at" in body["roles"][0], "updated_at" in body["roles"][0]) == (
        5,
        True,
        False,
    )


async def test_stacks_are_found_by_name(bot: httpx.AsyncClient) -> None:
    """`typeahead` matches the stack name (§3.1.4)."""
    body = (await bot.get(f"{ORG}/stacks?include_count=true")).json()
    found = (await bot.get(f"{ORG}/stacks?typeahead=market")).json()["stacks"]
    assert (body["count"], [stack["name"] for stack in found]) == (6, ["Marketing site"])
    assert found[0]["owner"]["email"] == seed.OWNER


async def test_every_write_leaves_one_log_entry(bot: httpx.AsyncClient, sandbox: ContentstackSandbox) -> None:
    """Newest first, 25 per page, the request normalised (§3.10, §8.1)."""
    for number in range(27):
        body = {"share": {"users": {f"log{number}@example.com": [seed.MEMBER_ROLE]}}}
        await bot.post(f"{ORG}/share", json=body)
    pages = [(await bot.get(f"{ORG}/logs?include_count=true&skip={skip}")).json() for skip in (0, 25)]
    newest = pages[0]["logs"][0]
    user = {"email": "log26@example.com", "org_roles": [seed.MEMBER_ROLE]}
    assert ([len(page["logs"]) for page in pages], pages[0]["count"]) == ([25, 2], 27)
    assert (newest["module"], newest["event_type"]) == ("user", "share")
    assert newest["request"] == {"share": {"users": [user], "stacks": []}}
    one = await bot.get(f"{ORG}/logs/{newest['uid']}")
    assert one.json() == {"log": newest}


async def test_logs_are_filtered_by_query(bot: httpx.AsyncClient) -> None:
    """`query` compares fields; an unknown field is 422 (§3.10)."""
    await bot.post(f"{ORG}/share", json={"share": {"users": {"a@example.com": [seed.MEMBER_ROLE]}}})
    await bot.request("DELETE", f"{ORG}/share", json={"emails": ["a@example.com"]})
    query = json.dumps({"event_type": "unshare"})
    found = (await bot.get(f"{ORG}/logs", params={"query": query})).json()["logs"]
    bad = await bot.get(f"{ORG}/logs", params={"query": '{"nonsense": 1}'})
    assert ([entry["event_type"] for entry in found], bad.status_code) == (["unshare"], 422)


async def test_only_the_owner_transfers_ownership(
    bot: httpx.AsyncClient, nobody: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """An admin gets 403; the owner's call mails the new owner (§3.11)."""
    body = {"transfer_to": seed.ADA}
    refused = await bot.post(f"{ORG}/transfer-ownership", json=body)
    headers = {"authtoken": seed.OWNER_AUTHTOKEN}
    sent = await nobody.post(f"{ORG}/transfer-ownership", json=body, headers=headers)
    assert (refused.status_code, sent.json()) == (
        403,
        {"notice": "Email has been successfully sent to the user."},
    )
    assert (sandbox.state.mails[-1].to, sandbox.state.organizations[seed.ORG_UID].is_transfer_set) == (
        seed.ADA,
        True,
    )
