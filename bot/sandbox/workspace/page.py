"""The page's static files at `/`, under a strict Content-Security-Policy."""

from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web

from bot.sandbox.workspace.guard import PAGE_HEADERS

PERMALINK = r"/archives/{channel:\w+}/p{digits:\d{16}}"
PAGE_DIR = Path(__file__).resolve().parent.parent / "page" / "static"


def add_routes(app: web.Application, directory: Path, kept: int) -> None:
    """Serve `directory`; anything outside it, and a page that does not exist, is a 404.

    A browser asks for each file anew each time, unless it may keep them for some seconds.
    """
    root = directory.resolve()
    headers = {**PAGE_HEADERS, "Cache-Control": f"max-age={kept}" if kept else "no-cache"}

    async def serve(request: web.Request) -> web.StreamResponse:
        path = (root / (request.match_info["path"] or "index.html")).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            raise web.HTTPNotFound(headers=PAGE_HEADERS)
        return web.FileResponse(path, headers=headers)

    app.router.add_get(PERMALINK, _to_message)
    app.router.add_get("/{path:.*}", serve)


async def _to_message(request: web.Request) -> web.StreamResponse:
    """What chat.getPermalink names: the page, at this message."""
    digits = request.match_info["digits"]
    where = {"channel": request.match_info["channel"], "message": f"{digits[:-6]}.{digits[-6:]}"}
    thread = request.query.get("thread_ts")
    raise web.HTTPFound(
        f"/?{urlencode(where | ({'thread': thread} if thread else {}))}", headers=PAGE_HEADERS
    )
