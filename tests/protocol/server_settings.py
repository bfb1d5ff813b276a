"""The product's settings, on the database of the running tests."""

import os

from config.settings import *  # noqa: F403

DATABASES["default"]["NAME"] = os.environ["PARLEY_TEST_DATABASE"]  # noqa: F405
