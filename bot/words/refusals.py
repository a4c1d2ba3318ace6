"""Why somebody is refused, one sentence each, said to that person alone. Plain text (see escape)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.admission import Refused

_SENTENCES: Mapping[str, str] = {
    "stranger": "Rollcall answers only to people of the workspace that installed it, and your "
    "Slack account belongs to another one: ask an admin here to do this for you.",
    "guest": "Rollcall does not answer to guests of this workspace: ask an admin of the "
    "Contentstack organization to do this for you.",
    "bot": "Rollcall does not answer to bots and apps.",
    "deactivated": "This Slack account is deactivated, so Rollcall does not act on its requests.",
    "unknown": "Slack does not tell Rollcall enough about your account to be sure who you are: "
    "ask a workspace admin whether you are a full member.",
    "no_email": "Your Slack profile shows Rollcall no e-mail address, so you cannot be found in "
    "Contentstack: add the address that you use there to your Slack profile.",
    "not_a_member": "No member of the Contentstack organization has the e-mail address of your "
    "Slack account, and only its owner and admins may use Rollcall.",
    "several_members": "More than one member of the Contentstack organization has the e-mail "
    "address of your Slack account, so Rollcall cannot tell which one you are: ask an admin to clear "
    "this up there.",
    "not_accepted": "Your invitation to the Contentstack organization is not accepted yet: "
    "accept it, then try again.",
    "not_admin": "Only the owner and the admins of the Contentstack organization may use "
    "Rollcall, and you are a member without that role: ask one of them.",
    "admin_unknown": "Contentstack does not tell Rollcall whether you are an admin (team roles "
    "could not be read), and not knowing means no: ask the owner for an admin role of your own.",
    "linked_elsewhere": "The Contentstack user with the e-mail address of your Slack account is linked to "
    "another Slack account, so this one does not count as his: if both are yours, type /org-users disconnect "
    "there first.",
    "slack_down": "Slack did not answer when Rollcall asked who you are, so nothing was done: "
    "try again in a minute.",
    "missing_scope": "Rollcall's Slack app lacks a permission that it needs to know who you "
    "are{detail}: ask whoever installed it to add the scope and reinstall the app.",
    "contentstack_down": "Contentstack could not be asked for your rights, so nothing was done: "
    "try again in a minute.",
    "credential_refused": "Contentstack does not accept Rollcall's credential for this organization, so "
    "nothing can be done: ask whoever runs Rollcall to renew it (python app.py login), or to see whether "
    "region and organization are right (python app.py doctor).",
}


def refusal(refused: Refused) -> str:
    """The one sentence for this refusal."""
    detail = f" ({refused.detail})" if refused.detail else ""
    return _SENTENCES[refused.why].replace("{detail}", detail)
