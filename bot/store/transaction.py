"""Everything that may be read and written inside one transaction, by group of tables."""

from __future__ import annotations

from bot.store.accounts import Accounts
from bot.store.audit import AuditChain
from bot.store.calls import Calls
from bot.store.delegations import Delegations
from bot.store.forms import Forms
from bot.store.learnt import Learnt
from bot.store.links import LinkTables
from bot.store.notices import Notices
from bot.store.operations import Operations
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.store.posts import Posts
from bot.store.provenance import Provenance
from bot.store.redaction import Redaction


class SqliteTransaction(
    People,
    Accounts,
    Forms,
    Operations,
    Calls,
    AuditChain,
    Outbox,
    Posts,
    Provenance,
    Learnt,
    LinkTables,
    Redaction,
    Delegations,
    Notices,
):
    """`bot.ports.store.Transaction` on one connection."""
