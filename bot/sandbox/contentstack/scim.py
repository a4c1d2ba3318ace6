"""SCIM 2.0 users (CS §3.9). On the real platform this is another host; here it is another path."""

from __future__ import annotations

import re

from bot.sandbox.contentstack import access, errors, invitations, membership, scim_shapes
from bot.sandbox.contentstack.call import Call, Caller, Reply, Route, object_list
from bot.sandbox.contentstack.model import Account, Json, Organization, Share

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
MAX_COUNT = 100
FILTER = re.compile(r'^\s*(\w+)\s+eq\s+"([^"]*)"\s*$', re.IGNORECASE)
BASE = "/scim/v2.0/organizations/{org}"


def organization(call: Call) -> Organization:
    """The organization, for an identity provider's token or an M2M token with `scim:manage`."""
    org = call.world.organizations.get(call.params["org"])
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    if org is not None and scheme.lower() == "bearer" and value in org.scim_tokens:
        call.caller = Caller("scim", "identity provider", org_uid=org.uid)
        call.org = org
        return org
    found = access.organization(call, "manage", "scim:manage")
    if call.caller is None or call.caller.kind != "m2m":
        raise errors.forbidden()
    return found


def page(call: Call, rows: list[Json]) -> Reply:
    """One page: `count` at most 100, `startIndex` from 1."""
    count = min(number(call, "count", MAX_COUNT), MAX_COUNT)
    start = max(1, number(call, "startIndex", 1))
    return reply(200, scim_shapes.rows(rows[start - 1 : start - 1 + count], len(rows), start))


def number(call: Call, name: str, default: int) -> int:
    """A whole number of the query; 400 otherwise."""
    text = call.query.get(name, str(default))
    if not text.lstrip("-").isdigit() or int(text) < 0:
        raise errors.newer(400, f"{name} is not valid", "Bad Request")
    return int(text)


def reply(status: int, body: Json) -> Reply:
    """An answer in SCIM's content type."""
    return Reply(status, body, content_type="application/scim+json")


def filtered(call: Call, attribute: str) -> str | None:
    """The value of `filter=<attribute> eq "…"`; None without a filter, 400 for any other filter."""
    text = call.query.get("filter")
    if not text:
        return None
    match = FILTER.match(text)
    if match is None or match.group(1).lower() != attribute.lower():
        raise errors.newer(400, "The filter is not supported", "Bad Request")
    return match.group(2)


def list_users(call: Call) -> Reply:
    """`GET /Users`, all or by exact `userName`."""
    org = organization(call)
    name = filtered(call, "userName")
    if name is not None:
        share = org.by_email.get(name.casefold())
        found = [share] if share is not None and share.user_uid is not None else []
    else:
        found = [share for share in org.shares.values() if share.user_uid is not None]
    return page(call, [_user(call, org, share) for share in found])


def get_user(call: Call) -> Reply:
    """`GET /Users/{id}`."""
    org = organization(call)
    return reply(200, _user(call, org, _share(call, org)))


def create_user(call: Call) -> Reply:
    """`POST /Users`: creates the account when new; an existing member is 409."""
    org = organization(call)
    email = call.text("userName")
    invitations.check_email(org, email)
    if email.casefold() in org.by_email:
        raise errors.newer(409, "User already exists", "Conflict")
    world = call.world
    name = call.body.get("name")
    names: Json = name if isinstance(name, dict) else {}
    account = world.account(email)
    if account is None:
        now, local = world.now(), email.partition("@")[0]
        first, last = str(names.get("givenName") or local), str(names.get("familyName") or "")
        account = world.add_account(
            Account(world.uids.blt(), email, local, first, last, now, now, idp_user=True)
        )
    default = [role.uid for role in org.roles.values() if role.default and not role.admin]
    share = invitations.new_share(world, org, email, default, None)
    membership.accept(world, org, share, account)
    _log(call, org, "scim_create", share)
    return reply(201, _user(call, org, share))


def change_user(call: Call) -> Reply:
    """`PUT` and `PATCH /Users/{id}`: only `active` can change."""
    org = organization(call)
    share = _share(call, org)
    active = call.body.get("active")
    for step in object_list(call.body.get("Operations"), "Operations"):
        if str(step.get("op", "")).lower() == "replace" and step.get("path") == "active":
            active = step.get("value")
    if isinstance(active, str):
        active = active.lower() == "true"
    if isinstance(active, bool):
        account = call.world.accounts[share.user_uid or ""]
        account.active = active
        if not active:  # = deprovision: nothing that the person holds works any more
            call.world.close_all_sessions(account)
            membership.revoke_consents(call.world, org, account.uid)
        _log(call, org, "scim_update", share)
    return reply(200, _user(call, org, share))


def delete_user(call: Call) -> Reply:
    """`DELETE /Users/{id}`: out of the organization and all its stacks; the account survives."""
    org = organization(call)
    share = _share(call, org)
    if share.user_uid == org.owner_uid:
        raise errors.newer(403, "The organization owner cannot be removed", "Forbidden")
    membership.remove_share(call.world, org, share)
    _log(call, org, "scim_delete", share)
    return Reply(204)


def _share(call: Call, org: Organization) -> Share:
    share = org.by_user.get(call.params["id"])
    if share is None:
        raise errors.newer(404, "User not found", "Not Found")
    return share


def _user(call: Call, org: Organization, share: Share) -> Json:
    account = call.world.accounts[share.user_uid or ""]
    return {
        "schemas": [USER],
        "id": account.uid,
        "userName": account.email,
        "name": {"givenName": account.first_name, "familyName": account.last_name},
        "active": account.active,
        "emails": [{"value": account.email, "type": "work", "primary": True}],
        "meta": meta(call, org, "User", f"Users/{account.uid}", account.created_at, account.updated_at),
    }


def meta(call: Call, org: Organization, kind: str, path: str, created: str, modified: str) -> Json:
    """What SCIM says about a resource."""
    location = f"{call.base_url}/scim/v2.0/organizations/{org.uid}/{path}"
    return {"resourceType": kind, "created": created, "lastModified": modified, "location": location}


def _log(call: Call, org: Organization, event: str, share: Share) -> None:
    by = call.caller.uid if call.caller is not None else ""
    call.world.log(org, by, event, {"userName": share.email}, {"user_uid": share.user_uid})


def schemas(call: Call) -> Reply:
    """`GET /Schemas`."""
    organization(call)
    text = {"type": "string", "multiValued": False}
    user = {"id": USER, "name": "User", "attributes": [{"name": "userName", "required": True, **text}]}
    group = {"id": GROUP, "name": "Group", "attributes": [{"name": "displayName", "required": True, **text}]}
    return page(call, [user, group])


def resource_types(call: Call) -> Reply:
    """`GET /ResourceTypes`."""
    organization(call)
    user = {"id": "User", "name": "User", "endpoint": "/Users", "schema": USER}
    return page(call, [user, {"id": "Group", "name": "Group", "endpoint": "/Groups", "schema": GROUP}])


GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"

ROUTES = [
    Route("GET", f"{BASE}/Users", list_users, "scim"),
    Route("POST", f"{BASE}/Users", create_user, "scim"),
    Route("GET", f"{BASE}/Users/{{id}}", get_user, "scim"),
    Route("PUT", f"{BASE}/Users/{{id}}", change_user, "scim"),
    Route("PATCH", f"{BASE}/Users/{{id}}", change_user, "scim"),
    Route("DELETE", f"{BASE}/Users/{{id}}", delete_user, "scim"),
    Route("GET", f"{BASE}/Schemas", schemas, "scim"),
    Route("GET", f"{BASE}/ResourceTypes", resource_types, "scim"),
]
