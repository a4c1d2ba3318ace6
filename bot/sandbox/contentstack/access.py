"""Who is asking and what they may do: credentials and rights (CS §1.3, §4.3, §6.3)."""

from __future__ import annotations

from bot.sandbox.contentstack import errors
from bot.sandbox.contentstack.call import Call, Caller
from bot.sandbox.contentstack.membership import team_role_uids, team_stack_role_uids
from bot.sandbox.contentstack.model import Organization, Stack
from bot.sandbox.contentstack.world import World

M2M_SCOPES = frozenset(
    {  # §1.6: the scopes that a machine-to-machine token can hold
        "organization.share:read",
        "organization.share:write",
        "auditlog:read",
        "teams:read",
        "teams:write",
        "scim:manage",
    }
)


def authenticate(call: Call) -> Caller:
    """The caller behind the credential; 401/105 when there is none or it is unknown (CS §6.3)."""
    authtoken = call.headers.get("authtoken")
    authorization = call.headers.get("authorization", "")
    if authtoken:
        account = call.world.sessions.get(authtoken)
        if account is None or not account.active:
            raise errors.not_logged_in(token_sent=True)  # also an OAuth token in this header, §1.3
        call.caller = Caller("authtoken", account.email, account)
        return call.caller
    if authorization:
        call.caller = _bearer(call.world, authorization)
        return call.caller
    raise errors.not_logged_in(token_sent=False)


def _bearer(world: World, authorization: str) -> Caller:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "bearer" or not value:
        # A management token stands without "Bearer"; it opens stack endpoints only, §1.3.
        raise errors.not_logged_in(token_sent=True)
    token = world.oauth.access_tokens.get(value)
    if token is None or token.expires <= world.clock.time():
        raise errors.not_logged_in(token_sent=True)
    consent = token.authorization
    app = world.oauth.apps.get(consent.app_uid)
    if app is None or consent.uid not in world.oauth.authorizations:
        raise errors.not_logged_in(token_sent=True)
    account = world.accounts.get(consent.user_uid) if consent.kind == "user" and consent.user_uid else None
    if consent.kind == "user" and (account is None or not account.active):
        raise errors.not_logged_in(token_sent=True)
    name = account.email if account is not None else app.name
    return Caller(consent.kind, name, account, app.org_uid, frozenset(consent.scopes))


def user(call: Call, scope: str | None = None) -> Caller:
    """A caller who is a person; an app without a person gets 403/316."""
    caller = authenticate(call)
    if caller.account is None:
        raise errors.forbidden()
    if caller.kind != "authtoken" and (scope is None or scope not in caller.scopes):
        raise errors.forbidden()
    return caller


def organization(call: Call, need: str, *scopes: str) -> Organization:
    """The organization of the path, if the caller may `manage`, `view` or is a `member` (CS §4.3).

    `scopes` are the OAuth scopes of which the token needs one; without any, only an authtoken passes.
    A foreign or unknown organization is 403/316 (CS §6.3).
    """
    caller = authenticate(call)
    org = call.world.organizations.get(call.params["org"])
    if org is None:
        raise errors.forbidden()
    if caller.kind != "authtoken":
        if caller.org_uid != org.uid or caller.kind == "app" or not caller.scopes & set(scopes):
            # §8.1: OAuth token of another organization; §1.6: no organization scope is good for an app token
            raise errors.forbidden()
        if caller.kind == "m2m" and not caller.scopes & set(scopes) & M2M_SCOPES:
            raise errors.forbidden()
    if caller.account is not None and not may(org, caller.account.uid, need):
        raise errors.forbidden()
    call.org = org
    return org


def may(org: Organization, user_uid: str, need: str) -> bool:
    """Whether a person may `manage`, `view` or is a `member`, by direct roles and teams (CS §4.3)."""
    if org.owner_uid == user_uid:
        return True
    share = org.by_user.get(user_uid)
    if share is None or share.status != "accepted":
        return False
    if need == "member":
        return True
    role_uids = [*share.org_roles, *team_role_uids(org, user_uid)]
    roles = [org.roles[uid] for uid in role_uids if uid in org.roles]
    return any(role.admin or (need == "view" and role.view) for role in roles)


def stack(call: Call, scope: str) -> Stack:
    """The stack of the `api_key` header, for a caller who belongs to it.

    412/109 comes before 401/105 when the key is unknown or no credential is sent at all (CS §6.3). A
    management token of the stack passes as a caller without a person.
    """
    found = call.world.stacks.get(call.headers.get("api_key", ""))
    authorization = call.headers.get("authorization")
    if found is None or not (call.headers.get("authtoken") or authorization):
        if found is None and (call.headers.get("authtoken") or authorization):
            authenticate_or_management(call, None)  # a bad credential is told before a bad key
            if call.headers.get("organization_uid") and not call.headers.get("api_key"):
                raise errors.scope_header_wrong()
        raise errors.stack_not_found()
    call.org = call.world.organizations[found.org_uid]
    caller = authenticate_or_management(call, found)
    if caller.account is not None and not collaborates(call.org, found, caller.account.uid):
        raise errors.forbidden()
    if caller.kind not in {"authtoken", "management"} and (
        caller.org_uid != found.org_uid or scope not in caller.scopes or caller.kind == "m2m"
    ):
        raise errors.forbidden()
    return found


def authenticate_or_management(call: Call, found: Stack | None) -> Caller:
    """As `authenticate`, but a management token of the stack is also good."""
    token = call.headers.get("authorization", "")
    if found is not None and not call.headers.get("authtoken") and token in found.management_tokens:
        call.caller = Caller("management", f"management token of {found.name}", org_uid=found.org_uid)
        return call.caller
    return authenticate(call)


def stack_role_uids(org: Organization, stack: Stack, user_uid: str) -> list[str]:
    """Direct and team-derived roles of a person in a stack (CS §3.8: they add up)."""
    return [*stack.users.get(user_uid, []), *team_stack_role_uids(org, user_uid, stack.api_key)]


def collaborates(org: Organization, stack: Stack, user_uid: str) -> bool:
    """Whether a person is in the stack at all; an organization admin is not automatically (CS §3.7).

    A stack's owner who left the organization has no access either (CS §3.4).
    """
    return may(org, user_uid, "member") and _is_in(org, stack, user_uid)


def _is_in(org: Organization, stack: Stack, user_uid: str) -> bool:
    return stack.owner_uid == user_uid or bool(stack_role_uids(org, stack, user_uid))


def stack_reach(org: Organization, stack: Stack, user_uid: str) -> str:
    """How far a person's rights over collaborators go: `all`, `added` or `none` (CS §3.7)."""
    if stack.owner_uid == user_uid:
        return "all"
    held = [stack.roles[uid] for uid in stack_role_uids(org, stack, user_uid) if uid in stack.roles]
    if any(role.manages == "all" for role in held):
        return "admin"
    return "added" if any(role.manages == "added" for role in held) else "none"
