"""Choosing many people: the fields, and what every way brought. Plain text (see `bot.words.escape`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.address_file import MOST_ROWS, BadLine
from bot.domain.filters import Login
from bot.domain.members import Status
from bot.words.counting import count, listed, people
from bot.words.escape import middle_cut, one_line

PASTE_LONGEST = 3_000
"""Slack's limit of a text field (SL §5)."""
_SHOWN = 80
_MOST = 10

CHOSEN = "How they were chosen"
WAYS = "More ways to choose people"
PASTE_WAY = "Paste e-mail addresses"
FILE_WAY = "Upload a CSV file"
FILTERS_WAY = "Everybody who fits filters"

PASTE = "E-mail addresses"
PASTE_HINT = (
    f"Separated by commas or lines; “Name <mail>” is understood. The field takes {PASTE_LONGEST:,} "
    "characters, about 100 addresses: for more, upload a file."
)
FILE = "CSV file"
FILE_HINT = (
    "With a column named Email or Email Address, or addresses alone, one a line. At most 5 MB and "
    f"{MOST_ROWS:,} rows."
)
FILTERS_HINT = "Filters narrow each other down: only people who fit all that are set are chosen."
ROLE = "Has one of these organization roles"
STATUS = "Membership"
STACK = "Has access to one of these stacks"
STACK_HINT = "Through a role in the stack itself; what a team gives does not count."
DOMAIN = "E-mail domain"
DOMAIN_HINT = "Such as example.com; several separated by commas. Subdomains count as other domains."
INVITED = "Invited before"
INVITED_HINT = "This day itself does not count. Days are days in UTC."
LOGIN = "Last sign-in"
LOGIN_HINT = "As far as Contentstack tells; people of whom it does not are not chosen, and counted."
ANY = "Any"

STATUSES: Mapping[Status, str] = {
    Status.ACCEPTED: "Accepted the invitation",
    Status.PENDING: "Invitation pending",
}
LOGINS: Mapping[Login, str] = {
    Login.NEVER: "Never signed in",
    Login.NOT_30: "Not in the last 30 days",
    Login.NOT_90: "Not in the last 90 days",
    Login.NOT_180: "Not in the last 180 days",
    Login.NOT_365: "Not in the last 365 days",
}

_BROUGHT: Mapping[str, str] = {
    "picked": "picked",
    "pasted": "pasted",
    "file": "from the file",
    "filters": "by filters",
}


def most(number: int, picker: int) -> str:
    """The limit, said first: how many people one operation may have, and how many the picker holds."""
    more = f"; the picker holds {picker}, the other ways take more" if picker < number else ""
    return f"At most {people_of(number)} at a time{more}."


def people_of(number: int) -> str:
    """``1 person``, ``10,000 people``."""
    return people(number) if number < 1_000 else f"{number:,} people"  # noqa: PLR2004  where commas begin


def kept_file(name: str) -> str:
    """A file that was uploaded before and still counts."""
    return f"{middle_cut(one_line(name), _SHOWN)} is used unless you upload another file here."


def reading() -> str:
    """While a file is fetched and people are looked up."""
    return "Reading the list and looking everybody up. Nothing is done yet…"


def brought(by_way: Iterable[tuple[str, int]], overlaps: int, total: int) -> str:
    """``12 people: 2 picked, 11 from the file, 1 chosen by more than one way.``."""
    ways = ", ".join(f"{number:,} {_BROUGHT[way]}" for way, number in by_way)
    more = f", {overlaps:,} chosen by more than one way" if overlaps else ""
    return f"{people_of(total)}: {ways}{more}."


def unknown(addresses: Sequence[str]) -> str:
    """Addresses that nobody has."""
    return f"Nobody in the organization has {_addresses(addresses)}."


def ambiguous(addresses: Sequence[str]) -> str:
    """Addresses that more than one member has."""
    return f"More than one member has {_addresses(addresses)}: choose the right one in the picker."


def not_addresses(words: Sequence[str]) -> str:
    """Words among pasted addresses."""
    return f"Not an e-mail address, so left out: {_shown(words)}."


def bad_lines(lines: Sequence[BadLine]) -> str:
    """Lines of the file without an address, by number."""
    numbers = list(dict.fromkeys(str(bad.line) for bad in lines))
    where = f"{'line' if len(numbers) == 1 else 'lines'} {listed(numbers, _MOST)}"
    cells = [bad.text for bad in lines if bad.text.strip()]
    such = f" (such as “{_cut(cells[0])}”)" if cells else ""
    left_out = f"{count(len(numbers), 'line')} of the file left out"
    return f"{left_out}, because no single address is there: {where}{such}."


def repeated(number: int) -> str:
    """Addresses that were given more than once."""
    return f"{count(number, 'repeated address', 'repeated addresses')} dropped."


def undecided(number: int) -> str:
    """People of whom Contentstack does not tell what the filters ask."""
    return f"Not chosen by the filters, because Contentstack does not tell enough: {people_of(number)}."


def plan_sent() -> str:
    """Above the first lines of a long plan."""
    return "The whole plan is in your direct message with Rollcall, as a CSV file."


def plan_not_sent() -> str:
    """The same where Slack would not take the file."""
    return "The whole plan could not be sent to you as a file: Slack did not take it."


def count_label(number: int) -> str:
    """Above the field in which the requester types how many people it is about."""
    return f"This is about {people_of(number)}. Type their number to confirm"


def wrong_count(number: int) -> str:
    """The typed number is another one."""
    return f"This plan acts on {people_of(number)}: type {number} if that is what you want."


def plan_comment(headline: str) -> str:
    """With the file of a whole plan."""
    return f"{headline}: the whole plan, line by line. It is not confirmed by this."


def _addresses(addresses: Sequence[str]) -> str:
    number = f"{len(addresses):,} of these addresses" if len(addresses) > _MOST else "this address"
    if 1 < len(addresses) <= _MOST:
        number = "these addresses"
    return f"{number}: {_shown(addresses)}"


def _shown(words: Iterable[str]) -> str:
    return listed([_cut(word) for word in words], _MOST)


def _cut(word: str) -> str:
    return middle_cut(one_line(word), _SHOWN)
