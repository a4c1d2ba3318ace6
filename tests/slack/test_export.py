"""`/org-users export`: the whole list, to whoever may have it, in private, and audited."""

from __future__ import annotations

from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.workspace.client import SlackUser
from bot.words.cells import BOM
from bot.words.sheets import MEMBERS
from tests.slack.conftest import Office
from tests.slack.steps import refusals


async def ask(user: SlackUser, text: str, sentence: str) -> None:
    await user.command("#general", text)
    await user.wait_for_message("#general", lambda m: m.is_ephemeral and sentence in m.text)


async def exports(office: Office) -> list[dict[str, object]]:
    found = await office.store.read(lambda tx: list(tx.rows()))
    return [{**row.event.data, "by": row.event.actor} for row in found if row.event.kind.value == "exported"]


async def test_the_list_comes_as_a_direct_message_with_both_counts_and_an_audit_row(office: Office) -> None:
    """Every member has a row; nobody else in the workspace sees the file."""
    ada = office.user("ada")
    await ask(ada, "/org-users export", "The member list is in your direct message with Rollcall")
    message = await ada.wait_for_message("@rollcall")
    number = len(office.contentstack.state.organizations[seed.ORG_UID].shares)
    assert f"{number} people in the list, Contentstack counts {number}; read " in message.text
    (file,) = message.raw["files"]
    assert file["name"].endswith("_users_export.csv")
    content = (await ada.download(file["id"])).decode()
    assert content.startswith(
        f"{BOM}Email,User UID,Organization Role,Status,Invited By,Created Time,Updated Time,"
    )
    assert content.count("\r\n") == number + 1
    (row,) = await exports(office)
    assert (row["people"], row["expected"], row["complete"], row["dates"]) == (number, number, 1, "iso")
    assert row["columns"] == list(MEMBERS)
    assert len(str(row["by"])) == 32
    for channel in ("#general", "#org-admins"):
        assert not [m for m in await office.user("grace").messages(channel) if m.raw["files"]]


async def test_the_clis_dates_can_be_asked_for(office: Office) -> None:
    """The same list."""
    ada = office.user("ada")
    await ask(ada, "/org-users export cli", "The member list is in your direct message with Rollcall")
    assert [row["dates"] for row in await exports(office)] == ["cli"]


async def test_whoever_is_no_admin_gets_no_list(office: Office) -> None:
    """Refused, audited, nothing sent."""
    mia = office.user("mia")
    await mia.command("#general", "/org-users export")
    await mia.wait_for_message("#general", lambda m: m.is_ephemeral)
    assert await exports(office) == []
    assert ("U0MIA", "not_admin") in await refusals(office)


async def test_contentstack_down_is_said(office: Office) -> None:
    """No old list is handed out for a new one."""
    ada = office.user("ada")
    await ask(ada, "/org-users status", "What waits")
    office.contentstack.faults.add(Fault(0, Kind.BAD_GATEWAY, count=None))
    await ask(ada, "/org-users export", "Contentstack")
    assert await exports(office) == []


async def test_a_file_that_slack_does_not_take_is_said_and_still_audited(office: Office) -> None:
    """Who asked for the list is known, whether it arrived or not."""
    await office.workspace.fault("error", "files.getUploadURLExternal", error="file_uploads_disabled")
    await ask(office.user("ada"), "/org-users export", "(file_uploads_disabled)")
    assert len(await exports(office)) == 1
