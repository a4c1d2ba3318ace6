"""The fields that actions ask for (`FieldKind`), as inputs of a modal: drawn and read back in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.actions import ACTIONS
from bot.domain.actions import ActionKey, FieldKind, Parameters
from bot.domain.members import Directory, Stack
from bot.domain.problems import Field as Where
from bot.domain.problems import Problem, Trouble
from bot.ports.contentstack import Loading
from bot.slack.keys import key, uid_of
from bot.slack.messages.blocks import Json
from bot.slack.modals import parts
from bot.slack.payloads import State
from bot.words import modals as words
from bot.words import problems
from bot.words.escape import one_line

ORG_ROLES = "org_roles"
STACKS = "stacks"
STACK_ROLES = "stack_roles"
MOST_STACKS = 10
"""How many stacks one operation may change (issue: a role select per stack must fit in a modal)."""

_STACK = "stack:"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What stands in the fields of an action, as option values (`bot.slack.keys`)."""

    org_roles: tuple[str, ...] = ()
    stacks: tuple[str, ...] = ()
    stack_roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


NOTHING = Chosen()


def read(state: State) -> Chosen:
    """The fields as they stand in a view."""
    stacks = _values(state, STACKS, STACKS)
    return Chosen(
        org_roles=_values(state, ORG_ROLES, ORG_ROLES),
        stacks=stacks,
        stack_roles={stack: _values(state, _STACK + stack, STACK_ROLES) for stack in stacks},
    )


def _values(state: State, block_id: str, action_id: str) -> tuple[str, ...]:
    chosen = state.input(block_id, action_id).selected_options or []
    return tuple(dict.fromkeys(option.value for option in chosen))


def draw(
    action: ActionKey, chosen: Chosen, directory: Directory | None, loading: Loading | None
) -> list[Json]:
    """The inputs of an action; a sentence in their place while the directory is not there yet."""
    kinds = ACTIONS[action].fields
    if not kinds:
        return []
    if directory is None:
        return [parts.warning(words.still_loading(loading))]
    return [block for kind in kinds for block in _DRAWN[kind](chosen, directory)]


def _org_roles(chosen: Chosen, directory: Directory) -> list[Json]:
    roles = sorted(directory.roles, key=lambda role: role.name.casefold())
    options = [_option(role.name, role.uid) for role in roles]
    if not options:
        return []
    element = _roles(ORG_ROLES, options, chosen.org_roles)
    return [parts.field(ORG_ROLES, words.ORG_ROLES, element, hint=words.ORG_ROLES_HINT)]


def _stacks(chosen: Chosen, directory: Directory) -> list[Json]:
    stacks = sorted(directory.stacks, key=lambda stack: stack.name.casefold())
    if not stacks:
        return []
    options = [_option(stack.name, stack.uid) for stack in stacks]
    element = parts.many(
        STACKS, words.STACKS_PLACEHOLDER, options, _among(options, chosen.stacks), MOST_STACKS
    )
    picker = parts.field(STACKS, words.STACKS, element, hint=words.STACKS_HINT, dispatch=True)
    wanted = [stack for stack in stacks if key(stack.uid) in chosen.stacks][:MOST_STACKS]
    return [picker, *(_roles_of(stack, chosen) for stack in wanted)]


def _roles_of(stack: Stack, chosen: Chosen) -> Json:
    roles = sorted(stack.roles or (), key=lambda role: role.name.casefold())
    if not roles:
        return parts.warning(words.no_roles(stack.name))
    options = [_option(role.name, role.uid) for role in roles]
    element = _roles(STACK_ROLES, options, chosen.stack_roles.get(key(stack.uid), ()))
    return parts.field(_STACK + key(stack.uid), words.stack_roles(stack.name), element)


def _roles(action_id: str, options: list[Json], chosen: tuple[str, ...]) -> Json:
    most = min(len(options), parts.OPTIONS)
    return parts.many(action_id, words.ROLES_PLACEHOLDER, options, _among(options, chosen), most)


def _option(name: str, uid: str) -> Json:
    return parts.option(one_line(name) or uid, key(uid))


def _among(options: list[Json], chosen: tuple[str, ...]) -> list[Json]:
    """The options that are chosen; Slack refuses initial options that are not on offer (SL §5)."""
    return [option for option in options if option["value"] in chosen]


_DRAWN: Mapping[FieldKind, Callable[[Chosen, Directory], list[Json]]] = {
    FieldKind.ORG_ROLES: _org_roles,
    FieldKind.STACK_ROLES: _stacks,
}


def faults(action: ActionKey, chosen: Chosen, shown: State) -> dict[str, str]:
    """What is missing, by the block that can show it; only blocks that were in the view count (SL §1.9)."""
    found: dict[str, str] = {}
    kinds = ACTIONS[action].fields
    if FieldKind.ORG_ROLES in kinds and not chosen.org_roles:
        found[ORG_ROLES] = problems.sentence(Problem(Trouble.NO_ROLES))
    if FieldKind.STACK_ROLES in kinds:
        found.update(_stack_faults(chosen))
    return {block: sentence for block, sentence in found.items() if block in shown.values}


def _stack_faults(chosen: Chosen) -> dict[str, str]:
    if not chosen.stacks:
        return {STACKS: problems.sentence(Problem(Trouble.NO_STACKS))}
    if len(chosen.stacks) > MOST_STACKS:
        return {STACKS: words.STACKS_HINT}
    missing = Problem(Trouble.STACK_ROLE_GONE)
    return {
        _STACK + stack: problems.sentence(missing) for stack, roles in chosen.stack_roles.items() if not roles
    }


def complete(action: ActionKey, chosen: Chosen) -> bool:
    """Whether nothing is missing, wherever it would be shown."""
    kinds = ACTIONS[action].fields
    if FieldKind.ORG_ROLES in kinds and not chosen.org_roles:
        return False
    return FieldKind.STACK_ROLES not in kinds or not _stack_faults(chosen)


def parameters(action: ActionKey, chosen: Chosen, directory: Directory | None) -> Parameters:
    """What was chosen, as uids; only what this action asks for."""
    kinds = ACTIONS[action].fields
    roles = [role.uid for role in directory.roles] if directory else []
    stacks = {stack.uid: stack.roles or () for stack in directory.stacks} if directory else {}
    wanted: dict[str, tuple[str, ...]] = {}
    for value in chosen.stacks if FieldKind.STACK_ROLES in kinds else ():
        uid = uid_of(value, stacks)
        known = [role.uid for role in stacks.get(uid, ())]
        wanted[uid] = tuple(uid_of(role, known) for role in chosen.stack_roles.get(value, ()))
    chosen_roles = chosen.org_roles if FieldKind.ORG_ROLES in kinds else ()
    return Parameters(tuple(uid_of(role, roles) for role in chosen_roles), wanted)


def block_of(where: Where | None) -> str:
    """The block that a late problem belongs to; empty where it belongs to none."""
    return where.value if where else ""
