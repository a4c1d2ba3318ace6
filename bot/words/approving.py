"""What the policy asks before a plan runs, and who has agreed. Plain text (see `bot.words.escape`)."""

from __future__ import annotations

from bot.domain.circles import Mode, Stage
from bot.words.counting import count, people, verb

ADMINS = "the organization's owner and admins"
AND = ", and "
OR = ", or "
WARNING = (
    "Everybody is known here by e-mail alone: whoever can change an address in Slack can become an admin. "
    "Make sure that it was really this person who asked."
)
EXPIRES = "It expires on "
EXPIRES_END = " if it is not agreed to by then, and nothing is done."
IN_PLACE_OF = " in the place of "
BADGE = "BREAK-GLASS"
GLASS = "Break glass"
GLASS_TITLE = "Go on without approval"
GLASS_SUBMIT = "Break glass"
GLASS_REASON = "Why it cannot wait"
GLASS_HINT = "At least 10 characters. Everybody who would have decided reads it."
GLASS_MEANS = (
    "Nobody will have agreed to this plan. It starts after a short hold in which any owner or admin can stop "
    "it; everybody who would have decided is told, and the messages and the audit say so for ever."
)
STOP = "Stop it"
BROKEN = "Without the approvals it needs, by "
STARTS = "It starts on "
STOPPABLE = ", and until then any owner or admin can stop it."


def asked(approvals: int, stages: int, why: str) -> str:
    """``2 people have to agree, in 2 stages. Why: …``."""
    parts = f", in {count(stages, 'stage')}" if stages > 1 else ""
    return f"{people(approvals)} {verb(approvals, 'has', 'have')} to agree{parts}. Why: {why}."


def stage(number: int, stages: int) -> str:
    """Before what one stage asks; nothing where there is only one."""
    return f"Stage {number} of {stages}: " if stages > 1 else ""


def wanted(asked_for: Stage) -> str:
    """How many of the circles that follow."""
    if asked_for.mode is Mode.ALL and len(asked_for.of) > 1:
        return f"{asked_for.needed} of each of these, nobody counting for two: "
    return f"{asked_for.needed} of "


def between(asked_for: Stage) -> str:
    """What stands between two circles."""
    return AND if asked_for.mode is Mode.ALL else OR


def so_far(agreed: int, needed: int) -> str:
    """How far a stage is, to follow its circles."""
    return f": {agreed} of {needed} so far."


def done() -> str:
    """A stage that is agreed."""
    return ": agreed."


def waits() -> str:
    """A stage that is not open yet."""
    return ": asked once the stage before is agreed."


def more_asked(number: int) -> str:
    """Lines that found no room."""
    return f"… and {count(number, 'more line')} of the policy."


def more(number: int) -> str:
    """Named people beyond those that are shown."""
    return f" and {number} more"


def escalates() -> tuple[str, str]:
    """Around the time from which a second set may decide; what it takes of them follows."""
    return "From ", " on, these may agree instead: "


def escalated() -> tuple[str, str]:
    """The same once they were asked."""
    return "Nobody had agreed in time, so since ", " these may agree instead: "


def broken() -> str:
    """After a glass was broken."""
    return (
        "It starts after the hold, unless somebody stops it. Everybody who would have decided is being told."
    )


def at_stage(number: int) -> str:
    """To which stage a decision belongs."""
    return f" (stage {number})"
