"""`audit`: whoever runs the bot checks the audit log, exports it, or reads one operation's story."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.parts import beside, data_dir

if TYPE_CHECKING:  # see the package's docstring
    from bot.domain.audit import Head


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
@click.option(
    "--sink",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file of ROLLCALL_AUDIT_SINK, or a copy of it: all heads in it.",
)
def audit_verify(*, heads: tuple[str, ...], sink: Path | None) -> None:
    """Find every changed, missing or reordered row and, with heads seen elsewhere, a cut tail."""
    from bot import audit_log  # noqa: PLC0415  see the package's docstring
    from bot.domain.audit import Broken  # noqa: PLC0415  likewise

    witnessed = [*_given(heads), *_kept(sink)]
    found = asyncio.run(beside(audit_log.check(data_dir(), witnessed)))
    if isinstance(found, Broken):
        click.echo(f"The audit log is broken{f' at row {found.seq}' if found.seq else ''}: {found.why}.")
        sys.exit(1)
    click.echo(f"The audit log holds. Head {found}")
    if not witnessed:
        click.echo("Only a head that was seen elsewhere (--head, --sink) shows that nothing was cut off.")


def _given(heads: Iterable[str]) -> list[Head]:
    from bot.domain.audit import parse_head  # noqa: PLC0415  see the package's docstring

    try:
        return [parse_head(head) for head in heads]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--head") from error


def _kept(sink: Path | None) -> Sequence[Head]:
    from bot.sink import read_heads  # noqa: PLC0415  see the package's docstring

    try:
        return read_heads(sink) if sink else ()
    except (OSError, ValueError) as error:
        raise click.BadParameter(str(error), param_hint="--sink") from error


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


@audit.command("redact")
@click.option("--email", metavar="ADDRESS", help="Whose data is deleted.")
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(1, 36_500),
    metavar="DAYS",
    help="Everybody who had no part in anything for so many days.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def audit_redact(*, email: str | None, days: int | None, yes: bool) -> None:
    """Delete personal data for good; the log, every plan and every outcome stay provable."""
    if (email is None) == (days is None):
        raise click.UsageError("give either --email or --older-than")
    from bot import redacting  # noqa: PLC0415  see the package's docstring

    whom = redacting.Whom(email, days)
    directory = data_dir()
    found = asyncio.run(beside(redacting.look(directory, whom)))
    click.echo(redacting.announced(found))
    if not found[0]:
        return
    if not yes:
        click.confirm("Delete it? There is no way back", abort=True)
    click.echo(redacting.done(asyncio.run(beside(redacting.redact(directory, whom)))))
