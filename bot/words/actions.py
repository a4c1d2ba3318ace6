"""What every action is called, does, and cannot take back. Plain text throughout (see `bot.words.escape`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from bot.domain.actions import ActionKey, Capability, Parameters, Readiness
from bot.words.counting import listed, people

BUTTON = 24
"""Slack's limit for the submit button of a modal (SL §5)."""

SUBSTITUTE = "substitute"


@dataclass(frozen=True, slots=True)
class ActionWords:
    """``button`` has ``{people}`` or ``{n}`` in it; ``final`` is empty where all can be taken back."""

    screen: str
    """As Contentstack's own screen calls it (CS §4.1)."""
    title: str
    button: str
    does: str
    final: str = ""


WORDS: Mapping[ActionKey, ActionWords] = {
    ActionKey.REMOVE: ActionWords(
        screen="Remove",
        title="Remove from organization",
        button="Remove {people}",
        does="Takes people out of the organization: they lose every stack at once, their Contentstack "
        "accounts stay, and a pending invitation is cancelled.",
        final="Nobody can be put back by force: to return, a person has to accept a new invitation.",
    ),
    ActionKey.ORG_ROLE: ActionWords(
        screen="Update Organization Role",
        title="Update Organization Role",
        button="Set roles of {people}",
        does="Sets exactly the chosen organization roles: all other organization roles of these people go.",
    ),
    ActionKey.STACK_ACCESS: ActionWords(
        screen="Update Stack Access",
        title="Update Stack Access",
        button="Set stacks of {people}",
        does="Replaces the roles in the chosen stacks and leaves all other stacks alone; people who are not "
        "in a chosen stack yet are invited to it.",
        final="The mail that invites somebody to a stack cannot be called back.",
    ),
    ActionKey.PASSWORD_RESET: ActionWords(
        screen="Force Password Reset",
        title="Force Password Reset",
        button="Reset {n} passwords",
        does="Makes people choose a new password. Where no endpoint template is set, it only sends "
        "Contentstack's reset e-mail, and the old password works until they use it.",
        final="The old password cannot be given back, and mails cannot be called back.",
    ),
    ActionKey.MFA_RESET: ActionWords(
        screen="Reset MFA",
        title="Reset MFA",
        button="Reset MFA of {people}",
        does="Removes the second factor: people are mailed a link and set up a new one.",
        final="The old second factor cannot be given back.",
    ),
    ActionKey.KILL_SESSIONS: ActionWords(
        screen="Force Kill Session",
        title="Force Kill Session",
        button="Sign out {people}",
        does="Signs people out everywhere at once; Contentstack skips those who have no session or belong to "
        "several organizations.",
        final="Ended sessions cannot be brought back, and unsaved work in them is lost.",
    ),
    ActionKey.UNLOCK: ActionWords(
        screen="Unlock",
        title="Unlock",
        button="Unlock {people}",
        does="Lets people sign in again after too many failed attempts; Contentstack skips those who are not "
        "locked or belong to several organizations.",
    ),
    ActionKey.REINVITE: ActionWords(
        screen="Invite again",
        title="Invite again",
        button="Invite {people}",
        does="Invites people again with the organization roles and stacks that they had.",
        final="Invitations are mailed and cannot be called back.",
    ),
}

_FORCED = ActionWords(
    screen="Force Password Reset",
    title="Force Password Reset",
    button="Reset {n} passwords",
    does="Makes people choose a new password before they can sign in again.",
    final="The old password cannot be given back.",
)
"""What a template of the settings carries out."""

_SUBSTITUTE = ActionWords(
    screen="Force Password Reset",
    title="Send password reset e-mail",
    button="E-mail {people}",
    does="Sends Contentstack's reset e-mail; the old password works until they use it.",
    final="Mails cannot be called back.",
)
"""What really happens where the settings have no template for a forced reset (CS §3.6.3)."""


def words(action: ActionKey, via: str = "") -> ActionWords:
    """All words of an action; ``via`` as in Capability, since a substitute is called what it is.

    Where it is not known how a password reset is carried out, the words say both.
    """
    if action is ActionKey.PASSWORD_RESET and via:
        return _SUBSTITUTE if via == SUBSTITUTE else _FORCED
    return WORDS[action]


def title(action: ActionKey, via: str = "") -> str:
    """The action's name, as it stands alone in a picker or above a message."""
    return words(action, via).title


def button(action: ActionKey, number: int, via: str = "") -> str:
    """The label of the button that confirms: verb and number, at most 24 characters."""
    form = words(action, via).button
    label = form.format(people=people(number), n=number)
    if number == 1:
        label = label.replace("passwords", "password")
    if len(label) <= BUTTON:
        return label
    return form.split(" {", maxsplit=1)[0].removesuffix(" of").removesuffix(" from")


def does(action: ActionKey, via: str = "") -> str:
    """One sentence: what it does."""
    return words(action, via).does


def final(action: ActionKey, via: str = "") -> str:
    """One sentence: what cannot be taken back; empty where there is nothing of the kind."""
    return words(action, via).final


def caution(capability: Capability) -> str:
    """One sentence about how this would be carried out here, where that is not plain; empty otherwise."""
    match capability.readiness:
        case Readiness.UNAVAILABLE:
            return f"Not available here: {capability.why}."
        case Readiness.UNVERIFIED:
            return (
                "Not verified here yet, so the first call carries one person as a test. "
                f"Why: {capability.why}."
            )
        case Readiness.READY:
            return does(capability.action, SUBSTITUTE) if capability.via == SUBSTITUTE else ""
        case _:
            assert_never(capability.readiness)


def parameters(chosen: Parameters, names: Mapping[str, str]) -> tuple[str, ...]:
    """What was chosen for everybody, a phrase each; a uid without a name is shown as it is.

    An undo gives everybody his own: its stacks stand without roles here.
    """
    phrases = []
    if chosen.org_roles:
        phrases.append(f"Organization roles: {_named(chosen.org_roles, names)}")
    phrases.extend(
        f"{names.get(uid, uid)}: {_named(roles, names)}" for uid, roles in chosen.stacks.items() if roles
    )
    return tuple(phrases)


def _named(uids: tuple[str, ...], names: Mapping[str, str]) -> str:
    return listed(sorted(names.get(uid, uid) for uid in uids), most=len(uids))
