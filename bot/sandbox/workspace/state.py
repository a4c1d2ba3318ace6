"""What the workspace holds: people, channels, messages, files, views. Plain records, in memory only."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.sandbox.workspace.errors import ApiError, Json, UserError

Values = dict[str, dict[str, object]]
"""Field values in the simple form of the user API: block_id -> action_id -> value."""


@dataclass(slots=True)
class Person:
    """A user object of SL §7, without what nobody reads."""

    id: str
    handle: str
    name: str
    email: str
    team_id: str
    title: str = ""
    tz: str = "Europe/Berlin"
    tz_label: str = "Central European Time"
    tz_offset: int = 3600
    color: str = "4bbe2e"
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_invited_user: bool = False
    is_bot: bool = False
    is_stranger: bool = False
    deleted: bool = False
    bot_id: str = ""
    app_id: str = ""
    updated: int = 0

    @property
    def kind(self) -> str:
        """owner, member, guest, deactivated, bot or stranger."""
        if self.deleted:
            return "deactivated"
        for kind, flag in (
            ("bot", self.is_bot),
            ("stranger", self.is_stranger),
            ("guest", self.is_restricted),
            ("owner", self.is_owner),
        ):
            if flag:
                return kind
        return "member"


@dataclass(slots=True)
class Message:
    """One message; `only_visible_to` makes it an ephemeral one."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    thread_ts: str | None = None
    reply_broadcast: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    username: str | None = None
    subtype: str | None = None
    metadata: Json | None = None
    edited: Json | None = None
    only_visible_to: str | None = None
    values: dict[str, Values] = field(default_factory=dict)
    offered: dict[tuple[str, str, str], dict[str, Json]] = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        """In a thread, and not its parent."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True)
class Channel:
    """A channel or a direct message (`is_im`)."""

    id: str
    name: str
    members: list[str]
    is_private: bool = False
    is_im: bool = False
    is_archived: bool = False
    shared_with: tuple[str, ...] = ()
    topic: str = ""
    creator: str = ""
    created: int = 0
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: dict[str, Message] = field(default_factory=dict)

    @property
    def is_ext_shared(self) -> bool:
        """Shared with another workspace (SL §7)."""
        return bool(self.shared_with)

    def replies(self, thread_ts: str) -> list[Message]:
        """The replies of a thread, oldest first, without the parent."""
        return [m for m in self.messages.values() if m.thread_ts == thread_ts and m.is_reply]

    def find(self, ts: str) -> Message | None:
        """A message or an ephemeral one by its timestamp."""
        return self.messages.get(ts) or self.ephemerals.get(ts)


@dataclass(slots=True)
class StoredFile:
    """A file; `complete` once its upload was completed and it may be read by others."""

    id: str
    name: str
    title: str
    mimetype: str
    user: str
    created: int
    content: bytes = b""
    announced_size: int = 0
    upload_token: str = ""
    alt_text: str = ""
    complete: bool = False
    channels: list[str] = field(default_factory=list)


@dataclass(slots=True)
class View:
    """A modal or a Home tab of one person."""

    id: str
    user: str
    type: str
    body: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    origin_channel: str | None = None
    values: Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    offered: dict[tuple[str, str], dict[str, Json]] = field(default_factory=dict)
    busy: bool = False

    @property
    def blocks(self) -> list[Json]:
        """The view's blocks, ids filled in."""
        blocks: list[Json] = self.body["blocks"]
        return blocks


@dataclass(slots=True)
class UserGroup:
    """A user group (`@handle`)."""

    id: str
    handle: str
    name: str
    users: list[str]


@dataclass(slots=True)
class Workspace:
    """Everything that a reset throws away."""

    team_id: str
    name: str
    domain: str
    bot: Person
    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    usergroups: list[UserGroup] = field(default_factory=list)
    views: dict[str, View] = field(default_factory=dict)
    stacks: dict[str, list[str]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    last_read: dict[tuple[str, str], str] = field(default_factory=dict)

    def person(self, ref: str) -> Person:
        """By id or handle; a UserError if there is none."""
        wanted = ref.removeprefix("@")
        for person in self.people.values():
            if wanted in {person.id, person.handle}:
                return person
        raise UserError("user_not_found", f'There is no person "{ref}".')

    def user_by_id(self, user_id: str, error: str = "user_not_found") -> Person:
        """By id only, as the Web API asks; an ApiError if there is none."""
        person = self.people.get(user_id)
        if person is None:
            raise ApiError(error)
        return person

    def channel_by_name(self, name: str) -> Channel | None:
        """By name without `#`; direct messages have none."""
        return next((c for c in self.channels.values() if c.name == name and not c.is_im), None)

    def im_between(self, one: str, other: str) -> Channel | None:
        """The direct message of two people if it was opened before."""
        pair = {one, other}
        return next((c for c in self.channels.values() if c.is_im and set(c.members) == pair), None)

    def stack(self, user: str) -> list[View]:
        """A person's modals, bottom first."""
        return [self.views[view_id] for view_id in self.stacks.get(user, [])]

    def human_members(self, channel: Channel) -> Iterator[Person]:
        """The people of a channel who look at it with a client."""
        for user in channel.members:
            person = self.people[user]
            if not person.is_bot and not person.deleted:
                yield person
