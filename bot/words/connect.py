"""What people read of linked accounts, in Slack and on the pages. Plain text (see `bot.words.escape`)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.linking import NotLinked, WhyNotLinked
from bot.words.refusals import refusal

CONNECT = "Connect to Contentstack"
"""The button."""
OFFER = (
    "Link your Slack account to your Contentstack user: sign in there, then confirm the page that names "
    "both. The button is yours alone, works once and for ten minutes. Your approvals and requests then count "
    "as proven, and where Contentstack's rules allow it what you ask for is done in your own name."
)
IN_YOUR_NAME = "It is carried out with your own token, so Contentstack's log names you."
IN_HIS_NAME = "It is carried out with the requester's own token, so Contentstack's log names him."
DISCONNECTED = (
    "Your accounts are no longer linked, and your tokens were ended at Contentstack. What is sealed to be "
    "done in your name is held until you connect again."
)
DISCONNECTED_HERE = (
    "Your accounts are no longer linked, and Rollcall has forgotten your tokens. Contentstack did not say "
    "that they are ended: an admin can end them there (Marketplace, Manage, Authorized Apps)."
)

_AGAIN = "type /org-users connect in Slack again"
_NOT: Mapping[WhyNotLinked, str] = {
    WhyNotLinked.NOT_SET_UP: "Linked accounts are not set up here: whoever runs Rollcall can do that "
    "(docs/identity.md).",
    WhyNotLinked.UNKNOWN_STATE: f"This address was used already, or a later one replaced it: {_AGAIN}.",
    WhyNotLinked.EXPIRED: f"This took longer than ten minutes, so nothing was linked: {_AGAIN}.",
    WhyNotLinked.DENIED: f"Contentstack says that you did not agree, so nothing was linked. If you want to, "
    f"{_AGAIN}.",
    WhyNotLinked.CODE_REFUSED: f"Contentstack did not accept its own code, which is good for a minute only: "
    f"{_AGAIN}.",
    WhyNotLinked.NOT_ADMITTED: "Nothing was linked.",
    WhyNotLinked.OTHER_EMAIL: "The Contentstack user who signed in has another e-mail address than the Slack "
    "account that asked, so nothing was linked. If both are yours, use the same address on both sides; if "
    "somebody sent you this link, tell your security team.",
    WhyNotLinked.OTHER_USER: "The Contentstack user who signed in is not the member whom the organization "
    "has under this e-mail address, so nothing was linked: ask an admin there to clear this up.",
    WhyNotLinked.OTHER_ORGANIZATION: "You agreed for another organization than the one that Rollcall works "
    f"for, so nothing was linked: {_AGAIN} and choose that one.",
    WhyNotLinked.TAKEN: "This Contentstack user is linked to another Slack account, which was told of this. "
    "Nothing was changed: disconnect there first (/org-users disconnect).",
    WhyNotLinked.ELSEWHERE: "Your Slack account is linked to another Contentstack user. Nothing was changed: "
    "type /org-users disconnect in Slack, then connect again.",
    WhyNotLinked.CANCELLED: "You cancelled, so nothing was linked.",
    WhyNotLinked.CONTENTSTACK_DOWN: f"Contentstack could not be asked, so nothing was linked: {_AGAIN}.",
    WhyNotLinked.APP_REFUSED: "Contentstack does not accept Rollcall's app, so nothing was linked: whoever "
    "runs Rollcall finds out why with `python app.py doctor`.",
    WhyNotLinked.NO_LINK: "Your accounts are not linked, so there is nothing to disconnect.",
}

NOTICES: Mapping[str, str] = {
    "link_made": "Your Slack account is now linked to your Contentstack user. If that was not you, type "
    "/org-users disconnect and tell your security team.",
    "link_attempted": "Somebody tried to link your Contentstack user to another Slack account. It was "
    "refused, and your own link stands. If that was not you, tell your security team.",
    "link_broken": "Contentstack no longer renews your tokens, so your accounts count as not linked. Type "
    "/org-users connect to link them again.",
}
"""Private sentences by key (Notifier.tell)."""

NAME = "Name"
EMAIL = "E-mail"
MEMBER = "Member ID"
WORKSPACE = "Workspace"
USER = "User"
TITLE_CONFIRM = "Are both of these yours?"
TITLE_DONE = "Your accounts are linked"
TITLE_NOT = "Nothing was linked"
SLACK_ACCOUNT = "Slack account"
CONTENTSTACK_USER = "Contentstack user"
WARNING = (
    "Confirm only if you typed /org-users connect in Slack a moment ago and this Slack account is your own. "
    "If somebody sent you here, cancel: he would act as you."
)
CONFIRM = "Yes, link them"
CANCEL = "Cancel"
CLOSE = "You can close this window."


def linked(slack: str, email: str) -> str:
    """Which two accounts belong together now."""
    return f"The Slack account {slack} and the Contentstack user {email} belong to one person from now on."


def not_linked(found: NotLinked) -> str:
    """Why nothing was linked, or nothing disconnected, and what to do."""
    said = refusal(found.refused) if found.refused else ""
    return f"{_NOT[found.why]} {said}".strip()
