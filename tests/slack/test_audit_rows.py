"""Who opened what, who was refused where: a row a minute for each, by pseudonym alone."""

from __future__ import annotations

from bot.domain.audit import EventKind
from bot.ports.store import Transaction
from bot.sandbox.contentstack import seed
from tests.slack.conftest import Office
from tests.slack.steps import open_form


async def opened(office: Office) -> list[tuple[str, object, object]]:
    """By whom, at what, and how many openings before were not written."""

    def look(tx: Transaction) -> list[tuple[str, object, object]]:
        events = [row.event for row in tx.rows(kinds=[EventKind.OPENED])]
        people = tx.people({one.actor for one in events})
        return [(people[one.actor].email, one.data["at"], one.data["not_written_before"]) for one in events]

    return await office.store.read(look)


async def opened_by(office: Office) -> tuple[set[tuple[str, object]], int]:
    """By whom and at what, and in how many rows."""
    rows = await opened(office)
    return {(who, at) for who, at, _ in rows}, len(rows)


async def test_whoever_opens_the_form_has_a_row(office: Office) -> None:
    """Once a minute, however often he does; a minute may end in between, never more than one."""
    ada = office.user("ada")
    for _ in range(3):
        await open_form(ada)
        await ada.close(everything=True)
    who, rows = await opened_by(office)
    assert (who, rows < 3) == ({(seed.ADA, "command")}, True)


async def test_the_shortcut_and_the_private_answers_are_openings_too(office: Office) -> None:
    """Each says which."""
    ada, grace = office.user("ada"), office.user("grace")
    await ada.shortcut("org_users")
    await ada.wait_for_modal(lambda modal: modal.callback_id == "choose")
    await grace.command("#general", "/org-users status")
    await grace.wait_for_message("#general", lambda m: m.is_ephemeral)
    assert await opened(office) == [(seed.ADA, "shortcut", 0), (seed.GRACE, "command status", 0)]


async def test_a_refused_persons_slack_id_stands_in_no_row(office: Office) -> None:
    """His account has a pseudonym, which the store can resolve until he is redacted."""
    mia = office.user("mia")
    await mia.command("#general", "/org-users status")
    await mia.wait_for_message("#general", lambda m: m.is_ephemeral)
    rows = await office.store.read(lambda tx: list(tx.rows()))
    assert [(row.event.kind, row.event.data["why"]) for row in rows] == [(EventKind.REFUSED, "not_admin")]
    assert "U0MIA" not in str(rows)
    keys = [row.event.actor for row in rows]
    assert await office.store.read(lambda tx: tx.accounts(keys)) == {keys[0]: "U0MIA"}


async def test_whoever_looks_at_the_home_tab_has_a_row(office: Office) -> None:
    """Once a minute; whoever is no admin sees nothing there, and has none."""
    for _ in range(3):
        await office.desk.home.opened("U0ADA")
    await office.desk.home.opened("U0MIA")
    who, rows = await opened_by(office)
    assert (who, rows < 3) == ({(seed.ADA, "home tab")}, True)
