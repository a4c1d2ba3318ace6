"""The second door: `python app.py`, and its sub-commands for whoever runs the bot.

Nothing is imported before it is needed: `manifest` answers Slack's command line without loading the bot.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Awaitable
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from bot.manifest import read_manifest

T = TypeVar("T")

ENTRY = Path(__file__).resolve().parent.parent / "app.py"
"""What the demo starts as its bot: the same file that anybody starts."""

UNUSABLE_SETTINGS = os.EX_CONFIG
"""Exit code for settings that cannot be used: starting again would not help (deploy/rollcall.service)."""


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Run Rollcall, or one of the commands below. Settings: the environment or .env (docs/settings.md)."""
    if context.invoked_subcommand is None:
        _run()


def _run() -> None:
    from bot.settings import SettingsInvalid  # noqa: PLC0415  see the module's docstring
    from bot.settings_bindings import load_bindings  # noqa: PLC0415  likewise

    try:
        bindings = load_bindings()
    except SettingsInvalid as error:
        _refuse(error)
    import bot.bootstrap  # noqa: PLC0415  the whole bot; no other command needs it

    bot.bootstrap.run(bindings)


@main.command()
def login() -> None:
    """Sign in to Contentstack once and keep the token, not the password."""
    from bot import login as signing_in  # noqa: PLC0415  see the module's docstring
    from bot.settings import SettingsInvalid, load_place  # noqa: PLC0415  likewise
    from bot.terminal import Terminal  # noqa: PLC0415  likewise

    try:
        place = load_place()
    except SettingsInvalid as error:
        _refuse(error)
    sys.exit(asyncio.run(signing_in.log_in(place, Terminal())))


@main.command()
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document for each binding instead of lines."
)
def doctor(*, as_json: bool) -> None:
    """Check tokens, scopes, region, rights, files and channels, and say what each action can do here."""
    from bot import doctor as checks  # noqa: PLC0415  see the module's docstring
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


@main.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def backup(directory: Path) -> None:
    """Copy both databases into DIRECTORY, beside a running bot or without one."""
    from bot.backup import CannotBackUp, back_up  # noqa: PLC0415  see the module's docstring
    from bot.settings import load_data_dir  # noqa: PLC0415  likewise

    try:
        for made in back_up(load_data_dir(), directory):
            click.echo(made)
    except CannotBackUp as error:
        raise click.ClickException(str(error)) from None


@main.command()
def manifest() -> None:
    """Print manifest.yml as JSON, as Slack's command line asks for it (.slack/hooks.json)."""
    click.echo(json.dumps(read_manifest()))


@main.command()
@click.argument("system", type=click.Choice(["contentstack", "slack"]))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free port.")
def sandbox(system: str, port: int) -> None:
    """Run one simulated system alone on 127.0.0.1; prints the settings that point Rollcall at it."""
    serve = _serve_contentstack if system == "contentstack" else _serve_slack
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(port))


async def _serve_contentstack(port: int) -> None:
    from bot.sandbox.contentstack import seed  # noqa: PLC0415  the product runs without the sandbox
    from bot.sandbox.contentstack.server import ContentstackSandbox  # noqa: PLC0415  likewise

    async with ContentstackSandbox().serve(port=port) as url:
        click.echo(
            f"CONTENTSTACK_API_URL={url}\nCONTENTSTACK_REGION=na\n"
            f"CONTENTSTACK_ORGANIZATION_UID={seed.ORG_UID}\nCONTENTSTACK_AUTHTOKEN={seed.BOT_AUTHTOKEN}"
        )
        await asyncio.Event().wait()


async def _serve_slack(port: int) -> None:
    from bot.sandbox.workspace.server import WorkspaceSandbox  # noqa: PLC0415  the product runs without it

    sandbox = WorkspaceSandbox(read_manifest())
    async with sandbox.serve(port=port) as url:
        click.echo(
            f"# The workspace: {url}\nSLACK_API_URL={sandbox.api_url}\n"
            f"SLACK_BOT_TOKEN={sandbox.bot_token}\nSLACK_APP_TOKEN={sandbox.app_token}"
        )
        await asyncio.Event().wait()


@main.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=4780, show_default=True, help="0 takes a free port."
)
def demo(*, port: int) -> None:
    """Run Rollcall against both simulated systems, with a page to click on."""
    from bot.sandbox.demo import supervisor  # noqa: PLC0415  the product runs without the sandbox

    asyncio.run(supervisor.run(ENTRY, read_manifest(), click.echo, port=port))


@main.group()
def audit() -> None:
    """Check the audit log, export it, or tell the story of one operation."""


@audit.command("verify")
@click.option(
    "--head", "heads", multiple=True, metavar="SEQ:HASH", help="A head that Rollcall posted in Slack."
)
def audit_verify(*, heads: tuple[str, ...]) -> None:
    """Find every changed, missing or reordered row and, with a head from Slack, a cut tail."""
    from bot import audit_log  # noqa: PLC0415  see the module's docstring
    from bot.domain.audit import Broken  # noqa: PLC0415  likewise

    try:
        witnessed = [audit_log.parse_head(head) for head in heads]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--head") from error
    found = asyncio.run(_beside(audit_log.check(_data_dir(), witnessed)))
    if isinstance(found, Broken):
        click.echo(f"The audit log is broken at row {found.seq}: {found.why}.")
        sys.exit(1)
    click.echo(f"The audit log holds. Head {found}")


@audit.command("export")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
def audit_export(*, form: str) -> None:
    """Print every row; personal values are in none of them."""
    from bot import audit_log  # noqa: PLC0415  see the module's docstring

    click.echo(asyncio.run(_beside(audit_log.export(_data_dir(), form))), nl=False)


@audit.command("show")
@click.argument("operation")
def audit_show(*, operation: str) -> None:
    """Tell the story of one operation, with the names that are still kept."""
    from bot import audit_log  # noqa: PLC0415  see the module's docstring

    told = asyncio.run(_beside(audit_log.show(_data_dir(), operation)))
    if told is None:
        click.echo(f"There is no operation {operation} here.", err=True)
        sys.exit(1)
    click.echo(told)


def _data_dir() -> Path:
    from bot.settings import SettingsInvalid, load_place  # noqa: PLC0415  see the module's docstring

    try:
        return load_place().rollcall_data_dir
    except SettingsInvalid as error:
        _refuse(error)


async def _beside(work: Awaitable[T]) -> T:
    """Read beside a running bot, or say why that cannot be done."""
    from bot.store.errors import StoreError  # noqa: PLC0415  see the module's docstring

    try:
        return await work
    except StoreError as error:
        raise click.ClickException(str(error)) from error


def _refuse(error: Exception) -> NoReturn:
    click.echo(f"{error}\nSee docs/settings.md, or run `python app.py doctor`.", err=True)
    sys.exit(UNUSABLE_SETTINGS)
