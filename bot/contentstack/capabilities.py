"""Which actions can be carried out here, how, and how sure that is (design §5, CS §3.6.2, table 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.contentstack.endpoints import TEMPLATED, Template
from bot.domain.actions import ActionKey, Capability, Readiness
from bot.ports.contentstack import EndpointMissing

BATCH = 10
"""People per call of the documented endpoints: the screen's own limit (CS §4.1)."""

NOT_ENABLED = "not enabled for your organization; contact Contentstack support (support@contentstack.com)"
SUBSTITUTE = "reset e-mail sent; the old password works until they use it"

OnCapability = Callable[[ActionKey, Readiness, str], None]

_DOCUMENTED: Mapping[ActionKey, Capability] = {
    ActionKey.REMOVE: Capability(
        ActionKey.REMOVE, Readiness.READY, "documented by Contentstack", "documented", BATCH
    ),
    ActionKey.STACK_ACCESS: Capability(
        ActionKey.STACK_ACCESS,
        Readiness.READY,
        "documented by Contentstack, stack by stack",
        "documented",
        BATCH,
    ),
    ActionKey.REINVITE: Capability(
        ActionKey.REINVITE, Readiness.READY, "documented by Contentstack", "documented", 1
    ),
}


def learnt_of(
    rows: Mapping[ActionKey, tuple[Readiness, str, str]], templates: Mapping[ActionKey, Template]
) -> dict[ActionKey, tuple[Readiness, str]]:
    """What earlier runs learnt (readiness, why, fingerprint), without what another template taught."""
    return {
        action: (readiness, why)
        for action, (readiness, why, fingerprint) in rows.items()
        if action in templates and templates[action].fingerprint == fingerprint
    }


class Capabilities:
    """Templates and what their endpoints answered so far."""

    def __init__(
        self,
        templates: Mapping[ActionKey, Template],
        *,
        seen: Mapping[ActionKey, tuple[Readiness, str]] | None = None,
        on_change: OnCapability | None = None,
    ) -> None:
        """Start from the settings' templates and from what earlier runs have ``seen`` of them.

        ``on_change`` is told action, readiness and why, whenever an answer changes what is known.
        """
        self._templates = dict(templates)
        self._seen = {action: state for action, state in (seen or {}).items() if action in templates}
        self._on_change = on_change

    def template(self, action: ActionKey) -> Template:
        """The template of an action; ``EndpointMissing`` with advice where the settings have none."""
        if action not in self._templates:
            raise EndpointMissing(NOT_ENABLED)
        return self._templates[action]

    def proven(self, action: ActionKey) -> bool:
        """Whether the template's endpoint answered 2xx before."""
        return self._seen.get(action, (Readiness.UNVERIFIED, ""))[0] is Readiness.READY

    def answered(self, action: ActionKey) -> None:
        """The template's endpoint answered 2xx."""
        if not self.proven(action):
            self._learn(action, Readiness.READY, "its endpoint template has been answered here")

    def missing(self, action: ActionKey) -> None:
        """The template's endpoint does not exist in this organization."""
        self._learn(action, Readiness.UNAVAILABLE, f"its endpoint template leads nowhere: {NOT_ENABLED}")

    def capability(self, action: ActionKey) -> Capability:
        """Whether and how an action can be carried out here."""
        if action not in TEMPLATED:
            return _DOCUMENTED[action]
        template = self._templates.get(action)
        if template is not None:
            unproven = (Readiness.UNVERIFIED, template.note or "its endpoint template was never answered yet")
            readiness, why = self._seen.get(action, unproven)
            return Capability(action, readiness, why, "template", template.batch)
        if action is ActionKey.PASSWORD_RESET:
            return Capability(action, Readiness.READY, SUBSTITUTE, "substitute", 1)
        return Capability(action, Readiness.UNAVAILABLE, NOT_ENABLED)

    def _learn(self, action: ActionKey, readiness: Readiness, why: str) -> None:
        self._seen[action] = (readiness, why)
        if self._on_change is not None:
            self._on_change(action, readiness, why)
