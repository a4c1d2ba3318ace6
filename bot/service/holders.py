"""Who has the link of a Contentstack user: one Slack account, until its owner ends it or Slack ends that."""

from __future__ import annotations

from bot.domain.audit import Event, EventKind
from bot.domain.identity import Link
from bot.ports.store import Transaction
from bot.service.house import House
from bot.service.tokens import give_back

DEACTIVATED = "deactivated"


async def other_holder(house: House, slack_user: str, user_uid: str) -> Link | None:
    """The link of this user to another Slack account; None where there is none.

    An account that was deactivated in Slack holds nothing: its link is ended here, so that who comes back
    with a new account is not locked out. Raises SlackUnavailable.
    """
    link = await house.store.read(lambda tx: tx.link_of(house.binding.key, user_uid))
    if link is None or link.slack_user == slack_user:
        return None
    holder = await house.people.person(link.slack_user)
    if holder.why_not != DEACTIVATED:
        return link
    await end_link(house, link, "account_deactivated")
    return None


async def end_link(house: House, link: Link, why: str) -> bool:
    """End the tokens, forget the link, audit it; whether Contentstack said that the tokens are ended."""
    ended = await give_back(house, house.linking, link) if house.linking else False
    now, kind = house.clock.now(), EventKind.UNLINKED

    def forget(tx: Transaction) -> None:
        if tx.drop_link(link.binding, link.slack_user):
            data = {
                "why": why,
                "account": tx.account(link.binding, link.slack_user),
                "tokens_ended": "yes" if ended else "not known",
            }
            tx.append(Event(kind, link.binding, actor=link.person, data=data), now)

    await house.store.write(forget)
    return ended
