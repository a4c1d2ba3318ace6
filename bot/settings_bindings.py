"""Several bindings in one process: ROLLCALL_BINDINGS names a TOML file with a table for each (design §8).

Its keys are the environment's names in lower case. What stands above the first table holds for every
binding that does not say otherwise. Nothing of a binding is read from the environment then.
"""

from __future__ import annotations

import difflib
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.settings import DOTENV, Base, Fault, Settings, SettingsInvalid, as_fault, foreign, load_settings

_OF_THE_PROCESS = frozenset(Base.model_fields)
"""Settings that all bindings share; they stay in the environment."""

_UNIQUE = ("slack_bot_token", "rollcall_listen")
"""Settings that no two bindings may have in common."""


class _Table(Settings):
    """The settings of one binding, from its table alone."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Neither the environment nor `.env`: they describe the one-binding case."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def load_bindings(dotenv: Path = DOTENV) -> tuple[Settings, ...]:
    """Read the settings of every binding; of the only one where ROLLCALL_BINDINGS is not set.

    Raises SettingsInvalid with every fault that could be seen at once.
    """
    try:
        base = Base(_env_file=dotenv)
    except (ValidationError, OSError, UnicodeError):
        return (load_settings(dotenv),)  # which says what is wrong, and with all the rest
    if base.rollcall_bindings is None:
        return (load_settings(dotenv),)
    found = tuple(foreign(dotenv))
    if found:
        raise SettingsInvalid(found)
    return _load(base)


def _load(base: Base) -> tuple[Settings, ...]:
    path = base.rollcall_bindings or Path()
    shared, tables = _read(path.expanduser())
    faults = list(_misnamed("above the first table", shared))
    process = base.model_dump(exclude={"rollcall_bindings"})
    loaded: list[Settings] = []
    for number, table in enumerate(tables, start=1):
        where = f"binding {number}"
        faults += _misnamed(where, table)
        values: dict[str, Any] = {**shared, **table, **process}
        try:
            loaded.append(_Table(**{_asked_for(key): value for key, value in values.items()}))
        except ValidationError as error:
            faults += [_of(where, as_fault(_Table, one)) for one in error.errors(include_url=False)]
    faults += _repeated(loaded)
    if faults:
        raise SettingsInvalid(tuple(faults))
    return tuple(loaded)


def _read(path: Path) -> tuple[Mapping[str, object], list[dict[str, object]]]:
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not TOML in UTF-8"
        raise SettingsInvalid((Fault("ROLLCALL_BINDINGS", f"{path} cannot be read: {why}"),)) from None
    tables = document.pop("binding", [])
    if not isinstance(tables, list) or not tables or not all(isinstance(one, dict) for one in tables):
        raise SettingsInvalid((Fault("ROLLCALL_BINDINGS", f"{path} has no [[binding]] table"),))
    return document, tables


def _misnamed(where: str, table: Mapping[str, object]) -> Iterator[Fault]:
    known = set(Settings.model_fields) - _OF_THE_PROCESS
    for key in sorted(table.keys() - known):
        near = difflib.get_close_matches(key, sorted(known), n=1, cutoff=0.8)
        if key in _OF_THE_PROCESS:
            sentence = "all bindings share it: set it in the environment"
        else:
            sentence = f"there is no such setting{f'; did you mean {near[0]}?' if near else ''}"
        yield _of(where, Fault(key, sentence))


def _repeated(loaded: list[Settings]) -> Iterator[Fault]:
    of: Mapping[str, Callable[[Settings], str]] = {
        "slack_bot_token": lambda one: one.slack_bot_token.get_secret_value(),
        "rollcall_listen": lambda one: str(one.listen) if one.transport == "http" or one.connect else "",
    }
    for key in _UNIQUE:
        counted = Counter(of[key](one) for one in loaded)
        if any(value and times > 1 for value, times in counted.items()):
            yield Fault(key, "two bindings have the same; each needs its own Slack app and its own address")


def _asked_for(key: str) -> str:
    """The name under which the model takes a value: its first alias where it has some."""
    field = Settings.model_fields.get(key)
    alias = field.validation_alias if field else None
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else key


def _of(where: str, fault: Fault) -> Fault:
    return Fault(f"{where}, {fault.variable.lower()}", fault.sentence)
