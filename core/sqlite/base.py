"""Django's SQLite back end with a queue for writers, and with the limits of PostgreSQL.

SQLite has one writer; without a queue the others poll the file's lock and wait up to seconds. Every atomic block
begins IMMEDIATE here, so it takes the process's writer lock first, whoever opens it: actions, admin, sessions.
"""

import threading

from django.db import OperationalError
from django.db.backends.sqlite3.base import DatabaseWrapper as Sqlite
from django.db.backends.sqlite3.operations import DatabaseOperations

WRITER = threading.Lock()
PATIENCE = 20.0


class Operations(DatabaseOperations):
    """SQLite stores any 64 bits; so many seconds are no time, and no other database takes them."""

    def integer_field_range(self, internal_type):
        return self.integer_field_ranges[internal_type]


class DatabaseWrapper(Sqlite):
    """Holds the writer lock from BEGIN until autocommit is back, or the connection is closed."""

    ops_class = Operations
    _writes = False

    def _start_transaction_under_autocommit(self):
        self._take()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._let_go()
            raise

    def _set_autocommit(self, autocommit):
        super()._set_autocommit(autocommit)
        if autocommit:
            self._let_go()

    def _close(self):
        try:
            super()._close()
        finally:
            self._let_go()

    def _take(self):
        """With SQLite's own patience and in its words: a writer that never ends must not hang the others for ever."""
        if not WRITER.acquire(timeout=self.settings_dict["OPTIONS"].get("timeout", PATIENCE)):
            raise OperationalError("database is locked: another thread of this process has been writing for too long")
        self._writes = True

    def _let_go(self):
        if self._writes:
            self._writes = False
            WRITER.release()
