"""The control API's view into the state: members, accounts, stacks, mails."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.sandbox.contentstack import sessions
from bot.sandbox.contentstack.model import Account, Json, Organization, Share, Stack

if TYPE_CHECKING:
    from aiohttp import web

    from bot.sandbox.contentstack.server import ContentstackSandbox

Answer = Callable[["ContentstackSandbox", "web.Request", Json], Any]


class Refused(Exception):
    """The request makes no sense."""


class Missing(Exception):
    """There is no such thing."""


def find_org(sandbox: ContentstackSandbox, request: web.Request) -> Organization:
    """The organization of the path; `Missing` otherwise."""
    org = sandbox.state.organizations.get(request.match_info["org"])
    if org is None:
        raise Missing("no such organization")
    return org


def find_share(sandbox: ContentstackSandbox, request: web.Request) -> tuple[Organization, Share]:
    """The organization and the share of the path; `Missing` otherwise."""
    org = find_org(sandbox, request)
    share = org.by_email.get(request.match_info["email"].casefold())
    if share is None:
        raise Missing("no such member")
    return org, share


def find_account(sandbox: ContentstackSandbox, request: web.Request) -> Account:
    """The account of the path; `Missing` otherwise."""
    account = sandbox.state.account(request.match_info["email"])
    if account is None:
        raise Missing("no such account")
    return account


def find_stack(sandbox: ContentstackSandbox, request: web.Request) -> Stack:
    """The stack of the path; `Missing` otherwise."""
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
    org = find_org(sandbox, request)
    return {"members": [show_member(org, share) for share in org.shares.values()]}


def member(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`GET /_control/organizations/{org}/members/{email}`."""
    org, share = find_share(sandbox, request)
    return show_member(org, share)


def show_member(org: Organization, share: Share) -> Json:
    """A share with its stack roles."""
    stacks = {
        stack.api_key: stack.users[share.user_uid]
        for stack in org.stacks.values()
        if share.user_uid is not None and share.user_uid in stack.users
    }
    return {**asdict(share), "stacks": stacks}


def get_stack(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`GET /_control/stacks/{api_key}`: the stack with roles, users and who added them."""
    return asdict(find_stack(sandbox, request))


def get_account(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`GET /_control/accounts/{email}`: sessions, lock, second factor and so on; no password."""
    account = find_account(sandbox, request)
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


def mails(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`GET /_control/mails?to&kind`: the outbox, oldest first, with the secrets of their links."""
    to, kind = request.query.get("to"), request.query.get("kind")
    found = [mail for mail in sandbox.state.mails if to in {None, mail.to} and kind in {None, mail.kind}]
    return {"mails": [asdict(mail) for mail in found]}


ORG = "/organizations/{org}"

ROUTES: list[tuple[str, str, Answer]] = [
    ("GET", "/organizations", organizations),
    ("GET", f"{ORG}/members", members),
    ("GET", f"{ORG}/members/{{email}}", member),
    ("GET", "/stacks/{api_key}", get_stack),
    ("GET", "/accounts/{email}", get_account),
    ("GET", "/mails", mails),
]
