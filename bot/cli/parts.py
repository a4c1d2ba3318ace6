"""What several commands need: where the data is, and how settings that cannot be used are refused."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Awaitable
from pathlib import Path
from typing import NoReturn, TypeVar

import click

T = TypeVar("T")

UNUSABLE_SETTINGS = os.EX_CONFIG
"""Exit code for settings that cannot be used: starting again would not help (deploy/rollcall.service)."""


def data_dir() -> Path:
    """Where Rollcall keeps its files; ends the process where the settings do not say."""
    from bot.settings import SettingsInvalid, load_place  # noqa: PLC0415  see the package's docstring

    try:
        return load_place().rollcall_data_dir
    except SettingsInvalid as error:
        refuse(error)


async def beside(work: Awaitable[T]) -> T:
    """Work beside a running bot, or say why that cannot be done."""
    from bot.store.errors import StoreError  # noqa: PLC0415  see the package's docstring

    try:
        return await work
    except StoreError as error:
        raise click.ClickException(str(error)) from error
    except sqlite3.Error as error:
        raise click.ClickException(f"the database cannot be read, so it proves nothing: {error}") from error


def refuse(error: Exception) -> NoReturn:
    """Say what is wrong with the settings and end the process."""
    click.echo(f"{error}\nSee docs/settings.md, or run `python app.py doctor`.", err=True)
    sys.exit(UNUSABLE_SETTINGS)
