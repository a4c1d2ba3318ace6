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
    "input{display:block;width:100%;margin:.3rem 0 1rem;padding:.4rem;box-sizing:border-box}"
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
    """The form's submission: back to the redirect URL with `code`, `location` and the caller's `state`."""
    app = _checked(call, call.form)
    try:
        user_uid = _login(call, app)
    except errors.ApiError as error:
        return _page(call, app, call.form, str(error.body["error_message"]), error.status)
    kind = "app" if call.path.endswith("/install") else "user"
    redirect_uri = call.form["redirect_uri"]
    code = oauth.issue_code(call.world, app, user_uid, call.form, kind)
    back = {"code": code, "location": oauth.LOCATION}
    if call.form.get("state"):
        back["state"] = call.form["state"]
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return Reply(302, headers={"Location": f"{redirect_uri}{joint}{urlencode(back)}"})


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


def _page(
    call: Call, app: OAuthApp, given: Mapping[str, str], problem: str | None, status: int = 200
) -> Reply:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(given[name])}">' for name in KEPT if name in given
    )
    alert = f'<p role="alert">{escape(problem)}</p>' if problem else ""
    scopes = "".join(f"<li>{escape(scope)}</li>" for scope in app.scopes)
    html = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulated Contentstack</title>'
        f"<style>{STYLE}</style><h1>Simulated Contentstack</h1><p><b>{escape(app.name)}</b> asks for:</p>"
        f'<ul>{scopes}</ul>{alert}<form method="post" action="{escape(call.path)}">{hidden}'
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
