"""Rules that too few people could agree to are found before anybody asks."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.circles import Named, SlackGroup, Stage
from bot.domain.members import Directory
from bot.domain.policy import Policy, Rule, When
from bot.domain.verdict import Verdict
from bot.service.quorum import MOST, ThinRule, thin_rules
from tests.service.approvers import OWNER
from tests.service.stage import ADA, GRACE
from tests.service.stage import Stage as House


async def thin(stage: House, *stages: Stage) -> list[ThinRule]:
    policy = Policy((Rule(When(), Verdict(rule="test", stages=stages)),))
    directory = await stage.house.contentstack.directory(max_age=3600)
    return list(await thin_rules(policy, known(stage, directory), stage.house.people))


def known(stage: House, directory: Directory) -> Directory:
    """Those admins alone who have a Slack account here: Ada, Grace and the owner."""
    slack = {one.email for one in stage.workspace.core.workspace.people.values()}
    return replace(directory, members=tuple(one for one in directory.members if one.email in slack))


async def test_a_rule_is_thin_where_whoever_asks_would_be_missing(stage: House) -> None:
    """Three could agree: two agreements are fine, three are not, since one of them may be who asks."""
    assert await thin(stage, Stage(1)) == []
    assert await thin(stage, Stage(2)) == []
    assert await thin(stage, Stage(3)) == [ThinRule("test", 3, 3)]


async def test_names_and_groups_narrow_who_could(stage: House) -> None:
    """A group that cannot be read has nobody in it."""
    assert await thin(stage, Stage(1, (Named(frozenset({ADA, GRACE})),))) == []
    assert await thin(stage, Stage(1, (Named(frozenset({OWNER})),))) == [ThinRule("test", 1, 1)]
    assert await thin(stage, Stage(1, (SlackGroup("S0NOWHERE"),))) == [ThinRule("test", 1, 0)]


async def test_many_admins_are_not_looked_up(stage: House) -> None:
    """Where there are that many of them nobody has to worry, and Slack is not asked fifty times."""
    directory = await stage.house.contentstack.directory(max_age=3600)
    owner = next(one for one in directory.members if one.is_owner)
    crowd = replace(directory, members=(owner,) * (MOST + 1))
    policy = Policy((Rule(When(), Verdict(rule="test", stages=(Stage(3),))),))
    assert await thin_rules(policy, crowd, stage.house.people) == ()
