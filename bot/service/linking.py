"""Linking a Slack account to a Contentstack user, so that both are proven and not only their e-mails equal.

The way: somebody types `/org-users connect` (`begin`), which proves his Slack account. His browser goes to
Contentstack's consent page and comes back with a code (`arrive`), which proves a Contentstack user. He sees a
page that names both, and presses a button (`confirm`). Nothing is linked before that.

What keeps anybody from linking what is not his:

- The state belongs to the Slack account that asked. It is 256 bits of chance, stored as a hash, shown to that
  person alone, good once and for ten minutes. An unknown, used or replaced one leads nowhere.
- *Somebody sends his own address to an admin, who goes through it* (account-linking phishing): the code
  proves the admin, the state names the sender. The main guard: the e-mail at Contentstack must be the e-mail
  of the Slack account **that asked**, read anew, and its owner must be the very member whom the organization
  has under it. The sender would need the admin's address in his own Slack profile.
- *He has it there* (an edited e-mail): the admin's browser shows a page that names the sender's Slack account
  and asks to cancel if it is not one's own. Only the browser that came back can press the button: the form
  carries half of a secret and a SameSite=Strict cookie the other half. And if the admin is linked already,
  the second link is refused, and he is told in Slack. What remains: an admin who is not linked yet, whose
  e-mail stands in another's profile, and who confirms a page that names another's account.
- *The other way round* (somebody's browser is sent to our callback with a code of the sender's): the state is
  the sender's too, so at most he links himself. With another's state the code fails: its challenge (PKCE) is
  that of the sender's own attempt.
- One Contentstack user has one Slack account and back; both columns are unique in the database.

Tokens are sealed before they are stored, bound to binding, person and purpose. Who is refused has his consent
ended at Contentstack again, unless a link of that user lives by it.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from dataclasses import dataclass, field, replace

from bot.domain.admission import NotAdmitted, Refused
from bot.domain.audit import Event, EventKind
from bot.domain.identity import Link
from bot.domain.linking import NotLinked, WhyNotLinked
from bot.domain.operation import Actor
from bot.ports.contentstack import ContentstackError, Unavailable
from bot.ports.links import Step
from bot.ports.oauth import NotConfigured, Owner, Tokens
from bot.ports.slack_people import SlackPerson
from bot.ports.store import PersonData, Transaction
from bot.ports.vault import CannotOpen
from bot.service.admission import admit
from bot.service.attempts import end_consent, keep, opened, refuse, sweep, take
from bot.service.holders import end_link
from bot.service.house import House, Linking
from bot.service.tokens import about

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Both accounts, proven, before the person confirms; ``secret`` is what confirming needs."""

    slack: SlackPerson
    email: str
    user_uid: str
    """Both of the Contentstack user."""
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Linked:
    """The link that was made, or proven anew."""

    slack: SlackPerson
    email: str


async def begin(house: House, slack_user: str) -> str | NotLinked:
    """The address to which this person's browser goes; an earlier one leads nowhere from now on."""
    linking = house.linking
    if linking is None:
        return NotLinked(WhyNotLinked.NOT_SET_UP)
    await sweep(house)
    state, verifier = linking.secret(), linking.secret()
    await keep(house, linking, slack_user, Step.ASKED, state, verifier)
    return linking.oauth.address(state, _challenge(verifier))


async def arrive(house: House, state: str, code: str) -> Meeting | NotLinked:
    """A browser came back from Contentstack; an empty ``code`` means that its user did not agree."""
    linking = house.linking
    if linking is None:
        return NotLinked(WhyNotLinked.NOT_SET_UP)
    attempt = await take(house, state, Step.ASKED)
    if isinstance(attempt, NotLinked):
        return attempt
    if not code:
        return await refuse(house, attempt.slack_user, NotLinked(WhyNotLinked.DENIED))
    try:
        tokens = await linking.oauth.exchange(code, opened(linking, attempt))
    except (CannotOpen, NotConfigured, ContentstackError) as error:
        return await refuse(house, attempt.slack_user, _not_exchanged(error))
    found = await _meet(house, linking, attempt.slack_user, tokens)
    if isinstance(found, NotLinked):
        await end_consent(house, linking, tokens)
        return await refuse(house, attempt.slack_user, found)
    kept = replace(tokens, user_uid=found.user_uid)
    await keep(house, linking, found.slack.id, Step.ARRIVED, found.secret, kept.dumps())
    return found


async def confirm(house: House, secret: str, *, agreed: bool) -> Linked | NotLinked:
    """The person pressed a button on the page that names both accounts."""
    linking = house.linking
    if linking is None:
        return NotLinked(WhyNotLinked.NOT_SET_UP)
    attempt = await take(house, secret, Step.ARRIVED)
    if isinstance(attempt, NotLinked):
        return attempt
    try:
        tokens = Tokens.loads(opened(linking, attempt))
    except CannotOpen:
        return NotLinked(WhyNotLinked.UNKNOWN_STATE)
    found = await _agreed(house, linking, attempt.slack_user, tokens) if agreed else None
    if isinstance(found, Linked):
        await house.notifier.tell(attempt.slack_user, "link_made")
        return found
    await end_consent(house, linking, tokens)
    why = found or NotLinked(WhyNotLinked.CANCELLED)
    return await refuse(house, attempt.slack_user, why)


async def disconnect(house: House, slack_user: str) -> bool | NotLinked:
    """End the tokens at Contentstack and forget the link; whether Contentstack said that they are ended.

    Whoever has a link may end it, whatever became of his rights.
    """
    key = house.binding.key
    if house.linking is None:
        return NotLinked(WhyNotLinked.NOT_SET_UP)
    link = await house.store.read(lambda tx: tx.link(key, slack_user))
    return NotLinked(WhyNotLinked.NO_LINK) if link is None else await end_link(house, link, "asked")


async def _meet(house: House, linking: Linking, slack_user: str, tokens: Tokens) -> Meeting | NotLinked:
    """Whether who came back from Contentstack is who asked in Slack, all of it read now."""
    try:
        owner = await linking.oauth.owner(tokens)
    except ContentstackError:
        return NotLinked(WhyNotLinked.CONTENTSTACK_DOWN)
    admitted = await admit(house, slack_user, at="connect")
    if isinstance(admitted, Refused):
        return await _not_admitted(house, admitted, owner)
    if owner.email.casefold() != admitted.slack.email.casefold():
        return NotLinked(WhyNotLinked.OTHER_EMAIL, email=owner.email)
    if not owner.user_uid or {owner.user_uid, tokens.user_uid or owner.user_uid} != {admitted.actor.user_uid}:
        return NotLinked(WhyNotLinked.OTHER_USER)
    if tokens.organization not in {"", house.binding.organization}:
        return NotLinked(WhyNotLinked.OTHER_ORGANIZATION)
    if await _elsewhere(house, admitted.actor):
        return NotLinked(WhyNotLinked.ELSEWHERE)
    return Meeting(admitted.slack, owner.email, owner.user_uid, f"{linking.secret()}.{linking.secret()}")


async def _agreed(house: House, linking: Linking, slack_user: str, tokens: Tokens) -> Linked | NotLinked:
    """Check once more, for minutes may have passed, and make the link with its audit row."""
    found = await _meet(house, linking, slack_user, tokens)
    if isinstance(found, NotLinked):
        return found
    now, key = house.clock.now(), house.binding.key

    def write(tx: Transaction) -> bool:
        person = tx.pseudonym(key, PersonData(found.email))
        link = Link(
            binding=key,
            slack_user=slack_user,
            user_uid=tokens.user_uid,
            person=person,
            sealed=linking.vault.seal(tokens.dumps(), about(key, slack_user)),
            scopes=tokens.scopes,
            expires_at=tokens.expires_at,
            linked_at=now,
            proven_at=now,
        )
        made = tx.save_link(link)
        if made:
            data = {"account": tx.account(key, slack_user, person)}
            tx.append(Event(EventKind.LINKED, key, actor=person, data=data), now)
        return made

    if await house.store.write(write):
        return Linked(found.slack, found.email)
    return NotLinked(WhyNotLinked.TAKEN)


async def _not_admitted(house: House, refused: Refused, owner: Owner) -> NotLinked:
    """Who may not use Rollcall links nothing; whose link somebody else wanted is told of it."""
    if refused.why is not NotAdmitted.LINKED_ELSEWHERE:
        return NotLinked(WhyNotLinked.NOT_ADMITTED, refused)
    holder = await house.store.read(lambda tx: tx.link_of(house.binding.key, owner.user_uid))
    if holder is not None:
        await house.notifier.tell(holder.slack_user, "link_attempted")
    return NotLinked(WhyNotLinked.TAKEN, email=owner.email)


async def _elsewhere(house: House, actor: Actor) -> bool:
    """Whether this Slack account is linked to another Contentstack user."""
    link = await house.store.read(lambda tx: tx.link(house.binding.key, actor.slack_user))
    return link is not None and link.user_uid != actor.user_uid


def _not_exchanged(error: Exception) -> NotLinked:
    if isinstance(error, NotConfigured):
        log.error("Contentstack does not accept the OAuth app: check CONTENTSTACK_OAUTH_*")
        return NotLinked(WhyNotLinked.APP_REFUSED)
    if isinstance(error, Unavailable):
        return NotLinked(WhyNotLinked.CONTENTSTACK_DOWN)
    return NotLinked(WhyNotLinked.CODE_REFUSED)


def _challenge(verifier: str) -> str:
    """The S256 challenge of RFC 7636."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
