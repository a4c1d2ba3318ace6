"""Processes that a part measures: started with the settings of both systems, ended with the part."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOT = ROOT / "app.py"

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
_PATIENCE = 12.0
_LAST_WORDS = 2000


class ChildFailed(Exception):
    """A process ended that should have gone on, or with an error; the message has the end of its log."""


class Child:
    """One process; what it says to stderr goes to a file, what it says to stdout is its result."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def resident(self) -> float:
        """Megabytes (2^20) of memory that the process holds now."""
        with Path(f"/proc/{self._process.pid}/statm").open(encoding="ascii") as statm:
            pages = int(statm.read().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 2**20

    @property
    def processor(self) -> float:
        """Seconds of processor time that the process has used so far: what a busy machine changes little."""
        stat = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii")
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def check(self) -> None:
        """Raise ChildFailed if the process has ended."""
        if self._process.returncode is not None:
            raise ChildFailed(self._words())

    async def result(self, seconds: float) -> bytes:
        """Wait for the end; what the process printed. Raises ChildFailed, TimeoutError."""
        async with asyncio.timeout(seconds):
            printed, _ = await self._process.communicate()
        if self._process.returncode != 0:
            raise ChildFailed(self._words())
        return printed

    async def lines(self, seconds: float) -> list[bytes]:
        """Lines printed until the end, or for so many seconds if that is sooner. Raises ChildFailed."""
        printed: list[bytes] = []
        stream = self._process.stdout
        if stream is None:
            raise ChildFailed("nobody listens to this process")
        try:
            async with asyncio.timeout(seconds):
                while line := await stream.readline():
                    printed.append(line)
                await self._process.wait()
        except TimeoutError:
            return printed
        if self._process.returncode != 0:
            raise ChildFailed(self._words())
        return printed

    async def end(self) -> None:
        """Ask the process to stop, and insist after a while."""
        if self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), _PATIENCE)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def _words(self) -> str:
        said = self._log.read_text(encoding="utf-8", errors="replace")[-_LAST_WORDS:]
        return f"exit code {self._process.returncode}: {said}"


@asynccontextmanager
async def running(
    script: Path, directory: Path, settings: Mapping[str, str], *arguments: str
) -> AsyncIterator[Child]:
    """A Python process of ours until the context ends; ``directory`` is its working directory."""
    await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
    environment = {key: os.environ[key] for key in _KEPT if key in os.environ}
    environment |= {"PYTHONPATH": str(ROOT), **settings}
    log = directory / f"{script.stem}.log"
    with log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(script),
            *arguments,
            cwd=directory,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
        )
    child = Child(process, log)
    try:
        yield child
    finally:
        await child.end()
