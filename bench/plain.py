"""The same list through the plainest script, on the same simulated Contentstack in the same run.

Every answer takes 100 ms, which is what a real one takes about; the plan's limit is the ordinary one of ten
requests per second and kind, of which the bot takes the half that it takes unasked. The bot's time is that of
a whole run: rights and drift checked, everybody read before and after, every step kept.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.children import running
from bench.figures import Figure, told
from bench.place import Place, served
from bot.sandbox.contentstack import seed

PART = "plain"
SCRIPT = Path(__file__).with_name("plain_script.py")
CHILD = Path(__file__).with_name("scale_child.py")
PEOPLE = 200
QUICK_PEOPLE = 40
DELAY_MS = 100
LIMIT = 10
PATIENCE = 120.0


async def measure(*, quick: bool) -> list[Figure]:
    """Both, one after the other."""
    count = QUICK_PEOPLE if quick else PEOPLE
    async with served(members=count * 3 + 100, per_second=LIMIT) as place:
        ours = await _ours(place, count)
        theirs = await _theirs(place, count)
    seconds = ours["ended"] - ours["queued"]
    what = f"{count} people"
    return [
        told(PART, f"{what}: the bot", f"{seconds:.1f} s, {ours['state']}, everybody verified"),
        told(
            PART,
            f"{what}: one DELETE each",
            f"{theirs['seconds']:.1f} s, {theirs['removed']} of {count} removed",
        ),
        told(PART, f"{what}: script against bot", f"{theirs['seconds'] / seconds:.2f} x"),
    ]


async def _ours(place: Place, count: int) -> dict[str, Any]:
    settings = place.settings(ROLLCALL_RATE_SHARE="0.5")
    async with running(CHILD, place.directory / "home", settings, str(count), "--slowly") as child:
        place.latency(DELAY_MS)
        run: dict[str, Any] = json.loads(await child.result(PATIENCE))
    return run


async def _theirs(place: Place, count: int) -> dict[str, Any]:
    emails = [share.email for share in place.plain_members()[:count]]
    arguments = (place.contentstack_url, seed.ORG_UID, seed.BOT_AUTHTOKEN, *emails)
    async with running(SCRIPT, place.directory / "script-home", {}, *arguments) as child:
        found: dict[str, Any] = json.loads(await child.result(PATIENCE))
    return found
