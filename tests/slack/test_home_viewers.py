"""Whose Home tab is published when: only to who looks, never too often, and the last change always."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.service.glance import Shelf
from bot.slack.home.pages import FRONT, Pages
from bot.slack.home.viewers import APART, SPACED, WATCHED, Viewers
from tests.slack.hand_clock import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def viewers(clock: HandClock) -> Viewers:
    return Viewers(clock)


def rounds(viewers: Viewers, clock: HandClock, until: float) -> list[tuple[float, str]]:
    """Publish to whoever's turn it is until then; when it was whose."""
    seen: list[tuple[float, str]] = []
    begin = clock.at
    while clock.at - begin <= until and (wait := viewers.wait()) is not None:
        user = viewers.take()
        if user is None:
            clock.at += wait
            continue
        viewers.publishing(user)
        seen.append((round(clock.at - begin, 3), user))
    return seen


def test_nobody_looks_and_nothing_is_due(viewers: Viewers) -> None:
    """A change without viewers asks for no rounds."""
    assert (viewers.changed(), viewers.wait(), viewers.take()) == (False, None, None)


def test_a_change_is_shown_ten_seconds_after_the_last_publication_at_the_earliest(
    viewers: Viewers, clock: HandClock
) -> None:
    """Opened at 0, changed at 3: due at 10, once."""
    viewers.opened("ada", FRONT)
    clock.at += 3
    assert viewers.changed()
    assert viewers.wait() == APART - 3
    assert viewers.take() is None
    assert rounds(viewers, clock, 60) == [(7, "ada")]


def test_a_hundred_changes_a_second_are_shown_every_ten_seconds_and_the_last_of_them_too(
    viewers: Viewers, clock: HandClock
) -> None:
    """A busy half minute, and then quiet: three times in between, and once more for the end."""
    viewers.opened("ada", FRONT)
    begin, seen = clock.at, []
    for step in range(6_000):
        clock.at = begin + step / 100
        if step <= 3_150:
            viewers.changed()
        if viewers.take():
            viewers.publishing("ada")
            seen.append(step / 100)
    assert seen == [10, 20, 30, 40]


def test_a_change_while_it_is_read_is_shown_in_the_next_turn(viewers: Viewers, clock: HandClock) -> None:
    """What was marked after the reading began is not lost."""
    viewers.opened("ada", FRONT)
    clock.at += 60
    viewers.changed()
    assert viewers.take() == "ada"
    viewers.publishing("ada")
    viewers.changed()
    assert rounds(viewers, clock, 60) == [(10, "ada")]


def test_what_did_not_arrive_is_sent_again(viewers: Viewers, clock: HandClock) -> None:
    """A publication that Slack did not take counts as out of date."""
    viewers.opened("ada", FRONT)
    viewers.failed("ada")
    assert rounds(viewers, clock, 60) == [(10, "ada")]


def test_ten_minutes_after_the_opening_nothing_more_is_shown(viewers: Viewers, clock: HandClock) -> None:
    """A change in the last second counts, one after it does not; opening again counts anew."""
    viewers.opened("ada", FRONT)
    clock.at += WATCHED
    assert viewers.changed()
    assert rounds(viewers, clock, 0) == [(0, "ada")]
    clock.at += 1
    assert not viewers.changed()
    viewers.opened("ada", FRONT)
    assert viewers.changed()


def test_a_turn_that_comes_after_the_ten_minutes_is_left_out(viewers: Viewers, clock: HandClock) -> None:
    """Due only when nobody looks any more."""
    viewers.opened("ada", FRONT)
    clock.at += WATCHED - 5
    viewers.publishing("ada")
    viewers.changed()
    clock.at += 6
    assert (viewers.wait(), viewers.take()) == (None, None)


def test_many_viewers_share_one_publication_a_second_who_waited_longest_first(
    viewers: Viewers, clock: HandClock
) -> None:
    """Forty people look: a second apart, in turn, each at most every ten seconds."""
    for number in range(40):
        viewers.opened(f"u{number:02}", FRONT)
        clock.at += 1
    viewers.changed()
    seen = rounds(viewers, clock, 100)
    assert [user for _, user in seen] == [f"u{number:02}" for number in range(40)]
    assert [later - at for (at, _), (later, _) in pairwise(seen)] == [SPACED] * 39


def test_who_left_or_closed_sees_nothing_more(viewers: Viewers) -> None:
    """Who lost his rights is no viewer; a stop leaves none."""
    viewers.opened("ada", FRONT)
    viewers.opened("grace", FRONT)
    viewers.left("ada")
    assert viewers.changed()
    viewers.close()
    assert not viewers.changed()


def test_the_pages_that_somebody_looks_at_stay_until_he_turns_or_opens_again(viewers: Viewers) -> None:
    """Somebody unknown looks at the front."""
    third = Pages(numbers={Shelf.LAST: 2})
    viewers.opened("ada", third)
    viewers.changed()
    assert (viewers.pages("ada"), viewers.pages("bob")) == (third, FRONT)
