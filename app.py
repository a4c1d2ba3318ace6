"""Rollcall's front door: `python app.py` runs the bot, `python app.py --help` says what else there is."""

from bot.cli import main

if __name__ == "__main__":
    main()
