"""What a plan costs, counted."""

from __future__ import annotations

from bot.domain.consequences import Consequences, count
from bot.domain.members import NOBODY, Access, Known, Stack, Status
from bot.domain.plan import Flag
from tests.domain.people import directory, line, member, stack

ANN, BEN, CAT = member("ann", admin=Known.YES), member("ben"), member("cat")
SITE = stack("site", ann="admin", ben="editor")
SHOP = stack("shop", owner="ben", ann="editor", cat="admin")
LOST = Stack("stack_lost", "lost", "key_lost")
EVERYBODY = directory(ANN, BEN, CAT, stacks=(SITE, SHOP, LOST))


def access(**stacks: str) -> Access:
    return Access(Status.ACCEPTED, ("role_member",), {f"stack_{n}": (f"{n}_{r}",) for n, r in stacks.items()})


def test_removal_counts_stacks_and_keepers() -> None:
    """Two people lose two stacks; Ann is the only admin of site, Ben owns shop; one stack is unread."""
    lines = [
        line(1, ANN, before=access(site="admin", shop="editor"), after=NOBODY, flags=(Flag.ADMIN,)),
        line(2, BEN, before=access(site="editor"), after=NOBODY),
    ]
    assert count(lines, EVERYBODY) == Consequences(
        people=2,
        admins=1,
        losing_stacks=2,
        stacks_lost=2,
        org_roles_lost=("Member",),
        only_admin_of=("site",),
        owner_of=("shop",),
        stacks_unreadable=("lost",),
    )


def test_a_stack_keeps_an_admin_while_its_owner_stays() -> None:
    """Cat is shop's only admin by role, but Ben owns it and stays."""
    lines = [line(1, CAT, before=access(shop="admin"), after=NOBODY)]
    assert count(lines, EVERYBODY).only_admin_of == ()


def test_losing_the_admin_role_in_a_chosen_stack_counts_too() -> None:
    """Ann becomes an editor of site: nobody administers it."""
    lines = [line(1, ANN, before=access(site="admin"), after=access(site="editor"))]
    assert count(lines, EVERYBODY).only_admin_of == ("site",)
    assert count(lines, EVERYBODY).stacks_lost == 0


def test_lines_that_do_not_run_cost_nothing() -> None:
    """A plan of nobody is free, but says what could not be read."""
    assert count([], EVERYBODY) == Consequences(stacks_unreadable=("lost",))
