"""Who may come in: a fresh check at every step, and a memory of at most a minute for what cannot wait.

From memory alone answer the middleware and the option requests (design §6). Somebody who is not remembered
is not refused there but *not known yet*: what he did goes on and is checked fresh before anything is shown.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.domain.admission import NotAdmitted, Refused
from bot.service import admission
from bot.service.admission import Admission, Admitted
from bot.service.house import House
from bot.slack.payloads import User

ADMITTED_SECONDS = 60.0
REFUSED_SECONDS = 10.0
"""Shorter, so that somebody who was just made an admin need not wait."""

_REMEMBERED = 10_000
PASSING = frozenset(
    {
        NotAdmitted.SLACK_DOWN,
        NotAdmitted.MISSING_SCOPE,
        NotAdmitted.CONTENTSTACK_DOWN,
        NotAdmitted.CREDENTIAL_REFUSED,
    },
)
"""Refusals that say nothing about the person."""


@dataclass(frozen=True, slots=True)
class _Remembered:
    admission: Admission
    at: float


class Gate:
    """Checks people of one workspace."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._memory: dict[str, _Remembered] = {}
        self._asking: dict[str, asyncio.Task[Admission]] = {}

    async def admit(self, slack_user: str, at: str) -> Admission:
        """Check now; refusals are audited."""
        found = await admission.admit(self._house, slack_user, at=at)
        self.note(slack_user, found)
        return found

    async def lately(self, slack_user: str, at: str) -> Admission:
        """What was found within the last minute, else check now: for answers that change nothing."""
        return self.recall(slack_user) or await self.admit(slack_user, at)

    def note(self, slack_user: str, found: Admission) -> None:
        """Remember what a fresh check found, elsewhere or here."""
        self._memory.pop(slack_user, None)
        if isinstance(found, Refused) and found.why in PASSING:
            return
        self._memory[slack_user] = _Remembered(found, self._house.clock.monotonic())
        while len(self._memory) > _REMEMBERED:
            del self._memory[next(iter(self._memory))]

    def recall(self, slack_user: str) -> Admission | None:
        """What was found within the last minute, or None."""
        remembered = self._memory.get(slack_user)
        if remembered is None:
            return None
        refused = isinstance(remembered.admission, Refused)
        age = self._house.clock.monotonic() - remembered.at
        return remembered.admission if age <= (REFUSED_SECONDS if refused else ADMITTED_SECONDS) else None

    def turned_away(self, user: User) -> Refused | None:
        """A refusal that needs no asking: another workspace (SL §1.8), or one that is remembered."""
        if self._foreign(user.team_id):
            return Refused(NotAdmitted.STRANGER)
        remembered = self.recall(user.id)
        return remembered if isinstance(remembered, Refused) else None

    def _foreign(self, team: str) -> bool:
        """An ``E…`` is the enterprise of an org-wide account; which workspace is his, users.info tells."""
        return bool(team) and team != self._house.binding.team and not team.startswith("E")

    async def known(self, slack_user: str, at: str, patience: float) -> bool:
        """Whether this person is remembered as admitted, asking for at most ``patience`` seconds if not.

        Somebody may sit in the form for longer than a minute; his next option request renews the memory.
        """
        if self.recall(slack_user) is None:
            await asyncio.wait({self._ask(slack_user, at)}, timeout=patience)
        return isinstance(self.recall(slack_user), Admitted)

    def _ask(self, slack_user: str, at: str) -> asyncio.Task[Admission]:
        """One question at a time about one person, however fast he types."""
        asking = self._asking.get(slack_user)
        if asking is None:
            asking = asyncio.create_task(self.admit(slack_user, at), name="rights")
            self._asking[slack_user] = asking
            asking.add_done_callback(lambda _: self._asking.pop(slack_user, None))
        return asking

    async def close(self) -> None:
        """Stop asking."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
