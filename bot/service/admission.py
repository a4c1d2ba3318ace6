"""Whether somebody may use Rollcall at all: owner or admin of the organization, by a fresh read.

Everybody is a full member of the installing workspace whose address belongs to exactly one accepted
Contentstack member, whom no other Slack account has proven to be its own. Who proved that himself
(`bot.service.linking`) is known as linked, until the link breaks. Unknown means no, and every no is a record
with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.admission import NotAdmitted, Refused
from bot.domain.audit import Event, EventKind
from bot.domain.identity import Identity, Link
from bot.domain.members import Known, Member, Status
from bot.domain.operation import Actor
from bot.ports.contentstack import ContentstackError, CredentialRefused, NotPermitted
from bot.ports.slack_people import SlackPerson, SlackUnavailable
from bot.ports.store import PersonData, Transaction
from bot.service.holders import other_holder
from bot.service.house import House


@dataclass(frozen=True, slots=True)
class Admitted:
    """Yes: who this is on both sides."""

    actor: Actor
    member: Member
    slack: SlackPerson
    identity: Identity = Identity.EMAIL
    proven_at: datetime | None = None
    """When he last proved his Contentstack user there; None where he is known by e-mail only."""
    scopes: frozenset[str] = frozenset()
    """What his own token may do at Contentstack; none where he is known by e-mail only."""


Admission = Admitted | Refused


async def admit(house: House, slack_user: str, *, at: str) -> Admission:
    """Check a person now, and audit a refusal. ``at`` says where: ``command``, ``approve`` and so on."""
    admission = await _check(house, slack_user)
    if isinstance(admission, Refused):
        await _audit(house, slack_user, admission, at)
    return admission


async def look_up(house: House, slack_user: str) -> Admission:
    """The same without an audit row: for somebody who did nothing himself."""
    return await _check(house, slack_user)


async def note_refusal(house: House, slack_user: str, why: str, *, at: str, operation: str = "") -> None:
    """Audit a refusal that was decided elsewhere (from memory, or because of the plan).

    One row a person and minute; at operations one for each, so that the story of every one has its own.
    """
    now, kind, key = house.clock.now(), EventKind.REFUSED, house.binding.key
    more = house.sparing.spared((kind, slack_user, operation), now)
    if more is None:
        return

    def note(tx: Transaction) -> None:
        data = {"at": at, "why": why, "not_written_before": more}
        tx.append(Event(kind, key, operation, tx.account(key, slack_user), data), now)

    await house.store.write(note)


async def note_opening(house: House, opened: Admitted, at: str) -> None:
    """Audit that somebody opened Rollcall, by command, shortcut or button."""
    now, kind = house.clock.now(), EventKind.OPENED
    more = house.sparing.spared((kind, opened.actor.slack_user), now)
    if more is not None:
        data = {"at": at, "not_written_before": more}
        event = Event(kind, house.binding.key, actor=opened.actor.person, data=data)
        await house.store.write(lambda tx: tx.append(event, now))


async def still_admin(house: House, actor: Actor) -> NotAdmitted | None:
    """None while this actor is who he was and still owner or admin; read now, for the run."""
    admission = await _check(house, actor.slack_user)
    if isinstance(admission, Refused):
        return admission.why
    return None if admission.actor.user_uid == actor.user_uid else NotAdmitted.NOT_A_MEMBER


async def _check(house: House, slack_user: str) -> Admission:
    try:
        person = await house.people.person(slack_user)
    except SlackUnavailable as error:
        why = NotAdmitted.MISSING_SCOPE if error.missing_scope else NotAdmitted.SLACK_DOWN
        return Refused(why, error.missing_scope)
    if not person.full_member:
        return Refused(NotAdmitted(person.why_not or "unknown"))
    if not person.email:
        return Refused(NotAdmitted.NO_EMAIL)
    try:
        found = await _members(house, person.email)
    except (CredentialRefused, NotPermitted):
        return Refused(NotAdmitted.CREDENTIAL_REFUSED)
    except ContentstackError as error:
        return Refused(NotAdmitted.CONTENTSTACK_DOWN, error.detail)
    refused = _why_not(found)
    if refused is not None:
        return Refused(refused)
    return await _unless_anothers(house, person, found[0])


async def _members(house: House, email: str) -> tuple[Member, ...]:
    try:
        found = await house.contentstack.members([email])
    except CredentialRefused:
        house.contentstack.renew()  # `login` may have replaced it since
        found = await house.contentstack.members([email])
    wanted = email.casefold()
    return tuple(one for one in found if one.email.casefold() == wanted)


def _why_not(found: tuple[Member, ...]) -> NotAdmitted | None:
    if not found:
        return NotAdmitted.NOT_A_MEMBER
    if len(found) > 1:
        return NotAdmitted.SEVERAL_MEMBERS
    (member,) = found
    if member.status is not Status.ACCEPTED or member.user_uid is None:
        return NotAdmitted.NOT_ACCEPTED
    if member.is_owner or member.admin is Known.YES:
        return None
    return NotAdmitted.ADMIN_UNKNOWN if member.admin is Known.UNKNOWN else NotAdmitted.NOT_ADMIN


async def _unless_anothers(house: House, person: SlackPerson, member: Member) -> Admission:
    """An equal e-mail is worth nothing where another Slack account has proven the same user to be its own."""
    try:
        holder = await other_holder(house, person.id, member.user_uid or "")
    except SlackUnavailable:
        return Refused(NotAdmitted.SLACK_DOWN)
    return await _admitted(house, person, member) if holder is None else Refused(NotAdmitted.LINKED_ELSEWHERE)


async def _admitted(house: House, person: SlackPerson, member: Member) -> Admitted:
    def known(tx: Transaction) -> tuple[str, Link | None]:
        key = tx.pseudonym(house.binding.key, PersonData(member.email, member.name))
        tx.account(house.binding.key, person.id, key)
        return key, tx.link(house.binding.key, person.id)

    key, link = await house.store.write(known)
    actor = Actor(person.id, member.user_uid or "", key)
    if link is None or not link.live or link.user_uid != member.user_uid:
        return Admitted(actor, member, person)
    return Admitted(actor, member, person, Identity.LINKED, link.proven_at, link.scopes)


async def _audit(house: House, slack_user: str, refused: Refused, at: str) -> None:
    await note_refusal(house, slack_user, refused.why.value, at=at)
