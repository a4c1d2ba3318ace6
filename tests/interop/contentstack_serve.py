"""Serves the simulated Contentstack over https for contentstack.sh; argument: certificate file."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.sandbox.contentstack.run import run


def say(line: str) -> None:
    """Print at once: the script waits for the address."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(run(say, certificate=Path(sys.argv[1])))
