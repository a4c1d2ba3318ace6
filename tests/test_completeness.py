"""Nothing of a closed set is forgotten anywhere (style.md, habit 7): actions, words, scopes, calls."""

from __future__ import annotations

import ast
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

import click
import pytest
import pytest_asyncio

from bot.actions import ACTIONS
from bot.cli import main
from bot.domain.actions import OFFERED, ActionKey, FieldKind
from bot.domain.admission import NotAdmitted, Refused
from bot.domain.operation import State
from bot.domain.outcome import KINDS, Accepted, Done, Outcome, Skipped, kind
from bot.domain.plan import Flag, Why
from bot.domain.policy import Request, Requester, built_in, judge
from bot.domain.problems import Problem, Trouble
from bot.manifest import bot_scopes
from bot.sandbox.contentstack import seed
from bot.sandbox.workspace.webapi.dispatch import METHODS
from bot.sandbox.workspace.webapi.registry import BOT as BOT_TOKEN
from bot.slack import fields
from bot.words import actions, commands, flags, operation, outcomes, problems, reasons, refusals
from tests.service.stage import Stage, staged

BOT = Path(__file__).parent.parent / "bot"
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DOCS = BOT.parent / "docs"
PAGE = (DOCS / "actions.md").read_text("utf-8")


def product() -> Iterator[Path]:
    """Every module of the product; the simulated systems are none of it."""
    return (path for path in BOT.rglob("*.py") if "sandbox" not in path.parts)


# actions -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """One run of an action on the simulated Contentstack, and what must come of it."""

    people: Sequence[str]
    outcomes: Sequence[type[Outcome]]
    org_roles: tuple[str, ...] = ()
    stacks: dict[str, tuple[str, ...]] = field(default_factory=dict)


RUNS = {
    ActionKey.REMOVE: Run([seed.NON_ASCII], [Done]),
    ActionKey.ORG_ROLE: Run([seed.TWO_ROLES], [Done], org_roles=(seed.MEMBER_ROLE,)),
    ActionKey.STACK_ACCESS: Run(
        [seed.GUS], [Done], stacks={seed.HELP: (seed.stack_role(seed.HELP, "Developer"),)}
    ),
    ActionKey.PASSWORD_RESET: Run([seed.PLUS], [Accepted]),
    ActionKey.MFA_RESET: Run([seed.MFA_USER], [Accepted]),
    ActionKey.KILL_SESSIONS: Run([seed.PLUS, seed.NO_SESSION], [Accepted, Skipped]),
    ActionKey.UNLOCK: Run([seed.TIMED_LOCK], [Accepted]),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with staged(tmp_path_factory.mktemp("completeness")) as made:
        yield made


def test_every_action_has_a_run_here() -> None:
    """An action that is added has to be run on the simulated Contentstack too."""
    assert set(RUNS) == set(OFFERED)
    assert set(ACTIONS) == set(ActionKey)


@pytest.mark.parametrize("action", OFFERED)
@pytest.mark.asyncio(loop_scope="module")
async def test_every_action_runs_on_the_simulated_contentstack(stage: Stage, action: ActionKey) -> None:
    """It ends as it must, and leaves every audit event behind, in this order."""
    wanted = RUNS[action]
    stacks = {stage.contentstack.state.stacks[key].uid: roles for key, roles in wanted.stacks.items()}
    queued = await stage.queued(action, *wanted.people, org_roles=wanted.org_roles, stacks=stacks)
    ended = await stage.run(queued)
    assert ended.state is State.DONE
    assert [type(one) for one in await stage.outcomes(ended)] == list(wanted.outcomes)
    kinds = list(dict.fromkeys(await stage.audit(ended)))
    decided = ["decided"] if ended.approvals_needed else []
    assert kinds == ["proposed", "moved", *decided, "intent", "result", "outcome"]


@pytest.mark.parametrize("action", OFFERED)
@pytest.mark.asyncio(loop_scope="module")
async def test_every_action_has_its_fields_in_the_modal(stage: Stage, action: ActionKey) -> None:
    """Each kind of field that an action asks for is drawn, and what is missing in it is found."""
    directory = await stage.house.contentstack.directory(max_age=3600)
    drawn = fields.draw(action, fields.NOTHING, directory, None)
    assert len(drawn) == len(ACTIONS[action].fields)
    assert fields.complete(action, fields.NOTHING) is (not drawn)


def test_every_kind_of_field_is_asked_for() -> None:
    """A kind that no action uses would be dead."""
    assert {one for action in OFFERED for one in ACTIONS[action].fields} == set(FieldKind)


@pytest.mark.parametrize("action", OFFERED)
def test_every_action_has_its_policy_its_words_and_its_section(action: ActionKey) -> None:
    """The default policy allows it, and says why; the screen's name stands over its section."""
    request = Request(action, 1, 0, makes_admin=False, at=NOON, requester=Requester("U1"))
    verdict = judge(built_in(), request)
    assert (verdict.denied, bool(verdict.why)) == (None, True)
    words = actions.words(action)
    assert f"## {words.screen} (`{action.value}`)" in PAGE


# words ---------------------------------------------------------------------------------------------

SAID: Sequence[tuple[type[StrEnum], Callable[..., str]]] = [
    (Why, reasons.why),
    (Flag, flags.phrase),
    (State, operation.state),
    (Trouble, lambda trouble: problems.sentence(Problem(trouble))),
    (NotAdmitted, lambda why: refusals.refusal(Refused(why))),
]


@pytest.mark.parametrize(("closed", "say"), SAID)
def test_every_member_of_a_closed_set_has_words_of_its_own(
    closed: type[StrEnum], say: Callable[..., str]
) -> None:
    """None is missing, no two say the same, and no code or blank to be filled shows through."""
    said = {member: say(member) for member in closed}
    assert len(set(said.values())) == len(said)
    assert [text for text in said.values() if re.search(r"[{}]|\b[a-z]+_[a-z]+\b", text)] == []


def test_every_kind_of_outcome_has_its_label_and_sentence() -> None:
    """Also the order of a list and of a count hold all of them."""
    names = {kind(_made(one)) for one in KINDS}
    assert set(outcomes.LISTED) == set(outcomes.COUNTED) == names
    assert len({outcomes.label(name).heading for name in names}) == len(names)
    assert all(outcomes.sentence(_made(one)) for one in KINDS)


def _made(outcome: Callable[..., Outcome]) -> Outcome:
    """One of this kind, whatever it takes."""
    for arguments in ((), ("no_answer",), ("no_answer", True)):
        try:
            return outcome(*arguments)
        except TypeError:
            continue
    raise AssertionError(outcome)


# Slack ---------------------------------------------------------------------------------------------

WITHOUT_A_CALL = {
    "commands": "the slash command and the shortcut exist by it",
}
"""Scopes behind which no Web API method stands, and why the manifest has them all the same."""

FAMILIES = {name.partition(".")[0] for name in METHODS} | {"bots", "team", "reactions", "pins", "im", "mpim"}


@cache
def called_methods() -> frozenset[str]:
    """Every Web API method that the product calls, by the name that slack_sdk gives it."""
    pattern = re.compile(rf"(?:{'|'.join(sorted(FAMILIES))})_[a-zA-Z_]+")
    trees = (ast.parse(path.read_text("utf-8")) for path in product())
    calls = (node.func for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    named = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    return frozenset(name for name in named if pattern.fullmatch(name))


def scopes_of() -> dict[str, tuple[str, ...]]:
    """Method that is called with the bot token -> scopes, any one of which is enough."""
    known = {name.replace(".", "_"): method for name, method in METHODS.items()}
    return {name: known[name].scopes for name in called_methods() if known[name].token == BOT_TOKEN}


def test_every_method_that_we_call_is_simulated() -> None:
    """What nobody simulates, nobody has tried."""
    assert called_methods() - {name.replace(".", "_") for name in METHODS} == frozenset()
    assert "chat_postMessage" in called_methods()


def test_every_method_that_we_call_has_its_scope_in_the_manifest() -> None:
    """Otherwise it would fail with missing_scope in a real workspace."""
    granted = set(bot_scopes())
    assert [name for name, scopes in scopes_of().items() if scopes and not granted.intersection(scopes)] == []


def test_every_scope_of_the_manifest_is_used() -> None:
    """Nobody is asked for a right that is not needed; the exceptions say why."""
    used = {scope for scopes in scopes_of().values() for scope in scopes}
    assert set(bot_scopes()) - used == set(WITHOUT_A_CALL)


# documents -----------------------------------------------------------------------------------------


def of_the_command_line(group: click.Group, name: str) -> Iterator[str]:
    """Every command as it is typed, sub-commands too."""
    for word, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from of_the_command_line(command, f"{name} {word}")
        else:
            yield f"{name} {word}"


def test_every_command_is_documented() -> None:
    """Each of the command line somewhere, each of Slack's in the table of usage, and in its own help."""
    pages = "".join(path.read_text("utf-8") for path in [BOT.parent / "README.md", *DOCS.glob("*.md")])
    assert [one for one in of_the_command_line(main, "app.py") if one not in pages] == []
    usage = (DOCS / "usage.md").read_text("utf-8")
    asked = [f"{commands.COMMAND} {ask}" for ask in commands.Ask]
    assert [one for one in asked if f"`{one}" not in usage] == []
    helped = "".join(line for line, _ in commands.help_lines(connect=True))
    assert [one for one in asked if one not in helped] == []
