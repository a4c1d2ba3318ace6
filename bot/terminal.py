"""Talking to whoever runs the bot, in a terminal."""

from __future__ import annotations

from typing import Protocol

import click


class Dialogue(Protocol):
    """Somebody to ask."""

    def ask(self, question: str) -> str:
        """An answer that may be seen."""

    def ask_secret(self, question: str) -> str:
        """An answer that is not shown."""

    def say(self, sentence: str) -> None:
        """Tell something."""


class Terminal:
    """The person at the terminal; never an argument of the command, which others could read."""

    def ask(self, question: str) -> str:
        """An answer that may be seen."""
        answer: str = click.prompt(question)
        return answer.strip()

    def ask_secret(self, question: str) -> str:
        """An answer that is not shown."""
        answer: str = click.prompt(question, hide_input=True)
        return answer

    def say(self, sentence: str) -> None:
        """Tell something."""
        click.echo(sentence)


def printable(text: str) -> str:
    """Text from outside without anything that could steer a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
