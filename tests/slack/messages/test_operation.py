"""The one message of an operation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.actions import ActionKey, Parameters
from bot.domain.consequences import Consequences
from bot.domain.members import Access, Status
from bot.domain.operation import ENDS, Approval, Origin, State
from bot.domain.outcome import Accepted, Done, Failed, NotRun, Outcome, Partial, Skipped, Unknown
from bot.domain.plan import Why, blocked, skip
from bot.service.retry import Left
from bot.service.story import Kin
from bot.slack.messages import buttons, operation
from bot.slack.messages.blocks import size
from tests.slack.messages.samples import GRACE, NOON, agreed, asking, continued, line, story, texts
from tests.slack.messages.samples import operation as sample


def test_a_running_operation_shows_who_why_progress_and_people() -> None:
    """The whole message of a run under way, in a private channel."""
    lines = [line(1), line(2), line(3, verdict=skip(Why.ALREADY_SO)), line(4, verdict=blocked(Why.IS_OWNER))]
    running = sample(
        lines,
        State.RUNNING,
        approvals=(agreed(comment="fine"),),
        consequences=Consequences(people=2, losing_stacks=2, stacks_lost=2, only_admin_of=("Docs",)),
    )
    built = operation.build(story(running, {1: Done()}), names=True)
    assert texts(built.blocks) == (
        "Remove from organization: 2 people\n"
        "Running. 1 of 2 people.\n"
        "▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░\n"
        "Asked by [@U0ADA] on [2026-03-04 12:00 UTC]\n"
        "Reason: left the company\n"
        "Agreed: [@U0GRACE] on [2026-03-04 12:00 UTC]: fine\n"
        "4 chosen: 2 to run, 1 skipped, 1 blocked.\n"
        "2 people lose 2 stacks.\n"
        "Docs is left without an admin.\n"
        "✓ Done\n"
        "Person 1 (person1@example.com): leaves the organization; loses Member; "
        "loses 2 stacks: Docs and Marketing site\n"
        "○ Skipped\n"
        "Person 3 (person3@example.com): has exactly this already\n"
        "Person 4 (person4@example.com): is the owner of the organization, whom no bulk operation may touch\n"
        "To do\n"
        "Person 2 (person2@example.com): leaves the organization; loses Member; "
        "loses 2 stacks: Docs and Marketing site\n"
        "<Cancel>"
        f"Plan {running.digest[:12]} · op_1\n"
    )
    assert built.text == (
        "Remove from organization: 2 people. Running. 1 of 2 people. Asked by <@U0ADA>. "
        "Reason: left the company"
    )
    assert built.metadata == {
        "event_type": "rollcall_operation",
        "event_payload": {"operation": "op_1", "part": "main"},
    }


def test_the_summary_puts_first_what_needs_attention() -> None:
    """Every kind of outcome has its heading and says what happened to whom."""
    told_of: dict[int, Outcome] = {
        1: Done(),
        2: Accepted(),
        3: Partial("no_effect"),
        4: Skipped("drift: loses Member"),
        5: Failed("The user is <blocked> & gone.", retryable=True),
        6: Unknown("no_answer"),
        7: NotRun("stopped"),
    }
    same = Access(Status.ACCEPTED)
    ended = sample([line(n, before=same, after=same) for n in range(1, 8)], State.PARTLY_DONE)
    shown = texts(operation.build(story(ended, told_of), names=True).blocks).splitlines()
    assert shown[1] == (
        "Partly done. 1 done, 1 accepted, 1 partly done, 1 skipped, 1 failed, 1 unknown, 1 not run."
    )
    assert shown[5:-1] == [
        "? Unknown, may have happened",
        "Person 6 (person6@example.com): it was sent and no answer came, so it may have happened",
        "✗ Failed",
        "Person 5 (person5@example.com): The user is <blocked> & gone.; trying again may help",
        "◐ Partly done",
        "Person 3 (person3@example.com): Contentstack said yes, but reading again shows no change",
        "· Not run",
        "Person 7 (person7@example.com): the operation was stopped before this person's turn",
        "✓ Done",
        "Person 1 (person1@example.com)",
        "≈ Accepted, cannot be verified",
        "Person 2 (person2@example.com)",
        "○ Skipped",
        "Person 4 (person4@example.com): changed at Contentstack after the plan was sealed (loses Member)",
    ]


def test_parameters_are_named_and_a_vanished_name_is_shown_as_its_uid() -> None:
    """What was chosen for everybody stands in the message."""
    chosen = Parameters(org_roles=("role_admin", "role_gone"))
    asked = sample([line(1)], State.QUEUED, action=ActionKey.ORG_ROLE, parameters=chosen)
    assert "Organization roles: Admin and role_gone\n" in texts(
        operation.build(story(asked), names=True).blocks
    )


@pytest.mark.parametrize(
    ("state", "more", "ahead", "standing"),
    [
        (
            State.AWAITING_APPROVAL,
            {"verdict": asking(2)},
            0,
            "Waiting for approval. 0 of 2 approvals so far.",
        ),
        (State.QUEUED, {}, 0, "In line. It starts next."),
        (State.QUEUED, {}, 2, "In line. 2 operations run before it."),
        (State.SCHEDULED, {"due_at": NOON}, 0, "Scheduled. It starts on [2026-03-04 12:00 UTC]."),
        (
            State.HELD,
            {"held_reason": "contentstack_down"},
            0,
            "Held. Contentstack could not be reached. Press Resume when it is back. 0 of 1 person so far.",
        ),
        (State.DENIED, {}, 0, "Denied. Nothing was done."),
        (State.EXPIRED, {}, 0, "Expired. Nothing was done."),
        (
            State.DISMISSED,
            {"held_reason": "not_admin"},
            0,
            "Dismissed. The requester is no longer owner or admin of the organization. Nothing was done.",
        ),
        (
            State.DISMISSED,
            {"held_reason": "drift"},
            0,
            (
                "Dismissed. Too much changed at Contentstack after the plan was sealed. Ask anew to see what "
                "would happen now. Nothing was done."
            ),
        ),
    ],
)
def test_every_wait_and_stop_says_where_it_stands(
    state: State, more: dict[str, Any], ahead: int, standing: str
) -> None:
    """The second line is the state and its sentence."""
    built = operation.build(story(sample([line(1)], state, **more), ahead=ahead), names=True)
    assert texts(built.blocks).splitlines()[1] == standing


def test_who_stopped_it_is_named() -> None:
    """A withdrawal names the one who withdrew, a denial its comment."""
    withdrawn = sample([line(1)], State.WITHDRAWN, stopped_by="U0ADA")
    denied = sample(
        [line(1)],
        State.DENIED,
        stopped_by="U0GRACE",
        approvals=(Approval(GRACE, approved=False, at=NOON, comment="wrong\npeople"),),
    )
    assert "\nWithdrawn by [@U0ADA]\n" in texts(operation.build(story(withdrawn), names=True).blocks)
    shown = texts(operation.build(story(denied), names=True).blocks)
    assert "\nDenied: [@U0GRACE] on [2026-03-04 12:00 UTC]: wrong people\n" in shown
    assert "Denied by" not in shown


@pytest.mark.parametrize("state", list(State))
def test_buttons_live_only_while_they_work(state: State) -> None:
    """Resume while held, Withdraw while it waits for approval, Cancel until it is being cancelled."""
    built = operation.build(story(sample([line(1)], state)), names=True)
    live = [
        one["action_id"] for block in built.blocks if block["type"] == "actions" for one in block["elements"]
    ]
    expected = {
        State.AWAITING_APPROVAL: [buttons.WITHDRAW_ID],
        State.HELD: [buttons.RESUME_ID, buttons.CANCEL_ID],
        State.APPROVED: [buttons.CANCEL_ID],
        State.SCHEDULED: [buttons.CANCEL_ID],
        State.QUEUED: [buttons.CANCEL_ID],
        State.RUNNING: [buttons.CANCEL_ID],
    }
    assert live == expected.get(state, [])
    assert not (live and state in ENDS)


def test_without_names_nobody_is_named() -> None:
    """A public channel sees counts, and no person anywhere in blocks, text or thread."""
    ended = sample([line(n) for n in range(1, 61)], State.DONE)
    told_of = story(ended, {n: Done() for n in range(1, 61)})
    built = operation.build(told_of, names=False)
    assert "60 done" in built.text
    assert "example.com" not in repr(built)
    assert "Person" not in repr(built)


def test_a_redacted_person_is_shown_by_number() -> None:
    """Whose data was deleted is named nowhere."""
    shown = texts(operation.build(story(sample([line(1)]), people={}), names=True).blocks)
    assert "Person 1 (data deleted): " in shown


def test_nobody_is_listed_where_nothing_was_begun() -> None:
    """A denied request names no people."""
    assert "example.com" not in repr(operation.build(story(sample([line(1)], State.DENIED)), names=True))


def test_long_lists_continue_in_the_thread_without_loss_or_repetition() -> None:
    """Message and thread together show every person exactly once; nothing continues before the end."""
    many = [line(n) for n in range(1, 501)]
    told_of = story(sample(many, State.DONE), {n: Done() for n in range(1, 501)})
    built, rest = operation.build(told_of, names=True), continued(told_of)
    shown = texts([*built.blocks, *(block for message in rest for block in message.blocks)])
    assert [shown.count(f"(person{n}@example.com)") for n in range(1, 501)] == [1] * 500
    left = 500 - texts(built.blocks).count("@example.com")
    assert f"… and {left} more: see the thread.\n" in texts(built.blocks)
    assert [one.metadata["event_payload"]["part"] for one in rest] == [
        f"lines-{n}" for n in range(1, len(rest) + 1)
    ]
    running = story(sample(many, State.RUNNING))
    assert continued(running) == []
    assert "more in the plan.\n" in texts(operation.build(running, names=True).blocks)


def test_retry_and_undo_stand_in_the_summary_however_many_people_there_were() -> None:
    """Five hundred people: both buttons, the links, and no person moves between message and thread."""
    told_of: dict[int, Outcome] = {n: Unknown("no_answer") if n % 2 else Done() for n in range(1, 501)}
    plain = story(sample([line(n) for n in range(1, 501)], State.PARTLY_DONE), told_of)
    kin = [Kin(f"op_{n}", Origin.UNDO, State.DONE, "U0GRACE", None) for n in range(2, 6)]
    able = replace(plain, kin=kin, to_retry=Left((), (1,)), to_undo=(1, 2))
    links = {
        "op_5": "https://sandbox.slack.example/archives/C1/p1",
        "op_4": "https://sandbox.slack.example/p2",
    }
    built = operation.build(able, names=True, links=links)
    [live] = [block["elements"] for block in built.blocks if block["type"] == "actions"]
    assert [one["action_id"] for one in live] == [buttons.RETRY_ID, buttons.UNDO_ID]
    shown = texts(built.blocks)
    assert "… and 2 more before.\nUndone by [@U0GRACE] (done): its message\nUndone by [@U0GRACE]" in shown
    assert continued(able) == continued(plain)
    assert texts(built.blocks).count("@example.com") == texts(
        operation.build(plain, names=True).blocks
    ).count("@example.com")
    assert size(built.blocks) <= 10_000


def test_what_was_made_from_another_operation_leads_to_it() -> None:
    """With Slack's own link where it is known, without one where it is not."""
    undone = sample([line(1)], State.QUEUED, origin=Origin.UNDO, parent="op_0")
    url = "https://sandbox.slack.example/archives/C1/p1"
    linked = operation.build(story(undone), names=True, links={"op_0": url})
    assert "Takes back an earlier operation\n" in texts(linked.blocks)
    assert url in repr(linked.blocks)
    retried = sample([line(1)], State.QUEUED, origin=Origin.RETRY, parent="op_0")
    shown = texts(operation.build(story(retried), names=True).blocks)
    assert "Tries again what failed in an earlier operation\n" in shown
