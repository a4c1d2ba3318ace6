"""Stacks, their roles and collaborators, and the three calls that change them (CS §3.1.5, §3.7)."""

from __future__ import annotations

from bot.sandbox.contentstack import access, errors, invitations, membership, paging, render
from bot.sandbox.contentstack.call import Call, Reply, Route, text_list
from bot.sandbox.contentstack.model import Account, Json, Organization, Stack
from bot.sandbox.contentstack.organizations import STACK_FIELDS

REFUSED = "The stack users could not be changed."


def get_stacks(call: Call) -> Reply:
    """`GET /v3/stacks`: one stack with `api_key`, else all stacks of the caller (CS §1.3, §6.3)."""
    if call.headers.get("api_key"):
        found = access.stack(call, "cm.stacks.management:read")
        one = render.full_stack(call.world, found)
        if call.flag("include_collaborators"):  # the JS SDK reads a stack's users so
            one["collaborators"] = _users(call, found)
        return Reply(200, {"stack": one})
    stacks = _own_stacks(call)
    rows = paging.arranged(stacks, call.query, STACK_FIELDS)
    page = paging.page(call.query).cut(rows)
    body: Json = {"stacks": [render.full_stack(call.world, row) for row in page]}
    if call.flag("include_count"):
        body["count"] = len(rows)
    return Reply(200, body)


def _own_stacks(call: Call) -> list[Stack]:
    """The stacks that a person is in, or for an app token all stacks of its organization (CS §1.6)."""
    caller = access.authenticate(call)
    if caller.kind != "authtoken" and "cm.stacks.management:read" not in caller.scopes:
        raise errors.forbidden()
    org_uid = call.headers.get("organization_uid") or caller.org_uid
    if caller.account is None:
        if org_uid != caller.org_uid or org_uid is None:
            raise errors.forbidden()
        return list(call.world.organizations[org_uid].stacks.values())
    orgs = _organizations(call, caller.account, org_uid)
    uid = caller.account.uid
    return [row for org in orgs for row in org.stacks.values() if access.collaborates(org, row, uid)]


def _organizations(call: Call, account: Account, org_uid: str | None) -> list[Organization]:
    orgs = [call.world.organizations[uid] for uid in account.organizations]
    if org_uid is None:
        # §1.3: `organization_uid` is mandatory for SSO-enabled organizations; without it they stay out.
        return [org for org in orgs if not org.sso.enabled]
    found = [org for org in orgs if org.uid == org_uid]
    if not found:
        raise errors.forbidden()
    call.org = found[0]
    return found


def list_roles(call: Call) -> Reply:
    """`GET /v3/roles` of one stack (CS §3.1.5)."""
    found = access.stack(call, "cm.roles.management:read")
    rows = list(found.roles.values())
    page = paging.page(call.query).cut(rows)
    permissions, rules = call.flag("include_permissions"), call.flag("include_rules")
    body: Json = {
        "roles": [render.stack_role(found, role, permissions=permissions, rules=rules) for role in page]
    }
    if call.flag("include_count"):
        body["count"] = len(rows)
    return Reply(200, body)


def get_role(call: Call) -> Reply:
    """`GET /v3/roles/{role}` of one stack."""
    found = access.stack(call, "cm.roles.management:read")
    role = found.roles.get(call.params["role"])
    if role is None:
        raise errors.missing_object()
    return Reply(200, {"role": render.stack_role(found, role, permissions=True, rules=True)})


def list_users(call: Call) -> Reply:
    """`GET /v3/stacks/users` (CS §3.1.5)."""
    found = access.stack(call, "cm.stack.users:read")
    return Reply(200, {"users": _users(call, found)})


def _users(call: Call, found: Stack) -> list[Json]:
    return [render.stack_user(found, call.world.accounts[uid]) for uid in found.users]


def set_roles(call: Call) -> Reply:
    """`POST /v3/stacks/users/roles`: replaces each person's roles in this stack; all or nothing (CS §3.7)."""
    found = access.stack(call, "cm.stack.users:write")
    org = _manageable(call, found)
    users = call.object("users")
    wanted = {uid: _check_roles(found, role_uids) for uid, role_uids in users.items()}
    for uid in wanted:
        _check_target(org, found, uid)
    for uid, role_uids in wanted.items():
        found.users[uid] = role_uids
    found.updated_at = call.world.now()
    result = [{"uid": uid, "roles": role_uids} for uid, role_uids in wanted.items()]
    response: Json = {"notice": "The roles were applied successfully.", "users": result}
    _log(call, org, "update_roles", {"users": result}, response, found)
    return Reply(200, response)


def _check_target(org: Organization, found: Stack, user_uid: str) -> None:
    if user_uid == found.owner_uid:  # §3.7: the owner's access is changed by transfer only
        raise errors.invalid(REFUSED, {"users": [f"{user_uid} is the stack owner."]})
    if user_uid not in found.users:  # §3.7: the target must already be a collaborator
        raise errors.invalid(REFUSED, {"users": [f"{user_uid} is not a collaborator of this stack."]})
    share = org.by_user.get(user_uid)
    if share is not None:  # §3.7: roles that the identity provider manages are not assignable here
        invitations.check_not_idp_managed(org, share)


def share(call: Call) -> Reply:
    """`POST /v3/stacks/share` (CS §3.7). Members get in at once, invited people later [invented]."""
    found = access.stack(call, "cm.stack:share")
    org = _manageable(call, found)
    emails = call.texts("emails")
    roles_body = call.object("roles")
    wanted = {email: _check_roles(found, roles_body.get(email)) for email in emails}
    for email in wanted:
        if email.casefold() not in org.by_email:  # §3.7: organization access comes first
            raise errors.invalid(REFUSED, {"email": [f"{email} is not a user of this organization."]})
        invitations.check_not_idp_managed(org, org.by_email[email.casefold()])
    for email, role_uids in wanted.items():
        _share_one(call, org, found, email, role_uids)
    response: Json = {"notice": "The invitation has been sent successfully."}
    request: Json = {"users": [{"email": email, "roles": roles} for email, roles in wanted.items()]}
    _log(call, org, "share", request, response, found)
    return Reply(200, response)


def _share_one(call: Call, org: Organization, found: Stack, email: str, role_uids: list[str]) -> None:
    target = org.by_email[email.casefold()]
    if target.user_uid is None:
        target.pending_stacks[found.api_key] = role_uids
    elif target.user_uid != found.owner_uid:
        by = call.caller.uid if call.caller is not None else None
        membership.add_collaborator(found, target.user_uid, role_uids, by)
    call.world.send_mail(target.email, "stack_invitation", f"Invitation to the stack {found.name}")


def unshare(call: Call) -> Reply:
    """`POST /v3/stacks/unshare`. Admins and developers of the stack remove only whom they added (CS §3.7)."""
    found = access.stack(call, "cm.stack:unshare")
    org = _manageable(call, found)
    target = org.by_email.get(call.text("email").casefold())
    uid = target.user_uid if target is not None else None
    pending = target is not None and found.api_key in target.pending_stacks
    if target is None or (not pending and (uid is None or uid not in found.users)):
        raise errors.missing_object("email")
    if uid is not None and uid == found.owner_uid:
        raise errors.invalid(REFUSED, {"email": ["belongs to the stack owner."]})
    by = call.caller.uid if call.caller is not None else ""
    if uid is not None and by != found.owner_uid and found.added_by.get(uid) != by:
        raise errors.forbidden()
    target.pending_stacks.pop(found.api_key, None)
    if uid is not None:
        membership.remove_collaborator(found, uid)
    response: Json = {"notice": "The stack has been successfully unshared."}
    _log(call, org, "unshare", {"email": target.email}, response, found)
    return Reply(200, response)


def _manageable(call: Call, found: Stack) -> Organization:
    """The stack's organization, if the caller may manage collaborators there; 403/316 otherwise."""
    org = call.world.organizations[found.org_uid]
    account = call.caller.account if call.caller is not None else None
    if account is not None and access.stack_reach(org, found, account.uid) == "none":
        raise errors.forbidden()
    return org


def _check_roles(found: Stack, role_uids: object) -> list[str]:
    roles = text_list(role_uids, "roles")
    if any(uid not in found.roles for uid in roles):
        raise errors.invalid(REFUSED, {"roles": ["is not valid."]})
    return list(dict.fromkeys(roles))


def _log(call: Call, org: Organization, event: str, request: Json, response: Json, found: Stack) -> None:
    by = call.caller.uid if call.caller is not None else ""
    call.world.log(org, by, event, request, response, stack=found.api_key)


ROUTES = [
    Route("GET", "/v3/stacks", get_stacks),
    Route("GET", "/v3/roles", list_roles),
    Route("GET", "/v3/roles/{role}", get_role),
    Route("GET", "/v3/stacks/users", list_users),
    Route("POST", "/v3/stacks/users/roles", set_roles),  # §3.7: POST, whatever the Python SDK sends
    Route("POST", "/v3/stacks/share", share),
    Route("POST", "/v3/stacks/unshare", unshare),
]
