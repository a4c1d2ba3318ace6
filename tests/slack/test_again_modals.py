"""The modals of Retry and Undo: what they show, what comes back, Slack's limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.operation import Origin, State
from bot.domain.policy import Tickets
from bot.domain.verdict import Wording
from bot.slack.messages.buttons import Pressed
from bot.slack.modals import again
from bot.slack.modals.again import Again, Doubtful, Retrying, Undoing
from bot.slack.payloads import View
from bot.words import again as words
from tests.slack.shapes import blocks_of, complaints, returned

PLAN = Pressed(operation="op_1", digest="a" * 64)


def doubtful(number: int) -> Doubtful:
    return Doubtful(number, f"Person {number} (person{number}@example.com)", "no answer came")


def boxes(*numbers: int) -> dict[str, object]:
    """What stands in a group of boxes with these ticked."""
    return {"unknown": {"selected_options": [{"value": str(one)} for one in numbers]}}


def test_who_failed_is_named_and_who_may_have_got_it_is_chosen() -> None:
    """Two lists, a reason that stands there already, and the choice comes back as line numbers."""
    data = Retrying(PLAN, ["Ada: no change"], [doubtful(n) for n in range(2, 14)], "Retry: left")
    view = again.retry(data)
    assert complaints(view) == []
    assert blocks_of(view) == ["unknown-0", "unknown-1", "reason"]
    assert "Ada: no change" in str(view)
    sent = returned(view, **{"unknown-0": boxes(3, 2), "unknown-1": boxes(13)})
    assert again.parse(sent) == Again(PLAN, "Retry: left", (3, 2, 13))
    assert again.faults(sent) == {}


def test_a_ticket_is_asked_for_where_the_policy_does() -> None:
    """It stands there as it was named the first time, and may be another one; else there is no field."""
    asks = Tickets((Wording("OPS-[0-9]+", "a ticket such as OPS-123"),), always=True)
    view = again.undo(Undoing(PLAN, 2, "Undo: left", "OPS-1", asks))
    assert complaints(view) == []
    assert blocks_of(view) == ["reason", "ticket"]
    assert "a ticket such as OPS-123" in str(view)
    assert again.parse(returned(view)) == Again(PLAN, "Undo: left", (), "OPS-1")
    other = returned(view, ticket={"ticket": {"value": " OPS-2 "}})
    assert again.parse(other) == Again(PLAN, "Undo: left", (), "OPS-2")
    assert blocks_of(again.retry(Retrying(PLAN, ["Ada"], [], "Retry: left", "OPS-1"))) == ["reason"]


def test_where_nobody_failed_for_sure_somebody_has_to_be_chosen() -> None:
    """The field error stands at the first boxes; with failed people nobody has to be."""
    view = again.retry(Retrying(PLAN, [], [doubtful(1)], "Retry: left"))
    assert again.faults(returned(view)) == {"unknown-0": words.choose_somebody()}
    both = again.retry(Retrying(PLAN, ["Ada"], [doubtful(1)], "Retry: left"))
    assert again.faults(returned(both)) == {}


def test_what_finds_no_room_is_counted() -> None:
    """A hundred boxes and 25 names; the rest is said."""
    failed = [f"Person {n}" for n in range(40)]
    view = again.retry(Retrying(PLAN, failed, [doubtful(n) for n in range(1, 251)], "Retry: left"))
    assert complaints(view) == []
    assert len(blocks_of(view)) == 11
    assert "150 more unknown lines find no room here: retry once more afterwards." in str(view)
    assert "… and 15 more" in str(view)


def test_an_undo_says_what_it_does_and_needs_a_reason() -> None:
    """Blanks are no reason."""
    view = again.undo(Undoing(PLAN, 2, "Undo: left"))
    assert complaints(view) == []
    assert "2 people get back what was recorded before, each their own." in str(view)
    assert again.parse(returned(view)) == Again(PLAN, "Undo: left")
    assert list(again.faults(returned(view, reason={"reason": {"value": "  "}}))) == ["reason"]


def test_an_undo_is_called_undone_only_when_it_is() -> None:
    """In the parent's message, by the state of the undo."""
    told = {state: words.followed(Origin.UNDO, state) for state in State}
    assert told.pop(State.DONE) == "Undone by "
    assert told.pop(State.PARTLY_DONE) == "Partly undone by "
    assert set(told.values()) == {"Undo asked for by "}


@pytest.mark.parametrize("metadata", ["", "{}", '{"operation":"op_1","digest":"short"}', "[]"])
def test_a_modal_that_is_not_ours_is_a_value_error(metadata: str) -> None:
    """Hostile until parsed."""
    view = View(id="V1", private_metadata=metadata)
    for read in (again.parse, again.faults):
        with pytest.raises(ValueError, match="metadata"):
            read(view)


def test_a_box_that_is_no_line_is_a_value_error() -> None:
    """Values are line numbers."""
    view = again.retry(Retrying(PLAN, [], [doubtful(1)], "Retry: left"))
    wrong = {"unknown": {"selected_options": [{"value": "everybody"}]}}
    with pytest.raises(ValueError, match="everybody"):
        again.parse(returned(view, **{"unknown-0": wrong}))


hostile = st.text(max_size=320) | st.sampled_from(["<!channel>", "*bold*", "a\nb\u202e", "&lt;", "x" * 400])


@given(names=st.lists(hostile, min_size=1, max_size=120), reason=st.text(min_size=3, max_size=900))
def test_no_name_however_hostile_breaks_the_modals(names: list[str], reason: str) -> None:
    """Slack takes them whatever people and reasons are called."""
    unknown = [Doubtful(number, name, name) for number, name in enumerate(names, start=1)]
    assert complaints(again.retry(Retrying(PLAN, names, unknown, reason))) == []
    assert complaints(again.undo(Undoing(PLAN, 1, reason))) == []
