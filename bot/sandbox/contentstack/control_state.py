"""The control API's view into the state: look at members, accounts, stacks, mails; change them behind the API's back."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.sandbox.contentstack import invitations, membership, sessions
from bot.sandbox.contentstack.model import Account, Json, Organization, Share, Stack, StackRole

if TYPE_CHECKING:
    from aiohttp import web

    from bot.sandbox.contentstack.server import ContentstackSandbox


class Refused(Exception):
    """The request makes no sense."""


class Missing(Exception):
    """There is no such thing."""


def _org(sandbox: ContentstackSandbox, request: web.Request) -> Organization:
    org = sandbox.state.organizations.get(request.match_info["org"])
    if org is None:
        raise Missing("no such organization")
    return org


def _share(sandbox: ContentstackSandbox, request: web.Request) -> tuple[Organization, Share]:
    org = _org(sandbox, request)
    share = org.by_email.get(request.match_info["email"].casefold())
    if share is None:
        raise Missing("no such member")
    return org, share


def _account(sandbox: ContentstackSandbox, request: web.Request) -> Account:
    account = sandbox.state.account(request.match_info["email"])
    if account is None:
        raise Missing("no such account")
    return account


def _stack(sandbox: ContentstackSandbox, request: web.Request) -> Stack:
    stack = sandbox.state.stacks.get(request.match_info["api_key"])
    if stack is None:
        raise Missing("no such stack")
    return stack


def organizations(sandbox: ContentstackSandbox, _request: web.Request, _body: Json) -> Json:
    """`GET /_control/organizations`: uid, name, owner, number of members, roles and stacks."""
    return {
        "organizations": [
            {
                "uid": org.uid,
                "name": org.name,
                "owner_uid": org.owner_uid,
                "members": len(org.shares),
                "roles": {role.uid: role.name for role in org.roles.values()},
                "stacks": {stack.api_key: stack.name for stack in org.stacks.values()},
                "features": org.features,
                "sso": {**asdict(org.sso), "whitelist": sorted(org.sso.whitelist)},
                "mfa_required": org.mfa_required,
                "allowed_domains": org.allowed_domains,
            }
            for org in sandbox.state.organizations.values()
        ]
    }


def members(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`GET /_control/organizations/{org}/members`: every share with the roles in its stacks."""
    org = _org(sandbox, request)
    return {"members": [_member(org, share) for share in org.shares.values()]}


def member(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`GET /_control/organizations/{org}/members/{email}`."""
    org, share = _share(sandbox, request)
    return _member(org, share)


def _member(org: Organization, share: Share) -> Json:
    stacks = {
        stack.api_key: stack.users[share.user_uid]
        for stack in org.stacks.values()
        if share.user_uid is not None and share.user_uid in stack.users
    }
    return {**asdict(share), "stacks": stacks}


def edit_organization(sandbox: ContentstackSandbox, request: web.Request, body: Json) -> Json:
    """`PATCH /_control/organizations/{org}`: sso_enabled, sso_strict, sso_roles, whitelist, mfa_required,
    allowed_domains, expires_on, features (merged), all optional.
    """
    org = _org(sandbox, request)
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


def add_member(sandbox: ContentstackSandbox, request: web.Request, body: Json) -> Json:
    """`POST /_control/organizations/{org}/members`: email, org_roles, accepted (default true)."""
    org = _org(sandbox, request)
    world = sandbox.state
    email = str(body.get("email", ""))
    if email.casefold() in org.by_email or not invitations.EMAIL.fullmatch(email):
        raise Refused("email is missing, nonsense or already a member")
    share = invitations.invite(world, org, email, [str(uid) for uid in body.get("org_roles", [])], None)
    if body.get("accepted", True):
        membership.accept(world, org, share, world.account(email) or _plain_account(sandbox, email))
    return _member(org, share)


def _plain_account(sandbox: ContentstackSandbox, email: str) -> Account:
    world = sandbox.state
    now = world.now()
    local = email.partition("@")[0]
    return world.add_account(Account(world.uids.blt(), email, local, local, "", now, now))


def edit_member(sandbox: ContentstackSandbox, request: web.Request, body: Json) -> Json:
    """`PATCH /_control/organizations/{org}/members/{email}`: org_roles, access_without_sso."""
    org, share = _share(sandbox, request)
    if "org_roles" in body:
        membership.set_roles(sandbox.state, org, share, [str(uid) for uid in body["org_roles"]])
    if "access_without_sso" in body:
        share.access_without_sso = bool(body["access_without_sso"])
    return _member(org, share)


def remove_member(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`DELETE /_control/organizations/{org}/members/{email}`."""
    org, share = _share(sandbox, request)
    membership.remove_share(sandbox.state, org, share)
    return {"members": len(org.shares)}


def remove_role(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`DELETE /_control/organizations/{org}/roles/{role}`: the role vanishes, shares lose it."""
    org = _org(sandbox, request)
    role_uid = request.match_info["role"]
    if org.roles.pop(role_uid, None) is None:
        raise Missing("no such role")
    org.role_users.pop(role_uid, None)
    for share in org.shares.values():
        share.org_roles = [uid for uid in share.org_roles if uid != role_uid]
    org.version += 1
    return {"roles": sorted(org.roles)}


def add_stack(sandbox: ContentstackSandbox, request: web.Request, body: Json) -> Json:
    """`POST /_control/organizations/{org}/stacks`: name, owner (e-mail); roles Admin and Developer are made."""
    org = _org(sandbox, request)
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


def get_stack(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`GET /_control/stacks/{api_key}`: the stack with roles, users and who added them."""
    return asdict(_stack(sandbox, request))


def remove_stack(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`DELETE /_control/stacks/{api_key}`."""
    stack = _stack(sandbox, request)
    del sandbox.state.stacks[stack.api_key]
    del sandbox.state.organizations[stack.org_uid].stacks[stack.api_key]
    return {}


def remove_stack_role(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`DELETE /_control/stacks/{api_key}/roles/{role}`: the role vanishes; who had only that one is out."""
    stack = _stack(sandbox, request)
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
    stack, account = _stack(sandbox, request), _account(sandbox, request)
    roles = [str(uid) for uid in body.get("roles", [])]
    if roles:
        membership.add_collaborator(stack, account.uid, roles, body.get("added_by"))
    else:
        membership.remove_collaborator(stack, account.uid)
    return asdict(stack)


def get_account(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`GET /_control/accounts/{email}`: sessions, lock, second factor, forced change, organizations; no password."""
    account = _account(sandbox, request)
    lock = account.locked_until
    return {
        "uid": account.uid,
        "email": account.email,
        "active": account.active,
        "idp_user": account.idp_user,
        "sessions": len(account.authtokens),
        "failed_attempts": account.failed_attempts,
        "locked": sessions.is_locked(sandbox.state, account),
        "locked_until": "indefinite" if lock is not None and math.isinf(lock) else lock,
        "tfa_type": account.tfa_type,
        "password_reset_required": account.password_reset_required,
        "last_login_at": account.last_login_at,
        "organizations": list(account.organizations),
    }


def edit_account(sandbox: ContentstackSandbox, request: web.Request, body: Json) -> Json:
    """`PATCH /_control/accounts/{email}`: password, idp_user, active, tfa_type, totp_secret, lock_seconds, sessions.

    `lock_seconds`: 0 unlocks, -1 locks for ever. `sessions`: so many new ones instead of all present ones.
    """
    account = _account(sandbox, request)
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


def mails(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`GET /_control/mails?to&kind`: the outbox, oldest first, with the secrets of their links."""
    to, kind = request.query.get("to"), request.query.get("kind")
    found = [mail for mail in sandbox.state.mails if to in {None, mail.to} and kind in {None, mail.kind}]
    return {"mails": [asdict(mail) for mail in found]}


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


ORG = "/organizations/{org}"

ROUTES: list[tuple[str, str, Callable[[ContentstackSandbox, web.Request, Json], Any]]] = [
    ("GET", "/organizations", organizations),
    ("PATCH", ORG, edit_organization),
    ("GET", f"{ORG}/members", members),
    ("POST", f"{ORG}/members", add_member),
    ("GET", f"{ORG}/members/{{email}}", member),
    ("PATCH", f"{ORG}/members/{{email}}", edit_member),
    ("DELETE", f"{ORG}/members/{{email}}", remove_member),
    ("DELETE", f"{ORG}/roles/{{role}}", remove_role),
    ("POST", f"{ORG}/stacks", add_stack),
    ("GET", "/stacks/{api_key}", get_stack),
    ("DELETE", "/stacks/{api_key}", remove_stack),
    ("DELETE", "/stacks/{api_key}/roles/{role}", remove_stack_role),
    ("PUT", "/stacks/{api_key}/users/{email}", set_stack_user),
    ("GET", "/accounts/{email}", get_account),
    ("PATCH", "/accounts/{email}", edit_account),
    ("DELETE", "/tokens/{token}", revoke_token),
    ("GET", "/mails", mails),
    ("DELETE", "/mails", clear_mails),
    ("POST", "/apps/{app}/redirect-uris", add_redirect),
]
