"""Everything that is set from outside: the environment or `.env`, read once, every fault named (design §8).

A fault is one line: the variable's name and what to do about it. Values of secrets appear nowhere.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails

from bot import settings_rules as rules
from bot.contentstack.credentials import REGIONS
from bot.contentstack.endpoints import EndpointsInvalid, Template, load_endpoints
from bot.domain.actions import ActionKey
from bot.domain.identity import Identity
from bot.domain.policy import Policy, built_in
from bot.domain.verdict import MOST_PEOPLE
from bot.settings_base import Base, Fault, Place, SettingsInvalid
from bot.settings_connect import ConnectSettings

__all__ = [
    "DOTENV", "Base", "Fault", "Place", "Settings", "SettingsInvalid", "as_fault", "foreign", "load_data_dir",
    "load_place", "load_settings",
]  # fmt: skip

DOTENV = Path(".env")
SLACK_API = "https://slack.com/api/"
LISTEN = "127.0.0.1:3000"

T = TypeVar("T", bound="Place")

_OURS = "ROLLCALL_"


class Settings(ConnectSettings):
    """All settings of a bot that serves one workspace and one organization.

    ``contentstack_authtoken`` is the variable's, or else the one that `login` kept in the data directory.
    """

    slack_bot_token: SecretStr = Field(
        validation_alias=AliasChoices("SLACK_BOT_TOKEN", "SLACK_CLI_XOXB"),  # the second is `slack run`'s
        description='the "Bot User OAuth Token" (OAuth & Permissions page of your Slack app); '
        "it starts with xoxb-",
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("SLACK_APP_TOKEN", "SLACK_CLI_XAPP"),
        description='an "App-Level Token" with the scope connections:write (Basic Information page of your '
        "Slack app); it starts with xapp-",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        validate_default=True,
        description='the "Signing Secret" (Basic Information page of your Slack app)',
    )
    slack_api_url: str = Field(
        default=SLACK_API, description="an address that begins with https:// (http:// on this machine only)"
    )
    contentstack_organization_uid: Annotated[str, Field(pattern=r"^\s*[A-Za-z0-9_]+\s*$")] = Field(
        description="the uid of your organization (Administration > Organization Info in Contentstack)"
    )
    contentstack_authtoken: SecretStr = Field(
        default=SecretStr(""), validate_default=True, description="a user authtoken of an organization admin"
    )
    rollcall_channel: str = Field(default="", description="a channel's id such as C0123ABCD, not its name")
    rollcall_approvals_channel: str = Field(
        default="", description="a channel's id such as C0123ABCD, not its name"
    )
    rollcall_endpoints: Path | None = Field(default=None, description="the path of a TOML file")
    rollcall_policy: Path | None = Field(default=None, description="the path of a TOML file")
    rollcall_rate_share: float = Field(
        default=0.5, gt=0, le=1, description="a number above 0 and at most 1, such as 0.5"
    )
    rollcall_max_people: int = Field(
        default=500, ge=1, le=MOST_PEOPLE, description=f"a whole number from 1 to {MOST_PEOPLE:,}"
    )
    rollcall_names_in_public: bool = Field(default=False, description="true or false")
    rollcall_listen: str = Field(default="", description=f"host and port such as {LISTEN}")

    @field_validator("slack_bot_token", mode="after")
    @classmethod
    def _bot_token(cls, token: SecretStr) -> SecretStr:
        return rules.bot_token(token)

    @field_validator("slack_app_token", mode="after")
    @classmethod
    def _app_token(cls, token: SecretStr | None) -> SecretStr | None:
        return None if token is None else rules.app_token(token)

    @field_validator("slack_signing_secret", mode="after")
    @classmethod
    def _some_way_in(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        no_app_token = "slack_app_token" in info.data and info.data["slack_app_token"] is None
        if secret is None and no_app_token:
            raise rules.say(
                "set SLACK_APP_TOKEN for Socket Mode (the usual way), or SLACK_SIGNING_SECRET for signed HTTP"
            )
        return None if secret is None else SecretStr(secret.get_secret_value().strip())

    @field_validator("slack_api_url", mode="after")
    @classmethod
    def _safe_slack(cls, url: str) -> str:
        return rules.safe_url(url).rstrip("/") + "/"

    @field_validator("contentstack_organization_uid", mode="after")
    @classmethod
    def _stripped(cls, uid: str) -> str:
        return uid.strip()

    @field_validator("contentstack_authtoken", mode="after")
    @classmethod
    def _given_or_kept(cls, token: SecretStr, info: ValidationInfo) -> SecretStr:
        given = token.get_secret_value().strip()
        if (
            given
            or not {"rollcall_data_dir", "contentstack_region", "contentstack_api_url"} <= info.data.keys()
        ):
            return SecretStr(given)
        api = info.data["contentstack_api_url"] or REGIONS[info.data["contentstack_region"]].api
        return rules.kept_token(info.data["rollcall_data_dir"], api)

    @field_validator("rollcall_channel", "rollcall_approvals_channel", mode="after")
    @classmethod
    def _channel_id(cls, text: str) -> str:
        if text and not rules.is_channel_id(text.strip()):
            raise ValueError
        return text.strip()

    @field_validator("rollcall_endpoints", mode="after")
    @classmethod
    def _readable_endpoints(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is None or not {"contentstack_region", "contentstack_api_url"} <= info.data.keys():
            return path
        api = info.data["contentstack_api_url"] or REGIONS[info.data["contentstack_region"]].api
        try:
            load_endpoints(path.expanduser(), urlsplit(api).hostname or "")
        except EndpointsInvalid as error:
            raise rules.say(str(error)) from None
        return path.expanduser()

    @field_validator("rollcall_policy", mode="after")
    @classmethod
    def _usable_policy(cls, path: Path | None) -> Path | None:
        if path is None:
            return None
        from bot.policy_file import PolicyInvalid, read_policy  # noqa: PLC0415  only where there is one

        try:
            read_policy(path.expanduser())
        except PolicyInvalid as error:
            raise rules.say(f"{path}, {'; '.join(map(str, error.faults))}") from None
        return path.expanduser()

    @field_validator("rollcall_listen", mode="after")
    @classmethod
    def _listen_needs_http(cls, text: str, info: ValidationInfo) -> str:
        if not text:
            return text
        rules.host_and_port(text)
        connects = info.data.get("rollcall_public_url", "failed")
        if info.data.get("slack_signing_secret", "failed") is None and not connects:
            raise rules.say(
                "only signed HTTP and linked accounts listen: set SLACK_SIGNING_SECRET or "
                "ROLLCALL_PUBLIC_URL too, or remove this"
            )
        return text

    @property
    def transport(self) -> Literal["socket", "http"]:
        """Socket Mode where there is an app token; HTTP without one, or where ROLLCALL_LISTEN asks for it."""
        asked_for = self.rollcall_listen and self.slack_signing_secret is not None
        return "http" if asked_for or self.slack_app_token is None else "socket"

    @property
    def listen(self) -> tuple[str, int]:
        """Host and port of HTTP mode, and of the pages on which accounts are linked."""
        return rules.host_and_port(self.rollcall_listen or LISTEN)

    @property
    def templates(self) -> Mapping[ActionKey, Template]:
        """The endpoint templates; none without ROLLCALL_ENDPOINTS."""
        if self.rollcall_endpoints is None:
            return {}
        return load_endpoints(self.rollcall_endpoints, urlsplit(self.contentstack_url).hostname or "")

    @property
    def policy(self) -> Policy:
        """The policy in force; linked identities by default where accounts can be linked."""
        identity = Identity.LINKED if self.connect else Identity.EMAIL
        if self.rollcall_policy is None:
            return built_in(identity)
        from bot.policy_file import read_policy  # noqa: PLC0415  only where there is one

        return read_policy(self.rollcall_policy, identity)

    def told(self) -> dict[str, str | int]:
        """What the audit keeps of a start: how things are set, and nothing that is secret."""
        return {
            "region": self.contentstack_region,
            "organization": self.contentstack_organization_uid,
            "transport": self.transport,
            "channel": self.rollcall_channel,
            "approvals_channel": self.rollcall_approvals_channel,
            "names_in_public": int(self.rollcall_names_in_public),
            "max_people": self.rollcall_max_people,
            "audit_sink": int(self.rollcall_audit_sink is not None),
            "redact_after_days": self.rollcall_redact_after_days,
            "rate_share": str(self.rollcall_rate_share),
            "connect": int(self.connect),
            "endpoints": ", ".join(f"{action} {one.fingerprint}" for action, one in self.templates.items()),
        }

    @classmethod
    def variables(cls) -> tuple[str, ...]:
        """Every variable that is read, in the order of the documentation."""
        return tuple(name.upper() for name in cls.model_fields)


def load_settings(dotenv: Path = DOTENV) -> Settings:
    """Read all settings; raises SettingsInvalid with every fault that could be seen at once."""
    return _load(Settings, dotenv)


def load_data_dir(dotenv: Path = DOTENV) -> Path:
    """Where Rollcall keeps its files: all that a backup needs."""
    return Base(_env_file=dotenv).rollcall_data_dir


def load_place(dotenv: Path = DOTENV) -> Place:
    """Read what `login` needs; raises SettingsInvalid."""
    return _load(Place, dotenv)


def _load(kind: type[T], dotenv: Path) -> T:
    faults = list(foreign(dotenv))
    try:
        loaded = kind(_env_file=dotenv)
    except ValidationError as error:
        faults += [as_fault(kind, one) for one in error.errors(include_url=False, include_input=False)]
    except (OSError, UnicodeError):  # of the file; `foreign` has said so
        pass
    else:
        if not faults:
            return loaded
    raise SettingsInvalid(tuple(faults))


def foreign(dotenv: Path) -> Iterator[Fault]:
    """Variables that would be silently useless, or silently do something else."""
    try:
        named = set(os.environ) | {name.upper() for name in dotenv_values(dotenv, encoding="utf-8")}
    except (OSError, UnicodeError):
        yield Fault(str(dotenv), "cannot be read as UTF-8 text; mend it or remove it")
        return
    known = Settings.variables()
    for name in sorted(named):
        if name.startswith(_OURS) and name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            yield Fault(name, f"there is no such setting{f'; did you mean {near[0]}?' if near else ''}")
    if {"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"} <= os.environ.keys():
        # Bolt reads them by itself and then ignores the bot token (SL §9).
        yield Fault(
            "SLACK_CLIENT_ID", "unset it and SLACK_CLIENT_SECRET: Slack's library would switch to OAuth"
        )


def as_fault(kind: type[Place], error: ErrorDetails) -> Fault:
    """One of pydantic's errors as a line for a person, without the value."""
    named = error["loc"][0] if error["loc"] else error.get("ctx", {}).get("variable", "")
    field = str(named).lower()
    variable = field.upper()
    description = kind.model_fields[field].description if field in kind.model_fields else ""
    match error["type"]:
        case rules.SAID:
            return Fault(variable, error["msg"])
        case "missing":
            return Fault(variable, f"is not set; it must be {description}")
        case _:
            return Fault(variable, f"cannot be used; it must be {description}")
