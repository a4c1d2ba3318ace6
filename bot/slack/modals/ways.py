"""More ways to choose people in the form: paste, upload, filter. Fields of a way appear when it is ticked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.domain import addresses
from bot.domain.addresses import Addresses
from bot.domain.filters import NO_FILTERS, Filters, Login
from bot.domain.members import Directory, Status
from bot.service.choosing import Way
from bot.slack.keys import key, uid_of
from bot.slack.messages.blocks import Json, context
from bot.slack.modals import parts
from bot.slack.payloads import State
from bot.words import choosing as words
from bot.words.escape import one_line
from bot.words.modals import ROLES_PLACEHOLDER, STACKS_PLACEHOLDER

WAYS = "ways"
PASTE = "paste"
FILE = "file"
ROLE = "filter_role"
STATUS = "filter_status"
STACK = "filter_stack"
DOMAIN = "filter_domain"
INVITED = "filter_invited"
LOGIN = "filter_login"

_OFFERED = {Way.PASTED: words.PASTE_WAY, Way.FILE: words.FILE_WAY, Way.FILTERS: words.FILTERS_WAY}
_MOST_CHOSEN = 100


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in Slack; nothing that the payload says of it is believed except its id."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The filters as they stand in the form, roles and stacks as option values."""

    roles: tuple[str, ...] = ()
    status: str = ""
    stacks: tuple[str, ...] = ()
    domains: str = ""
    invited_before: str = ""
    login: str = ""

    def filters(self, directory: Directory) -> Filters:
        """With uids in place of keys; raises ValueError for values that the form does not offer."""
        roles = [role.uid for role in directory.roles]
        stacks = [stack.uid for stack in directory.stacks]
        return Filters(
            roles=tuple(uid_of(value, roles) for value in self.roles),
            status=Status(self.status) if self.status else None,
            stacks=tuple(uid_of(value, stacks) for value in self.stacks),
            domains=domains(self.domains),
            invited_before=date.fromisoformat(self.invited_before) if self.invited_before else None,
            login=Login(self.login) if self.login else None,
        )


NO_NARROWING = Narrowing()


@dataclass(frozen=True, slots=True)
class More:
    """What was chosen besides the picker; what stands in a way that is not ticked does not count."""

    ways: frozenset[Way] = frozenset()
    pasted: str = ""
    file: Upload | None = None
    narrowing: Narrowing = field(default=NO_NARROWING)

    @property
    def empty(self) -> bool:
        """Whether nothing at all was entered in the ways that are ticked."""
        pasted = Way.PASTED in self.ways and self.pasted.strip()
        narrowed = Way.FILTERS in self.ways and self.narrowing != NO_NARROWING
        return not (pasted or narrowed or self.upload)

    @property
    def upload(self) -> Upload | None:
        """The file, if files count."""
        return self.file if Way.FILE in self.ways else None

    def addresses(self) -> Addresses:
        """What was pasted, if pasting counts."""
        return addresses.read(self.pasted) if Way.PASTED in self.ways else addresses.NONE

    def filters(self, directory: Directory) -> Filters:
        """The filters, if they count."""
        return self.narrowing.filters(directory) if Way.FILTERS in self.ways else NO_FILTERS


NOTHING = More()


def domains(text: str) -> tuple[str, ...]:
    """``@Example.com, example.org`` as lower-case domains."""
    return tuple(dict.fromkeys(word.lstrip("@").casefold() for word in text.replace(",", " ").split()))


def draw(more: More, directory: Directory | None) -> list[Json]:
    """The ways, and the fields of those that are ticked."""
    blocks = [_ways(more)]
    if Way.PASTED in more.ways:
        blocks.append(_paste(more))
    if Way.FILE in more.ways:
        blocks += _file(more)
    if Way.FILTERS in more.ways:
        blocks += _filters(more.narrowing, directory)
    return blocks


def _ways(more: More) -> Json:
    options = [parts.option(label, way.value) for way, label in _OFFERED.items()]
    element: Json = {"type": "checkboxes", "action_id": WAYS, "options": options}
    ticked = [option for option in options if option["value"] in more.ways]
    if ticked:
        element["initial_options"] = ticked
    return parts.field(WAYS, words.WAYS, element, dispatch=True, optional=True)


def _paste(more: More) -> Json:
    element: Json = {
        "type": "plain_text_input",
        "action_id": PASTE,
        "multiline": True,
        "max_length": words.PASTE_LONGEST,
    }
    if more.pasted:
        element["initial_value"] = more.pasted[: words.PASTE_LONGEST]
    return parts.field(PASTE, words.PASTE, element, hint=words.PASTE_HINT, optional=True)


def _file(more: More) -> list[Json]:
    element: Json = {
        "type": "file_input",
        "action_id": FILE,
        "filetypes": ["csv", "txt", "text"],
        "max_files": 1,
    }
    blocks = [parts.field(FILE, words.FILE, element, hint=words.FILE_HINT, optional=True)]
    return [*blocks, context(words.kept_file(more.file.name or more.file.id))] if more.file else blocks


def _filters(narrowing: Narrowing, directory: Directory | None) -> list[Json]:
    roles = sorted(directory.roles, key=lambda role: role.name.casefold()) if directory else []
    stacks = sorted(directory.stacks, key=lambda stack: stack.name.casefold()) if directory else []
    role_options = [parts.option(one_line(role.name) or role.uid, key(role.uid)) for role in roles]
    stack_options = [parts.option(one_line(stack.name) or stack.uid, key(stack.uid)) for stack in stacks]
    statuses = [parts.option(label, status.value) for status, label in words.STATUSES.items()]
    logins = [parts.option(label, login.value) for login, label in words.LOGINS.items()]
    return [
        context(words.FILTERS_HINT),
        *_several(ROLE, words.ROLE, ROLES_PLACEHOLDER, role_options, narrowing.roles),
        _one(STATUS, words.STATUS, statuses, narrowing.status),
        *_several(STACK, words.STACK, STACKS_PLACEHOLDER, stack_options, narrowing.stacks, words.STACK_HINT),
        _domain(narrowing),
        _invited(narrowing),
        _one(LOGIN, words.LOGIN, logins, narrowing.login, words.LOGIN_HINT),
    ]


def _several(
    block_id: str,
    label: str,
    placeholder: str,
    options: Sequence[Json],
    chosen: Sequence[str],
    hint: str = "",
) -> list[Json]:
    """A multi-select; nothing where the directory has nothing to choose, since Slack takes no empty list."""
    if not options:
        return []
    initial = [option for option in options if option["value"] in chosen]
    element = parts.many(block_id, placeholder, options, initial, min(len(options), _MOST_CHOSEN))
    return [parts.field(block_id, label, element, hint=hint, optional=True)]


def _one(block_id: str, label: str, options: Sequence[Json], chosen: str, hint: str = "") -> Json:
    element: Json = {
        "type": "static_select",
        "action_id": block_id,
        "placeholder": {"type": "plain_text", "text": words.ANY},
        "options": list(options),
    }
    initial = [option for option in options if option["value"] == chosen]
    if initial:
        element["initial_option"] = initial[0]
    return parts.field(block_id, label, element, hint=hint, optional=True)


def _domain(narrowing: Narrowing) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": DOMAIN, "max_length": words.PASTE_LONGEST}
    if narrowing.domains:
        element["initial_value"] = narrowing.domains
    return parts.field(DOMAIN, words.DOMAIN, element, hint=words.DOMAIN_HINT, optional=True)


def _invited(narrowing: Narrowing) -> Json:
    element: Json = {"type": "datepicker", "action_id": INVITED}
    if narrowing.invited_before:
        element["initial_date"] = narrowing.invited_before
    return parts.field(INVITED, words.INVITED, element, hint=words.INVITED_HINT, optional=True)


def read(state: State, kept: Upload | None) -> More:
    """What stands in a view; ``kept`` is a file that was uploaded before the form was drawn again.

    Raises ValueError for a way that does not exist.
    """
    ticked = state.input(WAYS, WAYS).selected_options or []
    files = state.input(FILE, FILE).files or []
    uploaded = Upload(files[0].id, files[0].name[:_MOST_CHOSEN]) if files else kept
    return More(
        ways=frozenset(Way(option.value) for option in ticked),
        pasted=(state.input(PASTE, PASTE).value or "").strip(),
        file=uploaded,
        narrowing=Narrowing(
            roles=_values(state, ROLE),
            status=_value(state, STATUS),
            stacks=_values(state, STACK),
            domains=(state.input(DOMAIN, DOMAIN).value or "").strip(),
            invited_before=state.input(INVITED, INVITED).selected_date or "",
            login=_value(state, LOGIN),
        ),
    )


def _values(state: State, block_id: str) -> tuple[str, ...]:
    chosen = state.input(block_id, block_id).selected_options or []
    return tuple(dict.fromkeys(option.value for option in chosen))


def _value(state: State, block_id: str) -> str:
    chosen = state.input(block_id, block_id).selected_option
    return chosen.value if chosen else ""
