"""Stack roles and collaborators (CS §3.1.5, §3.7)."""

from __future__ import annotations

import httpx
import pytest

from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.server import ContentstackSandbox

DEVELOPER = seed.stack_role(seed.SHOP, "Developer")
EDITOR = seed.stack_role(seed.SHOP, "Content Manager")
SHOP = {"api_key": seed.SHOP}


def uid_of(sandbox: ContentstackSandbox, email: str) -> str:
    account = sandbox.state.account(email)
    assert account is not None
    return account.uid


async def test_roles_name_their_users(bot: httpx.AsyncClient, sandbox: ContentstackSandbox) -> None:
    """`GET /roles` lists who holds each role; permissions and rules only when asked (§3.1.5)."""
    plain = (await bot.get("/v3/roles", headers=SHOP)).json()["roles"]
    full = (await bot.get("/v3/roles?include_permissions=true&include_rules=true", headers=SHOP)).json()[
        "roles"
    ]
    assert [role["name"] for role in plain] == ["Admin", "Developer", "Content Manager", "Translator"]
    assert uid_of(sandbox, seed.MIA) in plain[2]["users"]
    assert ("permissions" in plain[0], {"permissions", "rules"} <= set(full[0])) == (False, True)


async def test_users_show_owner_and_identity_provider(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """`is_owner` and `metadata.idp_user` (§3.1.5)."""
    users = {
        user["email"]: user for user in (await bot.get("/v3/stacks/users", headers=SHOP)).json()["users"]
    }
    assert (users[seed.OWNER]["is_owner"], "is_owner" in users[seed.MIA]) == (True, False)
    assert (users[seed.IDP]["metadata"], users[seed.MIA]["metadata"]) == (
        {"idp_user": True},
        {"idp_user": False},
    )


async def test_roles_are_replaced(bot: httpx.AsyncClient, sandbox: ContentstackSandbox) -> None:
    """`POST /stacks/users/roles` replaces, for many people at once (§3.7)."""
    mia, dora = uid_of(sandbox, seed.MIA), uid_of(sandbox, seed.DORA)
    answer = await bot.post(
        "/v3/stacks/users/roles", headers=SHOP, json={"users": {mia: [DEVELOPER], dora: [EDITOR]}}
    )
    assert answer.json() == {
        "notice": "The roles were applied successfully.",
        "users": [{"uid": mia, "roles": [DEVELOPER]}, {"uid": dora, "roles": [EDITOR]}],
    }
    users = sandbox.state.stacks[seed.SHOP].users
    assert (users[mia], users[dora]) == ([DEVELOPER], [EDITOR])


async def test_put_is_no_such_route(bot: httpx.AsyncClient) -> None:
    """The Python SDK's PUT finds nothing here, as there (§3.7)."""
    answer = await bot.put("/v3/stacks/users/roles", headers=SHOP, json={"users": {}})
    assert (answer.status_code, answer.text) == (404, "Cannot PUT /v3/stacks/users/roles")


@pytest.mark.parametrize(
    ("email", "roles", "field"),
    [
        (seed.OWNER, [DEVELOPER], "users"),
        (seed.GUS, [DEVELOPER], "users"),
        (seed.MIA, ["blt0"], "roles"),
        (seed.MIA, [], "roles"),
    ],
)
async def test_bad_role_changes_change_nothing(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox, email: str, roles: list[str], field: str
) -> None:
    """Stack owner, stranger to the stack, unknown role, no role: 422 for the whole call (§3.7)."""
    dora = uid_of(sandbox, seed.DORA)
    before = dict(sandbox.state.stacks[seed.SHOP].users)
    body = {"users": {dora: [EDITOR], uid_of(sandbox, email): roles}}
    answer = await bot.post("/v3/stacks/users/roles", headers=SHOP, json=body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert sandbox.state.stacks[seed.SHOP].users == before


async def test_identity_provider_owns_stack_roles(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """With role mapping on, stack roles cannot be assigned here (§3.7, §8.1)."""
    sandbox.state.organizations[seed.ORG_UID].sso.roles_enabled = True
    body = {"users": {uid_of(sandbox, seed.MIA): [DEVELOPER]}}
    assert (await bot.post("/v3/stacks/users/roles", headers=SHOP, json=body)).status_code == 422


async def test_share_lets_members_in_and_unshare_takes_them_out(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """By e-mail; who was added by the caller can be removed by the caller (§3.7)."""
    gus, stack = uid_of(sandbox, seed.GUS), sandbox.state.stacks[seed.SHOP]
    body = {"emails": [seed.GUS], "roles": {seed.GUS: [DEVELOPER]}}
    shared = await bot.post("/v3/stacks/share", headers=SHOP, json=body)
    inside = stack.users.get(gus)
    unshared = await bot.post("/v3/stacks/unshare", headers=SHOP, json={"email": seed.GUS})
    assert (shared.json(), inside) == ({"notice": "The invitation has been sent successfully."}, [DEVELOPER])
    assert (unshared.json(), stack.users.get(gus)) == (
        {"notice": "The stack has been successfully unshared."},
        None,
    )


async def test_stack_admins_remove_only_whom_they_added(
    bot: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    """The stack's owner removes anybody, an admin or developer only their own people (§3.7)."""
    body = {"email": seed.MIA}
    refused = await bot.post("/v3/stacks/unshare", headers=SHOP, json=body)
    headers = SHOP | {"authtoken": seed.OWNER_AUTHTOKEN}
    allowed = await nobody.post("/v3/stacks/unshare", headers=headers, json=body)
    assert (refused.status_code, allowed.status_code) == (403, 200)


async def test_invited_people_get_the_stack_when_they_accept(
    bot: httpx.AsyncClient, nobody: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """Stack invitations wait for organization access (§3.7)."""
    share = sandbox.state.organizations[seed.ORG_UID].by_email[seed.PENDING]
    body = {"emails": [seed.PENDING], "roles": {seed.PENDING: [EDITOR]}}
    await bot.post("/v3/stacks/share", headers=SHOP, json=body)
    await nobody.post(f"/v3/user/accept/{share.acceptance_token}")
    assert share.user_uid is not None
    assert sandbox.state.stacks[seed.SHOP].users[share.user_uid] == [EDITOR]


async def test_organization_admin_is_not_in_every_stack(
    bot: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    """The bot is not in Archive: 403/316 there; a plain content manager may read but not change (§3.7)."""
    archive = await bot.get("/v3/roles", headers={"api_key": seed.ARCHIVE})
    mia = SHOP | {"authtoken": seed.MIA_AUTHTOKEN}
    read = await nobody.get("/v3/roles", headers=mia)
    write = await nobody.post("/v3/stacks/unshare", headers=mia, json={"email": seed.DORA})
    assert (archive.status_code, archive.json()["error_code"]) == (403, 316)
    assert (read.status_code, write.status_code) == (200, 403)


async def test_wrong_keys_and_missing_credentials(bot: httpx.AsyncClient, nobody: httpx.AsyncClient) -> None:
    """412/109 for an unknown key or none at all, 401/105 for a bad token, 422/21 for the wrong header."""
    answers = [
        await bot.get("/v3/roles", headers={"api_key": "blt0"}),
        await bot.get("/v3/roles"),
        await nobody.get("/v3/roles", headers=SHOP),
        await nobody.get("/v3/roles", headers=SHOP | {"authtoken": "blt0"}),
        await nobody.get("/v3/stacks", headers={"authtoken": "blt0"}),
        await bot.get("/v3/roles", headers={"organization_uid": seed.ORG_UID}),
    ]
    found = [(answer.status_code, answer.json()["error_code"]) for answer in answers]
    assert found == [(412, 109), (412, 109), (412, 109), (401, 105), (401, 105), (422, 21)]
    assert answers[0].json() == {
        "error_message": "We can't find that Stack. Please try again.",
        "error_code": 109,
        "errors": {"api_key": ["is not valid."]},
    }


async def test_owner_who_left_is_out_of_the_stack(bot: httpx.AsyncClient, nobody: httpx.AsyncClient) -> None:
    """Removal from the organization closes one's own stack too; it stays theirs until transferred (§3.4)."""
    body = {"user": {"email": seed.STACK_OWNER, "password": seed.PASSWORD}}
    token = (await nobody.post("/v3/user-session", json=body)).json()["user"]["authtoken"]
    headers = {"authtoken": token, "api_key": seed.HELP}
    before = await nobody.get("/v3/roles", headers=headers)
    path = f"/v3/organizations/{seed.ORG_UID}"
    await bot.request("DELETE", f"{path}/share", json={"emails": [seed.STACK_OWNER]})
    after = await nobody.get("/v3/roles", headers=headers)
    stacks = (await bot.get(f"{path}/stacks?typeahead=help")).json()["stacks"]
    assert (before.status_code, after.status_code) == (200, 403)
    assert stacks[0]["owner"]["email"] == seed.STACK_OWNER


async def test_management_token_opens_its_stack_only(nobody: httpx.AsyncClient) -> None:
    """Good without "Bearer" for its stack, 401/105 for organizations and other stacks (§1.3, §8.1)."""
    headers = {"authorization": seed.MANAGEMENT_TOKEN}
    own = await nobody.get("/v3/roles", headers=headers | {"api_key": seed.MARKETING})
    other = await nobody.get("/v3/roles", headers=headers | SHOP)
    org = await nobody.get(f"/v3/organizations/{seed.ORG_UID}/share", headers=headers)
    assert (own.status_code, other.status_code, org.status_code, org.json()["error_code"]) == (
        200,
        401,
        401,
        105,
    )


async def test_stacks_of_the_caller(bot: httpx.AsyncClient) -> None:
    """`GET /v3/stacks` lists the stacks that the caller is in, one with `api_key` (§1.3)."""
    rows = (await bot.get("/v3/stacks?include_count=true", headers={"organization_uid": seed.ORG_UID})).json()
    one = (await bot.get("/v3/stacks?include_collaborators=true", headers=SHOP)).json()["stack"]
    foreign = await bot.get("/v3/stacks", headers={"organization_uid": seed.LABS_UID})
    assert (rows["count"], one["name"], foreign.status_code) == (5, "Web shop", 403)
    assert seed.MIA in {user["email"] for user in one["collaborators"]}


async def test_one_role_is_fetched(bot: httpx.AsyncClient) -> None:
    """`GET /roles/{uid}` with permissions; an unknown uid is 422 (§6.3)."""
    found = await bot.get(f"/v3/roles/{DEVELOPER}", headers=SHOP)
    missing = await bot.get("/v3/roles/blt0", headers=SHOP)
    assert (found.json()["role"]["name"], "permissions" in found.json()["role"]) == ("Developer", True)
    assert (missing.status_code, missing.json()["error_code"]) == (422, 141)


@pytest.mark.parametrize(
    ("email", "status"), [(seed.OWNER, 422), ("unknown@example.com", 422), (seed.GUS, 422)]
)
async def test_unshare_refuses_owner_and_strangers(bot: httpx.AsyncClient, email: str, status: int) -> None:
    """The stack's owner and people who are not in it (§3.7)."""
    answer = await bot.post("/v3/stacks/unshare", headers=SHOP, json={"email": email})
    assert (answer.status_code, list(answer.json()["errors"])) == (status, ["email"])


async def test_share_needs_organization_access_first(bot: httpx.AsyncClient) -> None:
    """Strangers to the organization are 422 (§3.7)."""
    body = {"emails": ["unknown@example.com"], "roles": {"unknown@example.com": [DEVELOPER]}}
    answer = await bot.post("/v3/stacks/share", headers=SHOP, json=body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["email"])


async def test_stacks_without_organization_leave_sso_organizations_out(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """`organization_uid` is mandatory for SSO-enabled organizations (§1.3)."""
    before = len((await bot.get("/v3/stacks")).json()["stacks"])
    sandbox.state.organizations[seed.ORG_UID].sso.enabled = True
    after = len((await bot.get("/v3/stacks")).json()["stacks"])
    named = await bot.get("/v3/stacks", headers={"organization_uid": seed.ORG_UID})
    assert (before, after, len(named.json()["stacks"])) == (5, 0, 5)
