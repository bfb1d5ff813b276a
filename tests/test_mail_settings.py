"""Where mail leaves: what EMAIL_URL and PARLEY_MAIL_FROM mean, and what is refused in one line."""

import json
import os
import subprocess
import sys

import pytest

from tests.servers import ROOT

NAMES = ("MAIL_READY", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD")
SHOW = f"""
import json
from config import settings
shown = [getattr(settings, name) for name in {NAMES}]
print(json.dumps([*shown, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL, settings.EMAIL_BACKEND.split(".")[-2]]))
"""


def read(tmp_path, **env) -> subprocess.CompletedProcess:
    given = {"PATH": os.environ["PATH"], "PARLEY_DATA": str(tmp_path), "PARLEY_DEMO": "0", **env}
    return subprocess.run([sys.executable, "-c", SHOW], cwd=ROOT, env=given, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("env", "settings"),
    [
        ({}, [False, "", 0, "", "", False, False, "console"]),
        ({"PARLEY_DEMO": "1"}, [True, "", 0, "", "", False, False, "console"]),
        ({"EMAIL_URL": "smtp://localhost"}, [True, "localhost", 25, "", "", False, False, "smtp"]),
        ({"EMAIL_URL": "smtp+tls://a%40b:p%2Fq@h:2525"}, [True, "h", 2525, "a@b", "p/q", True, False, "smtp"]),
        ({"EMAIL_URL": "smtps://h"}, [True, "h", 465, "", "", False, True, "smtp"]),
    ],
    ids=str,
)
def test_what_it_means(tmp_path, env, settings):
    found = read(tmp_path, **env)
    assert json.loads(found.stdout) == settings, found.stderr


@pytest.mark.parametrize(
    "env",
    [
        {"EMAIL_URL": "mail.example.com"},
        {"EMAIL_URL": "smtp://"},
        {"EMAIL_URL": "smtp://host:none"},
        {"EMAIL_URL": "https://host"},
        {"PARLEY_MAIL_FROM": "Parley"},
        {"PARLEY_MAIL_FROM": "a@b.example\nBcc: c@d.example"},
    ],
    ids=str,
)
def test_what_cannot_work_is_said_in_one_line(tmp_path, env):
    found = read(tmp_path, **env)
    assert found.returncode == 1
    assert found.stderr.startswith(f"parley: {next(iter(env))} must be ") and found.stderr.count("\n") == 1
