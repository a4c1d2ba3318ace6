"""Why a line does not run, why a plan needs agreement, why an operation waits. Plain text (see escape)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.plan import Why
from bot.domain.redaction import REDACTED
from bot.domain.verdict import Verdict

_WHY: Mapping[Why, str] = {
    Why.IS_OWNER: "is the owner of the organization, whom no bulk operation may touch",
    Why.IS_YOURSELF: "is you: nobody does this to himself",
    Why.IS_BOT_ACCOUNT: "is the account with which Rollcall works",
    Why.LAST_ADMIN: "is an admin, and the organization would be left without one besides its owner",
    Why.IN_PLAN: "is in the plan, so cannot decide on it",
    Why.IDP_MANAGED: "is managed by the identity provider, which decides anew at every sign-in: change the "
    "groups there",
    Why.STACK_OWNER: "owns a chosen stack and keeps access whatever is set: transfer the stack first",
    Why.STACK_UNREADABLE: "a chosen stack cannot be read with Rollcall's credential",
    Why.NO_ACCOUNT: "has not accepted the invitation yet, so there is no account to act on",
    Why.SHARED_EMAIL: "has the same e-mail as another member, whom a call could reach instead",
    Why.ALREADY_SO: "has exactly this already",
    Why.UNDONE: "was undone already, and a line is undone once",
    Why.CHANGED_SINCE: "changed again since, and is left as it is",
    Why.NO_SECOND_FACTOR: "has no second factor to reset",
    Why.STRICT_SSO: "signs in through the identity provider only and has no use for a password",
    Why.DRIFT: "changed at Contentstack after the plan was sealed",
    Why.GONE: "is no longer in the organization",
}

_HELD: Mapping[str, str] = {
    "credential_refused": "Contentstack no longer accepts Rollcall's credential. Renew it (python app.py "
    "login), then press Resume",
    "endpoint_missing": "Contentstack does not know the endpoint of this action here. Correct its "
    "template in the settings, or ask support@contentstack.com to enable it, then press Resume",
    "endpoint_changed": "the settings now carry this action out in another way than the plan says. Put its "
    "template back and restart, then press Resume",
    "other_account": "Rollcall's credential is not of the account that the plan names. Sign in with that one "
    "(python app.py login), then press Resume",
    "not_permitted": "Rollcall's credential may not do this at Contentstack. Give its account the right, "
    "then press Resume",
    "link_gone": "the plan is sealed for the requester's own name, and his accounts are not linked any more. "
    "He types /org-users connect, then press Resume",
    "link_refused": "Contentstack no longer accepts the requester's own token, for which the plan is sealed. "
    "He types /org-users connect, then press Resume",
    "link_unreadable": "the requester's own token cannot be decrypted. Put its key back and restart, or he "
    "types /org-users connect, then press Resume",
    "app_refused": "Contentstack does not accept Rollcall's OAuth app. Correct CONTENTSTACK_OAUTH_* and "
    "restart, then press Resume",
    "own_not_permitted": "Contentstack does not let the requester do this with his own token, for which the "
    "plan is sealed. Give him the right there, then press Resume",
    "store_full": "Rollcall cannot write to its data directory. Make room, then press Resume",
    "store_behind": "Rollcall's database is older than the last audit head posted in Slack, as after a "
    "restored backup. Check what was done meanwhile, then press Resume",
    "restored": "Rollcall was restored from a backup. Check what was done meanwhile, then press Resume",
    "unknown_schema": "the plan was sealed by another version of Rollcall. Run that version, or ask anew",
    "tampered": "the stored plan is not the one that was sealed, so it will not run. Find out who changed it",
    "contentstack_down": "Contentstack could not be reached. Press Resume when it is back",
    "unavailable": "Contentstack could not be reached. Press Resume when it is back",
    "rate_limited": "Contentstack asked to slow down for longer than Rollcall waits. Press Resume later",
    "slack_down": "Slack did not say what has to be known before this may start. Press Resume when it does",
    "outside_hours": "the policy lets this start at other hours only. Within them it goes on by itself",
    "no_message": "the operation's message could not be posted. Check its channel, then press Resume",
}

_STORED: Mapping[str, str] = {
    **{why.value: sentence for why, sentence in _WHY.items()},
    "policy_denies": "the policy of now does not allow this. Ask anew to see why",
    "policy_too_old": "the policy of now gives less time between agreement and start. Ask anew",
    "policy_asks_more": "the policy of now asks for agreement that was not given. Ask anew",
    "cancelled": "the operation was cancelled before this person's turn",
    "endpoint_changed": "the settings now carry this action out in another way than the plan says",
    "dismissed": "too much changed at Contentstack after the plan was sealed. Ask anew to see what would "
    "happen now",
    "expired": "the operation expired before this person's turn",
    "not_agreed_in_time": "not everybody whom the policy asks agreed in time. Ask anew if it is still wanted",
    "not_run_in_time": "it was agreed to, and its time was over before it had begun, or gone on. Ask anew if "
    "it is still wanted",
    "held": "the operation was held before this person's turn",
    "stopped": "the operation was stopped before this person's turn",
    "not_admin": "the requester is no longer owner or admin of the organization",
    "approver_left": "somebody who agreed has left the group for which it counted. Ask anew",
    "approver_not_admin": "somebody who agreed is no longer owner or admin of the organization",
    "not_agreed": "not everybody has agreed who has to",
    "no_effect": "Contentstack said yes, but reading again shows no change",
    "not_sent": "nothing was sent for this person",
    "no_answer": "it was sent and no answer came, so it may have happened",
    "in_doubt": "Rollcall was interrupted while it was being sent, so it may have happened",
    "interrupted": "Rollcall was interrupted while it was being sent, so it may have happened",
    "outcome_unknown": "it was sent and no answer came, so it may have happened",
    "not_permitted": "Rollcall's credential may not do this at Contentstack",
    "endpoint_missing": "Contentstack does not know the endpoint of this action here",
    "credential_refused": "Contentstack no longer accepts Rollcall's credential",
    "rate_limited": "Contentstack asked to slow down for longer than Rollcall waits",
    "unavailable": "Contentstack could not be reached, so nothing was sent",
    "contentstack_down": "Contentstack could not be reached, so nothing was sent",
    "redacted": "the person's data was deleted from Rollcall",
    "stack_gone": "a chosen stack is gone",
    "role_gone": "a chosen role is gone",
}


def without_text(reason: str) -> str:
    """A stored reason of an outcome with nothing in it but codes: whatever else may name somebody."""
    parts = (part if part in _STORED else part.partition(": ")[0] for part in reason.split("; ") if part)
    return "; ".join(dict.fromkeys(part if part in _STORED else REDACTED for part in parts))


def why(reason: Why) -> str:
    """Why a line is skipped or blocked, to follow the person's name: ``… is the owner of …``."""
    return _WHY[reason]


def asks(approvals: int, reason: str = "") -> str:
    """What the policy asks, as a sentence: ``One other admin has to agree: …``."""
    if not approvals:
        return "Nobody else has to agree."
    who = "One other admin has" if approvals == 1 else f"{approvals} other admins have"
    because = f": {reason}" if reason else ""
    return f"{who} to agree{because}."


def rule(verdict: Verdict) -> str:
    """Why the policy asks for what it asks: in its author's words, else by the rule's name."""
    return verdict.why or f"rule {verdict.rule}"


def held(reason: str) -> str:
    """Why an operation is held and what to do, without a full stop; an unknown reason as it is."""
    return _with_detail(reason, _HELD)


def dismissed(reason: str) -> str:
    """Why an operation did not run after all; of a plan, drift means something else than of a person."""
    return told("dismissed" if reason == Why.DRIFT.value else reason)


def told(reason: str) -> str:
    """A stored reason of an outcome in words.

    Several are joined by ``; `` (outcome.fold); a code may carry a detail after a colon (``drift: …``).
    What is no code is Contentstack's own text and stays as it is: not escaped, like everything here.
    """
    return "; ".join(_with_detail(part, _STORED) for part in reason.split("; ") if part)


def _with_detail(reason: str, known: Mapping[str, str]) -> str:
    if reason in known:
        return known[reason]
    code, colon, detail = reason.partition(": ")
    return f"{known[code]} ({detail})" if colon and code in known else reason
