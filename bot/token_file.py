"""The one secret that Rollcall writes down: the authtoken that `login` got (CS §1.4).

Its owner alone may read the file. The address that it was made for stands beside it, so that it is
never sent anywhere else.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

FILE = "contentstack-token.json"
_PRIVATE = 0o600
_OTHERS = 0o077


class TokenFileUnusable(Exception):
    """The file is there and cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class KeptToken:
    """A token and the API address that it belongs to."""

    api: str
    authtoken: str = field(repr=False)


def read_token(data_dir: Path) -> KeptToken | None:
    """The kept token, or None where there is none; raises TokenFileUnusable."""
    path = data_dir / FILE
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        document = json.loads(path.read_text("utf-8"))
        kept = KeptToken(str(document["api"]), str(document["authtoken"]))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise TokenFileUnusable(f"{path} cannot be read: run `python app.py login` again") from error
    if mode & _OTHERS:
        raise TokenFileUnusable(
            f"others may read {path}: run `chmod 600` on it, or `python app.py login` again"
        )
    return kept


def write_token(data_dir: Path, token: KeptToken) -> Path:
    """Replace the kept token: the old file stays whole until the new one is complete. Returns its path."""
    path = data_dir / FILE
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"api": token.api, "authtoken": token.authtoken}, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return path
