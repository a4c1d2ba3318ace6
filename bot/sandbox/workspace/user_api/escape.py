"""What Slack's composer makes of what a person types."""

import re

from bot.sandbox.workspace.state import Workspace

# Not inside a word: a@example.com stays an address, commands know no e-mail links.
_MENTION = re.compile(r"(?<![\w.@+<|-])@([a-z0-9][a-z0-9._-]*)")
_CHANNEL = re.compile(r"(?<![\w#<|-])#([a-z0-9][a-z0-9_-]*)")


def mentions(workspace: Workspace, text: str, *, names: bool) -> str:
    """`@ada` and `#general` as `<@U..>` and `<#C..>`.

    With `names`, as commands have it, `<@U..|ada>` (SL §2).
    """

    def person(match: re.Match[str]) -> str:
        handle = match[1].rstrip(".")
        for found in workspace.people.values():
            if found.handle == handle:
                label = f"|{handle}" if names else ""
                return f"<@{found.id}{label}>" + match[1][len(handle) :]
        for group in workspace.usergroups:
            if group.handle == handle:
                return f"<!subteam^{group.id}|@{handle}>"
        return match[0]

    def channel(match: re.Match[str]) -> str:
        found = workspace.channel_by_name(match[1])
        return f"<#{found.id}|{found.name}>" if found else match[0]

    return _CHANNEL.sub(channel, _MENTION.sub(person, text))


def plain(text: str) -> str:
    """The three characters that Slack escapes in a message (SL §5)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
