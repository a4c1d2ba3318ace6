"""Organization users: list, search, invite, remove, resend, accept (CS §3.2 - §3.5)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.contentstack import access, errors, invitations, membership, paging, render
from bot.sandbox.contentstack.call import Call, Reply, Route
from bot.sandbox.contentstack.model import Account, Json, Organization, Share

SORT_FIELDS = {"created_at", "updated_at", "update_at", "invited_at", "email", "status", "uid"}
SEARCH_EXTRAS = ("include_roles", "include_user_details")
EXTRAS = (*SEARCH_EXTRAS, "include_invited_by")


def list_shares(call: Call) -> Reply:
    """`GET …/share`: accepted and pending members, `update_at` spelled so (CS §3.2.1)."""
    org = access.organization(call, "view", "organization.share:read")
    rows = ordered_shares(org, call)
    wanted = call.query.get("typeahead", "").casefold()
    if wanted:
        rows = [share for share in rows if wanted in share.email.casefold()]
    flags = frozenset(name for name in EXTRAS if call.flag(name))
    body: Json = {
        "shares": [
            render.with_extras(call.world, org, share, render.invitation(call.world, org, share), flags)
            for share in paging.page(call.query).cut(rows)
        ]
    }
    if call.flag("include_count"):
        body["count"] = len(rows)
    return Reply(200, body)


def ordered_shares(org: Organization, call: Call) -> Sequence[Share]:
    """All shares in the order asked for; kept until a share changes, so that a page costs a page."""
    name, backwards = paging.order(call.query)
    field = (name or "created_at").replace("update_at", "updated_at")
    if field not in SORT_FIELDS:
        field = "created_at"
    key = f"{field}{'-' if backwards else ''}"
    kept = org.sorted_shares.get(key)
    if kept is None or kept[0] != org.version:
        kept = org.sorted_shares[key] = (org.version, _sorted(org, field, backwards=backwards))
    return kept[1]


def _sorted(org: Organization, field: str, *, backwards: bool) -> list[Share]:
    rows = list(org.shares.values())
    if field != "created_at":  # they are kept in the order of their creation
        rows.sort(key=lambda share: str(getattr(share, field)).casefold())
    if backwards:
        rows.reverse()
    return rows


def search(call: Call) -> Reply:
    """`POST …/share/search`: `acceptance_token` and `updated_at`; no body means everybody (CS §3.2.2).

    An empty list also means everybody here: undocumented, and the careful client never sends it.
    """
    org = access.organization(call, "view", "organization.share:read")
    emails = call.body.get("emails")
    if emails:
        keys = dict.fromkeys(email.casefold() for email in call.texts("emails"))
        rows = [org.by_email[key] for key in keys if key in org.by_email]
    else:
        rows = list(org.shares.values())
    flags = frozenset(name for name in SEARCH_EXTRAS if call.flag(name))
    page = paging.page(call.query).cut(rows)
    body: Json = {
        "shares": [
            render.with_extras(call.world, org, share, render.found_share(share), flags) for share in page
        ]
    }
    if call.flag("include_count"):
        body["count"] = len(rows)
    return Reply(200, body)


def invite(call: Call) -> Reply:
    """`POST …/share` (CS §3.3). Nothing is sent unless every address is good: all or nothing [invented]."""
    org = access.organization(call, "manage", "organization.share:write")
    share_body = call.object("share")
    users = share_body.get("users")
    if not isinstance(users, dict) or not users:
        raise errors.invalid(invitations.FAILED, {"users": ["can't be blank."]})
    roles = {email: invitations.check_roles(org, role_uids) for email, role_uids in users.items()}
    stacks_body = share_body.get("stacks") or {}
    if not isinstance(stacks_body, dict):
        raise errors.invalid(invitations.FAILED, {"stacks": ["is not valid."]})
    stacks = {email: invitations.check_stacks(org, found) for email, found in stacks_body.items()}
    for email in roles:
        invitations.check_email(org, email)
    new = [email for email in roles if email.casefold() not in org.by_email]
    invitations.check_seats(org, len(new))
    _check_existing(call, [email for email in roles if email not in new])
    message = share_body.get("message")
    done = [_invite_one(call, org, email, roles[email], stacks.get(email, {}), message) for email in roles]
    return _invited(call, org, done, list(stacks_body))


def _check_existing(call: Call, emails: list[str]) -> None:
    if emails and call.world.switches.invite_existing == "reject":
        raise errors.invalid(invitations.FAILED, {"email": [f"{emails[0]} is already a member."]})


def _invite_one(
    call: Call, org: Organization, email: str, roles: list[str], stacks: dict[str, list[str]], message: object
) -> Share:
    existing = org.by_email.get(email.casefold())
    if existing is not None:  # §3.3: undocumented; the switch says which guess is played
        if call.world.switches.invite_existing == "replace":
            membership.set_roles(call.world, org, existing, roles)
        return existing
    share = invitations.invite(call.world, org, email, roles, _account(call))
    share.pending_stacks = stacks
    share.message = message if isinstance(message, str) else None
    return share


def _invited(call: Call, org: Organization, shares: list[Share], stacks: list[str]) -> Reply:
    notice = "The invitation has been sent successfully."
    request: Json = {  # §3.10: logged bodies are normalised
        "share": {
            "users": [{"email": share.email, "org_roles": share.org_roles} for share in shares],
            "stacks": stacks,
        }
    }
    response: Json = {"notice": notice, "shares": [invitations.logged(share) for share in shares]}
    call.world.log(org, _by(call), "share", request, response)
    return Reply(
        201, {"notice": notice, "shares": [render.invitation(call.world, org, share) for share in shares]}
    )


def remove(call: Call) -> Reply:
    """`DELETE …/share`: cancels invitations and removes members; unknown e-mails are left out (CS §3.4)."""
    org = access.organization(call, "manage", "organization.share:write")
    emails = dict.fromkeys(email.casefold() for email in call.texts("emails"))
    found = [org.by_email[email] for email in emails if email in org.by_email]
    for share in found:
        invitations.check_not_owner(org, share)
        invitations.check_not_idp_managed(org, share)
    for share in found:
        remove_one(call, org, share)
    notice = "The invitation has been deleted successfully."
    response: Json = {"notice": notice, "shares": [invitations.logged(share) for share in found]}
    call.world.log(org, _by(call), "unshare", {"emails": list(emails)}, response)
    return Reply(200, {"notice": notice, "shares": [render.found_share(share) for share in found]})


def remove_one(call: Call, org: Organization, share: Share) -> None:
    """Remove one share and tell the person."""
    membership.remove_share(call.world, org, share)
    call.world.send_mail(share.email, "removed", f"You were removed from {org.name}")


def resend(call: Call) -> Reply:
    """`GET …/share/{share}/resend_invitation`: pending only; mails (CS §3.5)."""
    org = access.organization(call, "manage", "organization.share:write")
    share = org.shares.get(call.params["share"])
    if share is None:
        raise errors.missing_object()
    if share.status != "pending":
        raise errors.invalid("The invitation could not be resent.", {"status": ["is already accepted."]})
    invitations.send(call.world, org, share)
    response: Json = {"notice": "The invitation has been resent successfully."}
    call.world.log(org, _by(call), "resend_invitation", {"share": {"uid": share.uid}}, response)
    return Reply(200, response)


def accept(call: Call) -> Reply:
    """`POST /v3/user/accept/{token}` (CS §3.6.1). The token is the credential; the body is invented.

    A person without an account gets one: `user.first_name`, `user.last_name`, `user.password`, all optional.
    """
    token = call.params["token"]
    for org in call.world.organizations.values():
        for share in org.shares.values():
            if share.status == "pending" and share.acceptance_token == token:
                account = call.world.account(share.email) or _new_account(call, share)
                membership.accept(call.world, org, share, account)
                return Reply(200, {"notice": "The invitation has been accepted successfully."})
    raise errors.missing_object("acceptance_token")


def _new_account(call: Call, share: Share) -> Account:
    user = call.body.get("user")
    given: Json = user if isinstance(user, dict) else {}
    now = call.world.now()
    local = share.email.partition("@")[0]
    account = Account(
        uid=call.world.uids.blt(),
        email=share.email,
        username=local,
        first_name=str(given.get("first_name") or local),
        last_name=str(given.get("last_name") or ""),
        created_at=now,
        updated_at=now,
        password=given.get("password") if isinstance(given.get("password"), str) else None,
    )
    return call.world.add_account(account)


def _account(call: Call) -> Account | None:
    return call.caller.account if call.caller is not None else None


def _by(call: Call) -> str:
    return call.caller.uid if call.caller is not None else ""


BASE = "/v3/organizations/{org}/share"

ROUTES = [
    Route("GET", BASE, list_shares),
    Route("POST", f"{BASE}/search", search),
    Route("POST", BASE, invite),
    Route("DELETE", BASE, remove),
    Route("GET", f"{BASE}/{{share}}/resend_invitation", resend),
    Route("POST", "/v3/user/accept/{token}", accept),
]
