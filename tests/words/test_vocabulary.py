"""Every action, reason, flag, outcome and state has its words."""

from __future__ import annotations

import pytest

from bot.domain.actions import OFFERED, ActionKey, Capability, Parameters, Readiness
from bot.domain.operation import State
from bot.domain.outcome import Accepted, Done, Failed, NotRun, Outcome, Partial, Skipped, Unknown, kind
from bot.domain.plan import Flag, Why
from bot.domain.verdict import Verdict
from bot.words import actions, flags, operation, outcomes, reasons
from bot.words.counting import count, listed, people

OUTCOMES: list[Outcome] = [
    Done(),
    Accepted(),
    Partial("no_effect"),
    Skipped("already_so"),
    Failed("Not found.", retryable=True),
    Unknown("no_answer"),
    NotRun("cancelled"),
]


@pytest.mark.parametrize("action", list(ActionKey))
@pytest.mark.parametrize("via", ["", "template", "substitute"])
@pytest.mark.parametrize("number", [1, 10, 500, 50_000])
def test_every_action_has_its_words_within_slacks_limits(action: ActionKey, via: str, number: int) -> None:
    """Title, sentence and a button of at most 24 characters, whatever the number."""
    words = actions.words(action, via)
    assert all((words.screen, words.title, words.does.endswith(".")))
    assert words.final == "" or words.final.endswith(".")
    assert 0 < len(actions.button(action, number, via)) <= 24


def test_buttons_say_verb_and_number() -> None:
    """As many as there is room for, otherwise the verb alone."""
    assert [actions.button(key, 3) for key in OFFERED] == [
        "Remove 3 people",
        "Set roles of 3 people",
        "Set stacks of 3 people",
        "Reset 3 passwords",
        "Reset MFA of 3 people",
        "Sign out 3 people",
        "Unlock 3 people",
    ]
    assert actions.button(ActionKey.PASSWORD_RESET, 1) == "Reset 1 password"
    assert actions.button(ActionKey.PASSWORD_RESET, 1, "substitute") == "E-mail 1 person"
    assert actions.button(ActionKey.STACK_ACCESS, 50_000) == "Set stacks"


def test_actions_are_called_as_on_contentstacks_own_screen() -> None:
    """The names that admins know (CS §4.1)."""
    assert [actions.words(key).screen for key in OFFERED] == [
        "Remove",
        "Update Organization Role",
        "Update Stack Access",
        "Force Password Reset",
        "Reset MFA",
        "Force Kill Session",
        "Unlock",
    ]


@pytest.mark.parametrize(
    ("capability", "caution"),
    [
        (Capability(ActionKey.REMOVE, Readiness.READY, "documented", "documented"), ""),
        (
            Capability(ActionKey.PASSWORD_RESET, Readiness.READY, "x", "substitute"),
            "Sends Contentstack's reset e-mail; the old password works until they use it.",
        ),
        (
            Capability(ActionKey.ORG_ROLE, Readiness.UNVERIFIED, "never answered yet", "template"),
            "Not verified here yet, so the first call carries one person as a test. Why: never answered yet.",
        ),
        (
            Capability(ActionKey.UNLOCK, Readiness.UNAVAILABLE, "contact Contentstack support"),
            "Not available here: contact Contentstack support.",
        ),
    ],
)
def test_what_is_not_plain_is_said(capability: Capability, caution: str) -> None:
    """A substitute is called what it is, an unproven template unproven, an unavailable action unavailable."""
    assert actions.caution(capability) == caution


def test_a_password_reset_promises_no_more_than_is_known() -> None:
    """Forced with a template, a mail without one, and both where it is not known which."""
    told = {via: actions.does(ActionKey.PASSWORD_RESET, via) for via in ("template", "substitute", "")}
    assert told == {
        "template": "Makes people choose a new password before they can sign in again.",
        "substitute": "Sends Contentstack's reset e-mail; the old password works until they use it.",
        "": "Makes people choose a new password. Where no endpoint template is set, it only sends "
        "Contentstack's reset e-mail, and the old password works until they use it.",
    }


def test_parameters_are_named() -> None:
    """Roles and stacks by name, in alphabetical order; an unknown one by its uid."""
    chosen = Parameters(("r2", "r1"), {"s1": ("sr2", "sr1")})
    names = {"r1": "Admin", "r2": "Member", "s1": "Docs", "sr1": "Editor"}
    assert actions.parameters(chosen, names) == (
        "Organization roles: Admin and Member",
        "Docs: Editor and sr2",
    )


@pytest.mark.parametrize("why", list(Why))
def test_every_why_has_a_sentence(why: Why) -> None:
    """As a verdict and as a stored reason alike."""
    assert reasons.told(why.value) == reasons.why(why) != why.value


@pytest.mark.parametrize(
    "code",
    [
        "cancelled",
        "stopped",
        "redacted",
        "no_answer",
        "no_effect",
        "interrupted",
        "not_permitted",
        "not_admin",
        "approver_not_admin",
    ],
)
def test_every_code_that_a_run_stores_has_a_sentence(code: str) -> None:
    """The words of bot.service.run are no riddles to people."""
    assert reasons.told(code) != code


@pytest.mark.parametrize(
    "code",
    [
        "credential_refused",
        "not_permitted",
        "endpoint_missing",
        "rate_limited",
        "contentstack_down",
        "slack_down",
        "no_message",
        "unknown_schema",
        "tampered",
        "store_full",
    ],
)
def test_every_hold_says_why_and_what_to_do(code: str) -> None:
    """Nobody reads a bare code when an operation is held."""
    assert reasons.held(code) != code


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("", ""),
        ("The user is <not> found.", "The user is <not> found."),
        ("drift: loses Admin", "changed at Contentstack after the plan was sealed (loses Admin)"),
        ("Note: something", "Note: something"),
        ("no_effect; Not found.", "Contentstack said yes, but reading again shows no change; Not found."),
    ],
)
def test_stored_reasons_are_told(stored: str, shown: str) -> None:
    """Codes in words, details in brackets, several joined; Contentstack's own text as it came."""
    assert reasons.told(stored) == shown


def test_what_the_policy_asks_is_a_sentence() -> None:
    """How many others, and because of what; a rule without a word on why is told by its name."""
    assert reasons.asks(0) == "Nobody else has to agree."
    assert reasons.asks(2, "it is large") == "2 other admins have to agree: it is large."
    assert reasons.asks(1, "it is large") == "One other admin has to agree: it is large."
    assert reasons.rule(Verdict(rule="large removals", why="it is large")) == "it is large"
    assert reasons.rule(Verdict(rule="large removals")) == "rule large removals"


@pytest.mark.parametrize("flag", list(Flag))
def test_every_flag_has_a_short_phrase(flag: Flag) -> None:
    """Few words, no code."""
    assert 0 < len(flags.phrase(flag)) <= 40
    assert "_" not in flags.phrase(flag)


def test_flags_are_listed_in_their_order() -> None:
    """All of a person's flags, and nothing for none."""
    assert flags.phrases((Flag.ADMIN, Flag.NEVER_LOGGED_IN)) == "admin, never signed in"
    assert flags.phrases(()) == ""


def test_outcomes_are_counted_in_a_fixed_order() -> None:
    """What was done first, what was not last, kinds without anybody left out."""
    some: list[Outcome] = [Skipped(""), *[Done()] * 7, Unknown(""), Skipped("")]
    assert outcomes.counts(some) == "7 done, 2 skipped, 1 unknown"
    assert outcomes.counts([]) == ""
    assert set(outcomes.COUNTED) == set(outcomes.LISTED) == {kind(one) for one in OUTCOMES}


def test_every_outcome_has_a_label_and_a_sentence() -> None:
    """What happened to one person, in words that claim no more than is known."""
    assert [outcomes.sentence(one) for one in OUTCOMES] == [
        "done, and seen by reading again",
        "accepted by Contentstack; nothing can be read to prove it",
        "only partly done: Contentstack said yes, but reading again shows no change",
        "skipped: has exactly this already",
        "failed: Not found.; trying again may help",
        f"may have happened; check it at Contentstack: {reasons.told('no_answer')}",
        "not run: the operation was cancelled before this person's turn",
    ]
    assert outcomes.sentence(Unknown("")) == "may have happened; check it at Contentstack"
    assert len({outcomes.label(kind(one)).symbol for one in OUTCOMES}) == len(OUTCOMES)
    assert [bool(outcomes.detail(one)) for one in OUTCOMES] == [False, False, *[True] * 5]


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_name(state: State) -> None:
    """One or two words."""
    assert 0 < len(operation.state(state)) <= 24


def test_private_sentences_fall_back_to_reasons() -> None:
    """A key of the notices, a reason's code, or the text itself."""
    assert operation.notice("denied") == "Another admin denied it, so nothing was done."
    assert operation.notice("credential_refused") == "Contentstack no longer accepts Rollcall's credential."
    assert operation.notice("something else") == "Something else."
    assert operation.undeliverable("strange") == (
        "Its progress can no longer be shown, because Slack answered strange. The operation itself goes on."
    )


def test_numbers_agree_with_their_nouns() -> None:
    """One and many, short lists and long ones."""
    assert [people(0), people(1), people(2)] == ["0 people", "1 person", "2 people"]
    assert [count(1, "stack"), count(2, "stack")] == ["1 stack", "2 stacks"]
    assert listed([]) == ""
    assert listed(["A"]) == "A"
    assert listed(["A", "B", "C"]) == "A, B and C"
    assert listed(["A", "B", "C", "D"], most=2) == "A, B and 2 more"
