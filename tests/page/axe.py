"""axe-core in a page."""

import importlib.util
import os
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.page.windows import Scheme

SERIOUS = ("serious", "critical")
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that say something else in the other colour scheme; all others look at names, roles and order."""


def axe_source() -> str:
    """axe-core as the package axe-playwright-python carries it."""
    spec = importlib.util.find_spec("axe_playwright_python")
    if spec is not None and spec.origin is not None:
        return (Path(spec.origin).parent / "axe.min.js").read_text()
    missing = "axe-core is not installed: the package axe-playwright-python carries it."
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


async def findings(page: Page, scheme: Scheme) -> list[tuple[str, str]]:
    """Rule and element of everything serious; `axe_source` has been evaluated in the page before.

    In the dark only the rules of colours are asked: a test goes the same way in the light too.
    """
    only = {"runOnly": OF_COLOURS} if scheme == "dark" else {}
    result = await page.evaluate(
        "(options) => axe.run(document, options)", {"resultTypes": ["violations"], "preload": False, **only}
    )
    return [
        (found["id"], node["html"])
        for found in result["violations"]
        if found["impact"] in SERIOUS
        for node in found["nodes"]
    ]
