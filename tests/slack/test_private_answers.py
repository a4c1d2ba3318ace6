"""Status, history and help."""

from __future__ import annotations

from bot.sandbox.workspace.shown import Message
from tests.slack.conftest import Office
from tests.slack.steps import confirm, preview_of


async def answer(office: Office, text: str) -> Message:
    """What only Ada sees."""
    ada = office.user("ada")
    before = {m.ts for m in await ada.messages("#general")}
    await ada.command("#general", text)
    return await ada.wait_for_message("#general", lambda m: m.is_ephemeral and m.ts not in before)


async def test_help_is_private_and_an_unknown_sub_command_leads_to_it(office: Office) -> None:
    """What was not understood is said."""
    known = await answer(office, "/org-users help")
    assert "/org-users remove a@example.com, b@example.com" in known.all_text
    unknown = await answer(office, "/org-users frobnicate")
    assert unknown.all_text.startswith("/org-users has no sub-command “frobnicate”")
    assert [m for m in await office.user("grace").messages("#general") if m.is_ephemeral] == []


async def test_status_and_history_tell_of_operations_from_nothing_to_one(office: Office) -> None:
    """Private; a preview that nobody confirmed is not in them."""
    assert "Nothing waits and nothing runs." in (await answer(office, "/org-users status")).all_text
    assert "Nobody has confirmed" in (await answer(office, "/org-users history")).all_text
    ada = office.user("ada")
    await preview_of(ada, "mia.member")
    assert "Nothing waits and nothing runs." in (await answer(office, "/org-users status")).all_text
    await confirm(ada)
    for text in ("/org-users status", "/org-users history"):
        told = (await answer(office, text)).all_text
        assert "Remove from organization: 1 person" in told
        assert "Waiting for approval. 0 of 1 approval so far." in told
        assert "left the company" in told


async def test_who_was_admitted_a_moment_ago_is_answered_from_memory(office: Office) -> None:
    """Help, status and history ask Contentstack nothing again; the first of them did."""
    journal = office.contentstack.journal
    await answer(office, "/org-users help")
    before = journal.seq
    for text in ("/org-users help", "/org-users status", "/org-users history"):
        await answer(office, text)
    assert [entry.path for entry in journal.entries if entry.seq > before] == []
