"""Several bindings: one table each, nothing of them from the environment, every fault with its place."""

import os
from pathlib import Path

import pytest

from bot.settings import SettingsInvalid
from bot.settings_bindings import load_bindings
from bot.vault import make_key

SHARED = 'contentstack_region = "eu"\nrollcall_max_people = 4\n'
FIRST = """
[[binding]]
slack_bot_token = "xoxb-one"
slack_app_token = "xapp-one"
contentstack_organization_uid = "blt1"
contentstack_authtoken = "token-one"
"""
SECOND = FIRST.replace("one", "two").replace("blt1", "blt2") + 'contentstack_region = "na"\n'


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that ROLLCALL_BINDINGS names."""
    ours = ("SLACK_", "CONTENTSTACK_", "ROLLCALL_")
    for name in [one for one in os.environ if one.startswith(ours)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ROLLCALL_BINDINGS", str(tmp_path / "bindings.toml"))
    monkeypatch.setenv("ROLLCALL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "bindings.toml"


def faults(file: Path, text: str) -> list[str]:
    file.write_text(text)
    with pytest.raises(SettingsInvalid) as caught:
        load_bindings()
    return str(caught.value).splitlines()


def test_each_table_is_a_binding_and_what_stands_above_holds_for_all(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table's own value goes first; the environment's would not be looked at; the directory is shared."""
    monkeypatch.setenv("ROLLCALL_MAX_PEOPLE", "7")
    monkeypatch.setenv("ROLLCALL_REDACT_AFTER_DAYS", "365")
    file.write_text(SHARED + FIRST + SECOND)
    assert [
        (
            one.contentstack_organization_uid,
            one.contentstack_region,
            one.rollcall_max_people,
            one.slack_bot_token.get_secret_value(),
            one.rollcall_data_dir,
            one.rollcall_redact_after_days,
        )
        for one in load_bindings()
    ] == [
        ("blt1", "eu", 4, "xoxb-one", file.parent / "data", 365),
        ("blt2", "na", 4, "xoxb-two", file.parent / "data", 365),
    ]


def test_faults_name_binding_and_key_and_no_secret(file: Path) -> None:
    """Everything that is wrong is told at once."""
    wrong = FIRST.replace("xoxb-one", "xapp-secret").replace("_authtoken", "_authtokn")
    lines = faults(file, SHARED + wrong + SECOND + 'rollcall_data_dir = "elsewhere"\n')
    assert [line.split(":")[0] for line in lines] == [
        "binding 1, contentstack_authtokn",
        "binding 1, slack_bot_token",
        "binding 1, contentstack_authtoken",
        "binding 2, rollcall_data_dir",
    ]
    assert "did you mean contentstack_authtoken?" in lines[0]
    assert "secret" not in "".join(lines)


def test_two_bindings_need_two_apps(file: Path) -> None:
    """One app's events would go to either of them."""
    assert faults(file, SHARED + FIRST + SECOND.replace("xoxb-two", "xoxb-one")) == [
        "slack_bot_token: two bindings have the same; each needs its own Slack app and its own address"
    ]


def test_two_bindings_with_linked_accounts_need_two_addresses(file: Path) -> None:
    """Both listen for browsers, also in Socket Mode."""
    connect = f"""
        rollcall_public_url = "https://rollcall.example.com"
        rollcall_encryption_keys = "{make_key(bytes)}"
        contentstack_oauth_app_uid = "app"
        contentstack_oauth_client_id = "client"
        contentstack_oauth_client_secret = "secret"
        """
    assert faults(file, SHARED + connect + FIRST + SECOND) == [
        "rollcall_listen: two bindings have the same; each needs its own Slack app and its own address"
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [("binding = 3", "has no [[binding]] table"), ("[[binding", "cannot be read: it is not TOML in UTF-8")],
)
def test_a_file_without_bindings_is_refused(file: Path, text: str, why: str) -> None:
    """The line names the variable and the file."""
    assert faults(file, text) == [f"ROLLCALL_BINDINGS: {file} {why}"]
