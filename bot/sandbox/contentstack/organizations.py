"""Organizations, their roles and stacks, ownership transfer (CS §3.1.1 - §3.1.4, §3.11)."""

from __future__ import annotations

from bot.sandbox.contentstack import access, errors, paging, render
from bot.sandbox.contentstack.call import Call, Reply, Route
from bot.sandbox.contentstack.model import Json, OrgRole, Stack

STACK_FIELDS = {
    "created_at": lambda row: row.created_at,
    "updated_at": lambda row: row.updated_at,
    "name": lambda row: row.name.casefold(),
    "uid": lambda row: row.uid,
}


def list_organizations(call: Call) -> Reply:
    """`GET /v3/organizations`: those related to the caller, in creation order (CS §3.1.1)."""
    caller = access.user(call, "organizations:read")
    account = caller.account
    if account is None:
        raise errors.forbidden()
    related = [
        org
        for org in call.world.organizations.values()
        if org.uid in account.organizations and caller.org_uid in {None, org.uid}
    ]
    wanted = call.query.get("typeahead", "").casefold()
    found = [org for org in related if wanted in org.name.casefold()]
    rows = paging.arranged(found, call.query, STACK_FIELDS)
    body: Json = {
        "organizations": [render.organization(org, account.uid) for org in paging.page(call.query).cut(rows)]
    }
    return Reply(200, _counted(call, body, len(found)))


def fetch_organization(call: Call) -> Reply:
    """`GET /v3/organizations/{org}` under the key `organization`, as the live API answers (CS §2 trap 8)."""
    org = access.organization(call, "member", "organization:read")
    uid = call.caller.account.uid if call.caller is not None and call.caller.account is not None else None
    return Reply(200, {"organization": render.organization(org, uid, plan=call.flag("include_plan"))})


def list_roles(call: Call) -> Reply:
    """`GET /v3/organizations/{org}/roles` (CS §3.1.3). `include_stack_roles` is ignored."""
    org = access.organization(call, "view", "organization.roles:read")
    roles: list[OrgRole] = list(org.roles.values())
    rows = paging.arranged(roles, call.query, STACK_FIELDS)
    body: Json = {"roles": [render.org_role(org, role) for role in paging.page(call.query).cut(rows)]}
    return Reply(200, _counted(call, body, len(roles)))


def list_stacks(call: Call) -> Reply:
    """`GET /v3/organizations/{org}/stacks` (CS §3.1.4)."""
    org = access.organization(call, "view", "organization:read")
    wanted = call.query.get("typeahead", "").casefold()
    found: list[Stack] = [row for row in org.stacks.values() if wanted in row.name.casefold()]
    rows = paging.arranged(found, call.query, STACK_FIELDS)
    body: Json = {"stacks": [render.stack(call.world, row) for row in paging.page(call.query).cut(rows)]}
    return Reply(200, _counted(call, body, len(found)))


def transfer_ownership(call: Call) -> Reply:
    """`POST /v3/organizations/{org}/transfer-ownership`: owner only; a mail goes out (CS §3.11)."""
    org = access.organization(call, "manage", "organization.ownership:write")
    caller = call.caller
    if caller is None or caller.uid != org.owner_uid:
        raise errors.forbidden()
    email = call.text("transfer_to")
    share = org.by_email.get(email.casefold())
    if share is None or share.status != "accepted" or share.user_uid == org.owner_uid:
        raise errors.invalid("The ownership could not be transferred.", {"transfer_to": ["is not valid."]})
    org.is_transfer_set = True
    call.world.send_mail(share.email, "transfer", "Accept the ownership", call.world.uids.token())
    response: Json = {"notice": "Email has been successfully sent to the user."}
    call.world.log(org, caller.uid, "transfer_ownership", {"transfer_to": email}, response)
    return Reply(200, response)


def _counted(call: Call, body: Json, count: int) -> Json:
    return {**body, "count": count} if call.flag("include_count") else body


ROUTES = [
    Route("GET", "/v3/organizations", list_organizations),
    Route("GET", "/v3/organizations/{org}", fetch_organization),
    Route("GET", "/v3/organizations/{org}/roles", list_roles),
    Route("GET", "/v3/organizations/{org}/stacks", list_stacks),
    Route("POST", "/v3/organizations/{org}/transfer-ownership", transfer_ownership),
]
