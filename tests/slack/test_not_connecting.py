"""`/org-users connect` where linked accounts are not set up."""

from __future__ import annotations

import pytest

from tests.slack.conftest import Office
from tests.slack.test_private_answers import answer


@pytest.mark.parametrize("text", ["/org-users connect", "/org-users disconnect"])
async def test_where_it_is_not_set_up_it_says_so(office: Office, text: str) -> None:
    """A sentence that names who can change that."""
    told = await answer(office, text)
    assert told.text.startswith("Linked accounts are not set up here: whoever runs Rollcall can do that")
    assert "connect" not in (await answer(office, "/org-users help")).all_text
