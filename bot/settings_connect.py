"""What `/org-users connect` needs: an app of Contentstack's Developer Hub, our own address, and keys.

All of it or none: a part would look as if accounts were linked while they are not.
"""

from __future__ import annotations

from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from bot import settings_rules as rules
from bot.settings_base import Place

CALLBACK = "/oauth/callback"
"""Where Contentstack sends the browser back to, under the public address."""

SCOPES = "user:read organization.share:write cm.stack.users:write cm.stack:share cm.stack:unshare"
"""Who somebody is, and the published calls that change members (CS §1.6)."""

_NEEDED = (
    "rollcall_public_url",
    "rollcall_encryption_keys",
    "contentstack_oauth_app_uid",
    "contentstack_oauth_client_id",
    "contentstack_oauth_client_secret",
)


class ConnectSettings(Place):
    """The settings of linked accounts; empty where they are not set up."""

    contentstack_oauth_app_uid: str = Field(
        default="", description="the uid of your app (Developer Hub > your app > Basic Information)"
    )
    contentstack_oauth_client_id: str = Field(
        default="", description="the Client ID of your app (Developer Hub > your app > OAuth)"
    )
    contentstack_oauth_client_secret: SecretStr | None = Field(
        default=None, description="the Client Secret of your app (Developer Hub > your app > OAuth)"
    )
    contentstack_oauth_scopes: str = Field(
        default=SCOPES, description="scopes parted by blanks, each of them a user scope of your app"
    )
    rollcall_public_url: str = Field(
        default="", description="the address of this Rollcall for browsers: https://, without a path"
    )
    rollcall_encryption_keys: SecretStr | None = Field(
        default=None,
        description="one or more keys parted by commas, each made with `python app.py key`; the first "
        "encrypts, all decrypt",
    )

    @field_validator("contentstack_oauth_app_uid", "contentstack_oauth_client_id", mode="after")
    @classmethod
    def _blanks_off(cls, text: str) -> str:
        return text.strip()

    @field_validator("contentstack_oauth_client_secret", mode="after")
    @classmethod
    def _secret(cls, secret: SecretStr | None) -> SecretStr | None:
        return None if secret is None else SecretStr(secret.get_secret_value().strip())

    @field_validator("contentstack_oauth_scopes", mode="after")
    @classmethod
    def _who_at_least(cls, text: str) -> str:
        scopes = text.split()
        if "user:read" not in scopes:
            raise rules.say("user:read must be among them: without it nobody is known who connects")
        return " ".join(scopes)

    @field_validator("rollcall_public_url", mode="after")
    @classmethod
    def _origin(cls, url: str) -> str:
        return rules.origin(url) if url else url

    @field_validator("rollcall_encryption_keys", mode="after")
    @classmethod
    def _keys(cls, keys: SecretStr | None) -> SecretStr | None:
        if keys is not None:
            from bot.vault import read_keys  # noqa: PLC0415  cryptography, where there is something to keep

            read_keys(keys.get_secret_value())
        return keys

    @model_validator(mode="after")
    def _all_or_none(self) -> Self:
        missing = [name for name in _NEEDED if not getattr(self, name)]
        if missing and len(missing) < len(_NEEDED):
            raise rules.say_of(
                missing[0].upper(),
                f"is not set, and linked accounts need all of {', '.join(map(str.upper, _NEEDED))}: "
                "set what is missing, or none of them (docs/identity.md)",
            )
        return self

    @property
    def connect(self) -> bool:
        """Whether people can link their accounts."""
        return bool(self.rollcall_public_url)

    @property
    def callback_url(self) -> str:
        """The redirect URL that the app in Developer Hub must have, to the letter."""
        return f"{self.rollcall_public_url}{CALLBACK}"
