"""Login, logout, who am I, passwords (CS §1.4, §1.5, §3.6.3, §4.4, §4.5)."""

from __future__ import annotations

import math

from bot.sandbox.contentstack import access, errors, membership, render, totp
from bot.sandbox.contentstack.call import Call, Caller, Reply, Route
from bot.sandbox.contentstack.model import Account, Json, Organization
from bot.sandbox.contentstack.world import World

FREE_ATTEMPTS = 5
LOCK_SECONDS = {5: 300, 6: 600, 7: 900, 8: 1200, 9: 1500}  # §4.5: minutes 5, 10, 15, 20, 25
RESET_LIFETIME = 3600  # §3.6.3: the link is valid 60 minutes
MIN_PASSWORD = 8  # §4.5
FORGOT = (
    "If this email address exists, we will send you an email with instructions for resetting your password."
)


def login(call: Call) -> Reply:
    """`POST /v3/user-session` (CS §1.4)."""
    user = call.object("user")
    account = check_credentials(call.world, str(user.get("email", "")), str(user.get("password", "")))
    check_second_factor(call.world, account, str(user.get("tfa_token") or ""))
    call.caller = Caller("authtoken", account.email, account)
    account.failed_attempts = 0
    account.last_login_at = call.world.now()
    body: Json = {"notice": "Login Successful.", "user": profile(call, account)}
    if gets_authtoken(call.world, account):
        body["user"]["authtoken"] = call.world.open_session(account)
    return Reply(200, body)


def check_credentials(world: World, email: str, password: str) -> Account:
    """The account, or 422/104. Counts failures and climbs the lock ladder (CS §4.5)."""
    account = world.account(email)
    if account is None or not account.active:
        raise errors.login_failed(None)
    if is_locked(world, account):
        raise errors.login_failed(
            None
        )  # §1.4: looks like a bad password; such attempts do not count [invented]
    if account.password is None or account.password != password:
        raise _count_failure(world, account)
    if account.password_reset_required:
        raise errors.login_failed(None)  # §4.1: a change is forced at the next login; the API text is unknown
    return account


def is_locked(world: World, account: Account) -> bool:
    """Whether a lock is on right now."""
    return account.locked_until is not None and account.locked_until > world.clock.time()


def _count_failure(world: World, account: Account) -> errors.ApiError:
    account.failed_attempts += 1
    if account.failed_attempts < FREE_ATTEMPTS:
        return errors.login_failed(FREE_ATTEMPTS - account.failed_attempts)
    seconds = LOCK_SECONDS.get(account.failed_attempts, math.inf)  # §4.5: from the 10th on indefinitely
    account.locked_until = world.clock.time() + seconds
    world.send_mail(account.email, "locked", "Your account has been locked")  # §4.5: mails from the 5th on
    return errors.login_failed(None)


def check_second_factor(world: World, account: Account, given: str) -> None:
    """401/294 when a code is needed, 422/295 when it is wrong or was used before (CS §1.4)."""
    if account.tfa_type is None:
        if any(world.organizations[uid].mfa_required for uid in account.organizations):
            # §4.5: enforced MFA is set up at the next login, in the browser. The API's answer is unknown.
            raise errors.second_factor_needed("totp_authenticator")
        return
    if not given:
        raise errors.second_factor_needed(account.tfa_type)
    if account.sms_code is not None and given == account.sms_code:
        account.sms_code = None
        return
    secret = account.totp_secret
    step = totp.matching_step(secret, given, world.clock.time(), account.totp_last_step) if secret else None
    if step is None:
        raise errors.second_factor_wrong()
    account.totp_last_step = step


def gets_authtoken(world: World, account: Account) -> bool:
    """Whether a login by password yields an authtoken under SSO (CS §1.4, §4.4)."""
    return all(_organization_allows(world.organizations[uid], account) for uid in account.organizations)


def _organization_allows(org: Organization, account: Account) -> bool:
    if org.owner_uid == account.uid:
        return True  # §4.2: the owner can always sign in with credentials
    if account.email.casefold() in org.sso.whitelist:
        return True  # §1.4: plan feature "User Email Whitelists", also in strict mode
    share = org.by_user.get(account.uid)
    without_sso = share is not None and share.access_without_sso
    if org.sso.enabled:
        return without_sso and not org.sso.strict
    return without_sso or not account.idp_user


def logout(call: Call) -> Reply:
    """`DELETE /v3/user-session` (CS §1.4)."""
    caller = access.user(call)
    call.world.close_session(call.headers["authtoken"])
    if caller.account is not None:
        for uid in caller.account.organizations:
            _log_logout(call, call.world.organizations[uid], caller.account)
    return Reply(200, {"notice": "You've logged out successfully!"})


def _log_logout(call: Call, org: Organization, account: Account) -> None:
    response = {"notice": "systemUser.success.logout"}  # §3.10
    call.world.log(org, account.uid, "logout", {}, response, logout_at=call.world.now())


def who_am_i(call: Call) -> Reply:
    """`GET /v3/user` (CS §1.5)."""
    caller = access.user(call, "user:read")
    account = caller.account
    if account is None:
        raise errors.forbidden()
    return Reply(200, {"user": profile(call, account, only_org=caller.org_uid)})


def update_me(call: Call) -> Reply:
    """`PUT /v3/user`: changes only the caller's own profile (CS §1.5)."""
    account = access.user(call, "user:write").account
    if account is None:
        raise errors.forbidden()
    user = call.object("user")
    for name in ("first_name", "last_name"):
        if isinstance(user.get(name), str):
            setattr(account, name, user[name])
    account.updated_at = call.world.now()
    return Reply(200, {"notice": "Profile updated successfully.", "user": profile(call, account)})


def profile(call: Call, account: Account, only_org: str | None = None) -> Json:
    """The caller's own profile, with organizations and stack roles where asked for (CS §1.4, §1.5)."""
    world = call.world
    orgs = [world.organizations[uid] for uid in account.organizations if only_org in {None, uid}]
    body: Json = {
        **render.short_user(account),
        "created_at": account.created_at,
        "updated_at": account.updated_at,
        "username": account.username,
        "company": "Example Ltd",
        "org_uid": [org.uid for org in orgs if org.owner_uid == account.uid],
        "shared_org_uid": [org.uid for org in orgs if org.owner_uid != account.uid],
        "active": account.active,
        "failed_attempts": account.failed_attempts,
        "last_login_at": account.last_login_at,
        "password_updated_at": account.password_updated_at,
        "password_reset_required": account.password_reset_required,
    }
    if account.tfa_type is not None:
        body["tfa_status"] = "verified"
    if call.flag("include_orgs") or call.flag("include_orgs_roles"):
        body["organizations"] = [_own_org(call, org, account) for org in orgs]
    if call.flag("include_stack_roles"):
        body["roles"] = _own_stack_roles(orgs, account)
    if call.flag("include_user_settings"):
        body["settings"] = {"preferences": {"global": [], "stack": []}}
    return body


def _own_org(call: Call, org: Organization, account: Account) -> Json:
    body = render.organization(org, account.uid)
    if not call.flag("include_orgs_roles"):
        return body  # §1.5: without the flag `org_roles` is absent
    if org.owner_uid == account.uid:
        return {**body, "is_owner": True}  # §1.5: owner entries may lack `org_roles`
    held = [*org.by_user[account.uid].org_roles, *membership.team_role_uids(org, account.uid)]
    roles = [render.org_role(org, org.roles[uid], users=False) for uid in held if uid in org.roles]
    return {**body, "org_roles": roles}


def _own_stack_roles(orgs: list[Organization], account: Account) -> list[Json]:
    return [
        {"uid": role.uid, "name": role.name, "users": [account.uid], "api_key": found.api_key, "rules": []}
        for org in orgs
        for found in org.stacks.values()
        for role in found.roles.values()
        if role.uid in found.users.get(account.uid, [])
    ]


def request_sms(call: Call) -> Reply:
    """`POST /v3/user/request_token_sms` (CS §1.4)."""
    user = call.object("user")
    account = check_credentials(call.world, str(user.get("email", "")), str(user.get("password", "")))
    account.sms_code = call.world.uids.digits()
    call.world.send_mail(account.email, "sms", "Your verification code", account.sms_code)
    return Reply(200, {"notice": "Two-Factor Authentication Token sent via SMS successfully."})


def forgot_password(call: Call) -> Reply:
    """`POST /v3/user/forgot_password`: the same answer for unknown addresses (CS §3.6.3)."""
    email = str(call.object("user").get("email", ""))
    account = call.world.account(email)
    if account is not None:
        send_reset(call.world, account, "forgot_password")
    return Reply(200, {"notice": FORGOT})


def send_reset(world: World, account: Account, kind: str) -> None:
    """Mail a reset link, valid 60 minutes. Expired organizations get no such mail (CS §4.4)."""
    token = world.uids.token()
    world.reset_tokens[token] = (account.uid, world.clock.time() + RESET_LIFETIME)
    now = world.now()
    orgs = [world.organizations[uid] for uid in account.organizations]
    if not orgs or any(org.expires_on > now for org in orgs):
        world.send_mail(account.email, kind, "Reset your password", token)


def reset_password(call: Call) -> Reply:
    """`POST /v3/user/reset_password`: ends a lock and a forced change (CS §3.6.3, §4.5)."""
    user = call.object("user")
    uid, expires = call.world.reset_tokens.pop(str(user.get("reset_password_token", "")), ("", 0.0))
    account = call.world.accounts.get(uid)
    password = user.get("password")
    if account is None or expires <= call.world.clock.time():
        raise errors.reset_token_wrong()
    if not isinstance(password, str) or len(password) < MIN_PASSWORD:
        raise errors.invalid("The password could not be reset.", {"password": ["is too short."]})
    if password != user.get("password_confirmation"):
        raise errors.invalid(
            "The password could not be reset.", {"password_confirmation": ["does not match."]}
        )
    account.password = password
    account.password_updated_at = call.world.now()
    account.password_reset_required = False
    unlock(account)
    return Reply(200, {"notice": "Your password has been reset successfully."})


def unlock(account: Account) -> None:
    """Forget failures and lock."""
    account.failed_attempts = 0
    account.locked_until = None


ROUTES = [
    Route("POST", "/v3/user-session", login),
    Route("DELETE", "/v3/user-session", logout),
    Route("GET", "/v3/user", who_am_i),
    Route("PUT", "/v3/user", update_me),
    Route("POST", "/v3/user/request_token_sms", request_sms),
    Route("POST", "/v3/user/forgot_password", forgot_password),
    Route("POST", "/v3/user/reset_password", reset_password),
]
