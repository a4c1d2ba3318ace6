"""The tokens of a link: renewed by one at a time, broken where refused, sealed anew with a new key."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.identity import Identity
from bot.ports.contentstack import ContentstackError
from bot.ports.oauth import Tokens
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.service.admission import Admitted, admit
from bot.service.house import House
from bot.service.tokens import LEASE, NoToken, current
from tests.service.stage import ADA
from tests.web.browser import KEY, Door, linking_of

OTHER = bytes(range(32, 64))
HOUR = 3600


def grants(door: Door, kind: str) -> int:
    """How often Contentstack was asked for tokens in this way."""
    return sum(body["grant_type"] == kind for body in door.stage.asked("POST", "/apps-api/token"))


async def token(door: Door, house: House | None = None) -> Tokens:
    return await current(house or door.house, ADA, door.uid(seed.ADA))


async def why_not(door: Door, house: House | None = None) -> str:
    with pytest.raises(NoToken) as caught:
        await token(door, house)
    return caught.value.why


async def test_a_token_that_lives_is_used_as_it_is(door: Door) -> None:
    """Nothing is asked."""
    await door.linked()
    first, second = await token(door), await token(door)
    assert (first, grants(door, "refresh_token")) == (second, 0)


async def test_ten_at_once_renew_a_token_once(door: Door) -> None:
    """The refresh token is good once; everybody gets the one new pair."""
    await door.linked()
    old = await token(door)
    door.pass_(HOUR)
    found = await asyncio.gather(*(token(door) for _ in range(10)))
    assert (len(set(found)), grants(door, "refresh_token")) == (1, 1)
    assert found[0].access != old.access
    link = await door.link()
    assert link is not None
    assert (link.version, link.expires_at) == (2, found[0].expires_at)


async def test_whoever_died_while_renewing_keeps_nobody_out_for_longer_than_a_lease(door: Door) -> None:
    """The next one goes on when the lease is over."""
    link = await door.linked()
    door.pass_(HOUR)
    now = door.house.clock.now()
    assert await door.house.store.write(lambda tx: tx.lease_link(link, now, now + LEASE))
    waiting = asyncio.create_task(token(door))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    door.pass_(LEASE.total_seconds())
    assert ((await waiting).user_uid, grants(door, "refresh_token")) == (door.uid(seed.ADA), 1)


async def test_what_contentstack_refuses_to_renew_breaks_the_link(door: Door) -> None:
    """It proves nothing any more; store, audit and Slack say so, and nobody asks a second time."""
    link = await door.linked()
    door.stage.contentstack.state.oauth.refresh_tokens.clear()
    door.pass_(HOUR)
    assert ([await why_not(door), await why_not(door)], grants(door, "refresh_token")) == (
        ["link_refused", "link_gone"],
        1,
    )
    broken = await door.link()
    admitted = await admit(door.house, ADA, at="test")
    assert isinstance(admitted, Admitted)
    assert (broken, admitted.identity) == (replace(link, broken=True, version=2), Identity.EMAIL)
    rows = await door.house.store.read(lambda tx: list(tx.rows()))
    assert (rows[-1].event.kind.value, rows[-1].event.actor, rows[-1].event.data["why"]) == (
        "unlinked",
        link.person,
        "not_renewed",
    )
    assert await door.told() == [f"{ADA}:link_made", f"{ADA}:link_broken"]
    assert (await door.linked()).broken is False


async def test_contentstack_out_of_order_breaks_nothing(door: Door) -> None:
    """The lease is given back, and the next try renews."""
    await door.linked()
    door.pass_(HOUR)
    door.stage.contentstack.faults.add(Fault(0, Kind.RATE_LIMIT, "POST", "/apps-api/token"))
    with pytest.raises(ContentstackError):
        await token(door)
    assert (await token(door)).user_uid == door.uid(seed.ADA)


async def test_settings_that_are_wrong_break_nothing(door: Door) -> None:
    """Contentstack does not know our app: the person's link is not to blame."""
    await door.linked()
    door.pass_(HOUR)
    door.stage.contentstack.state.oauth.apps[seed.APP_UID].client_secret = "another"
    link = await door.link()
    assert (await why_not(door), link is not None and link.live) == ("app_refused", True)


async def test_a_new_key_goes_in_front_and_what_is_used_is_sealed_anew(door: Door) -> None:
    """Afterwards the old key can go."""
    await door.linked()
    old = await token(door)
    door.pass_(1)

    def with_keys(*keys: bytes) -> House:
        linking = linking_of(door.stage.url, door.address, door.clock, *keys)
        return replace(door.house, linking=linking)

    assert await why_not(door, with_keys(OTHER)) == "link_unreadable"
    assert await token(door, with_keys(OTHER, KEY)) == old
    assert await token(door, with_keys(OTHER)) == old
    assert await why_not(door, with_keys(KEY)) == "link_unreadable"


async def test_a_row_that_was_copied_to_somebody_else_is_of_no_use(door: Door) -> None:
    """Whoever can write to the database cannot act with another's token."""
    ada, grace = await door.linked(), await door.linked("U0GRACE", seed.GRACE)
    await door.house.store.write(lambda tx: tx.renew_link(replace(grace, sealed=ada.sealed)))
    with pytest.raises(NoToken, match="link_unreadable"):
        await current(door.house, "U0GRACE", door.uid(seed.GRACE))
