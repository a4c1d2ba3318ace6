"""Who may ask: loopback names only, so that DNS rebinding leads nowhere, and the own origin only.

The page gets a strict Content-Security-Policy.
"""

from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from yarl import URL

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
OWN_ORIGIN_ONLY = ("/_user", "/_control", "/_demo")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def _host_of(request: web.Request) -> str:
    try:
        return URL(f"http://{request.host}").host or ""
    except ValueError:
        return ""


def _is_foreign(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site", "none")
    origin = request.headers.get("Origin")
    if site not in {"none", "same-origin"}:
        return True
    return origin is not None and origin != f"{request.scheme}://{request.host}"


def middleware(allowed_hosts: Iterable[str]) -> Middleware:
    """An aiohttp middleware; `allowed_hosts` are names beside the loopback ones."""
    hosts = LOOPBACK | frozenset(allowed_hosts)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if _host_of(request) not in hosts:
            return web.json_response({"ok": False, "error": "forbidden_host"}, status=403)
        if request.path.startswith(OWN_ORIGIN_ONLY) and _is_foreign(request):
            return web.json_response({"ok": False, "error": "forbidden_origin"}, status=403)
        return await handler(request)

    return guard
