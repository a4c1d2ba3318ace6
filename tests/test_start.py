"""What a start loads before the first command can be acknowledged, and what it leaves for later."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LATER = ("dbos", "sqlalchemy", "psycopg", "PIL", "yaml", "cryptography", "bot.policy_file")
"""The engine is loaded while the bot connects to Slack (bot.engine.late), the others where they are used."""


def test_the_bot_stands_before_all_of_it_is_loaded() -> None:
    """The engine is a third of all imports; what draws, seals or reads files is not needed for an ack."""
    code = f"import sys, bot.bootstrap; print(sorted(set({LATER}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"
