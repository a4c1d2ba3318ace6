"""Results of calls become one outcome."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import outcome
from bot.domain.operation import State, final_state
from bot.domain.outcome import (
    Accepted,
    Done,
    Failed,
    NotRun,
    Outcome,
    Partial,
    Result,
    ResultKind,
    Skipped,
    Unknown,
    fold,
)

V, A, S, F, U, N = (
    Result(ResultKind.VERIFIED),
    Result(ResultKind.ACCEPTED),
    Result(ResultKind.SKIPPED, "no session"),
    Result(ResultKind.FAILED, "refused"),
    Result(ResultKind.UNKNOWN, "no_answer"),
    Result(ResultKind.NOT_SENT, "stopped"),
)
AGAIN = Result(ResultKind.FAILED, "busy", retryable=True)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([V, V], Done()),
        ([V, A], Accepted()),
        ([V, S], Done()),
        ([S], Skipped("no session")),
        ([V, F], Partial("refused")),
        ([A, N], Partial("stopped")),
        ([F, F], Failed("refused", retryable=False)),
        ([AGAIN], Failed("busy", retryable=True)),
        ([AGAIN, F], Failed("busy; refused", retryable=False)),
        ([F, N], Failed("refused; stopped", retryable=False)),
        ([N], NotRun("stopped")),
        ([V, U], Unknown("no_answer")),
        ([F, U], Unknown("refused; no_answer")),
    ],
)
def test_results_fold_into_one_outcome(results: list[Result], expected: Outcome) -> None:
    """Doubt wins, then a mixture, then the worst single kind."""
    assert fold(results) == expected


def test_a_line_without_calls_has_no_outcome() -> None:
    """Nothing is made up."""
    with pytest.raises(ValueError, match="no outcome"):
        fold([])


RESULTS = st.lists(
    st.builds(Result, st.sampled_from(ResultKind), st.sampled_from(["", "why"]), retryable=st.booleans()),
    min_size=1,
)


@given(results=RESULTS)
def test_done_is_only_said_when_every_call_was_verified_or_skipped(results: list[Result]) -> None:
    """No Done without its effect, and no doubt is ever hidden."""
    found = fold(results)
    kinds = {one.kind for one in results}
    if isinstance(found, Done):
        assert kinds <= {ResultKind.VERIFIED, ResultKind.SKIPPED}
        assert ResultKind.VERIFIED in kinds
    assert isinstance(found, Unknown) == (ResultKind.UNKNOWN in kinds)


@given(results=RESULTS)
def test_an_outcome_survives_its_document(results: list[Result]) -> None:
    """What is stored is what was found."""
    found = fold(results)
    assert outcome.parse(outcome.document(found)) == found


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([Done(), Skipped("x")], State.DONE),
        ([Skipped("x")], State.DONE),
        ([Done(), Failed("x", retryable=False)], State.PARTLY_DONE),
        ([Failed("x", retryable=False), NotRun("y")], State.FAILED),
        ([Failed("x", retryable=False), Skipped("y")], State.FAILED),
        ([Unknown("x")], State.PARTLY_DONE),
        ([Partial("x")], State.PARTLY_DONE),
    ],
)
def test_how_a_run_that_came_to_its_end_is_called(outcomes: list[Outcome], expected: State) -> None:
    """Skipped lines are no fault; nothing done and something wrong is failed."""
    assert final_state(dict(enumerate(outcomes))) is expected
