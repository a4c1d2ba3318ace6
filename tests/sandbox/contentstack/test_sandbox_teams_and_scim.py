"""Teams (CS §3.8) and SCIM (CS §3.9)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.server import ContentstackSandbox

TEAMS = f"/v3/organizations/{seed.ORG_UID}/teams"
SCIM = f"/scim/v2.0/organizations/{seed.ORG_UID}"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.fixture
async def idp(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the identity provider's token."""
    headers = {"authorization": f"Bearer {seed.SCIM_TOKEN}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, verify=False) as client:
        yield client


async def test_teams_are_camel_case(bot: httpx.AsyncClient) -> None:
    """The team object of §3.8, with a count on request."""
    body = (await bot.get(f"{TEAMS}?include_count=true&typeahead=night")).json()
    team = body["teams"][0]
    assert (body["count"], team["name"], team["organizationRole"]) == (1, "Night shift", seed.ADMIN_ROLE)
    assert set(team) == {
        "_id", "uid", "name", "createdAt", "createdBy", "updatedAt", "updatedBy", "organizationUid", "users",
        "stackRoleMapping", "organizationRole", "__v", "createdByUserName", "updatedByUserName",
    }  # fmt: skip


async def test_team_lives_from_creation_to_deletion(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """201, 200 and 204 as documented; both spellings of users work (§3.8)."""
    mia = sandbox.state.organizations[seed.ORG_UID].by_email[seed.MIA].user_uid
    body = {"name": "New", "users": [mia], "organizationRole": seed.MEMBER_ROLE, "stackRoleMapping": []}
    made = await bot.post(TEAMS, json=body)
    one = f"{TEAMS}/{made.json()['uid']}"
    renamed = await bot.put(one, json={"name": "Newer", "users": [{"email": seed.DORA}]})
    added = await bot.post(f"{one}/users", json={"emails": [seed.MIA]})
    users = (await bot.get(f"{one}/users?include_count=true")).json()
    taken = await bot.delete(f"{one}/users/{mia}")
    fetched = (await bot.get(f"{one}?includeUserDetails=true")).json()["team"]
    gone = await bot.delete(one)
    missing = await bot.get(one)
    statuses = [answer.status_code for answer in (made, renamed, added, taken, gone, missing)]
    assert statuses == [201, 200, 201, 204, 204, 422]
    assert ([user["email"] for user in users["users"]], users["count"]) == ([seed.DORA, seed.MIA], 2)
    assert (fetched["name"], [user["email"] for user in fetched["users"]]) == ("Newer", [seed.DORA])


async def test_stack_role_mappings(bot: httpx.AsyncClient) -> None:
    """Add, change, list and remove a mapping (§3.8)."""
    team = (await bot.get(TEAMS)).json()["teams"][0]["uid"]
    base, role = f"{TEAMS}/{team}/stack_role_mappings", seed.stack_role(seed.MOBILE, "Developer")
    added = await bot.post(base, json={"stackApiKey": seed.MOBILE, "roles": [role]})
    other = seed.stack_role(seed.MOBILE, "Admin")
    changed = await bot.put(f"{base}/{seed.MOBILE}", json={"roles": [other]})
    listed = (await bot.get(base)).json()["stackRoleMappings"]
    removed = await bot.delete(f"{base}/{seed.MOBILE}")
    mapping = {"stackApiKey": seed.MOBILE, "roles": [role]}
    assert (added.status_code, added.json()) == (201, {"stackRoleMapping": mapping})
    assert (changed.status_code, removed.status_code) == (200, 204)
    assert {"stackApiKey": seed.MOBILE, "roles": [other]} in listed


@pytest.mark.parametrize(
    "body",
    [
        {"name": "A", "users": ["blt0"], "organizationRole": seed.MEMBER_ROLE},
        {"name": "A", "users": []},
        {"name": "Newsroom", "users": [], "organizationRole": seed.MEMBER_ROLE},
    ],
)
async def test_bad_teams_are_refused(bot: httpx.AsyncClient, body: dict[str, object]) -> None:
    """Unknown user, no organization role, name taken: 422 (§3.8)."""
    assert (await bot.post(TEAMS, json=body)).status_code == 422


async def test_scim_lists_from_one_and_finds_exactly(idp: httpx.AsyncClient) -> None:
    """startIndex counts from 1, the filter is an exact match, envelope as documented (§3.9)."""
    page = (await idp.get(f"{SCIM}/Users?count=2&startIndex=2")).json()
    one = (await idp.get(f"{SCIM}/Users", params={"filter": f'userName eq "{seed.MIA}"'})).json()
    assert (page["startIndex"], page["itemsPerPage"], len(page["Resources"])) == (2, 2, 2)
    assert [user["userName"] for user in page["Resources"]] == [seed.BOT, seed.ADA]
    assert (one["totalResults"], one["Resources"][0]["name"]) == (
        1,
        {"givenName": "Mia", "familyName": "Member"},
    )


async def test_scim_deactivation_closes_every_door(
    idp: httpx.AsyncClient, nobody: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """`active: false` ends sessions and login, DELETE ends the membership, the account stays (§3.9)."""
    mia = sandbox.state.account(seed.MIA)
    assert mia is not None
    step = {"op": "Replace", "path": "active", "value": False}
    patch = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [step]}
    changed = await idp.patch(f"{SCIM}/Users/{mia.uid}", json=patch)
    body = {"user": {"email": seed.MIA, "password": seed.PASSWORD}}
    login = await nobody.post("/v3/user-session", json=body)
    gone = await idp.delete(f"{SCIM}/Users/{mia.uid}")
    missing = await idp.get(f"{SCIM}/Users/{mia.uid}")
    assert (changed.json()["active"], login.status_code, gone.status_code) == (False, 422, 204)
    assert missing.json() == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": "404",
        "detail": "User not found",
    }
    assert sandbox.state.account(seed.MIA) is mia


async def test_scim_creates_people_of_the_identity_provider(
    idp: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """A new user is an accepted member at once; a second one is 409 (§3.9)."""
    body = {"schemas": [USER], "userName": "scim@example.com", "name": {"givenName": "S", "familyName": "C"}}
    answers = [await idp.post(f"{SCIM}/Users", json=body) for _ in range(2)]
    account = sandbox.state.account("scim@example.com")
    assert account is not None
    assert ([answer.status_code for answer in answers], account.idp_user) == ([201, 409], True)
    assert sandbox.state.organizations[seed.ORG_UID].by_email["scim@example.com"].status == "accepted"


async def test_scim_group_gives_and_takes_its_role(
    idp: httpx.AsyncClient, nobody: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """Members of a mapped group hold its role; leaving revokes it (§3.9)."""
    share = sandbox.state.organizations[seed.ORG_UID].by_email[seed.MIA]
    made = (await idp.post(f"{SCIM}/Groups", json={"displayName": "Editors"})).json()
    path = f"{SCIM}/Groups/{made['id']}"
    control = f"/_control/organizations/{seed.ORG_UID}/groups/{made['id']}"
    await nobody.put(control, json={"org_role": seed.OPERATIONS_ROLE})
    add = {"op": "add", "path": "members", "value": [{"value": share.user_uid}]}
    await idp.patch(path, json={"Operations": [add]})
    inside = list(share.org_roles)
    query = {"filter": 'displayName Eq "Editors"', "excludedAttributes": "members"}
    listed = (await idp.get(f"{SCIM}/Groups", params=query)).json()["Resources"]
    drop = {"op": "remove", "path": f'members[value eq "{share.user_uid}"]'}
    await idp.patch(path, json={"Operations": [drop]})
    assert (inside, share.org_roles) == ([seed.MEMBER_ROLE, seed.OPERATIONS_ROLE], [seed.MEMBER_ROLE])
    assert ([group["displayName"] for group in listed], "members" in listed[0]) == (["Editors"], False)
    assert (await idp.delete(path)).status_code == 204


async def test_scim_needs_its_own_token(bot: httpx.AsyncClient, nobody: httpx.AsyncClient) -> None:
    """An authtoken is not enough, no credential is 401, both in the SCIM envelope (§3.9)."""
    admin, none = await bot.get(f"{SCIM}/Users"), await nobody.get(f"{SCIM}/Schemas")
    assert [(admin.status_code, admin.json()["status"]), (none.status_code, none.json()["status"])] == [
        (403, "403"),
        (401, "401"),
    ]


async def test_scim_describes_itself(idp: httpx.AsyncClient) -> None:
    """Schemas and ResourceTypes (§3.9)."""
    names = [
        [row["name"] for row in (await idp.get(f"{SCIM}/{path}")).json()["Resources"]]
        for path in ("Schemas", "ResourceTypes")
    ]
    assert names == [["User", "Group"], ["User", "Group"]]


async def test_scim_groups_are_unique_renamed_and_emptied(
    idp: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """409 for a name that exists; replace and remove of members; 404 and 400 for nonsense (§3.9)."""
    by_email = sandbox.state.organizations[seed.ORG_UID].by_email
    mia, dora = by_email[seed.MIA].user_uid, by_email[seed.DORA].user_uid
    made = await idp.post(f"{SCIM}/Groups", json={"displayName": "A", "members": [{"value": mia}]})
    again = await idp.post(f"{SCIM}/Groups", json={"displayName": "A"})
    path = f"{SCIM}/Groups/{made.json()['id']}"
    steps = [
        {"op": "replace", "path": "displayName", "value": "B"},
        {"op": "replace", "path": "members", "value": [{"value": dora}, {"value": mia}]},
        {"op": "remove", "path": "members", "value": [{"value": mia}]},
    ]
    changed = (await idp.patch(path, json={"Operations": steps})).json()
    emptied = (await idp.patch(path, json={"Operations": [{"op": "remove", "path": "members"}]})).json()
    unknown = {"op": "add", "path": "members", "value": [{"value": "blt0"}]}
    bad = [
        (await idp.patch(path, json={"Operations": [step]})).status_code
        for step in (unknown, {"op": "move", "path": "members"})
    ]
    missing = await idp.get(f"{SCIM}/Groups/none")
    assert (made.status_code, again.status_code, missing.status_code, bad) == (201, 409, 404, [404, 400])
    assert (changed["displayName"], [row["value"] for row in changed["members"]]) == ("B", [dora])
    assert (emptied["members"], (await idp.get(path)).json()["displayName"]) == ([], "B")


async def test_scim_owner_stays_and_nonsense_is_refused(
    idp: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """The owner cannot be deleted; unsupported filters and counts are 400 (§3.9)."""
    owner = sandbox.state.organizations[seed.ORG_UID].owner_uid
    refused = await idp.delete(f"{SCIM}/Users/{owner}")
    found = [
        (await idp.get(f"{SCIM}/Users", params=query)).status_code
        for query in ({"filter": 'userName co "a"'}, {"count": "many"})
    ]
    assert (refused.status_code, found) == (403, [400, 400])
