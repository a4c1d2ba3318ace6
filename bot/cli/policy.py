"""`policy`: whoever writes the policy checks a file, or asks what it says of a request."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.domain.actions import ActionKey

if TYPE_CHECKING:
    from bot.domain.policy import Policy

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def policy() -> None:
    """Check a policy file, or say what it asks of a request. Nothing is read but the file."""


@policy.command("check")
@click.argument("file", type=_FILE)
def policy_check(*, file: Path) -> None:
    """Say whether FILE can be used; otherwise every line that has to be mended, and why."""
    from bot.words import policy as words  # noqa: PLC0415  see the package's docstring

    found = _read(file)
    click.echo(words.valid(len(found.rules), found.digest))


@policy.command("explain")
@click.option("--action", type=click.Choice([action.value for action in ActionKey]), required=True)
@click.option("--people", type=click.IntRange(min=0), required=True, help="Whom it would happen to.")
@click.option("--admins", type=click.IntRange(min=0), default=0, help="Admins among them, or who may be one.")
@click.option("--makes-admin", is_flag=True, help="Somebody becomes an admin.")
@click.option("--at", "moment", metavar="TIME", default="", help="When it would start (ISO 8601).")
@click.option("--requester", metavar="ID", default="", help="The requester's Slack id (U…).")
@click.option("--group", "groups", metavar="ID", multiple=True, help="A Slack user group (S…) he is in.")
@click.option("--linked", is_flag=True, help="Connecting accounts is set up.")
@click.option("--file", type=_FILE, help="The policy file; without one the built-in default.")
def policy_explain(
    *,
    action: str,
    people: int,
    admins: int,
    makes_admin: bool,
    moment: str,
    requester: str,
    groups: tuple[str, ...],
    linked: bool,
    file: Path | None,
) -> None:
    """Say which rule decides, who would have to agree and why, and why the rules before do not fit."""
    from bot.domain.identity import Identity  # noqa: PLC0415  see the package's docstring
    from bot.domain.policy import Request, Requester, built_in, weigh  # noqa: PLC0415  likewise
    from bot.words import policy as words  # noqa: PLC0415  likewise

    identity = Identity.LINKED if linked else Identity.EMAIL
    asked = Request(
        action=ActionKey(action),
        people=people,
        admins=admins,
        makes_admin=makes_admin,
        at=_moment(moment),
        requester=Requester(requester, identity=identity, groups=frozenset(groups)),
    )
    rules = _read(file, linked=linked) if file else built_in(identity)
    for line in words.explained(weigh(rules, asked)):
        click.echo(line)


def _read(file: Path, *, linked: bool = False) -> Policy:
    from bot.domain.identity import Identity  # noqa: PLC0415  see the package's docstring
    from bot.policy_file import PolicyInvalid, read_policy  # noqa: PLC0415  likewise

    try:
        return read_policy(file, Identity.LINKED if linked else Identity.EMAIL)
    except PolicyInvalid as error:
        for fault in error.faults:
            click.echo(f"{file}, {fault}", err=True)
        sys.exit(1)


def _moment(text: str) -> datetime:
    """A moment with its zone; this machine's zone where none is given, now where no time is."""
    try:
        return (datetime.fromisoformat(text) if text else datetime.now().astimezone()).astimezone()
    except ValueError:
        raise click.BadParameter("write a time such as 2026-11-30T09:00+01:00", param_hint="--at") from None
