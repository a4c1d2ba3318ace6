"""Forms as they were submitted; the service drops them after 24 hours (design §7)."""

from __future__ import annotations

from datetime import datetime

from bot.domain.draft import SubmittedForm
from bot.store.tables import Tables
from bot.store.values import parse_time, time_text


class Forms(Tables):
    """The table ``form``."""

    def save_form(self, form: SubmittedForm) -> None:
        """Insert or replace a form."""
        self._db.execute(
            "INSERT OR REPLACE INTO form (id, binding, slack_user, content, saved_at) VALUES (?, ?, ?, ?, ?)",
            [form.id, form.binding, form.slack_user, form.content, time_text(form.saved_at)],
        )

    def form(self, form_id: str) -> SubmittedForm | None:
        """A form that was not dropped, or None."""
        for row in self._rows("SELECT * FROM form WHERE id = ?", [form_id]):
            return SubmittedForm(**{**row, "saved_at": parse_time(row["saved_at"])})
        return None

    def drop_forms(self, before: datetime) -> int:
        """Delete forms saved before that time; how many there were."""
        return self._db.execute("DELETE FROM form WHERE saved_at < ?", [time_text(before)]).rowcount
