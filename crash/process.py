"""One bot as a child process of its own: started, killed, or asked to stop; its words go to a file."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from crash.bot import AT, NOWHERE

ROOT = Path(__file__).resolve().parent.parent
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "COVERAGE_PROCESS_START")
_ONE_PAGE = 4096


class Child:
    """A bot's process. ``settings`` are environment variables; ``directory`` holds no ``.env``."""

    def __init__(self, settings: Mapping[str, str], directory: Path) -> None:
        self._settings = settings
        self._directory = directory
        self._process: asyncio.subprocess.Process | None = None
        self.started = 0.0
        self.log = directory / "bot.log"

    async def start(self, at: str = "", *, impatient: bool = False) -> None:
        """Start a bot; ``at`` is where it shall end (`crash.bot.AT`), if anywhere.

        An ``impatient`` one takes up again in seconds what broke, as one that shall end does.
        """
        command = ["-m", "crash.bot"] if at or impatient else [str(ROOT / "app.py")]
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environment = {**kept, **self._settings, AT: at or NOWHERE, "PYTHONPATH": str(ROOT)}
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *command,
                cwd=self._directory,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.started = time.monotonic()

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it lives or before its first start."""
        return self._process.returncode if self._process else None

    def fill_disk(self) -> None:
        """From now on no file of the process can grow, as on a full disk."""
        self._limit_files(_ONE_PAGE)

    def make_room(self) -> None:
        """The disk has room again."""
        self._limit_files(resource.RLIM_INFINITY)

    def _limit_files(self, most: int) -> None:
        if self._process is not None:
            resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    @property
    def lives(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.returncode is None

    async def ended(self, seconds: float) -> int | None:
        """Its exit code, waiting at most so long; None while it lives."""
        if self._process is None:
            return None
        try:
            async with asyncio.timeout(seconds):
                return await self._process.wait()
        except TimeoutError:
            return None

    async def kill(self) -> None:
        """SIGKILL, no goodbye."""
        await self._signal(signal.SIGKILL)

    async def stop(self) -> float:
        """SIGTERM; the seconds until it was gone, killed after 20."""
        began = time.monotonic()
        if self._process is not None and self.lives:
            self._process.send_signal(signal.SIGTERM)
            if await self.ended(20) is None:
                await self.kill()
        return time.monotonic() - began

    async def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self.lives:
            self._process.send_signal(number)
            await self._process.wait()
