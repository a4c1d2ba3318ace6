"""The tables, as small functions that each run once, in one transaction with their record.

A migration is never edited after a release: later changes are later functions. Its SQL names the closed
sets of its day in CHECKs; `tests/store` holds them against the domain's enumerations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlite_utils import Database

from bot.ports.clock import Clock
from bot.store.connection import immediate
from bot.store.errors import NewerStore, OlderStore
from bot.store.values import time_text

Migration = Callable[[Database], None]


def migrate(db: Database, clock: Clock, migrations: Sequence[Migration]) -> None:
    """Apply what is missing, each in its own transaction.

    Raises NewerStore if something is recorded that this program does not know.
    """
    db.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT")
    _refuse_newer(db, migrations)
    for migration in migrations:
        with immediate(db):
            if migration.__name__ not in _applied(db):
                migration(db)
                db.execute(
                    "INSERT INTO migration (name, at) VALUES (?, ?)",
                    [migration.__name__, time_text(clock.now())],
                )


def check_current(db: Database, migrations: Sequence[Migration]) -> None:
    """Raise NewerStore or OlderStore unless the tables are exactly those that this program knows."""
    _refuse_newer(db, migrations)
    if {migration.__name__ for migration in migrations} - _applied(db):
        raise OlderStore(
            "the data directory is of an older Rollcall: start this version there once, then try again"
        )


def _refuse_newer(db: Database, migrations: Sequence[Migration]) -> None:
    if _applied(db) - {migration.__name__ for migration in migrations}:
        raise NewerStore(
            "the data directory was changed by a newer Rollcall: install that version or a later one",
        )


def _applied(db: Database) -> set[str]:
    return {row["name"] for row in db.query("SELECT name FROM migration")}


def m0001_people(db: Database) -> None:
    """Personal values, once each; a redacted person keeps the key alone."""
    db.execute("""
        CREATE TABLE person (
            key TEXT PRIMARY KEY CHECK (length(key) = 32),
            binding TEXT NOT NULL CHECK (binding <> ''),
            salt BLOB CHECK (length(salt) = 32),
            email TEXT,
            folded TEXT,
            name TEXT,
            facts TEXT CHECK (json_valid(facts)),
            UNIQUE (binding, folded),
            CHECK ((salt IS NULL) = (email IS NULL)
               AND (folded IS NULL) = (email IS NULL)
               AND (name IS NULL) = (email IS NULL)
               AND (facts IS NULL) = (email IS NULL))
        ) STRICT""")


def m0002_drafts(db: Database) -> None:
    """What requesters have chosen so far."""
    db.execute("""
        CREATE TABLE draft (
            id TEXT PRIMARY KEY,
            binding TEXT NOT NULL CHECK (binding <> ''),
            slack_user TEXT NOT NULL,
            action TEXT NOT NULL,
            people TEXT NOT NULL CHECK (json_valid(people)),
            parameters TEXT NOT NULL CHECK (json_valid(parameters)),
            reason TEXT NOT NULL,
            channel TEXT NOT NULL,
            saved_at TEXT NOT NULL,
            due_at TEXT
        ) STRICT""")
    db.execute("CREATE INDEX draft_by_age ON draft (saved_at)")


def m0003_operations(db: Database) -> None:
    """Operations with their sealed plan as canonical JSON, and the decisions on them."""
    db.execute("""
        CREATE TABLE operation (
            id TEXT PRIMARY KEY CHECK (id <> ''),
            binding TEXT NOT NULL CHECK (binding <> ''),
            state TEXT NOT NULL CHECK (state IN (
                'proposed', 'discarded', 'awaiting_approval', 'denied', 'withdrawn', 'expired', 'approved',
                'scheduled', 'queued', 'running', 'held', 'cancelling', 'cancelled', 'dismissed', 'done',
                'partly_done', 'failed')),
            plan TEXT NOT NULL,
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            requester_slack_user TEXT NOT NULL CHECK (requester_slack_user <> ''),
            requester_user_uid TEXT NOT NULL CHECK (requester_user_uid <> ''),
            requester_person TEXT NOT NULL,
            reason TEXT NOT NULL,
            channel TEXT NOT NULL,
            approvals_needed INTEGER NOT NULL CHECK (approvals_needed >= 0),
            rule TEXT NOT NULL,
            identity TEXT NOT NULL,
            created_at TEXT NOT NULL,
            changed_at TEXT NOT NULL,
            held_reason TEXT NOT NULL,
            run INTEGER NOT NULL CHECK (run >= 0),
            stopped_by TEXT NOT NULL,
            origin TEXT NOT NULL CHECK (origin IN ('asked', 'retry', 'undo')),
            parent TEXT REFERENCES operation (id),
            due_at TEXT,
            consequences TEXT NOT NULL CHECK (json_valid(consequences)),
            names TEXT NOT NULL CHECK (json_valid(names)),
            CHECK ((origin = 'asked') = (parent IS NULL))
        ) STRICT""")
    db.execute("CREATE INDEX operation_by_parent ON operation (parent) WHERE parent IS NOT NULL")
    db.execute("CREATE INDEX operation_due ON operation (due_at) WHERE state = 'scheduled'")
    db.execute("CREATE INDEX operation_by_age ON operation (binding, created_at DESC, id DESC)")
    db.execute("""
        CREATE TABLE approval (
            number INTEGER PRIMARY KEY,
            operation TEXT NOT NULL REFERENCES operation (id),
            slack_user TEXT NOT NULL CHECK (slack_user <> ''),
            user_uid TEXT NOT NULL CHECK (user_uid <> ''),
            person TEXT NOT NULL,
            approved INTEGER NOT NULL CHECK (approved IN (0, 1)),
            at TEXT NOT NULL,
            comment TEXT NOT NULL,
            UNIQUE (operation, slack_user),
            UNIQUE (operation, user_uid)
        ) STRICT""")


def m0004_calls(db: Database) -> None:
    """Intents, their results per line, and the one outcome of each line."""
    db.execute("""
        CREATE TABLE call (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE CHECK (id <> ''),
            operation TEXT NOT NULL REFERENCES operation (id),
            batch INTEGER NOT NULL CHECK (batch >= 0),
            name TEXT NOT NULL,
            lines TEXT NOT NULL CHECK (json_valid(lines)),
            repeatable INTEGER NOT NULL CHECK (repeatable IN (0, 1)),
            intent_at TEXT NOT NULL,
            answered_at TEXT,
            status INTEGER NOT NULL,
            request_id TEXT NOT NULL
        ) STRICT""")
    db.execute("CREATE INDEX call_by_batch ON call (operation, batch)")
    db.execute("""
        CREATE TABLE call_result (
            call TEXT NOT NULL REFERENCES call (id),
            line INTEGER NOT NULL CHECK (line >= 1),
            kind TEXT NOT NULL CHECK (kind IN (
                'verified', 'accepted', 'skipped', 'failed', 'unknown', 'not_sent')),
            reason TEXT NOT NULL,
            retryable INTEGER NOT NULL CHECK (retryable IN (0, 1)),
            PRIMARY KEY (call, line)
        ) STRICT""")
    db.execute("""
        CREATE TABLE outcome (
            operation TEXT NOT NULL REFERENCES operation (id),
            line INTEGER NOT NULL CHECK (line >= 1),
            kind TEXT NOT NULL CHECK (kind IN (
                'done', 'accepted', 'partial', 'skipped', 'failed', 'unknown', 'not_run')),
            reason TEXT NOT NULL,
            retryable INTEGER NOT NULL CHECK (retryable IN (0, 1)),
            at TEXT NOT NULL,
            PRIMARY KEY (operation, line)
        ) STRICT""")


def m0005_audit(db: Database) -> None:
    """The hash chain; unique predecessors make a fork impossible, triggers make it append-only."""
    db.execute("""
        CREATE TABLE audit (
            seq INTEGER PRIMARY KEY CHECK (seq >= 1),
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            binding TEXT NOT NULL,
            operation TEXT NOT NULL,
            actor TEXT NOT NULL,
            data TEXT NOT NULL,
            prev_hash TEXT NOT NULL UNIQUE CHECK (length(prev_hash) = 64),
            hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64)
        ) STRICT""")
    db.execute("CREATE INDEX audit_by_operation ON audit (operation, seq)")
    db.execute("""
        CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'audit rows never change'); END""")
    db.execute("""
        CREATE TRIGGER audit_never_goes BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'audit rows never go'); END""")


def m0006_bridges(db: Database) -> None:
    """What is still to be told to the engine, and the messages that stand in Slack."""
    db.execute("""
        CREATE TABLE outbox (
            number INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE CHECK (key <> ''),
            operation TEXT NOT NULL REFERENCES operation (id),
            binding TEXT NOT NULL CHECK (binding <> ''),
            at TEXT NOT NULL,
            delivered_at TEXT
        ) STRICT""")
    db.execute("CREATE INDEX outbox_waiting ON outbox (number) WHERE delivered_at IS NULL")
    db.execute("""
        CREATE TABLE post (
            operation TEXT NOT NULL REFERENCES operation (id),
            part TEXT NOT NULL CHECK (part <> ''),
            channel TEXT NOT NULL CHECK (channel <> ''),
            ts TEXT NOT NULL,
            at TEXT NOT NULL,
            posted_at TEXT,
            PRIMARY KEY (operation, part),
            CHECK ((ts = '') = (posted_at IS NULL))
        ) STRICT""")


def m0007_learnt(db: Database) -> None:
    """What real calls taught about actions, and the directory kept for the next start."""
    db.execute("""
        CREATE TABLE capability (
            binding TEXT NOT NULL CHECK (binding <> ''),
            action TEXT NOT NULL,
            readiness TEXT NOT NULL CHECK (readiness IN ('ready', 'unverified', 'unavailable')),
            why TEXT NOT NULL,
            template TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (binding, action)
        ) STRICT""")
    db.execute("""
        CREATE TABLE snapshot (
            binding TEXT PRIMARY KEY CHECK (binding <> ''),
            document BLOB NOT NULL,
            at TEXT NOT NULL
        ) STRICT""")


def m0008_accounts(db: Database) -> None:
    """Slack accounts by pseudonym; a redacted one keeps the key alone."""
    db.execute("""
        CREATE TABLE account (
            key TEXT PRIMARY KEY CHECK (length(key) = 32),
            binding TEXT NOT NULL CHECK (binding <> ''),
            salt BLOB CHECK (length(salt) = 32),
            slack_user TEXT CHECK (slack_user <> ''),
            person TEXT NOT NULL,
            UNIQUE (binding, slack_user),
            CHECK ((salt IS NULL) = (slack_user IS NULL))
        ) STRICT""")
    db.execute("CREATE INDEX account_by_person ON account (person)")


def m0009_verdicts(db: Database) -> None:
    """What the policy said of each operation (of older ones made from what was kept), expiry, tickets."""
    db.execute(
        "ALTER TABLE operation ADD COLUMN verdict TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(verdict))"
    )
    db.execute("ALTER TABLE operation ADD COLUMN expires_at TEXT")
    db.execute("ALTER TABLE operation ADD COLUMN ticket TEXT NOT NULL DEFAULT ''")
    db.execute("CREATE INDEX operation_expiring ON operation (expires_at) WHERE expires_at IS NOT NULL")
    db.execute("""
        UPDATE operation SET verdict = json_object(
            'rule', rule, 'why', '', 'denied', '',
            'stages', CASE approvals_needed WHEN 0 THEN json_array() ELSE json_array(json_object(
                'needed', approvals_needed, 'mode', 'any',
                'of', json_array(json_object('circle', 'org_admins')))) END,
            'approval_expiry', 86400, 'execution_expiry', 86400, 'reminder', 0,
            'escalation', json_object(), 'most_people', 10000, 'drift_share', '0.5', 'identity', 'email',
            'break_glass', 0, 'hours', json_array(), 'reason', json_array(), 'ticket', json_array())""")


def m0010_deciding(db: Database) -> None:
    """What a decision counted for and in whose place, stand-ins, broken glass, and who was told what."""
    for column in (
        "stage INTEGER NOT NULL DEFAULT 0 CHECK (stage >= 0)",
        # Whoever agreed before there were circles was asked as one of the organization's admins.
        "circles TEXT NOT NULL DEFAULT '[0]' CHECK (json_valid(circles))",
        "second TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(second))",
        "escalated INTEGER NOT NULL DEFAULT 0 CHECK (escalated IN (0, 1))",
        "for_slack_user TEXT NOT NULL DEFAULT ''",
        "for_user_uid TEXT NOT NULL DEFAULT ''",
        "for_person TEXT NOT NULL DEFAULT ''",
    ):
        db.execute(f"ALTER TABLE approval ADD COLUMN {column}")
    db.execute("""
        UPDATE approval
        SET for_slack_user = slack_user, for_user_uid = user_uid, for_person = person""")
    db.execute("CREATE UNIQUE INDEX approval_for_slack_user ON approval (operation, for_slack_user)")
    db.execute("CREATE UNIQUE INDEX approval_for_user_uid ON approval (operation, for_user_uid)")
    db.execute("""
        CREATE TABLE broken_glass (
            operation TEXT PRIMARY KEY REFERENCES operation (id),
            slack_user TEXT NOT NULL CHECK (slack_user <> ''),
            user_uid TEXT NOT NULL CHECK (user_uid <> ''),
            person TEXT NOT NULL,
            reason TEXT NOT NULL CHECK (reason <> ''),
            at TEXT NOT NULL,
            until TEXT NOT NULL
        ) STRICT""")
    db.execute("""
        CREATE TABLE delegation (
            number INTEGER PRIMARY KEY,
            binding TEXT NOT NULL CHECK (binding <> ''),
            slack_user TEXT NOT NULL CHECK (slack_user <> ''),
            user_uid TEXT NOT NULL CHECK (user_uid <> ''),
            person TEXT NOT NULL,
            to_slack_user TEXT NOT NULL CHECK (to_slack_user <> slack_user),
            to_user_uid TEXT NOT NULL CHECK (to_user_uid <> user_uid),
            to_person TEXT NOT NULL,
            since TEXT NOT NULL,
            until TEXT NOT NULL,
            ended_at TEXT
        ) STRICT""")
    db.execute("""
        CREATE UNIQUE INDEX delegation_standing ON delegation (binding, slack_user)
        WHERE ended_at IS NULL""")
    db.execute("""
        CREATE TABLE notice (
            number INTEGER PRIMARY KEY,
            operation TEXT NOT NULL REFERENCES operation (id),
            what TEXT NOT NULL CHECK (what <> ''),
            slack_user TEXT NOT NULL,
            at TEXT NOT NULL,
            begun_at TEXT,
            UNIQUE (operation, what, slack_user)
        ) STRICT""")
    db.execute("CREATE INDEX notice_waiting ON notice (number) WHERE begun_at IS NULL")


def m0011_links(db: Database) -> None:
    """Who proved which Contentstack user to be his, with encrypted tokens, and the attempts under way."""
    db.execute("""
        CREATE TABLE link (
            binding TEXT NOT NULL CHECK (binding <> ''),
            slack_user TEXT NOT NULL CHECK (slack_user <> ''),
            user_uid TEXT NOT NULL CHECK (user_uid <> ''),
            person TEXT NOT NULL,
            sealed BLOB NOT NULL CHECK (length(sealed) > 0),
            scopes TEXT NOT NULL CHECK (json_valid(scopes)),
            expires_at TEXT NOT NULL,
            version INTEGER NOT NULL CHECK (version >= 1),
            leased_until TEXT,
            broken INTEGER NOT NULL CHECK (broken IN (0, 1)),
            linked_at TEXT NOT NULL,
            proven_at TEXT NOT NULL,
            PRIMARY KEY (binding, slack_user),
            UNIQUE (binding, user_uid)
        ) STRICT""")
    db.execute("""
        CREATE TABLE link_attempt (
            hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
            binding TEXT NOT NULL CHECK (binding <> ''),
            slack_user TEXT NOT NULL CHECK (slack_user <> ''),
            step TEXT NOT NULL CHECK (step IN ('asked', 'arrived')),
            sealed BLOB NOT NULL CHECK (length(sealed) > 0),
            expires_at TEXT NOT NULL,
            UNIQUE (binding, slack_user, step)
        ) STRICT""")


def m0012_forms(db: Database) -> None:
    """The form as it was submitted, in the place of drafts that nobody could read back into a form."""
    db.execute("DROP TABLE draft")
    db.execute("""
        CREATE TABLE form (
            id TEXT PRIMARY KEY CHECK (id <> ''),
            binding TEXT NOT NULL CHECK (binding <> ''),
            slack_user TEXT NOT NULL CHECK (slack_user <> ''),
            content TEXT NOT NULL CHECK (json_valid(content)),
            saved_at TEXT NOT NULL
        ) STRICT""")
    db.execute("CREATE INDEX form_by_age ON form (saved_at)")


def m0013_redactable_people(db: Database) -> None:
    """A person may lack his facts: of NULL some SQLites say that it is no valid JSON."""
    db.execute("""
        CREATE TABLE known_person (
            key TEXT PRIMARY KEY CHECK (length(key) = 32),
            binding TEXT NOT NULL CHECK (binding <> ''),
            salt BLOB CHECK (length(salt) = 32),
            email TEXT,
            folded TEXT,
            name TEXT,
            facts TEXT CHECK (facts IS NULL OR json_valid(facts)),
            UNIQUE (binding, folded),
            CHECK ((salt IS NULL) = (email IS NULL)
               AND (folded IS NULL) = (email IS NULL)
               AND (name IS NULL) = (email IS NULL)
               AND (facts IS NULL) = (email IS NULL))
        ) STRICT""")
    db.execute("INSERT INTO known_person SELECT key, binding, salt, email, folded, name, facts FROM person")
    db.execute("DROP TABLE person")
    db.execute("ALTER TABLE known_person RENAME TO person")


def m0014_plans_apart(db: Database) -> None:
    """The sealed plans in a table of their own: SQLite copies the whole row when its state changes."""
    db.execute("""
        CREATE TABLE plan (
            number INTEGER PRIMARY KEY,
            operation TEXT NOT NULL UNIQUE REFERENCES operation (id),
            text TEXT NOT NULL
        ) STRICT""")
    db.execute("INSERT INTO plan (operation, text) SELECT id, plan FROM operation ORDER BY rowid")
    db.execute("ALTER TABLE operation DROP COLUMN plan")


MIGRATIONS: tuple[Migration, ...] = (
    m0001_people,
    m0002_drafts,
    m0003_operations,
    m0004_calls,
    m0005_audit,
    m0006_bridges,
    m0007_learnt,
    m0008_accounts,
    m0009_verdicts,
    m0010_deciding,
    m0011_links,
    m0012_forms,
    m0013_redactable_people,
    m0014_plans_apart,
)
