"""An engine in a process of its own: ``python -m tests.engine.child DIRECTORY [STEP TO HANG IN]``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.engine.runs import DbosRuns
from bot.store.database import open_store
from tests.engine.recorder import SystemClock, ask
from tests.store.samples import STILL, operation


class Talker:
    """Says each step when it begins, hangs in one of them, ends the process after the last finish."""

    def __init__(self, hang_in: str) -> None:
        self._hang_in = hang_in
        self.done = asyncio.Event()

    async def begin(self, operation_id: str, run: int) -> int:
        await self._say(f"begin {operation_id}")
        return 3

    async def batch(self, operation_id: str, run: int, number: int) -> bool:
        await self._say(f"batch {operation_id} {number}")
        return True

    async def finish(self, operation_id: str, run: int) -> None:
        await self._say(f"finish {operation_id}")
        if operation_id == "op_2":
            self.done.set()

    async def _say(self, step: str) -> None:
        sys.stdout.write(f"{step}\n")
        sys.stdout.flush()
        if step == self._hang_in:
            await asyncio.sleep(60)


async def main(directory: Path, hang_in: str) -> None:
    store = await open_store(directory, clock=STILL, entropy=bytes)
    await ask(store, [operation("op_1"), operation("op_2")])
    worker = Talker(hang_in)
    runs = DbosRuns(directory, store, SystemClock(), poll_seconds=0.05)
    await runs.start(worker)
    await worker.done.wait()
    await runs.stop()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), (sys.argv[2:] or [""])[0]))
