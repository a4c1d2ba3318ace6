"""Time-based one-time codes as authenticator apps make them (RFC 6238: SHA-1, 30 seconds, six digits)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct

STEP = 30
WINDOW = 1  # one step early or late, as servers usually allow


def step_at(seconds: float) -> int:
    """The number of the 30-second step that holds this moment."""
    return int(seconds // STEP)


def code(secret: str, step: int) -> str:
    """The six digits of one step. `secret` is base32, with or without padding and blanks."""
    text = secret.replace(" ", "").upper()
    key = base64.b32decode(text + "=" * (-len(text) % 8))
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def matching_step(secret: str, given: str, seconds: float, last_used: int) -> int | None:
    """The step whose code was given, if it was not used before (CS §1.4: codes are single use); else None."""
    now = step_at(seconds)
    for step in range(now - WINDOW, now + WINDOW + 1):
        if step > last_used and hmac.compare_digest(code(secret, step), given):
            return step
    return None
