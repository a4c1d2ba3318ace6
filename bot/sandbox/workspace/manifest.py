"""An app manifest (SL §8) read into what the workspace needs to know about the app."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command."""

    command: str
    description: str
    usage_hint: str
    should_escape: bool
    url: str


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A global or message shortcut."""

    name: str
    type: str
    callback_id: str
    description: str


@dataclass(frozen=True, slots=True)
class AppConfig:
    """The app as its manifest describes it; the URLs are used only when Socket Mode is off (SL §3)."""

    name: str
    bot_name: str
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    scopes: frozenset[str]
    events: frozenset[str]
    socket_mode: bool
    events_url: str
    interactivity_url: str
    options_url: str
    home_tab: bool
    messages_tab: bool

    @classmethod
    def read(
        cls, manifest: Mapping[str, Any], scopes: Iterable[str] | None = None, request_url: str | None = None
    ) -> Self:
        """Read a manifest; `scopes` and `request_url` (signed HTTP for everything) replace what it says."""
        features = manifest.get("features", {})
        settings = manifest.get("settings", {})
        events = settings.get("event_subscriptions", {})
        interactivity = settings.get("interactivity", {})
        name = manifest.get("display_information", {}).get("name", "App")
        home = features.get("app_home", {})
        declared = manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])
        return cls(
            name=name,
            bot_name=features.get("bot_user", {}).get("display_name", name),
            commands=tuple(_command(c, request_url) for c in features.get("slash_commands", [])),
            shortcuts=tuple(_shortcut(s) for s in features.get("shortcuts", [])),
            scopes=frozenset(declared if scopes is None else scopes),
            events=frozenset(events.get("bot_events", [])),
            socket_mode=request_url is None and bool(settings.get("socket_mode_enabled", False)),
            events_url=request_url or events.get("request_url", ""),
            interactivity_url=request_url or interactivity.get("request_url", ""),
            options_url=request_url or interactivity.get("message_menu_options_url", ""),
            home_tab=bool(home.get("home_tab_enabled", False)),
            messages_tab=bool(home.get("messages_tab_enabled", True)),
        )

    def command(self, name: str) -> Command | None:
        """A slash command by its name, with the slash."""
        return next((c for c in self.commands if c.command == name), None)

    def shortcut(self, callback_id: str, kind: str) -> Shortcut | None:
        """A shortcut by its callback id and type."""
        return next((s for s in self.shortcuts if s.callback_id == callback_id and s.type == kind), None)


def _command(raw: Mapping[str, Any], request_url: str | None) -> Command:
    return Command(
        command=raw["command"],
        description=raw.get("description", ""),
        usage_hint=raw.get("usage_hint", ""),
        should_escape=bool(raw.get("should_escape", False)),
        url=request_url or raw.get("url", ""),
    )


def _shortcut(raw: Mapping[str, Any]) -> Shortcut:
    return Shortcut(
        name=raw["name"],
        type=raw["type"],
        callback_id=raw["callback_id"],
        description=raw.get("description", ""),
    )
