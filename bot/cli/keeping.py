"""Commands for whoever keeps the bot: sign in, see whether everything works, make a copy."""

from __future__ import annotations

import asyncio
import secrets
import sys
from pathlib import Path

import click

from bot.cli.parts import refuse


@click.command()
def login() -> None:
    """Sign in to Contentstack once and keep the token, not the password."""
    from bot import login as signing_in  # noqa: PLC0415  see the package's docstring
    from bot.settings import SettingsInvalid, load_place  # noqa: PLC0415  likewise
    from bot.terminal import Terminal  # noqa: PLC0415  likewise

    try:
        place = load_place()
    except SettingsInvalid as error:
        refuse(error)
    sys.exit(asyncio.run(signing_in.log_in(place, Terminal())))


@click.command()
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document for each binding instead of lines."
)
def doctor(*, as_json: bool) -> None:
    """Check tokens, scopes, region, rights, files and channels, and say what each action can do here."""
    from bot import doctor as checks  # noqa: PLC0415  see the package's docstring
    from bot.settings import SettingsInvalid  # noqa: PLC0415  likewise
    from bot.settings_bindings import load_bindings  # noqa: PLC0415  likewise

    async def examine() -> list[checks.Report]:
        return [await checks.examine(settings) for settings in load_bindings()]

    try:
        reports = asyncio.run(examine())
    except SettingsInvalid as error:
        reports = [checks.unset(error)]
    for report in reports:
        click.echo(checks.as_json(report) if as_json else checks.as_text(report))
    sys.exit(0 if all(report.healthy for report in reports) else 1)


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def backup(directory: Path) -> None:
    """Copy both databases into DIRECTORY, beside a running bot or without one."""
    from bot.backup import CannotBackUp, back_up  # noqa: PLC0415  see the package's docstring
    from bot.settings import load_data_dir  # noqa: PLC0415  likewise

    try:
        for made in back_up(load_data_dir(), directory):
            click.echo(made)
    except CannotBackUp as error:
        raise click.ClickException(str(error)) from None


@click.command()
def key() -> None:
    """Print a new key for ROLLCALL_ENCRYPTION_KEYS."""
    from bot.vault import make_key  # noqa: PLC0415  see the package's docstring

    click.echo(make_key(secrets.token_bytes))


COMMANDS = (login, doctor, backup, key)
