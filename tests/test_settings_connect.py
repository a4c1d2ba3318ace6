"""The settings of linked accounts: all or none of them, and no secret in any fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.identity import Identity
from bot.domain.policy import built_in
from bot.settings import Settings, SettingsInvalid, load_settings
from bot.vault import make_key
from tests.test_settings import COMPLETE

KEY = make_key(bytes)  # always the same: a test is known by its values
CONNECT = {
    "ROLLCALL_PUBLIC_URL": "https://rollcall.example.com/",
    "ROLLCALL_ENCRYPTION_KEYS": KEY,
    "CONTENTSTACK_OAUTH_APP_UID": " app1 ",
    "CONTENTSTACK_OAUTH_CLIENT_ID": "client1",
    "CONTENTSTACK_OAUTH_CLIENT_SECRET": "secret-of-the-app",
}
ALL = ", ".join(CONNECT)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)


def load(monkeypatch: pytest.MonkeyPatch, **changes: str) -> Settings:
    for name, value in {**CONNECT, **changes}.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def faults(monkeypatch: pytest.MonkeyPatch, **changes: str) -> list[str]:
    with pytest.raises(SettingsInvalid) as caught:
        load(monkeypatch, **changes)
    return str(caught.value).splitlines()


def test_all_of_them_set_linked_accounts_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Socket Mode the pages listen where they are told to, and Slack's own way in stays."""
    settings = load(monkeypatch, ROLLCALL_LISTEN="127.0.0.1:8080")
    assert (settings.connect, settings.callback_url, settings.transport, settings.listen) == (
        True,
        "https://rollcall.example.com/oauth/callback",
        "socket",
        ("127.0.0.1", 8080),
    )
    assert settings.contentstack_oauth_app_uid == "app1"
    assert settings.policy == built_in(Identity.LINKED)


@pytest.mark.parametrize("missing", list(CONNECT))
def test_a_part_of_them_is_a_fault_that_names_the_missing_one(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """Otherwise it would look as if accounts were linked."""
    (fault,) = faults(monkeypatch, **{missing: ""})
    assert fault == (
        f"{missing}: is not set, and linked accounts need all of {ALL}: set what is missing, or none of them "
        "(docs/identity.md)"
    )


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("ROLLCALL_PUBLIC_URL", "http://rollcall.example.com", "cannot be used; it must be the address of"),
        (
            "ROLLCALL_PUBLIC_URL",
            "https://rollcall.example.com/path",
            "cannot be used; it must be the address",
        ),
        ("ROLLCALL_ENCRYPTION_KEYS", "secret-that-is-no-key", "cannot be used; it must be one or more keys"),
        ("ROLLCALL_ENCRYPTION_KEYS", f"{KEY} {KEY}", "cannot be used; it must be one or more keys"),
        ("CONTENTSTACK_OAUTH_SCOPES", "organization.share:write", "user:read must be among them"),
    ],
)
def test_what_cannot_be_used_says_what_it_must_be(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    """And never what it was."""
    (fault,) = faults(monkeypatch, **{variable: value})
    assert fault.startswith(f"{variable}: {said}")
    assert "secret" not in fault


def test_no_secret_of_it_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither repr nor dump of the settings holds keys or the app's secret."""
    settings = load(monkeypatch)
    shown = f"{settings} {settings!r} {settings.model_dump()!r} {settings.model_dump_json()}"
    assert (KEY in shown, "secret-of-the-app" in shown) == (False, False)
