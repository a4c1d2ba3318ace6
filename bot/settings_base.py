"""What every setting stands on: how a fault is told, what belongs to the process, where Contentstack is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot import settings_rules as rules
from bot.contentstack.credentials import REGIONS

LONGEST_KEPT = 36_500
"""Days: a hundred years are as good as for ever."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: the variable (or file) and a sentence."""

    variable: str
    sentence: str

    def __str__(self) -> str:
        """As it is printed."""
        return f"{self.variable}: {self.sentence}"


class SettingsInvalid(Exception):
    """The settings cannot be used; ``faults`` has a line for each thing to mend."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class Base(BaseSettings):
    """What belongs to the process and not to a binding.

    The description of each field completes "must be …" and is what a person reads of a fault.
    """

    model_config = SettingsConfigDict(
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    rollcall_data_dir: Path = Field(default=Path("var"), description="a directory for Rollcall alone")
    rollcall_bindings: Path | None = Field(default=None, description="the path of a TOML file")
    rollcall_audit_sink: Path | None = Field(
        default=None, description="the path of a file that lines may be appended to"
    )
    rollcall_redact_after_days: int = Field(
        default=0, ge=0, le=LONGEST_KEPT, description="a whole number of days, or 0 for never"
    )

    @field_validator("rollcall_data_dir", "rollcall_audit_sink", mode="after")
    @classmethod
    def _home(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser()


class Place(Base):
    """Where Contentstack is and where Rollcall keeps its files: all that `login` needs."""

    contentstack_region: str = Field(
        description=f"the region of your organization, one of {', '.join(REGIONS)} (it is the part before "
        "app.contentstack.com in the address that you sign in at; na or us where there is none)"
    )
    contentstack_api_url: str | None = Field(
        default=None, description="an address that begins with https:// (http:// on this machine only)"
    )

    @field_validator("contentstack_region", mode="after")
    @classmethod
    def _known_region(cls, text: str) -> str:
        region = text.strip().casefold().replace("_", "-")
        if region not in REGIONS:
            raise ValueError
        return "na" if region == "us" else region

    @field_validator("contentstack_api_url", mode="after")
    @classmethod
    def _safe_contentstack(cls, url: str | None) -> str | None:
        return None if url is None else rules.safe_url(url).rstrip("/").removesuffix("/v3")

    @property
    def contentstack_url(self) -> str:
        """The address of the region's API, or of what stands in for it."""
        return self.contentstack_api_url or REGIONS[self.contentstack_region].api
