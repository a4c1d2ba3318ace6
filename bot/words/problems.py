"""What was wrong with a request and what to do about it, one sentence each. Plain text (see escape)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.problems import Problem
from bot.words.counting import listed

_SENTENCES: Mapping[str, str] = {
    "action_unavailable": "This action is not available here{because}: choose another one.",
    "no_people": "Choose at least one person.",
    "too_many_people": "Choose at most {detail|10} people at a time, and do the rest afterwards.",
    "person_gone": "Somebody you chose is no longer in the organization, or has been in it for a few "
    "minutes only: take that person out, or try again shortly.",
    "no_roles": "Choose at least one organization role.",
    "role_gone": "An organization role that you chose is gone since this form was opened: choose again.",
    "no_stacks": "Choose at least one stack, and a role in each.",
    "stack_gone": "A stack that you chose is gone since this form was opened: choose again.",
    "stack_role_gone": "A role of this stack is not chosen, or is gone since this form was "
    "opened{about}: choose again.",
    "no_reason": "Give a reason in a few words: it stands in the summary and in the audit.",
    "no_channel": "Choose the channel for the summary.",
    "channel_unseen": "Rollcall cannot see this channel, or it was deleted: invite Rollcall to it, "
    "or choose another one.",
    "channel_without_bot": "Rollcall is not in this channel{about}: invite it with /invite, or "
    "choose another one.",
    "channel_shared": "This channel is shared with people outside your workspace{about}: choose one "
    "that is not.",
    "channel_direct": "A direct message cannot take the summary: choose a channel.",
    "channel_archived": "This channel is archived{about}: choose another one.",
    "channel_public": "This channel is public{about}, and people are named in private channels only: "
    "choose a private one.",
    "contentstack_down": "Contentstack could not be reached, so nothing was done: try again in a minute.",
    "contentstack_busy": "Contentstack asked to slow down for longer than Rollcall waits, so nothing "
    "was done: try again in a few minutes.",
    "credential_refused": "Contentstack does not accept Rollcall's credential, so nothing was done: ask "
    "whoever runs Rollcall to renew it (python app.py login), or to see whether the region is right "
    "(python app.py doctor).",
    "not_permitted": "Contentstack does not let Rollcall's credential read what this needs, so "
    "nothing was done: ask the owner to give its account the right.",
    "slack_down": "Slack did not answer when Rollcall asked about this, so nothing was done: try "
    "again in a minute.",
    "missing_scope": "Rollcall's Slack app lacks a permission{about}, so nothing was done: ask "
    "whoever installed it to add the scope and reinstall the app.",
    "store_full": "Rollcall cannot write to its data directory, so nothing was done: ask whoever "
    "runs it to make room.",
    "nobody_left": "Nobody is left to act on, so there is nothing to confirm.",
    "plan_changed": "This is not the plan that you were shown, so your click was not counted: look "
    "at the current message.",
    "plan_tampered": "The stored plan is not the one that was sealed, or another version of Rollcall "
    "sealed it, so nothing is done with it: ask whoever runs Rollcall to find out why, and ask anew.",
    "already_moved": "This request has moved on meanwhile, so your click changed nothing: /org-users "
    "status says where it stands.",
    "in_plan": "You are one of the people in this plan, so somebody else has to decide on it.",
    "not_yours": "Only the person who asked for this may do that.",
    "own_request": "You asked for this yourself, so another admin has to decide on it.",
    "no_rule_fits": "No rule of the policy allows this, and no rule means no: ask whoever keeps the policy.",
    "policy_denies": "The policy does not allow this{because}.",
    "connect_first": "The policy asks that you link your Contentstack account first: type /org-users "
    "connect, then ask again.",
    "reason_unfit": "The policy asks for another reason{about}: write it so.",
    "ticket_unfit": "The policy asks for a ticket{about}: name it.",
    "too_few_deciders": "Too few people could agree to this, so it is not asked{because}. Ask for less, or "
    "ask whoever keeps the policy.",
    "deciders_unknown": "Who could agree to this cannot be found out just now, so nothing was asked: try "
    "again in a minute.",
    "nothing_to_retry": "Nothing of this operation can be tried again: only lines that failed for a passing "
    "reason can, and unknown ones that you choose.",
    "people_redacted": "The data of everybody whom this could concern was deleted from Rollcall, so "
    "nothing of it can be tried again or undone: choose people anew with /org-users.",
    "already_retried": "This was tried again already: its message leads to the second try, and what failed "
    "there can be tried again from there.",
    "nothing_to_undo": "Nothing of this operation took effect, so there is nothing to undo.",
    "no_inverse": "This action cannot be undone: what it did was sent or ended, and nothing brings it back.",
    "already_undone": "This was undone already.",
    "date_past": "This time has passed: choose a later one, or leave it empty to run at once.",
    "nobody_fits": "Nobody in the organization fits what you pasted, uploaded or filtered by.",
    "filters_unclear": "A filter cannot be understood: choose it again.",
    "file_empty": "The file is empty: choose another one.",
    "file_not_text": "The file is no text: save the list as CSV, and upload that.",
    "file_no_email_column": "The file has no column named Email or Email Address: name the column with the "
    "addresses so, or upload a file with addresses alone.",
    "file_too_big": "The file is larger than 5 MB: split it, or keep only the column with the addresses.",
    "file_too_many_rows": "The file has more than 50,000 rows: split it.",
    "file_unreadable": "The file cannot be read as CSV, because a quotation mark in it is never closed: "
    "save it anew, and upload that.",
    "file_gone": "The file is no longer in Slack: upload it again.",
    "file_elsewhere": "Only a file that you uploaded to Slack yourself is read: upload it here.",
    "file_token": "Slack did not let Rollcall read the file: ask whoever installed the app to grant it the "
    "scope files:read, and to renew SLACK_BOT_TOKEN.",
    "file_unreachable": "Slack did not hand the file over, so nothing was done: try again in a minute.",
    "too_late": "The time that the policy gives this is over, so it can go on no more: ask anew if it is "
    "still wanted.",
    "already_decided": "Your decision on this is already recorded, or somebody decided in your place.",
    "not_asked": "The policy asks other people for this, and you stand in for none of them, so your click "
    "was not counted.",
    "later_stage": "You are asked once those before you have agreed: the message says who is missing.",
    "not_escalated": "You are asked only if the others do not decide in time: the message says when that is.",
    "enough": "Those whom you count for have agreed as often as they have to: others are missing still.",
    "not_linked": "The policy asks for people who have linked their Contentstack account: type /org-users "
    "connect, then decide.",
    "no_break_glass": "The policy does not let anybody go on here without approvals.",
    "owner_only": "Only the owner of the organization can go on without approvals.",
    "prove_first": "Going on without approvals takes a link to your Contentstack account that you proved "
    "within the last 10 minutes: type /org-users connect, then press the button again.",
    "reason_too_short": "Say in at least 10 characters why it cannot wait: everybody who would have decided "
    "reads it.",
    "stand_in_no_admin": "Only an owner or admin of the Contentstack organization, with the same e-mail in "
    "Slack, can stand in for you: choose somebody who is one.",
    "stand_in_is_you": "Nobody stands in for himself: choose somebody else.",
    "stand_in_away": "This person has named a stand-in too, and stand-ins do not pass it on: choose somebody "
    "who is there.",
    "day_past": "This day has passed: choose a later one.",
    "day_too_far": "Somebody can stand in for {detail|90} days at most: choose an earlier day, and name "
    "somebody again then.",
}


def sentence(problem: Problem) -> str:
    """The one sentence for this problem; its detail is Contentstack's or Slack's own text, as it came."""
    detail = problem.detail
    return (
        _SENTENCES[problem.trouble]
        .replace("{because}", f" ({detail.rstrip('.')})" if detail else "")
        .replace("{about}", f" ({detail})" if detail else "")
        .replace("{detail|10}", detail or "10")
        .replace("{detail|90}", detail or "90")
    )


def unexpected() -> str:
    """What somebody is told when Rollcall itself failed."""
    return (
        "Something went wrong inside Rollcall, and the person who runs it finds it in the log: "
        "/org-users status says what was done, then try again."
    )


def form_gone() -> str:
    """The way back leads to a form that is not kept any more."""
    return "The form is not kept any more, and this plan was discarded: start again with /org-users."


def no_window() -> str:
    """Slack would not open the modal: the click was more than three seconds ago (SL §2)."""
    return "Slack did not let Rollcall open its window in time, so nothing was done: try again."


def window_closed() -> str:
    """The modal was closed before there was something to show."""
    return "The window was closed before it was ready, so nothing was done: type /org-users to begin again."


def unknown_emails(addresses: Sequence[str]) -> str:
    """Addresses that nobody has, all named."""
    return f"Nobody in the organization has: {listed(addresses)}. Check the spelling."


def ambiguous_emails(addresses: Sequence[str]) -> str:
    """Addresses that more than one member has, all named."""
    return f"More than one member has: {listed(addresses)}. Choose the right one by typing."


def not_addresses(words: Sequence[str]) -> str:
    """What was typed where addresses were expected."""
    return f"Not an e-mail address, so left out: {listed(words)}."


def left_out(most: int, addresses: Sequence[str]) -> str:
    """More people than one operation takes, those left out named."""
    return f"At most {most} people at a time: the first {most} are chosen, left out: {listed(addresses)}."
