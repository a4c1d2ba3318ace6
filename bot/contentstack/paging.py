"""Offset paging to the end (CS §5.2)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

PAGE = 100
"""Rows asked for at once: the documented maximum of most lists; ``limit`` is always sent (CS §5.3)."""

Fetch = Callable[[Mapping[str, str]], Awaitable[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its rows as they came, and the API's own count of all rows where it told one."""

    rows: list[object]
    count: int | None


async def pages(fetch: Fetch, key: str) -> AsyncIterator[Page]:
    """Every page of a list, by ``limit``, ``skip`` and ``include_count``.

    Goes on by the rows that really came, so that a page cut short by the server loses nobody, and ends at the
    count or at an empty page, whichever comes first. Rows can repeat while the list changes. A page that is
    the page before once more ends it too: that list does not know ``skip``.
    """
    skip = 0
    before: list[object] = []
    while True:
        document = await fetch({"limit": str(PAGE), "skip": str(skip), "include_count": "true"})
        rows = document.get(key)
        count = document.get("count")
        page = Page(rows if isinstance(rows, list) else [], count if isinstance(count, int) else None)
        if page.rows and page.rows == before:
            return
        skip += len(page.rows)
        before = page.rows
        yield page
        if not page.rows or (page.count is not None and skip >= page.count):
            return


async def all_rows(fetch: Fetch, key: str) -> list[object]:
    """The rows of all pages in one list."""
    return [row async for page in pages(fetch, key) for row in page.rows]
