"""`app.py policy`: a file is checked, a request explained, offline."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main

SHIPPED = str(Path(__file__).parents[2] / "policy.toml")


def run(*words: str) -> tuple[int, list[str]]:
    found = CliRunner().invoke(main, ["policy", *words])
    return found.exit_code, found.output.splitlines()


def test_the_file_that_ships_is_valid() -> None:
    """Exit code 0, and how many rules it has."""
    code, lines = run("check", SHIPPED)
    assert (code, lines[0].partition(", digest ")[0]) == (0, "The policy is valid: 4 rules")


def test_a_faulty_file_is_told_line_by_line(tmp_path: Path) -> None:
    """Exit code 1; file, line, reason."""
    path = tmp_path / "policy.toml"
    path.write_text('schema = 1\n[[rule]]\nname = "a"\nmost_people = 0\nhour = 1\n', "utf-8")
    assert run("check", str(path)) == (
        1,
        [
            f"{path}, line 4: most_people: input should be greater than or equal to 1",
            f"{path}, line 5: hour: there is no such key",
        ],
    )


ADMINS = "1 person of the owner and the admins has to agree."
WHO = "None of them may be the requester or in the plan; each must be owner or admin at that time."
WAITS = "Without their approval it expires after 1 day."
RUNS = "Once agreed, and due, it has to start within 1 day."
GROUP = "the admins in the Slack user group"
ONCE = "(nobody counts for two)"
OTHER_ADMINS = "it is for another number of admins among them"
EMAIL = "Everybody may be known by e-mail."


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["--action", "remove", "--people", "30"],
            [
                "Allowed by the rule remove-or-reset-mfa: this action always needs another admin.",
                *(ADMINS, WHO, WAITS, RUNS, EMAIL),
            ],
        ),
        (
            ["--action", "unlock", "--people", "30", "--file", SHIPPED],
            [
                "Allowed by the rule many: it is about more than 10 people.",
                *(ADMINS, WHO, WAITS, RUNS, EMAIL),
                "Passed over: remove-or-reset-mfa, because it is for other actions.",
                "Passed over: makes-an-admin, because it is about making admins, or about not making any.",
            ],
        ),
        (
            ["--action", "org_role", "--people", "1", "--makes-admin", "--linked"],
            [
                "Allowed by the rule makes-an-admin: it makes somebody an admin.",
                *(ADMINS, WHO, WAITS, RUNS),
                "Requester and approvers must have connected their accounts (/org-users connect).",
                "Passed over: remove-or-reset-mfa, because it is for other actions.",
            ],
        ),
    ],
)
def test_a_request_is_explained(words: list[str], told: list[str]) -> None:
    """Which rule, who has to agree and why, and why the rules before it do not fit."""
    assert run("explain", *words) == (0, told)


OFFICE = """\
schema = 1
[[rule]]
name = "office"
actions = ["remove"]
hours = { days = ["mon"], from = "09:00", to = "17:00", zone = "Europe/Berlin" }
requesters = ["group:S0OPS"]
admins = { max = 0 }
approvals = [
    { needed = 1, of = ["group:S0IT", "group:S0HR"], mode = "all" },
    { of = ["person:U0ADA", "person:U0EVE"] },
]
reminder = "90m"
escalation = { after = "8h" }
break_glass = "2m"
ticket = { pattern = "OPS-[0-9]+", says = "a ticket such as OPS-123" }
"""


def test_stages_hours_and_terms_are_explained(tmp_path: Path) -> None:
    """In the policy's own zone, whatever the zone of the time that is asked about."""
    path = tmp_path / "policy.toml"
    path.write_text(OFFICE, "utf-8")
    asked = ["explain", "--action", "remove", "--people", "1", "--file", str(path), "--group", "S0OPS"]
    code, lines = run(*asked, "--at", "2026-11-30T15:59Z")
    assert (code, lines[:3]) == (
        0,
        [
            "Allowed by the rule office.",
            f"Stage 1 of 2: 1 person of {GROUP} S0IT and 1 person of {GROUP} S0HR {ONCE} have to agree.",
            "Stage 2 of 2: 1 person of the admins among U0ADA, U0EVE has to agree.",
        ],
    )
    assert lines[5:] == [
        "They are reminded every 90 minutes.",
        "After 8 hours 1 person of the owner and the admins may agree instead.",
        "An owner may go without approval, after a hold of 2 minutes.",
        "It starts only within the rule's hours.",
        "The ticket must be a ticket such as OPS-123.",
        *(RUNS, EMAIL),
    ]
    assert run(*asked, "--at", "2026-11-30T16:00Z", "--admins", "1") == (
        0,
        [
            "Denied: no rule fits, and no rule means no.",
            f"Passed over: office, because {OTHER_ADMINS} and it holds at other times.",
        ],
    )


def test_a_time_that_is_none_is_said() -> None:
    """Before anything is judged."""
    code, lines = run("explain", "--action", "remove", "--people", "1", "--at", "tomorrow")
    assert (code, lines[-1]) == (
        2,
        "Error: Invalid value for --at: write a time such as 2026-11-30T09:00+01:00",
    )
