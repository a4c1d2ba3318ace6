"""axe-core in a page."""

import importlib.util
import os
from pathlib import Path

import pytest
from playwright.async_api import Page

SERIOUS = ("serious", "critical")


def axe_source() -> str:
    """axe-core as the package axe-playwright-python carries it."""
    spec = importlib.util.find_spec("axe_playwright_python")
    if spec is not None and spec.origin is not None:
        return (Path(spec.origin).parent / "axe.min.js").read_text()
    missing = "axe-core is not installed: the package axe-playwright-python carries it."
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


async def findings(page: Page) -> list[tuple[str, str]]:
    """Rule and element of everything serious; `axe_source` has been evaluated in the page before."""
    result = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (found["id"], node["html"])
        for found in result["violations"]
        if found["impact"] in SERIOUS
        for node in found["nodes"]
    ]
