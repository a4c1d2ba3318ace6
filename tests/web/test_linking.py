"""Linking accounts in a browser, against the simulated Contentstack: the way, and everything that ends it."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.admission import Refused
from bot.domain.identity import Identity
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.service.admission import Admitted, admit
from bot.service.attempts import keep_sweeping
from bot.service.linking import disconnect
from bot.settings_connect import SCOPES
from tests.service.stage import ADA, GRACE, MIA
from tests.web.browser import Door, state_of

NOT = "Nothing was linked"


async def identity(door: Door, slack_user: str = ADA) -> Identity | Refused:
    found = await admit(door.house, slack_user, at="test")
    return found.identity if isinstance(found, Admitted) else found


async def test_the_whole_way_links_both_accounts(door: Door) -> None:
    """Consent, a page that names both, a button; then he counts as linked, and Slack tells him."""
    browser = door.browser()
    page = await browser.arrive(await door.begin(), seed.ADA)
    named = [one in page.html for one in ("Ada Admin", ADA, seed.ADA, door.uid(seed.ADA))]
    assert (page.status, page.title, named) == (200, "Are both of these yours?", [True] * 4)
    assert await door.link() is None
    done = await browser.press(page.token)
    link = await door.link()
    assert link is not None
    assert (done.status, done.title) == (200, "Your accounts are linked")
    assert (link.slack_user, link.user_uid, link.scopes) == (
        ADA,
        door.uid(seed.ADA),
        frozenset(SCOPES.split()),
    )
    assert (await identity(door), await door.told()) == (Identity.LINKED, [f"{ADA}:link_made"])
    rows = await door.house.store.read(lambda tx: list(tx.rows()))
    assert [(row.event.kind.value, row.event.actor) for row in rows] == [("linked", link.person)]


async def test_no_token_is_stored_or_shown_as_it_is(door: Door) -> None:
    """Neither in the database nor in the repr of anything that holds it."""
    link = await door.linked()
    world = door.stage.contentstack.state.oauth
    tokens = [*world.access_tokens, *world.refresh_tokens]
    stored = b"".join(file.read_bytes() for file in door.directory.iterdir() if file.is_file())
    assert [one for one in tokens if one.encode() in stored or one in repr(link)] == []


async def test_another_e_mail_links_nothing(door: Door) -> None:
    """Grace goes through the address that Ada was given, or sent her."""
    page = await door.browser().arrive(await door.begin(ADA), seed.GRACE)
    assert (page.status, page.title, "another e-mail address" in page.html) == (403, NOT, True)
    assert (await door.link(ADA), await door.link(GRACE)) == (None, None)
    assert (await door.refusals(), door.consents(seed.GRACE)) == (["other_email"], 0)


async def test_who_set_an_admins_address_is_named_and_needs_the_admins_own_click(
    door: Door,
) -> None:
    """Mia has Ada's address in her profile: the page in Ada's browser names Mia, and Ada cancels."""
    door.stage.workspace.core.workspace.people[MIA].email = seed.ADA
    browser = door.browser()
    page = await browser.arrive(await door.begin(MIA), seed.ADA)
    assert (MIA in page.html, "he would act as you" in page.html) == (True, True)
    assert (await door.browser().press(page.token)).status == 403
    page = await browser.arrive(await door.begin(MIA), seed.ADA)
    cancelled = await browser.press(page.token, "cancel")
    assert (cancelled.title, await door.link(MIA), door.consents(seed.ADA)) == (NOT, None, 0)


async def test_one_contentstack_user_has_one_slack_account(door: Door) -> None:
    """The second attempt is refused, the first account is told, and its link still works."""
    link = await door.linked(ADA)
    door.stage.workspace.core.workspace.people[MIA].email = seed.ADA
    page = await door.browser().arrive(await door.begin(MIA), seed.ADA)
    assert (page.status, "linked to another Slack account" in page.html) == (403, True)
    assert (await door.link(MIA), await door.link(ADA)) == (None, link)
    assert (await door.told(), await door.refusals()) == (
        [f"{ADA}:link_made", f"{ADA}:link_attempted"],
        ["taken"],
    )
    assert door.consents(seed.ADA) == 2


async def test_one_slack_account_has_one_contentstack_user(door: Door) -> None:
    """Whose address has changed on both sides disconnects first."""
    await door.linked(ADA)
    door.stage.workspace.core.workspace.people[ADA].email = seed.GRACE
    page = await door.browser().arrive(await door.begin(ADA), seed.GRACE)
    assert ("linked to another Contentstack user" in page.html, await door.refusals()) == (
        True,
        ["elsewhere"],
    )


async def test_a_state_is_good_once(door: Door) -> None:
    """Neither reloading the page nor using the address again gets anywhere."""
    url, browser = await door.begin(), door.browser()
    back = await browser.consent(url, seed.ADA)
    first, second = await browser.open(back), await browser.open(back)
    again = await browser.arrive(url, seed.ADA)
    assert [first.status, second.status, again.status] == [200, 403, 403]
    assert "was used already" in second.html


async def test_a_later_address_replaces_the_earlier_one(door: Door) -> None:
    """Who asks twice uses the newer button."""
    earlier, later = await door.begin(), await door.begin()
    pages = [(await door.browser().arrive(url, seed.ADA)).status for url in (earlier, later)]
    assert pages == [403, 200]


async def test_an_address_is_good_for_ten_minutes(door: Door) -> None:
    """However late, it says why and links nothing."""
    url = await door.begin()
    door.pass_(601)
    page = await door.browser().arrive(url, seed.ADA)
    assert (page.status, "longer than ten minutes" in page.html) == (403, True)
    assert await door.refusals() == ["expired"]


async def test_a_page_that_nobody_confirmed_in_time_is_worth_nothing(door: Door) -> None:
    """And the consent is ended at Contentstack."""
    browser = door.browser()
    page = await browser.arrive(await door.begin(), seed.ADA)
    door.pass_(601)
    late = await browser.press(page.token)
    assert (late.status, await door.link(), door.consents(seed.ADA)) == (403, None, 0)


async def test_what_was_left_lying_is_swept_with_the_next_attempt(door: Door) -> None:
    """Tokens of a page that was closed are ended, not kept."""
    await door.browser().arrive(await door.begin(), seed.ADA)
    door.pass_(601)
    await door.begin(GRACE)
    assert door.consents(seed.ADA) == 0


async def test_what_was_left_lying_is_swept_also_without_another_attempt(door: Door) -> None:
    """Every minute, while the bot runs."""
    await door.browser().arrive(await door.begin(), seed.ADA)
    door.pass_(601)
    sweeping = asyncio.create_task(keep_sweeping(door.house))
    async with asyncio.timeout(5):
        while door.consents(seed.ADA):  # noqa: ASYNC110  the sweeper tells nobody
            await asyncio.sleep(0.01)
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
    assert await door.link() is None


@pytest.mark.parametrize("state", ["", "x" * 43, "short", "ä" * 43, "x" * 5000])
async def test_a_state_that_was_never_given_out_leads_nowhere(door: Door, state: str) -> None:
    """Guessed, cut or foreign: no question to Contentstack, no audit row that anybody could flood."""
    page = await door.browser().open(f"{door.address}/oauth/callback?code=abc&state={state}")
    assert (page.status, page.title, door.asked("POST", "/apps-api/token")) == (403, NOT, 0)
    assert await door.refusals() == []


async def test_a_code_of_another_attempt_is_worth_nothing(door: Door) -> None:
    """Grace's code with Ada's state: the challenge of PKCE is not Ada's."""
    browser, mine = door.browser(), await door.begin(ADA)
    theirs = await browser.consent(await door.begin(GRACE), seed.GRACE)
    mixed = theirs.replace(state_of(theirs), state_of(mine))
    page = await browser.open(mixed)
    assert (page.status, await door.refusals()) == (403, ["code_refused"])


async def test_a_code_that_is_older_than_a_minute_says_so(door: Door) -> None:
    """Contentstack forgets it after 60 seconds (CS §1.6)."""
    browser = door.browser()
    back = await browser.consent(await door.begin(), seed.ADA)
    door.pass_(61)
    page = await browser.open(back)
    assert ("good for a minute only" in page.html, await door.refusals()) == (True, ["code_refused"])


async def test_who_does_not_agree_at_contentstack_links_nothing(door: Door) -> None:
    """The browser comes back with an error in place of a code."""
    browser = door.browser()
    page = await browser.open(await browser.consent(await door.begin(), seed.ADA, "deny"))
    assert ("you did not agree" in page.html, await door.refusals()) == (True, ["denied"])


async def test_only_the_browser_that_came_back_can_confirm(door: Door) -> None:
    """A form from elsewhere lacks the cookie, a cookie alone lacks the token; both are good once."""
    browser, stranger = door.browser(), door.browser()
    page = await browser.arrive(await door.begin(), seed.ADA)
    forged = [
        (await stranger.press(page.token)).status,
        (await browser.press("x" * 43)).status,
        (await browser.press("")).status,
    ]
    assert (forged, await door.link()) == ([403] * 3, None)


async def test_a_confirmation_is_good_once(door: Door) -> None:
    """The second press of the same button changes nothing."""
    browser = door.browser()
    page = await browser.arrive(await door.begin(), seed.ADA)
    first = await browser.press(page.token)
    browser.keep(page)
    second = await browser.press(page.token)
    assert (first.status, second.status) == (200, 403)


async def test_rights_are_read_again_when_he_confirms(door: Door) -> None:
    """Somebody who is no admin any more by then links nothing."""
    browser = door.browser()
    page = await browser.arrive(await door.begin(), seed.ADA)
    org = door.stage.contentstack.state.organizations[seed.ORG_UID]
    org.by_email[seed.ADA].org_roles[:] = [seed.MEMBER_ROLE]
    refused = await browser.press(page.token)
    assert (refused.status, "Only the owner and the admins" in refused.html) == (403, True)
    assert await door.link() is None


async def test_connecting_again_is_a_new_proof_of_the_same_link(door: Door) -> None:
    """What break-glass asks for: the time of the last proof."""
    first = await door.linked()
    door.pass_(60)
    second = await door.linked()
    assert (second.linked_at, second.version) == (first.linked_at, first.version + 1)
    assert second.proven_at > first.proven_at


async def test_disconnecting_ends_the_tokens_and_forgets_the_link(door: Door) -> None:
    """At Contentstack too; then he is known by e-mail again, and nothing is left to end."""
    link = await door.linked()
    assert await disconnect(door.house, ADA) is True
    assert (await door.link(), door.consents(seed.ADA), await identity(door)) == (None, 0, Identity.EMAIL)
    rows = await door.house.store.read(lambda tx: list(tx.rows()))
    assert [(row.event.kind.value, row.event.actor) for row in rows] == [
        ("linked", link.person),
        ("unlinked", link.person),
    ]
    assert str(await disconnect(door.house, ADA)).startswith("NotLinked(why=<WhyNotLinked.NO_LINK")


async def test_who_left_the_organization_can_still_disconnect(door: Door) -> None:
    """An hour later, so that the access token has to be renewed for it."""
    await door.linked()
    door.pass_(3700)
    org = door.stage.contentstack.state.organizations[seed.ORG_UID]
    org.by_email[seed.ADA].org_roles[:] = [seed.MEMBER_ROLE]
    assert (await disconnect(door.house, ADA), door.consents(seed.ADA)) == (True, 0)


async def test_a_link_is_forgotten_also_where_contentstack_does_not_answer(door: Door) -> None:
    """It is said that the tokens may live on there."""
    await door.linked()
    door.stage.fault(Kind.SERVER_ERROR, "/manifests")
    assert (await disconnect(door.house, ADA), await door.link()) == (False, None)


async def test_contentstack_out_of_order_links_nothing(door: Door) -> None:
    """The token endpoint answers with its own trouble."""
    browser = door.browser()
    back = await browser.consent(await door.begin(), seed.ADA)
    door.stage.contentstack.faults.add(Fault(0, Kind.BAD_GATEWAY, "POST", "/apps-api/token"))
    page = await browser.open(back)
    assert (page.status, page.title, await door.link()) == (403, NOT, None)


@pytest.mark.parametrize(
    "path", ["/", "/oauth", "/oauth/callback/", "/slack/events", "/admin", "/oauth/confirm"]
)
async def test_nothing_else_is_served(door: Door, path: str) -> None:
    """404 (405 for the form's address), with the same headers, and nothing of the page."""
    page = await door.browser().open(f"{door.address}{path}")
    assert page.status == (405 if path == "/oauth/confirm" else 404)
    assert (page.headers["Cache-Control"], page.headers["X-Frame-Options"]) == ("no-store", "DENY")


async def test_the_pages_are_closed_to_everything_from_outside(door: Door) -> None:
    """No script, no frame, no cache, no referrer; the cookie is for this form alone."""
    page = await door.browser().arrive(await door.begin(), seed.ADA)
    policy = page.headers["Content-Security-Policy"]
    assert (policy.startswith("default-src 'none'; style-src 'sha256-"), "script" in page.html) == (
        True,
        False,
    )
    assert page.headers["Referrer-Policy"] == "no-referrer"
    cookie = page.headers["Set-Cookie"]
    assert [part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/oauth/confirm")] == [True] * 3


async def test_names_are_shown_as_text(door: Door) -> None:
    """A name from Slack cannot put anything on the page."""
    door.stage.workspace.core.workspace.people[ADA].name = "<script>alert(1)</script>"
    page = await door.browser().arrive(await door.begin(), seed.ADA)
    assert ("<script>" in page.html, "&lt;script&gt;alert(1)" in page.html) == (False, True)
