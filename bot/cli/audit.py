"""`audit`: whoever runs the bot checks the audit log, exports it, or reads one operation's story."""

from __future__ import annotations

import asyncio
import sys

import click

from bot.cli.parts import beside, data_dir


@click.group()
def audit() -> None:
    """Check the audit log, export it, or tell the story of one operation."""


@audit.command("verify")
@click.option(
    "--head",
    "heads",
    multiple=True,
    metavar="SEQ:HASH",
    help="A head that Rollcall posted in Slack; the first 32 characters of its hash are enough.",
)
def audit_verify(*, heads: tuple[str, ...]) -> None:
    """Find every changed, missing or reordered row and, with a head from Slack, a cut tail."""
    from bot import audit_log  # noqa: PLC0415  see the package's docstring
    from bot.domain.audit import Broken  # noqa: PLC0415  likewise

    try:
        witnessed = [audit_log.parse_head(head) for head in heads]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--head") from error
    found = asyncio.run(beside(audit_log.check(data_dir(), witnessed)))
    if isinstance(found, Broken):
        click.echo(f"The audit log is broken{f' at row {found.seq}' if found.seq else ''}: {found.why}.")
        sys.exit(1)
    click.echo(f"The audit log holds. Head {found}")


@audit.command("export")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
def audit_export(*, form: str) -> None:
    """Print every row; personal values are in none of them."""
    from bot import audit_log  # noqa: PLC0415  see the package's docstring

    asyncio.run(beside(audit_log.export(data_dir(), form, sys.stdout.write)))


@audit.command("show")
@click.argument("operation")
def audit_show(*, operation: str) -> None:
    """Tell the story of one operation, with the names that are still kept."""
    from bot import audit_log  # noqa: PLC0415  see the package's docstring

    told = asyncio.run(beside(audit_log.show(data_dir(), operation)))
    if told is None:
        click.echo(f"There is no operation {operation} here.", err=True)
        sys.exit(1)
    click.echo(told)
