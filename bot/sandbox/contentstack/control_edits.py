"""The control API's edits: change the state behind the API's back, as an admin in a browser would."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.sandbox.contentstack import invitations, membership, sessions
from bot.sandbox.contentstack.control_state import (
    ORG,
    Answer,
    Missing,
    Refused,
    find_account,
    find_org,
    find_share,
    find_stack,
    get_account,
    organizations,
    show_member,
)
from bot.sandbox.contentstack.model import Account, Json, Stack, StackRole

if TYPE_CHECKING:
    from aiohttp import web

    from bot.sandbox.contentstack.server import ContentstackSandbox


def add_member(sandbox: ContentstackSandbox, request: web.Request, body: Json) -> Json:
    """`POST /_control/organizations/{org}/members`: email, org_roles, accepted (default true)."""
    org = find_org(sandbox, request)
    world = sandbox.state
    email = str(body.get("email", ""))
    if email.casefold() in org.by_email or not invitations.EMAIL.fullmatch(email):
        raise Refused("email is missing, nonsense or already a member")
    share = invitations.new_share(world, org, email, [str(uid) for uid in body.get("org_roles", [])], None)
    if body.get("accepted", True):
        membership.accept(world, org, share, world.account(email) or _plain_account(sandbox, email))
    return show_member(org, share)


def _plain_account(sandbox: ContentstackSandbox, email: str) -> Account:
    world = sandbox.state
    now = world.now()
    local = email.partition("@")[0]
    return world.add_account(Account(world.uids.blt(), email, local, local, "", now, now))


def edit_member(sandbox: ContentstackSandbox, request: web.Request, body: Json) -> Json:
    """`PATCH /_control/organizations/{org}/members/{email}`: org_roles, access_without_sso."""
    org, share = find_share(sandbox, request)
    if "org_roles" in body:
        membership.set_roles(sandbox.state, org, share, [str(uid) for uid in body["org_roles"]])
    if "access_without_sso" in body:
        share.access_without_sso = bool(body["access_without_sso"])
    return show_member(org, share)


def remove_member(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`DELETE /_control/organizations/{org}/members/{email}`."""
    org, share = find_share(sandbox, request)
    membership.remove_share(sandbox.state, org, share)
    return {"members": len(org.shares)}


def remove_role(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`DELETE /_control/organizations/{org}/roles/{role}`: the role vanishes, shares lose it."""
    org = find_org(sandbox, request)
    role_uid = request.match_info["role"]
    if org.roles.pop(role_uid, None) is None:
        raise Missing("no such role")
    org.role_users.pop(role_uid, None)
    for share in org.shares.values():
        share.org_roles = [uid for uid in share.org_roles if uid != role_uid]
    org.version += 1
    return {"roles": sorted(org.roles)}


def add_stack(sandbox: ContentstackSandbox, request: web.Request, body: Json) -> Json:
    """`POST /_control/organizations/{org}/stacks`: name, owner (e-mail); roles are made."""
    org = find_org(sandbox, request)
    world = sandbox.state
    owner = world.account(str(body.get("owner", "")))
    owner_uid = owner.uid if owner is not None else org.owner_uid
    now = world.now()
    stack = Stack(
        world.uids.blt(), world.uids.blt(), org.uid, str(body.get("name", "Stack")), owner_uid, now, now
    )
    for name, manages in (("Admin", "all"), ("Developer", "added")):
        role = StackRole(world.uids.blt(), name, name, now, now, manages)
        stack.roles[role.uid] = role
    membership.add_collaborator(stack, owner_uid, [next(iter(stack.roles))], None)
    org.stacks[stack.api_key] = world.stacks[stack.api_key] = stack
    return asdict(stack)


def remove_stack(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`DELETE /_control/stacks/{api_key}`."""
    stack = find_stack(sandbox, request)
    del sandbox.state.stacks[stack.api_key]
    del sandbox.state.organizations[stack.org_uid].stacks[stack.api_key]
    return {}


def remove_stack_role(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`DELETE /_control/stacks/{api_key}/roles/{role}`: the role vanishes; who had only that one is out."""
    stack = find_stack(sandbox, request)
    role_uid = request.match_info["role"]
    if stack.roles.pop(role_uid, None) is None:
        raise Missing("no such stack role")
    for user_uid, held in list(stack.users.items()):
        stack.users[user_uid] = [uid for uid in held if uid != role_uid]
        if not stack.users[user_uid] and user_uid != stack.owner_uid:
            membership.remove_collaborator(stack, user_uid)
    return asdict(stack)


def set_stack_user(sandbox: ContentstackSandbox, request: web.Request, body: Json) -> Json:
    """`PUT /_control/stacks/{api_key}/users/{email}`: roles (uids); an empty list takes the person out."""
    stack, account = find_stack(sandbox, request), find_account(sandbox, request)
    roles = [str(uid) for uid in body.get("roles", [])]
    if roles:
        membership.add_collaborator(stack, account.uid, roles, body.get("added_by"))
    else:
        membership.remove_collaborator(stack, account.uid)
    return asdict(stack)


def edit_organization(sandbox: ContentstackSandbox, request: web.Request, body: Json) -> Json:
    """`PATCH /_control/organizations/{org}`: SSO, second factor, domains, plan.

    sso_enabled, sso_strict, sso_roles, whitelist, mfa_required, allowed_domains, expires_on, features.
    """
    org = find_org(sandbox, request)
    for name, value in body.items():
        match name:
            case "sso_enabled" | "sso_strict" | "sso_roles":
                field = {"sso_enabled": "enabled", "sso_strict": "strict", "sso_roles": "roles_enabled"}[name]
                setattr(org.sso, field, bool(value))
                org.sso.enabled = org.sso.enabled or bool(value)
            case "whitelist":
                org.sso.whitelist = {str(email).casefold() for email in value}
            case "mfa_required":
                org.mfa_required = bool(value)
            case "allowed_domains":
                org.allowed_domains = [str(domain).casefold() for domain in value]
            case "expires_on":
                org.expires_on = str(value)
            case "features":
                org.features.update({str(key): int(limit) for key, limit in value.items()})
            case _:
                raise Refused(f"unknown field: {name}")
    return organizations(sandbox, request, body)


def edit_account(sandbox: ContentstackSandbox, request: web.Request, body: Json) -> Json:
    """`PATCH /_control/accounts/{email}`: change what the login depends on.

    password, idp_user, active, tfa_type, totp_secret, password_reset_required, lock_seconds, sessions.
    `lock_seconds`: 0 unlocks, -1 locks for ever. `sessions`: so many new ones instead of all present ones.
    """
    account = find_account(sandbox, request)
    world = sandbox.state
    plain = {"password", "idp_user", "active", "tfa_type", "totp_secret", "password_reset_required"}
    for name, value in body.items():
        if name in plain:
            setattr(account, name, value)
        elif name == "lock_seconds":
            _lock(sandbox, account, float(value))
        elif name == "sessions":
            world.close_all_sessions(account)
            for _ in range(int(value)):
                world.open_session(account)
        else:
            raise Refused(f"unknown field: {name}")
    return get_account(sandbox, request, body)


def _lock(sandbox: ContentstackSandbox, account: Account, seconds: float) -> None:
    if seconds == 0:
        sessions.unlock(account)
        return
    account.failed_attempts = max(account.failed_attempts, 5)
    account.locked_until = math.inf if seconds < 0 else sandbox.clock.time() + seconds


def revoke_token(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`DELETE /_control/tokens/{token}`: an authtoken or OAuth token that is refused from now on."""
    token = request.match_info["token"]
    world = sandbox.state
    world.close_session(token)
    world.oauth.access_tokens.pop(token, None)
    world.oauth.refresh_tokens.pop(token, None)
    return {}


def clear_mails(sandbox: ContentstackSandbox, _request: web.Request, _body: Json) -> Json:
    """`DELETE /_control/mails`."""
    sandbox.state.mails.clear()
    return {"mails": []}


def add_redirect(sandbox: ContentstackSandbox, request: web.Request, body: Json) -> Json:
    """`POST /_control/apps/{app}/redirect-uris` `{"redirect_uri": …}`: one more allowed redirect URL."""
    app = sandbox.state.oauth.apps.get(request.match_info["app"])
    if app is None:
        raise Missing("no such app")
    app.redirect_uris.append(str(body.get("redirect_uri", "")))
    return {"redirect_uris": app.redirect_uris}


def map_group(sandbox: ContentstackSandbox, request: web.Request, body: Json) -> Json:
    """`PUT /_control/organizations/{org}/groups/{group}`: map a SCIM group to `org_role` (uid or null)."""
    group = find_org(sandbox, request).groups.get(request.match_info["group"])
    if group is None:
        raise Missing("no such group")
    group.org_role = body.get("org_role")
    return asdict(group)


ROUTES: list[tuple[str, str, Answer]] = [
    ("PATCH", ORG, edit_organization),
    ("POST", f"{ORG}/members", add_member),
    ("PATCH", f"{ORG}/members/{{email}}", edit_member),
    ("DELETE", f"{ORG}/members/{{email}}", remove_member),
    ("DELETE", f"{ORG}/roles/{{role}}", remove_role),
    ("POST", f"{ORG}/stacks", add_stack),
    ("DELETE", "/stacks/{api_key}", remove_stack),
    ("DELETE", "/stacks/{api_key}/roles/{role}", remove_stack_role),
    ("PUT", "/stacks/{api_key}/users/{email}", set_stack_user),
    ("PATCH", "/accounts/{email}", edit_account),
    ("DELETE", "/tokens/{token}", revoke_token),
    ("DELETE", "/mails", clear_mails),
    ("POST", "/apps/{app}/redirect-uris", add_redirect),
    ("PUT", f"{ORG}/groups/{{group}}", map_group),
]
