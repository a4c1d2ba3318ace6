"""What Slack sends to the app, whichever way it goes.

Commands, interactions, events with their retries (SL §2).
"""

import asyncio
import time
from typing import Any

from bot.sandbox.workspace import payloads
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import DispatchFailedError, Json, UnansweredError

COMMAND = "slash_commands"
INTERACTIVE = "interactive"
EVENT = "events_api"


async def deliver(core: Core, kind: str, payload: Json, attempt: int = 0, reason: str = "") -> Json | None:
    """Send one payload, write it down, return the app's answer; raises UnansweredError."""
    if core.transport is None:
        raise DispatchFailedError
    entry = core.journal.add(
        {
            "kind": "envelope",
            "type": kind,
            "what": _what(kind, payload),
            "at": core.clock.now(),
            "attempt": attempt,
            "payload": {**payload, "token": "(redacted)"},
            "answer": None,
            "acked_ms": None,
            "error": None,
        }
    )
    started = time.perf_counter()
    try:
        answer = await core.transport.send(kind, payload, attempt, reason)
    except UnansweredError as error:
        entry["error"] = error.code
        raise
    entry["acked_ms"] = round((time.perf_counter() - started) * 1000, 2)
    entry["answer"] = answer
    return answer


def _what(kind: str, payload: Json) -> str:
    if kind == COMMAND:
        return str(payload["command"])
    if kind == EVENT:
        return str(payload["event"]["type"])
    actions: list[Json] = payload.get("actions", [])
    names = [payload["type"], *(str(a["action_id"]) for a in actions), payload.get("callback_id")]
    names.append(payload["view"].get("callback_id") if isinstance(payload.get("view"), dict) else None)
    return " ".join(str(n) for n in names if n)


def emit(core: Core, name: str, event: Json, **outer: Any) -> None:
    """Send an event in the background if the app subscribes to `name`.

    Retried at once, after 1 and 5 minutes.
    """
    if not core.installed or name not in core.config.events:
        return
    core.spawn(_with_retries(core, payloads.event_callback(core, event, **outer)))


async def _with_retries(core: Core, payload: Json) -> None:
    reason = ""
    for attempt, delay in enumerate((None, *core.timing.event_retries)):
        if delay is not None:
            await asyncio.sleep(delay)
        try:
            await deliver(core, EVENT, payload, attempt, reason)
        except UnansweredError as error:
            if error.no_retry:
                return
            reason = error.reason
        else:
            return
