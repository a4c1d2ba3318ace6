"""The bot as a child process: started, killed without warning, started again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "COVERAGE_PROCESS_START")
"""Variables of our own environment that the child needs; settings of a real workspace are not among them."""


class BotProcess:
    """One bot, run as a user would run it: ``python app.py`` with its settings in the environment."""

    def __init__(self, entry: Path, settings: Mapping[str, str], directory: Path) -> None:
        """``directory`` becomes the working directory, so that no ``.env`` from elsewhere is read."""
        self._command = (sys.executable, str(entry.resolve()))
        self._environment = {**{k: os.environ[k] for k in _KEPT if k in os.environ}, **settings}
        self._directory = directory
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The process id, or None while no bot runs."""
        if self._process is None or self._process.returncode is not None:
            return None
        return self._process.pid

    async def start(self) -> None:
        """Start the bot if it is not running."""
        if self.pid is None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, cwd=self._directory, env=self._environment, stdin=asyncio.subprocess.DEVNULL
            )

    async def kill(self) -> None:
        """End the bot at once, as a crash would: SIGKILL, no goodbye."""
        await self._end(signal.SIGKILL)

    async def stop(self, patience: float = 12.0) -> None:
        """Ask the bot to stop, and insist after ``patience`` seconds."""
        try:
            await asyncio.wait_for(self._end(signal.SIGTERM), patience)
        except TimeoutError:
            await self.kill()

    async def _end(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)
            await self._process.wait()
