"""From a click to a visible change on the workspace page, in the system's Chromium.

Measured inside the page: from the moment of the click or key to the first frame after the document shows
what was waited for. The bot is a process of its own; Contentstack answers at once and allows any number of
requests, so that what is measured is not how long an organization's own limits take. Approvals are made in
a workspace at rest: Rollcall edits a message at most once a second and rations all edits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from playwright.async_api import Locator, Page, expect

from bench.children import BOT
from bench.figures import Figure, at_most, median, percentile, told
from bench.place import UNLIMITED
from bot.manifest import read_manifest
from bot.sandbox.contentstack import seed
from bot.sandbox.demo.supervisor import Demo, running
from bot.sandbox.workspace.client import SlackUser, WorkspaceClient
from tools import hands
from tools.browser import MISSING, browsing, chromium

PART = "page"
GOAL_MS = 100.0
APPROVALS = 6
REST = 8.0
"""Seconds in which the ration of edits is whole again (`bot.slack.updater`)."""
AFTER_POST = 1.0
"""Seconds between a message and its first edit."""
TYPED = ("peter", "amelia", "quinn", "soren", "victor", "malgorzata", "ximena", "diego", "bram", "chiara")
ROLES = "Update Organization Role"
PLAIN = "Remove from organization"

_TIMED = """(element, [act, seen]) => new Promise((resolve) => {
  const look = new Function("return " + seen);
  let began;
  const watch = new MutationObserver(() => {
    if (!look()) return;
    watch.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - began));
  });
  watch.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
  began = performance.now();
  new Function("element", act)(element);
})"""
"""Does `act` to the element, resolves with the milliseconds until `seen` is true in a drawn frame."""

_AGREED = """[...document.querySelectorAll('article')].some(
  (one) => one.textContent.includes('REASON') && one.textContent.includes('1 of 1 so far'))"""
_CLICK = "element.click()"
_ENTER = "element.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}))"


async def measure(*, quick: bool) -> list[Figure]:
    """Command, choice of an action, typeahead, approval."""
    path = chromium()
    if path is None:
        raise LookupError(MISSING)
    rounds = 3 if quick else 10
    async with running(BOT, read_manifest()) as demo, WorkspaceClient(demo.url) as workspace:
        demo.contentstack.state.organizations[seed.ORG_UID].features.update(
            {"getLimit": UNLIMITED, "limit": UNLIMITED}
        )
        await workspace.wait_connected(30)
        async with browsing(path) as browser:
            ada, grace = [await (await browser.new_context()).new_page() for _ in range(2)]
            await ada.goto(f"{demo.url}/?user=ada&{hands.ADMINS}")
            await grace.goto(f"{demo.url}/?user=grace&{hands.APPROVALS}")
            figures = await _form(ada, rounds)
            figures += _figures(
                "click approve -> changed message", await _approvals(demo, workspace, grace, rounds)
            )
    return figures


def _figures(what: str, times: Sequence[float]) -> list[Figure]:
    return [
        at_most(PART, f"{what}: median of {len(times)}", median(times), GOAL_MS, " ms"),
        told(PART, f"{what}: p95", f"{percentile(times, 0.95):.1f} ms"),
    ]


async def _timed(element: Locator, act: str, seen: str) -> float:
    milliseconds: float = await element.evaluate(_TIMED, [act, seen])
    return milliseconds


async def _form(page: Page, rounds: int) -> list[Figure]:
    opened, whole, chosen, typed = [], [], [], []
    for number in range(rounds + 1):
        first = number == 0  # the very first asks for rights that are remembered afterwards, and warms up
        times = await _command(page)
        fields = await _choose(page)
        if not first:
            opened.append(times[0])
            whole.append(times[1])
            chosen += fields
            typed.append(await _type(page, TYPED[number % len(TYPED)]))
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Close window").click()
        await expect(dialog).to_have_count(0)
    return [
        *_figures("command -> modal", opened),
        told(PART, "command -> form, with the rights read afresh: median", f"{median(whole):.1f} ms"),
        *_figures("choose action -> its fields", chosen),
        *_figures("typeahead, key -> people", typed),
    ]


async def _command(page: Page) -> tuple[float, float]:
    """Until the window is there, and until it is the form."""
    composer = page.get_by_role("textbox", name="Message #org-admins")
    await composer.fill("/org-users remove")
    await composer.press("Escape")  # the list of suggestions takes the first Enter
    act = f"window.benchBegan = performance.now(); {_ENTER}"
    opened = await _timed(composer, act, "document.querySelector('dialog[open]') !== null")
    await page.get_by_role("dialog").get_by_role("textbox", name="Reason").wait_for()
    form = await page.evaluate("performance.now() - window.benchBegan")
    return opened, form


async def _choose(page: Page) -> list[float]:
    """There and back."""
    dialog = page.get_by_role("dialog")
    here = "document.querySelector('dialog [data-block-id=org_roles]') !== null"
    gone = "document.querySelector('dialog [data-block-id=org_roles]') === null"
    there = await _timed(dialog.get_by_role("radio", name=ROLES), _CLICK, here)
    return [there, await _timed(dialog.get_by_role("radio", name=PLAIN), _CLICK, gone)]


async def _type(page: Page, text: str) -> float:
    box = page.get_by_role("dialog").get_by_role("combobox", name="People")
    await box.click()
    await page.get_by_role("option").first.wait_for()
    act = f"element.value = '{text}'; element.dispatchEvent(new InputEvent('input', {{bubbles: true}}))"
    seen = f"document.querySelector('[role=option]')?.textContent.includes('{text}')"
    spent = await _timed(box, act, seen)
    await box.press("Escape")
    return spent


async def _approvals(demo: Demo, workspace: WorkspaceClient, page: Page, rounds: int) -> list[float]:
    """Each on a request of its own, made beside the browser."""
    shares = demo.contentstack.state.organizations[seed.ORG_UID].shares.values()
    plain = [one.email for one in shares if one.status == "accepted" and one.org_roles == [seed.MEMBER_ROLE]]
    times = []
    for number in range(min(rounds, APPROVALS)):
        await asyncio.sleep(REST)
        reason = f"bench {number}"
        await _ask(workspace.user("ada"), plain[-1 - number], reason)
        request = hands.message(page, reason)
        await request.get_by_role("button", name="Approve", exact=True).click()
        await asyncio.sleep(AFTER_POST)
        sure = page.get_by_role("alertdialog").get_by_role("button", name="Approve", exact=True)
        agreed = _AGREED.replace("REASON", reason)
        times.append(await _timed(sure, _CLICK, agreed))
    return times


async def _ask(ada: SlackUser, email: str, reason: str) -> None:
    await ada.command("#org-admins", f"/org-users remove {email}")
    await ada.wait_for_modal(lambda modal: modal.callback_id == "choose", 20)
    await ada.fill("reason", reason)
    await ada.submit()
    await ada.wait_for_modal(lambda modal: modal.callback_id == "preview", 20)
    await ada.submit()
    await ada.wait_for_modal(lambda modal: modal.callback_id == "message", 20)
    await ada.close(everything=True)
