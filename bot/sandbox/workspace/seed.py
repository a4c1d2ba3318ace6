"""The people and channels of a fresh workspace: one of every kind, with ids that never change."""

from bot.sandbox.workspace.state import Channel, Person, UserGroup, Workspace

TEAM = "T0SANDBOX"
PARTNER_TEAM = "T0PARTNER"
APP_ID = "A0ROLLCALL"
BOT_USER = "U0ROLLCALL"
BOT_ID = "B0ROLLCALL"
SLACKBOT = "USLACKBOT"
SEEDED_AT = 1_700_000_000


def _people(bot_name: str) -> list[Person]:
    # Long because it is a table.
    admin = "Contentstack organization admin"
    return [
        Person(
            "U0OWNER",
            "olivia",
            "Olivia Owner",
            "owner@example.com",
            TEAM,
            title="Owns the workspace and the Contentstack organization",
            is_admin=True,
            is_owner=True,
            color="9f69e7",
        ),
        Person("U0ADA", "ada", "Ada Admin", "ada.admin@example.com", TEAM, title=admin, color="4bbe2e"),
        Person(
            "U0GRACE",
            "grace",
            "Grace Admin",
            "grace.admin@example.com",
            TEAM,
            title=admin,
            color="e7392d",
            tz="America/New_York",
            tz_label="Eastern Standard Time",
            tz_offset=-18000,
        ),
        Person(
            "U0MIA",
            "mia",
            "Mia Member",
            "mia.member@example.com",
            TEAM,
            title="Contentstack member",
            color="3c989f",
            tz="Asia/Kolkata",
            tz_label="India Standard Time",
            tz_offset=19800,
        ),
        Person(
            "U0BOB",
            "bob",
            "Bob Double",
            "bob.double@example.com",
            TEAM,
            title="No Contentstack account",
            color="674b1b",
        ),
        Person(
            "U0GUS",
            "gus",
            "Gus Guest",
            "gus.guest@example.com",
            TEAM,
            title="Guest",
            is_restricted=True,
            color="e96699",
        ),
        Person(
            "U0DORA",
            "dora",
            "Dora Deactivated",
            "dora.deactivated@example.com",
            TEAM,
            deleted=True,
            color="99a949",
        ),
        Person(
            "U0SID",
            "sid",
            "Sid Stranger",
            "sid.stranger@example.org",
            PARTNER_TEAM,
            title="Works for a partner",
            is_stranger=True,
            color="5b89d5",
            tz="Europe/London",
            tz_label="Greenwich Mean Time",
            tz_offset=0,
        ),
        Person(
            BOT_USER,
            "rollcall",
            bot_name,
            "",
            TEAM,
            is_bot=True,
            bot_id=BOT_ID,
            app_id=APP_ID,
            color="1d1c1d",
        ),
        Person(
            "U0OTHERBOT",
            "lunchbot",
            "Lunch Bot",
            "",
            TEAM,
            is_bot=True,
            bot_id="B0OTHERBOT",
            app_id="A0OTHERBOT",
        ),
        # Slackbot is not marked as a bot (SL §7).
        Person(SLACKBOT, "slackbot", "Slackbot", "", TEAM, color="757575"),
    ]


def _channels() -> list[Channel]:
    members = ["U0OWNER", "U0ADA", "U0GRACE", "U0MIA", "U0BOB"]
    return [
        Channel(
            "C0GENERAL",
            "general",
            [*members, "U0GUS", BOT_USER, "U0OTHERBOT"],
            topic="Everybody",
            creator="U0OWNER",
        ),
        Channel("C0RANDOM", "random", [*members], topic="Without the app", creator="U0OWNER"),
        Channel(
            "C0ORGADMINS",
            "org-admins",
            ["U0OWNER", "U0ADA", "U0GRACE", BOT_USER],
            is_private=True,
            topic="Operations on the organization",
            creator="U0OWNER",
        ),
        Channel(
            "C0APPROVALS",
            "approvals",
            ["U0OWNER", "U0ADA", "U0GRACE", BOT_USER],
            is_private=True,
            topic="Requests that want a second person",
            creator="U0OWNER",
        ),
        Channel(
            "C0PARTNERS",
            "partners",
            ["U0OWNER", "U0ADA", "U0MIA", "U0SID", BOT_USER],
            shared_with=(PARTNER_TEAM,),
            topic="Shared with a partner",
            creator="U0OWNER",
        ),
        Channel("C0ARCHIVE", "archive", ["U0OWNER", "U0ADA", BOT_USER], is_archived=True, creator="U0OWNER"),
    ]


def seed(bot_name: str) -> Workspace:
    """A fresh workspace in which the app is called `bot_name`."""
    people = {person.id: person for person in _people(bot_name)}
    workspace = Workspace(
        team_id=TEAM,
        name="Sandbox Workspace",
        domain="sandbox",
        bot=people[BOT_USER],
        people=people,
        usergroups=[UserGroup("S0APPROVERS", "org-approvers", "Org approvers", ["U0ADA", "U0GRACE"])],
    )
    for channel in _channels():
        channel.created = SEEDED_AT
        workspace.channels[channel.id] = channel
    return workspace
