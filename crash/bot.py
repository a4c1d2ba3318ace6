"""The bot with a trap in front of its store and its worker; without CRASH_AT it is the bot as it is."""

from __future__ import annotations

import gc
import os

AT = "CRASH_AT"
"""``n:point``: end at the n-th passing of this point."""
NOWHERE = "1:nowhere"
REVIVE_SECONDS = 2.0


def main() -> None:
    """Serve until the trap springs, or somebody ends the process."""
    gc.disable()  # before anything is imported and until the bot stands, as app.py does (bot.cli.root)
    from bot.bootstrap import Seams, run  # noqa: PLC0415  after that
    from bot.settings_bindings import load_bindings  # noqa: PLC0415  likewise
    from crash.trap import Trap, TrappedStore, TrappedWorker  # noqa: PLC0415  likewise

    nth, _, point = os.environ.get(AT, NOWHERE).partition(":")
    trap = Trap(point, int(nth))
    seams = Seams(
        store=lambda store: TrappedStore(store, trap),
        worker=lambda worker: TrappedWorker(worker, trap),
        revive_seconds=REVIVE_SECONDS,
    )
    run(load_bindings(), seams)


if __name__ == "__main__":
    main()
