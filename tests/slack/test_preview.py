"""The preview: who, what, what it costs, who must agree; and Slack's limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.actions import ActionKey
from bot.domain.consequences import Consequences
from bot.domain.operation import Operation, State
from bot.domain.plan import Flag, Line, Why, blocked, skip
from bot.ports.store import PersonData
from bot.sandbox.workspace.block_kit import check_blocks
from bot.service.seal import Proposal
from bot.slack.messages.buttons import Pressed
from bot.slack.modals import comment, deny, preview
from bot.slack.modals.comment import Commented
from bot.slack.payloads import View
from tests.slack.messages.samples import ADA, NAMES, NOON, asking, line, plan
from tests.slack.shapes import complaints, returned


def proposal(lines: list[Line], people: dict[int, PersonData] | None = None, **more: Any) -> Proposal:
    sealed = plan(lines)
    operation = Operation(
        id="op_1",
        binding="acme",
        state=State.PROPOSED,
        plan=sealed,
        digest=sealed.digest,
        requester=ADA,
        reason=more.pop("reason", "left the company"),
        channel="C1",
        verdict=asking(1),
        created_at=NOON,
        changed_at=NOON,
        consequences=Consequences(people=1, losing_stacks=1, stacks_lost=2, only_admin_of=("Docs",)),
        names=NAMES,
    )
    default = {one.number: PersonData(f"p{one.number}@example.com", f"Person {one.number}") for one in lines}
    return Proposal(operation, people or default, more.pop("in_channel", frozenset()))


def read(blocks: list[dict[str, Any]]) -> list[str]:
    """One line of text per paragraph, as it is read."""

    def flat(part: Any) -> str:
        if isinstance(part, dict):
            if isinstance(part.get("text"), str):
                return str(part["text"])
            return "".join(flat(part[name]) for name in ("elements", "text") if name in part)
        return "".join(flat(one) for one in part) if isinstance(part, list) else ""

    lines: list[str] = []
    for block in blocks:
        for part in block["elements"] if block["type"] == "rich_text" else [block]:
            if part.get("type") == "rich_text_list":
                lines.extend(f"- {flat(item)}" for item in part["elements"])
            else:
                lines.append(flat(part))
    return lines


def test_the_preview_says_everything_that_an_admin_must_know() -> None:
    """Who will, who will not and why; the costs; what is final; who must agree; the reason; the seal."""
    sealed = proposal(
        [
            line(1, flags=(Flag.ADMIN, Flag.NEVER_LOGGED_IN)),
            line(2, verdict=skip(Why.ALREADY_SO)),
            line(3, verdict=blocked(Why.IS_OWNER)),
        ],
        in_channel=frozenset({"p1@example.com"}),
    )
    assert read(preview.build(sealed)["blocks"]) == [
        "Remove from organization: 1 person",
        "Will run (1)",
        (
            "- Person 1 p1@example.com: leaves the organization; loses Member; loses 2 stacks: Docs and "
            "Marketing site (admin, never signed in)"
        ),
        "Skipped (1)",
        "- Person 2 p2@example.com: has exactly this already",
        "Blocked (1)",
        "- Person 3 p3@example.com: is the owner of the organization, whom no bulk operation may touch",
        "What it costs",
        "- 1 person loses 2 stacks",
        "- Docs is left without an admin",
        "What cannot be undone",
        "- Nobody can be put back by force: to return, a person has to accept a new invitation.",
        "⚠ In the channel of the summary, so they will read it: p1@example.com.",
        "One other admin has to agree: this action always needs another admin.",
        "Reason: left the company",
        f"Sealed as {sealed.operation.digest[:12]}: exactly this plan runs, at most once.",
    ]


def test_confirming_carries_the_operation_and_the_whole_digest() -> None:
    """Nothing is recomputed: the click names the plan that was seen."""
    sealed = proposal([line(1)])
    view = preview.build(sealed)
    assert preview.parse(returned(view)) == Pressed(operation="op_1", digest=sealed.operation.digest)
    assert (view["submit"]["text"], view["close"]["text"], view["notify_on_close"]) == (
        "Remove 1 person",
        "Discard",
        True,
    )


def test_with_nobody_left_there_is_nothing_to_submit() -> None:
    """A sentence instead of a button."""
    view = preview.build(proposal([line(1, verdict=skip(Why.ALREADY_SO))]))
    assert "submit" not in view
    assert read(view["blocks"])[-1].startswith("⚠ Nobody is left to act on")
    assert complaints(view) == []


def test_as_a_direct_message_it_has_buttons_of_its_own() -> None:
    """Confirm and discard carry the same value as the modal."""
    sealed = proposal([line(1)])
    blocks = preview.message(sealed)
    assert [(one["action_id"], one["value"]) for one in blocks[-1]["elements"]] == [
        ("preview_confirm", preview.build(sealed)["private_metadata"]),
        ("preview_discard", preview.build(sealed)["private_metadata"]),
    ]
    assert check_blocks(blocks, "message", "/blocks") == []


@pytest.mark.parametrize("metadata", ["", "{}", '{"operation":"op_1","digest":"short"}', "[]"])
def test_a_preview_that_is_not_ours_is_a_value_error(metadata: str) -> None:
    """Hostile until parsed; the same for the denial."""
    view = View(id="V1", private_metadata=metadata)
    for parse in (preview.parse, comment.parse):
        with pytest.raises(ValueError, match="metadata"):
            parse(view)


def test_a_denial_comes_back_with_its_comment() -> None:
    """Blanks around it are dropped."""
    plan_ = Pressed(operation="op_1", digest="a" * 64)
    view = deny.build(plan_)
    assert complaints(view) == []
    typed = {"comment": {"value": "  not them \n"}}
    assert comment.parse(returned(view, comment=typed)) == Commented(plan_, "not them")


hostile = st.text(max_size=320) | st.sampled_from(
    ["<!channel>", "*bold*", "x" * 300 + "@example.com", "a\nb\u202e", "&lt;"],
)


@given(
    people=st.lists(st.tuples(hostile, hostile), min_size=1, max_size=60),
    names=st.dictionaries(st.sampled_from(sorted(NAMES)), hostile),
    reason=st.text(min_size=1, max_size=500),
    action=st.sampled_from(list(ActionKey)),
)
def test_no_plan_however_hostile_or_long_breaks_the_preview(
    people: list[tuple[str, str]], names: dict[str, str], reason: str, action: ActionKey
) -> None:
    """Slack takes the modal and the direct message whatever people and stacks are called."""
    lines = [line(number, flags=tuple(Flag)) for number in range(1, len(people) + 1)]
    sealed = proposal(
        lines,
        {number: PersonData(email, name) for number, (email, name) in enumerate(people, start=1)},
        reason=reason,
        in_channel=frozenset(email for email, _ in people),
    )
    plan_ = replace(sealed.operation.plan, action=action)
    sealed = replace(sealed, operation=replace(sealed.operation, plan=plan_, names=names))
    assert complaints(preview.build(sealed)) == []
    assert check_blocks(preview.message(sealed), "message", "/blocks") == []
