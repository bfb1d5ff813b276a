"""Loaded by pytest before Django: the tests get a data folder of their own and never touch var/."""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="parley-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

os.environ["PARLEY_DATA"] = _folder
os.environ["PARLEY_TEST"] = "1"
os.environ.setdefault("PARLEY_SECRET_KEY", "only-for-tests-" + "x" * 40)
