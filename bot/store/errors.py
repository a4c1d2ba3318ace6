"""What can keep the store from opening; each message is one sentence that says what to do.

::

    StoreError
    +- DirectoryUnusable   the data directory cannot be made, entered or kept private
    +- StoreInUse          another process holds its lock
    +- StoreMissing        there is nothing to read there yet
    +- OlderStore          its tables were not brought up to date by this program yet
    +- NewerStore          its tables were changed by a newer program
    +- SqliteTooOld        this Python's SQLite lacks what the tables need
"""

from __future__ import annotations


class StoreError(Exception):
    """Base of all that keeps the store from opening."""


class DirectoryUnusable(StoreError):
    """The data directory cannot be made, entered or kept private."""


class StoreInUse(StoreError):
    """Another process holds the lock of the data directory."""


class StoreMissing(StoreError):
    """There is no store in the data directory."""


class OlderStore(StoreError):
    """The tables lack what this program's next start adds."""


class NewerStore(StoreError):
    """The tables were changed by a newer program; going on could damage them."""


class SqliteTooOld(StoreError):
    """The SQLite library lacks strict tables or built-in JSON."""
