"""A newcomer's first minutes and an operator's mistakes: `bin/start`, settings, health, what is in the repository."""

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.core.checks import run_checks

from tests.servers import ROOT, START_TIME, free_port

NOT_OURS = ("DATABASE_URL", "REDIS_URL", "PARLEY_TEST", "DJANGO_SETTINGS_MODULE")
pytestmark = pytest.mark.once
PAGES = ["/login/", "/chat/website/", "/demo/", "/admin/login/", "/api/docs/", "/api/schema/", "/healthz", "/readyz"]


class Start:
    """`bin/start` as a newcomer runs it, in a data folder of its own and from some other folder."""

    def __init__(self, data: Path, *words: str, **env: str):
        self.port = env.setdefault("PARLEY_PORT", str(free_port()))
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        self.child = subprocess.Popen(
            [ROOT / "bin" / "start", *words],
            cwd="/",
            env=inherited | {"PARLEY_DATA": str(data)} | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def ended(self) -> tuple[int, str]:
        said, _ = self.child.communicate(timeout=START_TIME)
        return self.child.returncode, said.strip()

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def wait(self) -> None:
        end = time.monotonic() + START_TIME
        while self.child.poll() is None and time.monotonic() < end:
            with contextlib.suppress(OSError):
                if self.get("/readyz") == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(self.ended())

    def stop(self) -> tuple[int, str]:
        self.child.send_signal(signal.SIGINT)
        return self.ended()


@pytest.fixture
def start(tmp_path):
    started = []

    def run(*words: str, data: Path = tmp_path / "data", **env: str) -> Start:
        started.append(Start(data, *words, **env))
        return started[-1]

    yield run
    for each in started:
        each.child.kill()
        each.child.communicate()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A data folder as the first start leaves it."""
    data = tmp_path_factory.mktemp("prepared") / "data"
    code, said = Start(data, "prepare").ended()
    assert code == 0, said
    return data


@pytest.fixture
def data(prepared, tmp_path):
    """Such a folder of the test's own."""
    return shutil.copytree(prepared, tmp_path / "data", copy_function=shutil.copy2)


@pytest.mark.server
def test_one_command_serves_everything_twice_in_a_row_and_ends_quietly(start):
    said = []
    for _ in range(2):
        server = start()
        server.wait()
        assert {path: server.get(path) for path in PAGES} == dict.fromkeys(PAGES, 200)
        code, words = server.stop()
        assert code == 0
        said.append(words.replace(server.port, "PORT"))
    assert "Traceback" not in said[0] and said[0].endswith("Ctrl-C stops.")
    assert "http://127.0.0.1:PORT/chat/website/" in said[0]
    assert said[0] == said[1], "the second start sets up nothing and shows the same sign-ins"


@pytest.mark.server
def test_a_second_server_on_the_same_sqlite_folder_is_refused(start, data):
    first = start()
    first.wait()
    code, said = start().ended()
    assert (code, said.count("\n")) == (1, 0)
    assert "another server already serves" in said
    assert first.get("/readyz") == 200


@pytest.mark.server
def test_the_other_half_serves_what_was_prepared_and_says_nothing(start, data):
    server = start("serve")
    server.wait()
    assert server.get("/login/") == 200
    assert server.stop() == (0, "")


@pytest.mark.server
def test_without_the_demo_there_is_a_link_for_the_first_administrator(start, data):
    (data / "parley.sqlite3").unlink()
    code, said = start("prepare", PARLEY_DEMO="0", PARLEY_PORT="8000").ended()
    assert code == 0
    assert re.search(r"http://127\.0\.0\.1:8000/setup/\S+", said)


def refused(server: Start, words: str) -> None:
    code, said = server.ended()
    assert code == 1
    assert words in said
    assert said.count("\n") == 0, said


@pytest.mark.server
def test_a_taken_port_is_one_clear_line(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused(start(PARLEY_PORT=port), f"port {port} on 127.0.0.1 is taken")


@pytest.mark.server
@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"PARLEY_PORT": "http"}, "PARLEY_PORT is 'http'"),
        ({"PARLEY_HOST": "192.0.2.1"}, "cannot listen on 192.0.2.1"),
        ({"DATABASE_URL": "postgres://parley@127.0.0.1:1/parley"}, "the database does not answer"),
        ({"DATABASE_URL": "mysql://parley@127.0.0.1/parley"}, "DATABASE_URL must begin with"),
        ({"REDIS_URL": "redis://127.0.0.1:1"}, "Redis (REDIS_URL) does not answer"),
    ],
)
def test_a_setting_that_cannot_work_is_one_clear_line(start, env, words):
    refused(start(**env), words)


@pytest.mark.server
def test_a_data_folder_that_cannot_be_written_is_one_clear_line(start, tmp_path):
    (tmp_path / "file").touch()
    refused(start(data=tmp_path / "file" / "data"), "Set PARLEY_DATA")


@pytest.mark.server
def test_a_database_that_is_none_is_one_clear_line(start, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "parley.sqlite3").write_text("This is no database. " * 100)
    refused(start(), "file is not a database")


@pytest.mark.server
def test_static_files_are_collected_when_they_changed(start, data):
    written = [(data / "static" / "staticfiles.json").stat().st_mtime_ns]
    for collected_from in (None, "something else"):
        if collected_from:
            (data / "static" / "collected-from").write_text(collected_from)
        assert start("prepare").ended()[0] == 0
        written.append((data / "static" / "staticfiles.json").stat().st_mtime_ns)
    assert written[0] == written[1] < written[2]


# --- settings ---------------------------------------------------------------------------------


def settings_say(expression: str, **env: str) -> str:
    code = f"from config import settings as s; print({expression})"
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=inherited | env, capture_output=True, text=True).stdout.strip()


def test_the_secret_key_is_made_once_for_the_owner_only(tmp_path):
    env = {"PARLEY_SECRET_KEY": "", "PARLEY_DATA": str(tmp_path / "data")}
    first, again = (settings_say("s.SECRET_KEY", **env) for _ in range(2))
    assert first == again and len(first) > 50
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o777 == 0o600


def test_servers_that_start_together_share_one_secret_key(tmp_path):
    """Many rounds that three processes begin in the same moment: one could read the file before it was written."""
    rounds = """
import sys, pathlib, time
from config import settings as s
folder, begin = pathlib.Path(sys.argv[1]), float(sys.argv[2])
for turn in range(300):
    s.DATA_DIR = folder / str(turn)
    while time.time() < begin + turn / 200:
        pass
    print(s._secret_key())
"""
    env = os.environ | {"PARLEY_SECRET_KEY": "", "PARLEY_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-c", rounds, str(tmp_path), str(time.time() + 1.5)]
    children = [subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [child.communicate()[0].splitlines() for child in children]
    assert said[0] == said[1] == said[2]
    assert len(set(said[0])) == 300
    assert all(len(key) > 50 for key in said[0])


def test_a_secret_key_that_was_never_written_down_is_made_anew(tmp_path):
    (tmp_path / "secret-key").touch(0o600)
    assert len(settings_say("s.SECRET_KEY", PARLEY_SECRET_KEY="", PARLEY_DATA=str(tmp_path))) > 50


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "core.sqlite 20"),
        ("sqlite:////srv/parley.sqlite3", "core.sqlite 20"),
        ("postgres://parley:secret@db.example/parley?sslmode=require", "django.db.backends.postgresql require"),
    ],
)
def test_the_database_comes_from_its_url(url, said):
    options = "s.DATABASES['default']['OPTIONS']"
    pick = f"s.DATABASES['default']['ENGINE'], {options}.get('sslmode', {options}.get('timeout'))"
    assert settings_say(pick, DATABASE_URL=url) == said


def test_the_pool_can_be_left_to_a_pooler():
    url = "postgres://parley@db.example/parley"
    pool = "s.DATABASES['default']['OPTIONS']['pool']"
    assert settings_say(pool, DATABASE_URL=url, PARLEY_POOL="0") == "None"
    assert settings_say(f"{pool}['max_size']", DATABASE_URL=url, PARLEY_POOL="7") == "7"


def test_the_origins_follow_the_port():
    assert settings_say("s.ORIGINS", PARLEY_PORT="8123") == "['http://127.0.0.1:8123', 'http://localhost:8123']"


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("ENGINE", "inside", None),
        ("ENGINE", "outside", "parley.E001"),
        ("ORIGINS", ["https://chat.example.com", "http://[::1]:8000"], "parley.W001"),
        ("ORIGINS", ["http://chat.example.com/"], "parley.E002"),
        ("ORIGINS", ["chat.example.com"], "parley.E002"),
        ("ORIGINS", ["*"], "parley.E002"),
        ("ORIGINS", ["http://chat.example.com:port"], "parley.E002"),
    ],
)
def test_settings_that_cannot_work_are_found(settings, name, value, found):
    setattr(settings, name, value)
    assert [message.id for message in run_checks()] == ([found] if found else [])


# --- health -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("unhashed_static_files")
def test_a_process_is_ready_when_database_and_engine_are(client, db, settings):
    settings.ENGINE = "off"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (200, {"database": True, "engine": True, "redis": True})


@pytest.mark.usefixtures("unhashed_static_files")
def test_without_its_engine_a_process_is_not_ready(client, db, settings):
    settings.ENGINE = "inside"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["engine"]) == (503, False)


@pytest.mark.usefixtures("unhashed_static_files")
def test_without_redis_a_process_still_serves_and_says_so(client, db, settings):
    settings.ENGINE, settings.REDIS_URL = "off", "redis://127.0.0.1:1"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["redis"]) == (200, False)


@pytest.mark.usefixtures("unhashed_static_files")
def test_without_its_database_a_process_lives_but_is_not_ready(client, monkeypatch, settings):
    settings.ENGINE = "off"
    monkeypatch.setattr("core.reach.why_no_database", lambda: "gone")
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


# --- every answer -----------------------------------------------------------------------------


@pytest.mark.usefixtures("unhashed_static_files")
@pytest.mark.parametrize("path", ["/login/", "/api/v1/desk", "/healthz", "/nothing"])
def test_every_answer_is_strict_with_browsers(client, db, path):
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_cookies_keep_to_https_where_it_is_used():
    pick = "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0"
    assert settings_say(pick, PARLEY_HTTPS="1") == "True True True"
    assert settings_say(pick, PARLEY_HTTPS="0") == "False False False"


# --- the repository ---------------------------------------------------------------------------


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_with_hashes_and_name_no_place(name):
    text = (ROOT / name).read_text()
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert "==" in requirement and "--hash=sha256:" in requirement, requirement
    assert "://" not in text


def test_the_tests_run_on_the_versions_that_are_served():
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def test_every_package_that_is_served_has_its_licence_listed():
    listed = set(re.findall(r"^\| ([\w.-]+) \|", (ROOT / "docs" / "licences.md").read_text(), re.MULTILINE))
    assert set(pins("requirements.txt")) <= listed


def test_every_variable_is_documented():
    read = set(re.findall(r'"((?:PARLEY|REDIS|DATABASE)_\w+)"', (ROOT / "config" / "settings.py").read_text()))
    read |= set(re.findall(r"PARLEY_[A-Z_]+", (ROOT / "bin" / "start").read_text()))
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "deployment.md").read_text()))
    assert read <= documented, read - documented


def test_models_and_migrations_agree(db):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# --- an installation's own environment -----------------------------------------------------------


def as_service(given: Path, *command: str) -> subprocess.CompletedProcess:
    env = {"PATH": os.environ["PATH"], "PARLEY_ENV": str(given)}
    return subprocess.run([ROOT / "bin" / "as-service", *command], env=env, cwd="/", capture_output=True, text=True)


def documented() -> str:
    """What docs/deployment.md has for /etc/parley.env."""
    text = (ROOT / "docs" / "deployment.md").read_text()
    return textwrap.dedent(re.search(r"`/etc/parley.env`.*?```\n(.*?)   ```", text, re.DOTALL)[1])


def test_the_documented_environment_is_the_same_to_the_shell_and_to_systemd(tmp_path):
    (tmp_path / "env").write_text(documented().replace("/var/lib/parley", str(tmp_path)))
    done = as_service(tmp_path / "env", sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))")
    assert done.returncode == 0, done.stderr
    read = [shlex.split(line)[0].split("=", 1) for line in (tmp_path / "env").read_text().splitlines()]
    assert len(read) == 8 and dict(read).items() <= json.loads(done.stdout).items()
    asked = "from config import settings; print(settings.DEFAULT_FROM_EMAIL)"
    loads = as_service(tmp_path / "env", sys.executable, "-c", asked)
    assert loads.stdout == "Harbour Net <chat@example.com>\n", loads.stderr


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("PARLEY_MAIL_FROM=Harbour Net <chat@example.com>", "into quotes"),
        ("PARLEY_DATA=/nowhere", "no folder /nowhere"),
    ],
)
def test_an_environment_that_cannot_be_used_is_said(tmp_path, line, words):
    (tmp_path / "env").write_text(f"{line}\n")
    done = as_service(tmp_path / "env", "true")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1) and words in done.stderr, done.stderr
    missing = as_service(tmp_path / "none", "true")
    assert missing.returncode == 1 and "cannot read" in missing.stderr
