"""On SQLite one process serves a data folder: a second one would push to half of the people."""

import fcntl

from django.conf import settings

REFUSAL = "another server already serves {}. Stop it, or set PARLEY_DATA."
_lock = None


def why_refused() -> str | None:
    """Take the data folder until this process ends; the reason if another process has it."""
    global _lock
    if _lock is not None or settings.DATABASES["default"]["ENGINE"] != "core.sqlite":
        return None
    file = open(settings.DATA_DIR / "server.lock", "w")  # noqa: SIM115 -- held until the process ends
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return REFUSAL.format(settings.DATA_DIR)
    _lock = file
    return None
