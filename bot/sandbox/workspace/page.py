"""The page's static files at `/`, under a strict Content-Security-Policy."""

from pathlib import Path

from aiohttp import web

from bot.sandbox.workspace.guard import PAGE_HEADERS

PAGE_DIR = Path(__file__).resolve().parent.parent / "page" / "static"


def add_routes(app: web.Application, directory: Path) -> None:
    """Serve `directory`; anything outside it, and a page that does not exist, is a 404."""
    root = directory.resolve()

    async def serve(request: web.Request) -> web.StreamResponse:
        path = (root / (request.match_info["path"] or "index.html")).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            raise web.HTTPNotFound(headers=PAGE_HEADERS)
        return web.FileResponse(path, headers={**PAGE_HEADERS, "Cache-Control": "no-cache"})

    app.router.add_get("/{path:.*}", serve)
