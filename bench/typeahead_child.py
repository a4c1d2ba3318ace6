"""A bot that types for itself: option requests through the real Bolt app, timed; prints one JSON object.

Run by `bench.typeahead`, with the settings of a bot. ``--memory`` traces what the directory and its index
hold instead, which makes everything slower and so is a run of its own.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import sys
import time
import tracemalloc

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.bootstrap import Seams, running
from bot.bots import Bot
from bot.domain.members import Directory
from bot.settings import load_settings
from bot.slack.app import build_app

ADMIN = "U0ADA"
SAMPLE = 120
"""People whose e-mail and name are typed key by key."""


async def measure(*, memory: bool) -> dict[str, object]:
    """Start as the bot does, wait for the first whole directory, and measure."""
    if memory:
        tracemalloc.start()
    async with running([load_settings()], Seams()) as (bot,):
        gc.collect()
        before = tracemalloc.get_traced_memory()[0] if memory else 0
        directory = await bot.house.contentstack.directory(max_age=86_400)
        if memory:
            return await _held(before, directory)
        return await _typed(bot, directory)


async def _held(before: int, directory: Directory) -> dict[str, object]:
    """Megabytes that are held once the read is over and its snapshot is kept."""
    await asyncio.sleep(3)
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    return {"members": len(directory.members), "held": held / 2**20}


async def _typed(bot: Bot, directory: Directory) -> dict[str, object]:
    app = build_app(bot.desk, bot.identity, uninstalled=_never)
    queries = _queries(directory)
    await _ask(app, bot.house.binding.team, "")
    times = [await _ask(app, bot.house.binding.team, query) for query in queries]
    slowest = max(range(len(times)), key=times.__getitem__)
    return {"members": len(directory.members), "milliseconds": times, "slowest": queries[slowest]}


async def _ask(app: AsyncApp, team: str, query: str) -> float:
    """Milliseconds of one option request, from Bolt's door to its answer."""
    body = {
        "type": "block_suggestion",
        "team": {"id": team},
        "user": {"id": ADMIN, "team_id": team},
        "action_id": "people",
        "block_id": "people",
        "value": query,
    }
    request = AsyncBoltRequest(mode="socket_mode", body=body)
    began = time.perf_counter()
    answer = await app.async_dispatch(request)
    spent = (time.perf_counter() - began) * 1000
    if not query and '"value"' not in (answer.body or ""):
        raise LookupError("nobody is offered")
    return spent


def _queries(directory: Directory) -> list[str]:
    """What people type, key by key: e-mails, names, family names, two words."""
    chosen = random.Random(1).sample(directory.members, SAMPLE)  # noqa: S311  the same people in every run
    texts = [
        text for one in chosen for text in (one.email, f"{one.first_name} {one.last_name}", one.last_name)
    ]
    return list(dict.fromkeys(text[:length] for text in texts for length in range(1, len(text) + 1)))


async def _never(event: str) -> None:
    raise RuntimeError(f"the app was taken out of the workspace: {event}")


def main() -> None:
    """Measure and print."""
    found = asyncio.run(measure(memory="--memory" in sys.argv))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
