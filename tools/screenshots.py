"""`make screenshots`: the pictures of README and the documents, taken from the running demo in Chromium.

The still pictures are taken twice, light and dark; the animated one once. Nothing in them is drawn by hand
except the line of words above each frame.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from bot.manifest import read_manifest
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.demo.supervisor import Demo, running
from bot.sandbox.workspace.client import WorkspaceClient
from tools import hands
from tools.browser import MISSING, browsing, chromium
from tools.hands import ADMINS, APPROVALS

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 390, "height": 844}
FRAME: ViewportSize = {"width": 1120, "height": 760}
SHOWN = 900
"""Pixels of a frame's width in the animated picture."""
PATIENCE_MS = 20_000
PICTURE_BYTES = 250_000
FLOW_BYTES = 2_500_000
CAPTION = 38
CAPTION_GROUND, CAPTION_INK = "#0b2b30", "#ffffff"
SHORT, LONG = 1_600, 2_800
"""Milliseconds that a frame stands: one to look at, and one to read."""

TWO = "paul+news@example.com, zoe.lukasiewicz@example.com"
THREE = "Remove 3 people"
CROWD = 21
"""People in the file of the animated picture: with three more chosen by hand, three batches."""
LAST_LATIN = "\u024f"
"""Not every machine has the letters of everybody's name; up to here they all do."""
REASON = "Left the company at the end of the month"


@dataclass(frozen=True, slots=True)
class Frame:
    """One moment of the animated picture."""

    image: Image.Image
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Studio:
    """A demo, and windows of its page in one colour scheme."""

    demo: Demo
    browser: Browser
    scheme: str

    async def window(self, person: str, where: str, size: ViewportSize, scale: float = 2) -> Page:
        """A window as somebody, with the app connected."""
        context = await self.browser.new_context(
            viewport=size,
            device_scale_factor=scale,
            color_scheme="dark" if self.scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(f"{self.demo.url}/?user={person}&{where}")
        await page.get_by_role("main").wait_for()
        return page

    async def picture(self, page: Page, name: str) -> None:
        """Keep what the window shows as `<name>-<scheme>.png`."""
        await _settled(page)
        image = Image.open(BytesIO(await page.screenshot()))
        few = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        path = PICTURES / f"{name}-{self.scheme}.png"
        few.save(path, optimize=True)
        _keep_small(path, PICTURE_BYTES)

    def late(self, milliseconds: int) -> None:
        """Contentstack answers so much later, so that there is something to watch."""
        self.demo.contentstack.faults.add(Fault(0, Kind.LATENCY, count=None, ms=milliseconds))

    def mend(self) -> None:
        """Contentstack answers at once again."""
        self.demo.contentstack.faults.clear()


@asynccontextmanager
async def studio(browser: Browser, scheme: str) -> AsyncIterator[Studio]:
    """A fresh demo, once the bot works."""
    async with running(ROOT / "app.py", read_manifest()) as demo, WorkspaceClient(demo.url) as workspace:
        await workspace.wait_connected(30)
        await _has_read(demo)
        yield Studio(demo, browser, scheme)


async def _has_read(demo: Demo) -> None:
    """Until the bot knows everybody: then no picture says that it is still reading."""
    journal = demo.contentstack.journal
    seen = -1
    while seen != journal.seq or journal.seq == 0:
        seen = journal.seq
        await asyncio.sleep(1)


async def _settled(page: Page) -> None:
    """Fonts are there, nothing is busy, no pointer hovers over anything."""
    await page.mouse.move(0, 0)
    await page.evaluate("document.fonts.ready")
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)


def _keep_small(path: Path, most: int) -> None:
    size = path.stat().st_size
    sys.stdout.write(f"{path.relative_to(ROOT)}: {size // 1000} kB\n")
    if size > most:
        raise ValueError(f"{path.name} has {size} bytes, more than {most}")


async def stills(at: Studio) -> None:
    """The form, the preview, the request for approval, the Home tab, the summary, behind the scenes."""
    ada, grace = await at.window("ada", ADMINS, WIDE), await at.window("grace", APPROVALS, WIDE)
    dialog = await hands.form(ada, f"remove {TWO}")
    await dialog.get_by_role("combobox", name="People").fill("peter")
    await dialog.get_by_role("option", name="peter").first.wait_for()
    await at.picture(ada, "form")
    await dialog.get_by_role("option", name="Péter Zamora").click()
    await dialog.get_by_role("combobox", name="People").press("Escape")
    shown = await hands.preview(ada, dialog, REASON)
    await at.picture(ada, "preview")
    await hands.confirm(ada, shown, THREE, "Asked.")
    await hands.message(grace, REASON).get_by_role("button", name="Approve", exact=True).wait_for()
    await at.picture(grace, "approval")
    home = await at.window("grace", "view=home", WIDE)
    await home.get_by_role("link", name="Read it and decide").wait_for()
    await at.picture(home, "home")
    await hands.approve(grace, REASON)
    summary = hands.message(ada, REASON)
    await hands.ended(summary, "Done. 3 done.")
    await hands.replies(summary).click()
    await _at_top(ada.get_by_role("complementary", name="Thread").get_by_role("article").nth(1))
    await at.picture(ada, "summary")
    await ada.get_by_role("button", name="Close thread").click()
    await at.picture(await _narrow(at), "narrow")
    await _behind_the_scenes(at, ada, grace)


async def _narrow(at: Studio) -> Page:
    page = await at.window("ada", ADMINS, NARROW)
    await _at_top(hands.message(page, REASON))
    return page


async def _behind_the_scenes(at: Studio, ada: Page, grace: Page) -> None:
    """A run, seen by Ada with the drawer open while the bot is dead."""
    reason = "Laptop stolen"
    await hands.ask(ada, "mfa mona.mfa@example.com, sam.sms@example.com", reason, "Reset MFA of 2 people")
    await ada.get_by_role("button", name="Behind the scenes", exact=True).click()
    await hands.message(grace, reason).wait_for()
    at.late(500)
    await hands.approve(grace, reason)
    await expect(hands.message(ada, reason)).to_contain_text("Running")
    await ada.get_by_role("button", name="Kill the bot").click()
    await ada.get_by_text("The bot is dead").wait_for()
    await _at_top(hands.message(ada, reason))
    await at.picture(ada, "behind-the-scenes")
    at.mend()


class Film:
    """The animated picture, frame by frame."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    async def take(self, page: Page, words: str, milliseconds: int = LONG) -> None:
        """One frame of what the window shows, under a line of words."""
        await _settled(page)
        shot = Image.open(BytesIO(await page.screenshot())).convert("RGB")
        height = round(shot.height * SHOWN / shot.width)
        whole = Image.new("RGB", (SHOWN, height + CAPTION), CAPTION_GROUND)
        whole.paste(shot.resize((SHOWN, height), Image.Resampling.LANCZOS), (0, CAPTION))
        font = ImageFont.load_default(19)
        ImageDraw.Draw(whole).text((16, CAPTION // 2), words, CAPTION_INK, font, anchor="lm")
        self.frames.append(Frame(whole, milliseconds))

    def save(self, path: Path) -> None:
        """Write the picture; it repeats for ever."""
        first, *others = [
            frame.image.quantize(256, kmeans=1, dither=Image.Dither.NONE) for frame in self.frames
        ]
        times = [frame.milliseconds for frame in self.frames]
        first.save(path, save_all=True, append_images=others, duration=times, loop=0, optimize=True)
        _keep_small(path, FLOW_BYTES)


async def flow(at: Studio) -> None:
    """The whole way: asked, previewed, agreed, killed, started again, done, proven."""
    film = Film()
    ada, grace = await at.window("ada", ADMINS, FRAME, 2), await at.window("grace", APPROVALS, FRAME, 2)
    await _asking(film, ada, _leavers(at.demo))
    await _agreeing(film, at, ada, grace)
    await _dying(film, at, ada)
    film.save(PICTURES / "flow.gif")


def _leavers(demo: Demo) -> bytes:
    """A file as somebody would upload it: plain members whose names every machine can draw."""
    state = demo.contentstack.state
    shares = state.organizations[seed.ORG_UID].shares.values()
    plain = [one.email for one in shares if one.status == "accepted" and one.org_roles == [seed.MEMBER_ROLE]]
    accounts = [state.account(email) for email in plain]
    chosen = [
        one.email
        for one in accounts
        if one
        and max(f"{one.first_name}{one.last_name}", default="") <= LAST_LATIN
        and one.first_name != "Péter"  # one of these is chosen by hand
    ]
    return "\n".join(["Email", *chosen[-CROWD:], ""]).encode()


async def _asking(film: Film, ada: Page, leavers: bytes) -> None:
    await ada.get_by_role("textbox", name="Message #org-admins").fill(f"/org-users remove {TWO}")
    await film.take(ada, "Ada, an admin, asks in Slack", SHORT)
    await ada.get_by_role("textbox", name="Message #org-admins").fill("")
    dialog = await hands.form(ada, f"remove {TWO}")
    people = dialog.get_by_role("combobox", name="People")
    await people.fill("peter")
    await dialog.get_by_role("option", name="peter").first.wait_for()
    await film.take(ada, "She chooses people by name or e-mail ...")
    await dialog.get_by_role("option", name="Péter Zamora").click()
    await people.press("Escape")
    await dialog.get_by_role("checkbox", name="Upload a CSV file").check()
    await dialog.get_by_label("CSV file", exact=True).set_input_files(
        {"name": "leavers.csv", "mimeType": "text/csv", "buffer": leavers}
    )
    await dialog.get_by_role("textbox", name="Reason").fill(REASON)
    await _at_top(dialog.get_by_role("group", name="More ways to choose people"))
    await film.take(ada, "... or from a list, and says why")
    shown = await hands.preview(ada, dialog, REASON)
    await film.take(ada, "The preview: person by person. Nothing is done yet")
    number = shown.get_by_role("spinbutton", name=f"This is about {CROWD + 3} people")
    await number.fill(str(CROWD + 3))
    await film.take(ada, "What it costs, what cannot be undone; many people want their number typed")
    await hands.confirm(ada, shown, f"Remove {CROWD + 3} people", "Asked.")


async def _agreeing(film: Film, at: Studio, ada: Page, grace: Page) -> None:
    request = hands.message(grace, REASON)
    await request.wait_for()
    await _at_top(request)
    await film.take(grace, "Grace, a second admin, sees exactly what was sealed ...")
    await request.get_by_role("button", name="Approve", exact=True).click()
    sure = grace.get_by_role("alertdialog", name="Approve this plan?")
    await film.take(grace, "... and agrees to that plan, and to no other")
    await ada.get_by_role("button", name="Behind the scenes", exact=True).click()
    at.late(400)
    await sure.get_by_role("button", name="Approve", exact=True).click()


async def _dying(film: Film, at: Studio, ada: Page) -> None:
    summary = hands.message(ada, REASON)
    await expect(summary).to_contain_text(re.compile("Running. [1-9]"))
    await _at_top(summary)
    await film.take(ada, "It runs, and the message moves. Below: every request that is made")
    await ada.get_by_role("button", name="Kill the bot").click()
    await ada.get_by_text("The bot is dead").wait_for()
    await film.take(ada, "kill -9 in the middle of the run ...")
    await ada.get_by_role("button", name="Start the bot").click()
    await ada.get_by_text("The bot runs").wait_for()
    await film.take(ada, "... and once it is started again, the same message goes on")
    at.mend()
    await ada.get_by_role("button", name="Close behind the scenes").click()
    await hands.ended(summary, "Done.")
    await _at_top(summary)
    await film.take(ada, "Done: each of them proven by reading again, nobody done twice")
    await hands.replies(summary).click()
    thread = ada.get_by_role("complementary", name="Thread")
    await thread.get_by_text("Audit head").scroll_into_view_if_needed()
    await film.take(ada, "The head of the audit log stays in the thread, as the proof")


async def _at_top(shown: Locator) -> None:
    """Scroll until this begins at the upper edge."""
    await shown.evaluate("(element) => element.scrollIntoView({block: 'start'})")


async def main() -> None:
    """Take all pictures, or those that are named: light, dark, flow."""
    path = chromium()
    if path is None:
        sys.exit(MISSING)
    expect.set_options(timeout=PATIENCE_MS)
    PICTURES.mkdir(parents=True, exist_ok=True)
    only = sys.argv[1:] or ["light", "dark", "flow"]
    async with browsing(path) as browser:
        for scheme in (one for one in ("light", "dark") if one in only):
            async with studio(browser, scheme) as at:
                await stills(at)
        if "flow" in only:
            async with studio(browser, "light") as at:
                await flow(at)


if __name__ == "__main__":
    asyncio.run(main())
