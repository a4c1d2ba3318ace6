"""Where Contentstack sends the browser back to, and where the person confirms (see `bot.service.linking`).

Who confirms is the browser that came back: the form carries half of a secret, a cookie the other half, which
no other site's form brings along (SameSite=Strict) and no script reads. Both are good once.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from aiohttp import web

from bot.domain.linking import NotLinked, WhyNotLinked
from bot.service.house import House
from bot.service.linking import Linked, Meeting, arrive, confirm
from bot.web import pages
from bot.web.pages import Both
from bot.words import connect as words

CALLBACK = "/oauth/callback"
CONFIRM = "/oauth/confirm"
COOKIE = "rollcall-confirm"
_SECONDS = 600
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_CODE = re.compile(r"[\x21-\x7e]{1,2048}")

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{pages.STYLE_HASH}'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer, also on those of unknown paths; the address holds a code, so no other site is told it."""


def build_pages(house: House, public_url: str) -> Callable[[web.Application], None]:
    """What adds the two pages to a web application."""
    door = _Door(house, public_url)

    def add(served: web.Application) -> None:
        served.on_response_prepare.append(_guarded)
        served.add_routes(
            [web.get(CALLBACK, door.came_back, allow_head=False), web.post(CONFIRM, door.pressed)]
        )

    return add


async def _guarded(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


class _Door:
    """The two pages of one binding."""

    def __init__(self, house: House, public_url: str) -> None:
        self._house = house
        self._secure = public_url.startswith("https://")
        self._cookie = f"__Secure-{COOKIE}" if self._secure else COOKIE

    async def came_back(self, request: web.Request) -> web.Response:
        """Contentstack's redirect, with a code or with an error."""
        state, code = request.query.get("state", ""), request.query.get("code", "")
        if not _SECRET.fullmatch(state) or not (code == "" or _CODE.fullmatch(code)):
            return _refused(NotLinked(WhyNotLinked.UNKNOWN_STATE))
        found = await arrive(self._house, state, code)
        return _refused(found) if isinstance(found, NotLinked) else self._asks(found)

    async def pressed(self, request: web.Request) -> web.Response:
        """The person confirmed or cancelled."""
        form = await request.post()
        token, choice = form.get(pages.TOKEN), form.get(pages.CHOICE)
        cookie = request.cookies.get(self._cookie, "")
        if not isinstance(token, str) or not _SECRET.fullmatch(token) or not _SECRET.fullmatch(cookie):
            return _refused(NotLinked(WhyNotLinked.UNKNOWN_STATE))
        found = await confirm(self._house, f"{token}.{cookie}", agreed=choice == pages.YES)
        answer = _refused(found) if isinstance(found, NotLinked) else _done(found)
        answer.del_cookie(self._cookie, path=CONFIRM, secure=self._secure, httponly=True, samesite="Strict")
        return answer

    def _asks(self, found: Meeting) -> web.Response:
        token, cookie = found.secret.split(".", 1)
        slack = found.slack
        both = Both(
            {
                words.NAME: slack.name,
                words.EMAIL: slack.email,
                words.MEMBER: slack.id,
                words.WORKSPACE: slack.team,
            },
            {words.EMAIL: found.email, words.USER: found.user_uid},
            CONFIRM,
            token,
        )
        answer = _html(pages.asking(both))
        answer.set_cookie(
            self._cookie,
            cookie,
            max_age=_SECONDS,
            path=CONFIRM,
            secure=self._secure,
            httponly=True,
            samesite="Strict",
        )
        return answer


def make_secret() -> str:
    """A text of 43 letters of RFC 7636, 256 bits of chance."""
    return secrets.token_urlsafe(32)


def _done(found: Linked) -> web.Response:
    sentence = words.linked(found.slack.name or found.slack.email, found.email)
    return _html(pages.saying(words.TITLE_DONE, sentence))


def _refused(found: NotLinked) -> web.Response:
    status = 200 if found.why is WhyNotLinked.CANCELLED else 403
    return _html(pages.saying(words.TITLE_NOT, words.not_linked(found)), status)


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, content_type="text/html", status=status)
