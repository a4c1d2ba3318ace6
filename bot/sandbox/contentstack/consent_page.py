"""The page on which a person logs in and agrees to an app (CS §1.6: authorize, install, redirect back)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from bot.sandbox.contentstack import access, errors, oauth, sessions
from bot.sandbox.contentstack.call import Call, Caller, Reply, Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.contentstack.model import OAuthApp

KEPT = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)
STYLE = (
    "body{font:16px system-ui;max-width:26rem;margin:3rem auto;padding:0 1rem}"
    "input,select{display:block;width:100%;margin:.3rem 0 1rem;padding:.4rem;box-sizing:border-box}"
)
# The SDKs and the CLI print the page's address behind `/#!`, which no server sees (CS §1.6).
HASH_PAGE = (
    "<!doctype html><title>Simulated Contentstack</title><p>Simulated Contentstack.</p>"
    "<script>if(location.hash.startsWith('#!/'))location.replace(location.hash.slice(2))</script>"
)


def front(_call: Call) -> Reply:
    """`GET /`: sends `/#!/apps/…` on to `/apps/…`."""
    return Reply(200, text=HASH_PAGE, content_type="text/html")


def show(call: Call) -> Reply:
    """`GET /apps/{app}/authorize` and `/apps/{app}/install`: the form."""
    app = _checked(call, call.query)
    return _page(call, app, call.query, None)


def agree(call: Call) -> Reply:
    """The form's submission: back to the redirect URL with `code`, `location` and the caller's `state`.

    Who denies is sent back with `error=access_denied` (RFC 6749; Contentstack does not say what it does).
    """
    app = _checked(call, call.form)
    if call.form.get("answer") == "deny":
        return _back(call, {"error": "access_denied"})
    try:
        user_uid = _signed_in(call, app) if call.form.get("signed_in") else _login(call, app)
    except errors.ApiError as error:
        return _page(call, app, call.form, str(error.body["error_message"]), error.status)
    kind = "app" if call.path.endswith("/install") else "user"
    code = oauth.issue_code(call.world, app, user_uid, call.form, kind)
    return _back(call, {"code": code, "location": oauth.LOCATION})


def _back(call: Call, told: dict[str, str]) -> Reply:
    redirect_uri = call.form["redirect_uri"]
    if call.form.get("state"):
        told["state"] = call.form["state"]
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return Reply(302, headers={"Location": f"{redirect_uri}{joint}{urlencode(told)}"})


def _checked(call: Call, given: Mapping[str, str]) -> OAuthApp:
    app = call.world.oauth.apps.get(call.params["app"])
    if app is None or app.client_id != given.get("client_id"):
        raise errors.oauth_rejected("invalid client_id")
    if given.get("redirect_uri") not in app.redirect_uris:
        raise errors.oauth_rejected("invalid redirect_uri")
    if given.get("response_type", "code") != "code":
        raise errors.oauth_rejected("invalid response_type")
    if given.get("code_challenge") and given.get("code_challenge_method") != "S256":
        raise errors.oauth_rejected("invalid code_challenge_method")
    scopes = given.get("scope", "").split()
    if not set(scopes) <= set(app.scopes):  # §1.6: requested scopes must be a subset of the app's
        raise errors.oauth_rejected("invalid scope")
    return app


def _login(call: Call, app: OAuthApp) -> str:
    form = call.form
    world = call.world
    account = sessions.check_credentials(world, form.get("email", ""), form.get("password", ""))
    sessions.check_second_factor(world, account, form.get("tfa_token", ""))
    call.caller = Caller("authtoken", account.email, account)
    org = world.organizations[app.org_uid]
    if not access.may(org, account.uid, "manage"):  # §1.6: only owners and admins can create OAuth tokens
        raise errors.forbidden()
    return account.uid


def _signed_in(call: Call, app: OAuthApp) -> str:
    """Somebody whose browser is signed in at Contentstack already: he is not asked for a password again."""
    account = call.world.account(call.form["signed_in"])
    org = call.world.organizations[app.org_uid]
    if account is None or not account.active or not access.may(org, account.uid, "manage"):
        raise errors.forbidden()
    call.caller = Caller("authtoken", account.email, account)
    return account.uid


def _choices(call: Call, app: OAuthApp) -> str:
    """Everybody who could create an OAuth token (§1.6), to be chosen without a password."""
    org = call.world.organizations[app.org_uid]
    accounts = [call.world.accounts[share.user_uid] for share in org.shares.values() if share.user_uid]
    emails = sorted(one.email for one in accounts if one.active and access.may(org, one.uid, "manage"))
    return "".join(f"<option>{escape(email)}</option>" for email in emails)


def _page(
    call: Call, app: OAuthApp, given: Mapping[str, str], problem: str | None, status: int = 200
) -> Reply:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(given[name])}">' for name in KEPT if name in given
    )
    alert = f'<p role="alert">{escape(problem)}</p>' if problem else ""
    asked = given.get("scope", "").split() or app.scopes
    scopes = "".join(f"<li>{escape(scope)}</li>" for scope in asked)
    html = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulated Contentstack</title>'
        f"<style>{STYLE}</style><h1>Simulated Contentstack</h1><p><b>{escape(app.name)}</b> asks for:</p>"
        f'<ul>{scopes}</ul>{alert}<form method="post" action="{escape(call.path)}">{hidden}'
        "<h2>Signed in already</h2><p>Simulated: choose whose browser this is.</p>"
        f'<label>Account<select name="signed_in">{_choices(call, app)}</select></label>'
        '<button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Deny</button>'
        f'</form><h2>Sign in</h2><form method="post" action="{escape(call.path)}">{hidden}'
        '<label>E-mail<input name="email" type="email" autocomplete="username" required></label>'
        '<label>Password<input name="password" type="password" required></label>'
        '<label>Second factor, if on<input name="tfa_token" inputmode="numeric"></label>'
        "<button>Log in and authorize</button></form>"
    )
    return Reply(status, text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


ROUTES = [
    Route("GET", "/", front, "oauth"),
    *[
        Route(method, f"/apps/{{app}}/{page}", handle, "oauth")
        for page in ("authorize", "install")
        for method, handle in (("GET", show), ("POST", agree))
    ],
]
