"""`python app.py` itself: it runs the bot, unless one of the commands is named."""

from __future__ import annotations

import gc

import click

from bot.cli import audit, keeping, policy, stands
from bot.cli.parts import refuse


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Run Rollcall, or one of the commands below. Settings: the environment or .env (docs/settings.md)."""
    if context.invoked_subcommand is None:
        _run()


def _run() -> None:
    gc.disable()  # until the bot stands: what is imported stays, and need not be looked through meanwhile
    from bot.settings import SettingsInvalid  # noqa: PLC0415  see the package's docstring
    from bot.settings_bindings import load_bindings  # noqa: PLC0415  likewise

    try:
        bindings = load_bindings()
    except SettingsInvalid as error:
        refuse(error)
    import bot.bootstrap  # noqa: PLC0415  the whole bot; no other command needs it

    bot.bootstrap.run(bindings)


for command in (audit.audit, policy.policy, *keeping.COMMANDS, *stands.COMMANDS):
    main.add_command(command)
