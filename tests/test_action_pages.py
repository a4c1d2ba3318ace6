"""docs/actions.md: each action of the picker has its section, and each section answers the same questions."""

import re
from pathlib import Path

from bot.domain.actions import OFFERED
from bot.words.actions import WORDS

PAGE = (Path(__file__).parent.parent / "docs" / "actions.md").read_text("utf-8")
QUESTIONS = [
    "What it does",
    "Contentstack's rules",
    "Endpoint",
    "What the preview shows",
    "How the outcome is known",
    "What cannot be undone",
]


def sections() -> dict[str, str]:
    """Action key -> text of its section."""
    found = re.findall(r"^## [^\n]+ \(`(\w+)`\)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return dict(found)


def test_every_action_has_its_section_in_the_order_of_the_picker() -> None:
    """No action without a page, no page without an action; the table has the same rows."""
    keys = [action.value for action in OFFERED]
    assert list(sections()) == keys
    assert re.findall(r"^\| \[[^\]]+\]\(#(\w+)\) \| `(\w+)` \|", PAGE, re.MULTILINE) == [(k, k) for k in keys]
    assert re.findall(r'<a id="(\w+)">', PAGE) == keys


def test_every_section_answers_the_same_questions() -> None:
    """Effect, rules, endpoint, preview, outcome, and what cannot be taken back."""
    answered = {
        key: re.findall(r"^\*\*([^*]+)\.\*\*", text, re.MULTILINE) for key, text in sections().items()
    }
    assert answered == dict.fromkeys(answered, QUESTIONS)


def test_sections_are_called_what_contentstacks_screen_calls_them() -> None:
    """Whoever knows the screen finds the action."""
    titles = re.findall(r"^## ([^\n]+) \(`\w+`\)$", PAGE, re.MULTILINE)
    assert titles == [WORDS[action].screen for action in OFFERED]
