"""Loaded by pytest before Django: the tests get a data folder and a database of their own and never touch var/.

PARLEY_TEST_DB=sqlite (a file) or postgres (a throw-away cluster, started here and shared with pytest's workers).
"""

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack

from tests import once

_folder = tempfile.mkdtemp(prefix="parley-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

os.environ["PARLEY_DATA"] = _folder
os.environ["PARLEY_TEST"] = "1"
os.environ.setdefault("PARLEY_SECRET_KEY", "only-for-tests-" + "x" * 40)
once.place()
for name in ("DATABASE_URL", "REDIS_URL"):
    os.environ.pop(name, None)


def _use_postgres() -> None:
    if "PARLEY_TEST_POSTGRES" not in os.environ:
        from tests.servers import postgres

        cluster = ExitStack()
        os.environ["PARLEY_TEST_POSTGRES"] = cluster.enter_context(postgres(migrated=True))
        atexit.register(cluster.close)
    os.environ["DATABASE_URL"] = os.environ["PARLEY_TEST_POSTGRES"]


if os.environ.get("PARLEY_TEST_DB", "sqlite") == "postgres":
    _use_postgres()
