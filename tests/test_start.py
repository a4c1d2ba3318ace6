"""What a start loads before the first command can be acknowledged, and what it leaves for later."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LATER = ("dbos", "sqlalchemy", "psycopg")
"""The engine, which is loaded while the bot connects to Slack (bot.engine.late)."""


def test_the_bot_stands_before_its_engine_is_loaded() -> None:
    """A third of all imports, none of which an acknowledgement needs, would keep it waiting."""
    code = f"import sys, bot.bootstrap; print(sorted(set({LATER}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"
