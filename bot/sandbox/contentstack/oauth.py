"""OAuth 2.0: consent, codes, tokens, introspection, authorizations (CS §1.6)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from bot.sandbox.contentstack import access, errors, render
from bot.sandbox.contentstack.call import Call, Reply, Route
from bot.sandbox.contentstack.model import AccessToken, AuthCode, Authorization, Json, OAuthApp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.contentstack.world import World

CODE_LIFETIME = 60
TOKEN_LIFETIME = 3600
LOCATION = "NA"


def issue_code(
    world: World, app: OAuthApp, user_uid: str, given: Mapping[str, str], kind: str = "user"
) -> str:
    """Record a consent and give its code: one use, 60 seconds.

    `given` is the authorization request: redirect_uri, and if wanted scope (all of the app's otherwise) and
    code_challenge.
    """
    challenge = given.get("code_challenge") or None
    consent = Authorization(
        uid=world.uids.object_id(),
        app_uid=app.uid,
        user_uid=user_uid,
        kind=kind,
        scopes=given.get("scope", "").split() or list(app.scopes),
        created_at=world.now(),
        public=challenge is not None,
    )
    world.oauth.authorizations[consent.uid] = consent
    code = world.uids.token()
    expires = world.clock.time() + CODE_LIFETIME
    world.oauth.codes[code] = AuthCode(consent, given["redirect_uri"], challenge, expires)
    return code


def token(call: Call) -> Reply:
    """`POST /apps-api/token` (documented) and `POST /token` (as the SDKs call it)."""
    grant = GRANTS.get(call.form.get("grant_type", ""))
    if grant is None:
        raise errors.oauth_rejected("invalid grant_type")
    app = _app(call)
    return Reply(200, grant(call, app))


def _app(call: Call) -> OAuthApp:
    client_id = call.form.get("client_id", "")
    for app in call.world.oauth.apps.values():
        if hmac.compare_digest(app.client_id.encode(), client_id.encode()):
            return app
    raise errors.oauth_rejected("invalid client_id")


def _check_secret(call: Call, app: OAuthApp) -> None:
    if not hmac.compare_digest(app.client_secret.encode(), call.form.get("client_secret", "").encode()):
        raise errors.oauth_rejected("invalid client_secret")


def _by_code(call: Call, app: OAuthApp) -> Json:
    # The code is used up by this attempt, successful or not.
    code = call.world.oauth.codes.pop(call.form.get("code", ""), None)
    if code is None or code.expires <= call.world.clock.time() or code.authorization.app_uid != app.uid:
        raise errors.oauth_rejected("invalid code")
    if code.redirect_uri != call.form.get("redirect_uri"):
        raise errors.oauth_rejected("invalid redirect_uri")
    if code.challenge is None or "client_secret" in call.form:
        _check_secret(call, app)  # §1.6: PKCE is skipped when a client secret is configured
    if code.challenge is not None and code.challenge != challenge_of(call.form.get("code_verifier", "")):
        raise errors.oauth_rejected("invalid code_verifier")
    return _tokens(call.world, app, code.authorization)


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _by_refresh(call: Call, app: OAuthApp) -> Json:
    given = call.form.get("refresh_token", "")
    consent = call.world.oauth.refresh_tokens.get(given)
    if consent is None or consent.app_uid != app.uid or consent.uid not in call.world.oauth.authorizations:
        raise errors.oauth_rejected("invalid refresh_token")  # §1.6: also one that was used already
    if not consent.public or "client_secret" in call.form:
        _check_secret(call, app)
    del call.world.oauth.refresh_tokens[given]
    return _tokens(call.world, app, consent)


def _by_client(call: Call, app: OAuthApp) -> Json:
    if app.kind != "m2m":
        raise errors.oauth_rejected("invalid grant_type")
    _check_secret(call, app)
    world = call.world
    consent = Authorization(world.uids.object_id(), app.uid, None, "m2m", list(app.scopes), world.now())
    world.oauth.authorizations[consent.uid] = consent
    return _tokens(world, app, consent, refresh=False)


def _tokens(world: World, app: OAuthApp, consent: Authorization, *, refresh: bool = True) -> Json:
    value = world.uids.token()
    world.oauth.access_tokens[value] = AccessToken(consent, world.clock.time() + TOKEN_LIFETIME)
    body: Json = {
        "access_token": value,
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFETIME,
        "location": LOCATION,
        "organization_uid": app.org_uid,
        "authorization_type": "user" if consent.kind == "user" else "app",
        "user_uid": consent.user_uid or "",
        "stack_api_key": "",
        "scope": " ".join(consent.scopes),
    }
    if refresh:
        body["refresh_token"] = world.uids.token()
        world.oauth.refresh_tokens[body["refresh_token"]] = consent
    return body


def introspect(call: Call) -> Reply:
    """`POST /apps-api/introspect` (CS §1.6)."""
    given = call.form.get("token", "")
    world = call.world
    found = world.oauth.access_tokens.get(given)
    consent = world.oauth.refresh_tokens.get(given)
    if found is not None and found.expires > world.clock.time():
        consent = found.authorization
    if consent is None or consent.uid not in world.oauth.authorizations:
        return Reply(200, {"active": False})
    return Reply(200, {"active": True, "scope": " ".join(consent.scopes)})


def list_authorizations(call: Call) -> Reply:
    """`GET /manifests/{app}/authorizations`: one's own, all for an admin; under `data`."""
    app, everybody = _managed_app(call)
    rows = [consent for consent in _consents(call, app) if everybody or consent.user_uid == _uid(call)]
    return Reply(200, {"data": [_consent(call, consent) for consent in rows]})


def revoke_authorization(call: Call) -> Reply:
    """`DELETE /manifests/{app}/authorizations[/{authorization}]`: its tokens are refused from now on."""
    app, everybody = _managed_app(call)
    wanted = call.params.get("authorization")
    rows = [
        consent
        for consent in _consents(call, app)
        if wanted in {None, consent.uid} and (everybody or consent.user_uid == _uid(call))
    ]
    if not rows and wanted is not None:
        raise errors.newer(404, "Authorization not found", "Not Found")
    for consent in rows:
        del call.world.oauth.authorizations[consent.uid]
    return Reply(200, {"notice": "The authorization has been revoked successfully."})


def _managed_app(call: Call) -> tuple[OAuthApp, bool]:
    """The app of the path and whether the caller may see everybody's consents."""
    caller = access.authenticate(call)
    app = call.world.oauth.apps.get(call.params["app"])
    if app is None or call.headers.get("organization_uid") != app.org_uid:
        raise errors.newer(404, "App not found", "Not Found")
    org = call.world.organizations[app.org_uid]
    if caller.account is None or not access.may(org, caller.account.uid, "member"):
        raise errors.forbidden()
    call.org = org
    return app, caller.kind == "authtoken" and access.may(org, caller.account.uid, "manage")


def _consents(call: Call, app: OAuthApp) -> list[Authorization]:
    return [consent for consent in call.world.oauth.authorizations.values() if consent.app_uid == app.uid]


def _uid(call: Call) -> str:
    return call.caller.uid if call.caller is not None else ""


def _consent(call: Call, consent: Authorization) -> Json:
    account = call.world.accounts.get(consent.user_uid or "")
    return {
        "authorization_uid": consent.uid,
        "app_uid": consent.app_uid,
        "type": consent.kind,
        "scopes": consent.scopes,
        "created_at": consent.created_at,
        "user": render.short_user(account) if account is not None else {"uid": None},
    }


GRANTS = {"authorization_code": _by_code, "refresh_token": _by_refresh, "client_credentials": _by_client}
MANIFEST = "/manifests/{app}/authorizations"

ROUTES = [
    Route("POST", "/apps-api/token", token, "oauth"),
    Route("POST", "/token", token, "oauth"),
    Route("POST", "/apps-api/introspect", introspect, "oauth"),
    Route("GET", MANIFEST, list_authorizations, "oauth"),
    Route("DELETE", MANIFEST, revoke_authorization, "oauth"),
    Route("DELETE", f"{MANIFEST}/{{authorization}}", revoke_authorization, "oauth"),
]
