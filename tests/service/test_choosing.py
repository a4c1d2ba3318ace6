"""The union of all ways, what each brought, and plans of ten thousand people."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import addresses
from bot.domain.actions import ActionKey
from bot.domain.address_file import AddressFile, BadLine
from bot.domain.filters import Filters
from bot.domain.members import NOBODY, Directory, Member, Organization, Status, access_of
from bot.domain.plan import RUN
from bot.domain.together import together
from bot.ports.contentstack import Account
from bot.ports.store import PersonData
from bot.service.choosing import Chosen, Wanted, Way, choose
from bot.service.seal import Candidate, Proposal, Wish, seal
from bot.slack.messages import papers
from bot.words import sheets
from tests.domain.test_filters import NOW
from tests.service.stage import staged

PEOPLE = tuple(
    Member(f"s{number}", f"u{number}", email, status=Status.ACCEPTED)
    for number, email in enumerate(
        ["ada@example.com", "bob@example.com", "Cat@example.com", "twin@example.com", "TWIN@example.com"]
    )
)
DIRECTORY = Directory(Organization("o", "O"), PEOPLE, (), (), NOW)


def test_every_way_says_what_it_brought() -> None:
    """Together a union, in the order of the ways; nobody is left out in silence."""
    wanted = Wanted(
        picked=("s0",),
        pasted=addresses.read("ADA@example.com, cat@example.com, nobody@example.com, hello, ada@example.com"),
        file=AddressFile(
            ("twin@example.com", "bob@example.com", "NOBODY@example.com"), (BadLine(7, "x"),), 2, 6
        ),
        filters=Filters(domains=("example.com",)),
    )
    assert choose(DIRECTORY, wanted, NOW) == Chosen(
        people=("s0", "s2", "s1", "s3", "s4"),
        brought={Way.PICKED: 1, Way.PASTED: 2, Way.FILE: 1, Way.FILTERS: 5},
        overlaps=4,
        unknown=("NOBODY@example.com",),
        ambiguous=("twin@example.com",),
        not_addresses=("hello",),
        bad_lines=(BadLine(7, "x"),),
        repeated=3,
    )


def test_nothing_wanted_chooses_nobody() -> None:
    """An empty form is not everybody."""
    assert choose(DIRECTORY, Wanted(), NOW) == Chosen()


@given(
    st.lists(st.sampled_from([one.share_uid for one in PEOPLE])),
    st.lists(st.sampled_from([one.email for one in PEOPLE])),
    st.booleans(),
)
def test_nobody_is_chosen_twice(picked: list[str], pasted: list[str], everybody: bool) -> None:
    """Whatever the ways have in common; what they brought minus what fell together is the number."""
    filters = Filters(domains=("example.com",) if everybody else ())
    found = choose(DIRECTORY, Wanted(tuple(picked), addresses.read(" ".join(pasted)), None, filters), NOW)
    assert len(set(found.people)) == len(found.people) == sum(found.brought.values()) - found.overlaps


async def some(candidates: Sequence[Candidate]) -> AsyncIterator[Sequence[Candidate]]:
    """All of them, some hundred at a time."""
    for found in together(candidates):
        yield found


async def test_a_plan_of_ten_thousand_people_is_sealed_and_written_in_seconds(tmp_path: Path) -> None:
    """In the store's own thread; the file of the whole plan has a row for each."""
    number = 10_000
    async with staged(tmp_path, max_people=number) as stage:
        requester = await stage.admitted()
        directory = await stage.house.contentstack.directory(max_age=3_600)
        members = [
            Member(f"share{one}", f"user{one}", f"person{one}@example.org", status=Status.ACCEPTED)
            for one in range(number)
        ]
        candidates = [
            Candidate(
                person=PersonData(one.email, facts=sheets.member_facts(one, directory)),
                share_uid=one.share_uid,
                user_uid=one.user_uid,
                before=access_of(one, directory.stacks),
                after=NOBODY,
                verdict=RUN,
                flags=(),
            )
            for one in members
        ]
        draft = await stage.draft(ActionKey.REMOVE, "mia.member@example.com")
        wish = Wish(draft.action, draft.parameters, draft.reason, draft.channel)
        account = Account("bot", "bot@example.com", "authtoken", may_manage=True)
        before = time.process_time()
        proposal = await seal(stage.house, requester, wish, some(candidates), directory, account)
        took = time.process_time() - before
        assert isinstance(proposal, Proposal)
        file = await papers.plan(stage.house.store, proposal.operation)
        assert file.content.count(b"\r\n") == number + 1
        assert (await stage.load(proposal.operation.id)).digest == proposal.operation.digest
    assert took < 10
