"""The policy file: what ships says what is built in; every fault has its line and its reason."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.actions import ActionKey
from bot.domain.circles import ORG_ADMINS, Escalation, Mode, Named, SlackGroup, Stage
from bot.domain.hours import DAYS, Hours
from bot.domain.identity import Identity
from bot.domain.policy import Policy, Rule, Span, When, built_in
from bot.domain.verdict import Denied, Verdict, Wording
from bot.policy_file import PolicyInvalid, read_policy
from bot.policy_file.reading import Fault, parse_policy

SHIPPED = Path(__file__).parents[2] / "policy.toml"


@pytest.mark.parametrize("identity", Identity)
def test_the_file_that_ships_says_what_is_built_in(identity: Identity) -> None:
    """Whoever copies it changes nothing by that, in either form of identity."""
    assert read_policy(SHIPPED, identity) == built_in(identity)


def test_every_key_that_the_file_that_ships_explains_can_be_used() -> None:
    """The comments at its end are a rule: taken out of comment, line by line, each is read."""
    text = SHIPPED.read_text("utf-8")
    _, _, explained = text.partition("# Every other key")
    keys = [line[4:] for line in explained.splitlines() if line.startswith("#   ") and " = " in line]
    assert len(keys) == 16
    for key in keys:
        needs = "approvals = 1\n" if key.startswith(("reminder", "escalation", "break_glass")) else ""
        parse_policy(f'schema = 1\n[[rule]]\nname = "x"\n{needs}{key}\n')


WHOLE = """\
schema = 1

[[rule]]
name = "whole"
why = "all keys at once"
actions = ["remove", "unlock"]
people = { min = 2, max = 20 }
admins = { max = 1 }
makes_admin = false
hours = { days = ["fri", "mon"], from = "09:30", to = "24:00", zone = "Europe/Berlin" }
requesters = ["group:S0OPS", "person:U0ADA", "person:U0EVE"]
approvals = [
    { needed = 2, of = ["group:S0IT", "group:S0HR"], mode = "all" },
    { of = ["org_admins"] },
]
approval_expiry = "2d"
execution_expiry = "90m"
reminder = "4h"
escalation = { after = "8h", of = ["person:U0BOSS"] }
most_people = 15
drift_share = 0.25
identity = "linked"
break_glass = "120s"
reason = { pattern = ".{20,}", says = "at least 20 characters" }
ticket = { pattern = "OPS-[0-9]+", says = "a ticket such as OPS-123" }

[[rule]]
name = "nothing-else"
deny = true
"""


def test_every_key_means_what_it_says() -> None:
    """The whole of a rule, and one that denies."""
    whole = Rule(
        When(
            actions=frozenset({ActionKey.REMOVE, ActionKey.UNLOCK}),
            people=Span(2, 20),
            admins=Span(0, 1),
            makes_admin=False,
            hours=Hours(("mon", "fri"), 570, 1440, "Europe/Berlin"),
            requesters=(SlackGroup("S0OPS"), Named(frozenset({"U0ADA", "U0EVE"}))),
        ),
        Verdict(
            rule="whole",
            why="all keys at once",
            stages=(Stage(2, (SlackGroup("S0IT"), SlackGroup("S0HR")), Mode.ALL), Stage(1, (ORG_ADMINS,))),
            approval_expiry=timedelta(days=2),
            execution_expiry=timedelta(minutes=90),
            reminder=timedelta(hours=4),
            escalation=Escalation(timedelta(hours=8), Stage(1, (Named(frozenset({"U0BOSS"})),))),
            most_people=15,
            drift_share=0.25,
            identity=Identity.LINKED,
            break_glass=timedelta(minutes=2),
            reason=(Wording(".{20,}", "at least 20 characters"),),
            ticket=(Wording("OPS-[0-9]+", "a ticket such as OPS-123"),),
        ),
    )
    denies = Rule(When(), Verdict(rule="nothing-else", denied=Denied.BY_RULE))
    assert parse_policy(WHOLE) == Policy((whole, denies))
    assert DAYS[0] == "mon"


HEAD = 'schema = 1\n\n[[rule]]\nname = "first"\nactions = ["unlock"]\n\n[[rule]]\nname = "second"\n'


@pytest.mark.parametrize(
    ("rest", "line", "why"),
    [
        ("people = {", 9, "this is not TOML"),
        ("peopel = { min = 1 }", 9, "peopel: there is no such key"),
        ("\nmost_people = 0", 10, "most_people: input should be greater than or equal to 1"),
        ('approvals = "two"', 9, "approvals"),
        ("people = { min = 5, max = 4 }", 9, "people: max is smaller than min"),
        ('actions = ["delete"]', 9, "actions: input should be"),
        ('hours = { zone = "Mars/Olympus" }', 9, "hours.zone: a zone is a name"),
        ('hours = { zone = "UTC", days = ["Monday"] }', 9, "hours.days: a day is one of"),
        ('hours = { zone = "UTC", from = "9am" }', 9, "hours.from: write a time of day"),
        ('[rule.hours]\nzone = "Nowhere"', 9, "hours.zone"),
        ('approval_expiry = "soon"', 9, "approval_expiry: write a time such as"),
        ('approval_expiry = "366d"', 9, "approval_expiry: a time is more than nothing and at most a year"),
        ('requesters = ["ada"]', 9, "requesters: a circle is"),
        ('ticket = { pattern = "(", says = "x" }', 9, "ticket.pattern: this is not a regular expression"),
        ('approvals = [{ needed = 2, of = ["person:U0ADA"] }]', 9, "it needs 2 people and names 1"),
        (
            'approvals = 1\nreminder = "1d"',
            10,
            "second: the reminder would come when the request has expired",
        ),
        ('approvals = 1\nescalation = { after = "2d" }', 10, "second: the escalation would come when"),
        ('reminder = "1h"', 9, "second: there is no approval that a reminder could be about"),
        ('break_glass = "2m"', 9, "second: there is no approval that it could go without"),
        ("deny = true\napprovals = 1", 9, "second: what is denied cannot be approved"),
        ("people = { max = 3 }\nadmins = { min = 4 }", 10, "second: there cannot be more admins"),
        ('[[rule]]\nname = "third"', 10, 'third: it can never decide: whatever it is about, "second" has'),
        ('[[rule]]\nname = "first"', 10, 'first: another rule is called "first" already'),
    ],
)
def test_a_fault_is_told_with_its_line_and_its_reason(rest: str, line: int, why: str) -> None:
    """The first line that has to be mended, as a person counts lines."""
    with pytest.raises(PolicyInvalid) as told:
        parse_policy(f"{HEAD}{rest}\n")
    fault = told.value.faults[0]
    assert (fault.line, why in fault.why) == (line, True), str(fault)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("people = { max = 20 }", "people = { min = 5, max = 10 }"),
        ('requesters = ["person:U0ADA", "person:U0EVE"]', 'requesters = ["person:U0ADA"]'),
        ('requesters = ["org_admins"]', 'requesters = ["group:S0OPS"]'),
        (
            'hours = { zone = "UTC", to = "12:00" }',
            'hours = { zone = "UTC", to = "12:00" }\nmakes_admin = true',
        ),
    ],
)
def test_a_rule_that_can_never_decide_is_a_fault(earlier: str, later: str) -> None:
    """What is narrow goes first: in the other order both can decide."""
    rules = [f'[[rule]]\nname = "wide"\n{earlier}\n', f'[[rule]]\nname = "narrow"\n{later}\n']
    with pytest.raises(PolicyInvalid, match='narrow: it can never decide: whatever it is about, "wide" has'):
        parse_policy("schema = 1\n" + "".join(rules))
    assert len(parse_policy("schema = 1\n" + "".join(reversed(rules))).rules) == 2


def test_all_faults_are_told_at_once() -> None:
    """Nobody mends a file one fault at a time."""
    with pytest.raises(PolicyInvalid) as told:
        parse_policy('[[rule]]\nname = "A"\nmost = 1\n')
    assert [(fault.line, fault.why.split(":")[0]) for fault in told.value.faults] == [
        (1, "schema"),
        (2, "name"),
        (3, "most"),
    ]


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """Missing, not text, too long."""
    for name, data in (("gone", None), ("latin", b"\xff"), ("long", b"#" * 300_000)):
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        with pytest.raises(PolicyInvalid, match=r"cannot be read as UTF-8 text|is longer than 262,144 bytes"):
            read_policy(path)
    assert str(Fault(3, "no")) == "line 3: no"


def test_the_examples_of_the_documentation_can_be_used() -> None:
    """Each stands alone."""
    page = (SHIPPED.parent / "docs" / "policy.md").read_text("utf-8")
    examples = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    found = [[rule.name for rule in parse_policy("schema = 1\n" + one).rules] for one in examples]
    assert found == [["large-removals", "no-large-removals-at-night"], ["admins"]]


def test_the_documentation_names_every_action_and_no_other() -> None:
    """Whoever copies a name from its table gets a file that can be used."""
    page = (SHIPPED.parent / "docs" / "policy.md").read_text("utf-8")
    row = next(line for line in page.splitlines() if line.startswith("| `actions` |"))
    assert set(re.findall(r"`([a-z_]+)`", row)) == {"actions", *ActionKey}
    named = next(part for part in SHIPPED.read_text("utf-8").split("\n\n") if "# also org_role" in part)
    assert all(action.value in named for action in ActionKey)
    assert "unshare" not in named
