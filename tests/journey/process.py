"""`python app.py` as a process of its own: started, asked to stop, killed, started again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

ENTRY = Path(__file__).resolve().parents[2] / "app.py"
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")


class App:
    """One bot; everything that it prints is kept in ``log``, so that a test can read what a log would say."""

    def __init__(self, settings: Mapping[str, str], directory: Path) -> None:
        self.settings = dict(settings)
        self.log = directory / "bot.log"
        self._directory = directory
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; the working directory is its own, so that no ``.env`` from elsewhere is read."""
        environment = {key: os.environ[key] for key in _KEPT if key in os.environ} | self.settings
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(ENTRY),
                cwd=self._directory,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def kill(self) -> None:
        """SIGKILL, as a crash or a power cut: no goodbye."""
        await self._end(signal.SIGKILL)

    async def stop(self, patience: float = 12.0) -> int:
        """SIGTERM, as systemd would; the exit code. Kills it and raises TimeoutError if that takes longer."""
        try:
            return await asyncio.wait_for(self._end(signal.SIGTERM), patience)
        except TimeoutError:
            await self.kill()
            raise

    async def ended(self, patience: float = 60.0) -> int:
        """The exit code of one that ends by itself."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), patience)

    async def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(number)
        return await self._process.wait()

    def said(self) -> str:
        """Everything that it has printed so far."""
        return self.log.read_text("utf-8")
