"""The app manifest (`manifest.yml`): what the app is to Slack (SL §8)."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

MANIFEST = Path(__file__).resolve().parent.parent / "manifest.yml"


def read_manifest() -> dict[str, Any]:
    """The manifest as Slack's APIs take it; a copy, which its caller may change."""
    return deepcopy(_document())


@cache
def _document() -> dict[str, Any]:
    import yaml  # noqa: PLC0415  a bot that starts does not read its manifest

    document: dict[str, Any] = yaml.safe_load(MANIFEST.read_text("utf-8"))
    return document


def bot_scopes() -> tuple[str, ...]:
    """The scopes that the bot token must have."""
    return tuple(read_manifest()["oauth_config"]["scopes"]["bot"])
