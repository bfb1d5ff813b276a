"""What every process of a run needs alike, and only the first that asks makes: migrated databases, collected files."""

import atexit
import fcntl
import functools
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

FOLDER = "PARLEY_TEST_ONCE"


@functools.cache
def place() -> Path:
    """The run's folder: the one that bin/test or pytest has given to its children, else one of our own."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="parley-once-")
        atexit.register(shutil.rmtree, os.environ[FOLDER], ignore_errors=True)
    path = Path(os.environ[FOLDER])
    path.mkdir(exist_ok=True)
    return path


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The path of this name; the first who asks makes it, in another place until it is whole, the others wait."""
    path = place() / name
    with (place() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            started = place() / f"{name}.new"
            make(started)
            started.rename(path)
    return path
