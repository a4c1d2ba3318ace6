"""The second door: `python app.py`, and its sub-commands for whoever runs the bot.

Nothing is imported before it is needed: `manifest` answers Slack's command line without loading the bot.
Each module is a group of commands; `root` puts them together.
"""

from bot.cli.root import main

__all__ = ["main"]
