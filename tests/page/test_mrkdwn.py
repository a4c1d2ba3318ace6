"""mrkdwn as Slack reads it, case by case, in the page's own parser."""

from typing import Any

import pytest

from tests.page.conftest import Open

pytestmark = pytest.mark.asyncio(loop_scope="session")


def text(value: str) -> dict[str, Any]:
    return {"type": "text", "text": value}


def styled(kind: str, *children: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "children": list(children)}


def link(url: str, label: str) -> dict[str, Any]:
    return {"type": "link", "url": url, "children": [text(label)]}


BREAK = {"type": "br"}
CASES: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "styles nest": ("*a _b_*", [styled("bold", text("a "), styled("italic", text("b")))]),
    "a style needs edges": ("snake_case_name 2*3*4 * no *", [text("snake_case_name 2*3*4 * no *")]),
    "an open style is text": ("*not closed", [text("*not closed")]),
    "a style ends with its line": ("*a\nb*", [text("*a"), BREAK, text("b*")]),
    "code is not formatted": ("`*a* <b>`", [{"type": "code", "text": "*a* <b>"}]),
    "a block of code": (
        "x\n```\n*a*\n  b\n```\ny",
        [text("x"), {"type": "pre", "text": "*a*\n  b"}, text("y")],
    ),
    "quotes join": ("&gt; a\n&gt; b\nc", [styled("quote", text("a"), BREAK, text("b")), text("c")]),
    "a long quote": ("&gt;&gt;&gt;a\nb", [styled("quote", text("a"), BREAK, text("b"))]),
    "escapes once": ("&lt;!channel&gt; &amp;lt;", [text("<!channel> &lt;")]),
    "links": ("<https://a.example/?x=1&amp;y=2|A &amp; B>", [link("https://a.example/?x=1&y=2", "A & B")]),
    "mail": ("<mailto:a@example.com>", [link("mailto:a@example.com", "a@example.com")]),
    "bare addresses": (
        "see https://a.example/x.",
        [text("see "), link("https://a.example/x", "https://a.example/x"), text(".")],
    ),
    "people": ("<@U1|ada>", [{"type": "user", "id": "U1", "label": "ada"}]),
    "channels": ("<#C1>", [{"type": "channel", "id": "C1", "label": None}]),
    "groups": ("<!subteam^S1>", [{"type": "group", "id": "S1", "label": None}]),
    "everybody": ("<!here>", [{"type": "broadcast", "range": "here"}]),
    "dates": (
        "<!date^5^{date} at {time}^https://a.example|then>",
        [
            {
                "type": "date",
                "at": 5,
                "pattern": "{date} at {time}",
                "link": "https://a.example",
                "fallback": "then",
            }
        ],
    ),
    "emoji": (":+1: 10:30", [{"type": "emoji", "name": "+1"}, text(" 10:30")]),
    "styles around links": (
        "*<https://a.example/b*c|d>*",
        [styled("bold", link("https://a.example/b*c", "d"))],
    ),
}


async def test_mrkdwn_is_read_as_slack_reads_it(open_page: Open) -> None:
    """Every case of the table, in one look."""
    page = await open_page()
    read = await page.evaluate(
        """async (texts) => {
            const { parse } = await import('/js/text/mrkdwn.js');
            return texts.map((each) => parse(each));
        }""",
        [source for source, _ in CASES.values()],
    )
    assert dict(zip(CASES, read, strict=True)) == {name: expected for name, (_, expected) in CASES.items()}


DATES = {
    "{date_num}": "2026-03-29",
    "{date_slash}": "2026/03/29",
    "{date}": "March 29th, 2026",
    "{date_short}": "Mar 29, 2026",
    "{date_long}": "Sunday, March 29th, 2026",
    "{date_pretty}": "Yesterday",
    "{time} {nonsense}": "3:30 AM {nonsense}",
    "{time_secs}": "3:30:00 AM",
    "{ago}": "23 hours ago",
}


async def test_dates_are_written_as_their_pattern_says(open_page: Open) -> None:
    """In the viewer's zone, on the morning when clocks went forward; the date field agrees both ways."""
    page = await open_page()
    written = await page.evaluate(
        """async (patterns) => {
            const { slackDate, toLocalField, fromLocalField } = await import('/js/time.js');
            const [at, zone] = [Date.UTC(2026, 2, 29, 1, 30) / 1000, 'Europe/Berlin'];
            const texts = patterns.map((each) => slackDate(each, at, zone, at + 86399));
            return [texts, toLocalField(at, zone), fromLocalField('2026-03-29T03:30', zone) === at];
        }""",
        list(DATES),
    )
    assert written == [list(DATES.values()), "2026-03-29T03:30", True]
