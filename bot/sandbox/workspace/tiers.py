"""Rate limits of the Web API (SL §6).

Sliding windows per method, and one per channel for chat.postMessage.
"""

import math
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sandbox.workspace.ids import Clock


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` within `seconds`."""

    calls: int
    seconds: float


# Tier 1 is one a minute. An app may hold ten connections (SL §3) and must get them all back after a
# refresh, so the minute is taken as an average over half an hour.
TIER_1 = Limit(30, 1800)
TIER_2 = Limit(20, 60)
TIER_3 = Limit(50, 60)
TIER_4 = Limit(100, 60)
SPECIAL_600 = Limit(600, 60)
POST_PER_CHANNEL = Limit(1, 1)
POST_PER_WORKSPACE = Limit(300, 60)

LIMITS: Mapping[str, Limit] = {
    "api.test": SPECIAL_600,
    "auth.test": SPECIAL_600,
    "chat.getPermalink": SPECIAL_600,
    "blocks.validate": SPECIAL_600,
    "chat.postMessage": POST_PER_WORKSPACE,
    "chat.postEphemeral": TIER_4,
    "chat.update": TIER_3,
    "chat.delete": TIER_3,
    "views.open": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
    "views.publish": TIER_4,
    "users.info": TIER_4,
    "users.profile.get": TIER_4,
    "users.getPresence": TIER_3,
    "users.lookupByEmail": TIER_3,
    "users.list": TIER_2,
    "users.conversations": TIER_2,
    "conversations.members": TIER_4,
    "conversations.info": TIER_3,
    "conversations.open": TIER_3,
    "conversations.join": TIER_3,
    "conversations.replies": TIER_3,
    "conversations.history": TIER_3,
    "conversations.list": TIER_2,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "bots.info": TIER_3,
    "team.info": TIER_3,
    "files.info": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.completeUploadExternal": TIER_4,
    "files.delete": TIER_3,
    "apps.connections.open": TIER_1,
}


@dataclass(slots=True)
class RateLimiter:
    """Counts calls; `scale` multiplies every limit, None switches the limits off."""

    clock: Clock
    scale: float | None = 1.0
    windows: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def retry_after(self, method: str, channel: str = "") -> int | None:
        """Count one call; the seconds to wait if it is one too many (then it is not counted)."""
        if self.scale is None or method not in LIMITS:
            return None
        wanted = [(method, LIMITS[method])]
        if method == "chat.postMessage" and channel:
            wanted.append((f"{method}:{channel}", POST_PER_CHANNEL))
        waits = [self._wait(key, limit, self.scale) for key, limit in wanted]
        if any(waits):
            return max(1, math.ceil(max(waits)))
        for key, _ in wanted:
            self.windows[key].append(self.clock.now())
        return None

    def _wait(self, key: str, limit: Limit, scale: float) -> float:
        now, seconds, window = self.clock.now(), limit.seconds / scale, self.windows[key]
        while window and window[0] <= now - seconds:
            window.popleft()
        return window[0] + seconds - now if len(window) >= limit.calls else 0.0

    def clear(self) -> None:
        """Forget all calls."""
        self.windows.clear()
