"""What has no public endpoint: the unverified `/v4` family (CS §3.6.1) and our own `/__sim__` (CS §8.3).

Both are unknown routes until they are switched on. **None of the `/__sim__` paths exists at Contentstack.**
"""

from __future__ import annotations

from collections.abc import Callable

from bot.sandbox.contentstack import access, errors, invitations, membership, paging, render, sessions, shares
from bot.sandbox.contentstack.call import Call, Reply, Route, text_list
from bot.sandbox.contentstack.model import Account, Json, Organization, OrgRole, Share

MAX_PEOPLE = 10  # §8.3, as the screen's limit of §4.1

Verdict = tuple[str, str | None]


def list_roles(call: Call) -> Reply:
    """`GET /v4/organizations/{org}/roles`: lower-case names with a domain (CS §3.6.1)."""
    org = access.organization(call, "view", "organization.roles:read")
    rows = paging.page(call.query).cut(list(org.roles.values()))
    return Reply(200, {"roles": [_role(org, role) for role in rows]})


def get_role(call: Call) -> Reply:
    """`GET /v4/organizations/{org}/roles/{role}`."""
    org = access.organization(call, "view", "organization.roles:read")
    role = org.roles.get(call.params["role"])
    if role is None:
        raise errors.newer(404, "Role not found", "Not Found")
    return Reply(200, _role(org, role))


def _role(org: Organization, role: OrgRole) -> Json:
    users = list(org.role_users.get(role.uid, {}))
    name = role.name.lower()
    return {"uid": role.uid, "name": name, "domain": "organization", "admin": role.admin, "users": users}


def list_users(call: Call) -> Reply:
    """`GET /v4/organizations/{org}/share/users`: rows under `data`."""
    org = access.organization(call, "view", "organization.share:read")
    rows = paging.page(call.query).cut(shares.ordered_shares(org, call))
    keys = ("uid", "email", "user_uid", "org_roles", "status")
    return Reply(200, {"data": [{key: getattr(share, key) for key in keys} for share in rows]})


def invite(call: Call) -> Reply:
    """`POST /v4/organizations/{org}/share` with `emails` and `roles` (CS §3.6.1)."""
    org = access.organization(call, "manage", "organization.share:write")
    roles_body = call.object("roles")
    wanted = {email: invitations.check_roles(org, roles_body.get(email)) for email in call.texts("emails")}
    for email in wanted:
        invitations.check_email(org, email)
    new = [email for email in wanted if email.casefold() not in org.by_email]
    invitations.check_seats(org, len(new))
    by = call.caller.account if call.caller is not None else None
    sent = [invitations.invite(call.world, org, email, wanted[email], by) for email in new]
    rows = [{"user_uid": share.user_uid, "acceptance_token": share.acceptance_token} for share in sent]
    request: Json = {
        "share": {"users": [{"email": share.email, "org_roles": share.org_roles} for share in sent]}
    }
    _log(call, org, "share", request, {"shares": [invitations.logged(share) for share in sent]})
    return Reply(201, {"org_invitations": rows})


def set_org_roles(call: Call) -> Reply:
    """`PATCH /v4/organizations/{org}/share/{user}`: replaces the organization roles (CS §8.3)."""
    org = access.organization(call, "manage", "organization.share:write")
    share = _member(call, org)
    invitations.check_not_owner(org, share)
    invitations.check_not_idp_managed(org, share)
    roles = text_list(call.body.get("org_roles"), "org_roles")
    if any(uid not in org.roles for uid in roles):
        raise errors.newer(422, "org_roles contains an unknown role", "Unprocessable Entity")
    membership.set_roles(call.world, org, share, list(dict.fromkeys(roles)))
    body = {
        "share": render.invitation(call.world, org, share),
        "notice": "The roles were updated successfully.",
    }
    request: Json = {"user_uid": share.user_uid, "org_roles": share.org_roles}
    _log(call, org, "update_roles", request, {"shares": [invitations.logged(share)]})
    return Reply(200, body)


def remove(call: Call) -> Reply:
    """`DELETE /v4/organizations/{org}/share/{user}`."""
    org = access.organization(call, "manage", "organization.share:write")
    share = _member(call, org)
    invitations.check_not_owner(org, share)
    invitations.check_not_idp_managed(org, share)
    shares.remove_one(call, org, share)
    _log(call, org, "unshare", {"user_uid": share.user_uid}, {"shares": [invitations.logged(share)]})
    return Reply(200, {"notice": "The invitation has been deleted successfully."})


def _member(call: Call, org: Organization) -> Share:
    share = org.by_user.get(call.params["user"])
    if share is None:
        raise errors.newer(404, "User not found in this organization", "Not Found")
    return share


def act(call: Call) -> Reply:
    """`POST /__sim__/organizations/{org}/users/actions/{action}` (CS §8.3, entirely ours)."""
    org = access.organization(call, "manage")
    action = ACTIONS.get(call.params["action"])
    if action is None:
        raise errors.missing_object("action")
    user_uids = list(dict.fromkeys(call.texts("user_uids")))
    if len(user_uids) > MAX_PEOPLE:
        text = f"should not be more than {MAX_PEOPLE}."
        raise errors.invalid("The request is not valid.", {"user_uids": [text]})
    results: list[Json] = []
    for user_uid in user_uids:
        status, reason = _act_on(call, org, action, user_uid)
        results.append({"user_uid": user_uid, "status": status, "reason": reason})
    _log(call, org, call.params["action"], {"user_uids": user_uids}, {"results": results})
    return Reply(200, {"results": results})


def _act_on(
    call: Call, org: Organization, action: Callable[[Call, Organization, Account], Verdict], user_uid: str
) -> Verdict:
    if user_uid not in org.by_user:
        return "failed", "not_a_member"
    return action(call, org, call.world.accounts[user_uid])


def _password_reset(call: Call, org: Organization, account: Account) -> Verdict:
    """Mails a link and forces a change at the next login (CS §4.1)."""
    if account.idp_user and not org.by_user[account.uid].access_without_sso:
        return "skipped", "signs_in_through_identity_provider"
    account.password_reset_required = True
    sessions.send_reset(call.world, account, "password_reset")
    return "ok", None


def _mfa_reset(call: Call, _org: Organization, account: Account) -> Verdict:
    """Mails a reset link; the second factor is off from now on (CS §4.1)."""
    if account.tfa_type is None:
        return "skipped", "mfa_not_enabled"
    account.tfa_type = None
    account.totp_secret = None
    call.world.send_mail(
        account.email, "mfa_reset", "Set up your second factor again", call.world.uids.token()
    )
    return "ok", None


def _kill_sessions(call: Call, _org: Organization, account: Account) -> Verdict:
    """Ends every session at once; self is refused, several organizations are skipped (CS §4.1)."""
    if call.caller is not None and call.caller.account is account:
        return "failed", "own_session"
    if len(account.organizations) > 1:
        return "skipped", "multiple_organizations"
    if call.world.close_all_sessions(account) == 0:
        return "skipped", "no_active_session"
    return "ok", None


def _unlock(call: Call, org: Organization, account: Account) -> Verdict:
    """Ends a lock; owners and members of several organizations need Contentstack's support (CS §4.1)."""
    if account.uid == org.owner_uid:
        return "skipped", "organization_owner"
    if len(account.organizations) > 1:
        return "skipped", "multiple_organizations"
    if not sessions.is_locked(call.world, account):
        return "skipped", "not_locked"
    sessions.unlock(account)
    return "ok", None


ACTIONS: dict[str, Callable[[Call, Organization, Account], Verdict]] = {
    "password_reset": _password_reset,
    "mfa_reset": _mfa_reset,
    "kill_sessions": _kill_sessions,
    "unlock": _unlock,
}


def _log(call: Call, org: Organization, event: str, request: Json, response: Json) -> None:
    by = call.caller.uid if call.caller is not None else ""
    call.world.log(org, by, event, request, response)


V4 = "/v4/organizations/{org}"

ROUTES = [
    Route("GET", f"{V4}/roles", list_roles, "v4"),
    Route("GET", f"{V4}/roles/{{role}}", get_role, "v4"),
    Route("GET", f"{V4}/share/users", list_users, "v4"),
    Route("POST", f"{V4}/share", invite, "v4"),
    Route("PATCH", f"{V4}/share/{{user}}", set_org_roles, "v4"),
    Route("DELETE", f"{V4}/share/{{user}}", remove, "v4"),
    Route("POST", "/__sim__/organizations/{org}/users/actions/{action}", act, "sim"),
]
