"""One file an action; adding one means a file here, its words, and its page in ``docs/actions.md``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.actions.base import Action
from bot.actions.kill_sessions import KillSessions
from bot.actions.mfa_reset import MfaReset
from bot.actions.org_role import OrgRole
from bot.actions.password_reset import PasswordReset
from bot.actions.reinvite import Reinvite
from bot.actions.remove import Remove
from bot.actions.stack_access import StackAccess
from bot.actions.unlock import Unlock
from bot.domain.actions import ActionKey

ACTIONS: Mapping[ActionKey, Action] = MappingProxyType(
    {
        action.key: action
        for action in (
            Remove(),
            OrgRole(),
            StackAccess(),
            PasswordReset(),
            MfaReset(),
            KillSessions(),
            Unlock(),
            Reinvite(),
        )
    },
)
"""Every action that can be planned and run."""
