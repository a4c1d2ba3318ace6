"""What is shown stays shown: late acknowledgements, people who move on, Slack's own limits."""

from __future__ import annotations

import asyncio
from random import Random

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.response import HttpResponse

from bot.sandbox.workspace import modals
from bot.slack.client import RateLimited, build_client, open_session, retry_after
from bot.slack.modals import loading, message
from bot.slack.screens import LOOK_AFTER, Instead, Screen
from tests.slack.conftest import Office
from tests.slack.steps import open_form, until


async def shown(office: Office) -> str:
    modal = await office.user("ada").modal()
    return modal.all_text if modal else ""


async def test_an_acknowledgement_that_arrives_late_does_not_cover_the_result(office: Office) -> None:
    """Slack carries out the loading view after our update; it is put right once."""
    form = await open_form(office.user("ada"))
    screen = office.desk.screens.acknowledged("U0ADA", form.id)
    assert await office.desk.screens.show(screen, message.saying("The result."), Instead("gone"))
    view = office.slack.core.workspace.views[form.id]
    modals.update_view(office.slack.core, view, loading.build("late"))
    assert await shown(office) == "⏳ late"

    async def put_right() -> bool:
        return await shown(office) == "The result."

    assert await until(put_right)


async def test_a_person_who_has_moved_on_is_not_taken_back(office: Office) -> None:
    """The next acknowledgement comes before the look after the first."""
    form = await open_form(office.user("ada"))
    screen = office.desk.screens.acknowledged("U0ADA", form.id)
    await office.desk.screens.show(screen, message.saying("The result."), Instead("gone"))
    office.desk.screens.acknowledged("U0ADA", form.id)
    view = office.slack.core.workspace.views[form.id]
    modals.update_view(office.slack.core, view, loading.build("the next step"))
    await asyncio.sleep(LOOK_AFTER + 0.2)
    assert await shown(office) == "⏳ the next step"


async def test_of_two_updates_at_once_the_newer_one_stays(office: Office) -> None:
    """The older one is slow on its way; without an order it would arrive last and stand there."""
    form = await open_form(office.user("ada"))
    await office.workspace.fault("latency", "views.update", seconds=0.3)
    screen, older, newer = Screen("U0ADA", form.id), message.saying("Older."), message.saying("Newer.")
    show = office.desk.screens.show
    both = list(await asyncio.gather(show(screen, older, None), show(screen, newer, None)))
    assert both == [True, True]
    assert await shown(office) == "Newer."


async def test_a_modal_that_is_gone_is_replaced_by_a_direct_message(office: Office) -> None:
    """The text is escaped: it pings nobody."""
    screen = Screen("U0ADA", "V0NEVER")
    assert not await office.desk.screens.show(screen, message.saying("x"), Instead("<!channel> & you"))
    told = await office.user("ada").wait_for_message("@rollcall")
    assert told.text == "&lt;!channel&gt; &amp; you"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"retry-after": ["7"]}, 7.0),
        ({}, 1.0),
        ({"Retry-After": "soon"}, 1.0),
    ],
)
def test_all_of_retry_after_is_read(headers: dict[str, str | list[str]], seconds: float) -> None:
    """slack-sdk's own handler reads its first digit."""
    assert retry_after(HttpResponse(status_code=429, headers=headers)) == seconds


async def test_a_rate_limit_is_waited_out_and_one_that_is_too_long_is_an_error(office: Office) -> None:
    """The wait is what Slack asks for, and a little chance."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with open_session() as session:
        client = build_client(office.slack.bot_token, office.slack.api_url, session)
        client.retry_handlers = [RateLimited(sleep=sleep, random=Random(1))]
        await office.workspace.fault("rate_limited", "auth.test", retry_after=12)
        assert (await client.auth_test())["ok"]
        assert [int(seconds) for seconds in slept] == [12]
        await office.workspace.fault("rate_limited", "auth.test", retry_after=300)
        with pytest.raises(SlackApiError):
            await client.auth_test()
    assert len(slept) == 1
