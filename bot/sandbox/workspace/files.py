"""Files: the object that apps see, and what kind of file a name stands for."""

import mimetypes
from pathlib import PurePosixPath

from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import Json
from bot.sandbox.workspace.state import Message, StoredFile

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif"})
"""SL §5: what a `slack_file` shows; everything else is only downloaded."""


def mimetype_of(name: str) -> str:
    """By the name's ending, as good as Slack's own guess needs to be here."""
    if name.lower().endswith(".csv"):
        return "text/csv"  # some systems' tables call it a spreadsheet
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def shares_of(core: Core, stored: StoredFile) -> dict[str, list[Message]]:
    """The messages that carry a file, by channel."""
    shares: dict[str, list[Message]] = {}
    for channel_id in stored.channels:
        channel = core.workspace.channels.get(channel_id)
        if channel is None:
            continue  # the channel was deleted
        shares[channel_id] = [m for m in channel.messages.values() if stored.id in m.files]
    return shares


def file_object(core: Core, stored: StoredFile) -> Json:
    """The file object of the Web API."""
    shares: dict[str, Json] = {"public": {}, "private": {}}
    for channel_id, messages in shares_of(core, stored).items():
        channel = core.workspace.channels[channel_id]
        kind = "private" if channel.is_private or channel.is_im else "public"
        shares[kind][channel_id] = [{"ts": m.ts, "thread_ts": m.thread_ts} for m in messages]
    url = f"{core.base_url}/files-pri/{core.workspace.team_id}-{stored.id}/{stored.name}"
    described = {"alt_txt": stored.alt_text} if stored.alt_text else {}
    return described | {
        "id": stored.id,
        "created": stored.created,
        "timestamp": stored.created,
        "name": stored.name,
        "title": stored.title,
        "mimetype": stored.mimetype,
        "filetype": PurePosixPath(stored.name).suffix.removeprefix(".").lower() or "binary",
        "user": stored.user,
        "user_team": core.workspace.people[stored.user].team_id,
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(shares["public"]),
        "size": len(stored.content),
        "url_private": url,
        "url_private_download": url.replace(f"/{stored.name}", f"/download/{stored.name}"),
        "permalink": f"{core.base_url}/files/{stored.user}/{stored.id}/{stored.name}",
        "channels": sorted(shares["public"]),
        "groups": [c for c in shares["private"] if not core.workspace.channels[c].is_im],
        "ims": [c for c in shares["private"] if core.workspace.channels[c].is_im],
        "shares": {kind: found for kind, found in shares.items() if found},
        "file_access": "visible",
    }
