"""The bot with a trap in front of its store and its worker; without CRASH_AT it is the bot as it is."""

from __future__ import annotations

import os

from bot.bootstrap import Seams, run
from bot.settings_bindings import load_bindings
from crash.trap import Trap, TrappedStore, TrappedWorker

AT = "CRASH_AT"
"""``n:point``: end at the n-th passing of this point."""


def main() -> None:
    """Serve until the trap springs, or somebody ends the process."""
    nth, _, point = os.environ.get(AT, "1:nowhere").partition(":")
    trap = Trap(point, int(nth))
    seams = Seams(lambda store: TrappedStore(store, trap), lambda worker: TrappedWorker(worker, trap))
    run(load_bindings(), seams)


if __name__ == "__main__":
    main()
