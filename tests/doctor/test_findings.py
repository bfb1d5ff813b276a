"""The doctor finds each fault that is made on purpose, says what to do, and finds none where all is well."""

import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from channels.layers import InMemoryChannelLayer
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection

from core import static
from core.doctor import Asked, Grade, clocks, databases, examined, findings, layer, machine, proxies, safety
from core.realtime import probe, relay
from interactions.doctor import demo, mail
from tests import servers
from tests.support import NOON

BAD, DOUBTFUL, GOOD = Grade.BAD, Grade.DOUBTFUL, Grade.GOOD
SQLITE = {"journal_mode": "wal", "synchronous": "2"}
POSTGRES = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
OPTIONS = {"ENGINE": "core.sqlite", "OPTIONS": {"transaction_mode": "IMMEDIATE"}}
MOUNTS = "/dev/sda1 / ext4 rw 0 0\nserver:/x /srv nfs4 rw 0 0\nserver:/y /srv/data/local ext4 rw 0 0\n"


def trip(arrived=200, in_order=True, seconds=0.02) -> probe.Trip:
    return probe.Trip("Layer", 200, arrived, in_order, seconds)


def secret(tmp_path, mode: int):
    path = tmp_path / f"key-{mode}"
    path.write_text("x")
    path.chmod(mode)
    return path


def of_files(soft: int, hard: int, serving: bool) -> tuple:
    return machine.of_files(soft, hard, serving=serving)


CASES = [
    (layer.of_trip, (trip(), 2), GOOD, "200 messages arrived, in order"),
    (layer.of_trip, (trip(arrived=150), 2), BAD, "50 of 200 messages were dropped"),
    (layer.of_trip, (trip(in_order=False), 2), DOUBTFUL, "another order"),
    (layer.of_trip, (trip(seconds=3.0), 2), DOUBTFUL, "took 3.0 s"),
    (layer.of_trip, (None, 1), GOOD, "this one process"),
    (layer.of_trip, (None, 2), BAD, "nothing passes news"),
    (layer.of_cache, (None,), GOOD, "are counted"),
    (layer.of_cache, ("OOM command not allowed",), BAD, "not limited"),
    (layer.of_library, ("7.4.1", ["redis://x"]), GOOD, "keeps quiet"),
    (layer.of_library, ("8.1.0", ["redis://x"]), BAD, "silent for five seconds"),
    (layer.of_library, ("10.0.0", ["redis://x"]), BAD, "silent for five seconds"),
    (layer.of_library, ("8.1.0", [{"address": "redis://x", "socket_timeout": None}]), GOOD, "keeps quiet"),
    (clocks.of_clock, ("the database", 0.2), GOOD, "agrees"),
    (clocks.of_clock, ("the database", 2.0), DOUBTFUL, "2.0 s ahead"),
    (clocks.of_clock, ("Redis", -61.0), BAD, "61.0 s behind"),
    (databases.of_sqlite, (SQLITE,), GOOD, "WAL"),
    (databases.of_sqlite, ({**SQLITE, "journal_mode": "delete"},), BAD, "journal_mode=delete"),
    (databases.of_sqlite, ({**SQLITE, "synchronous": "1"},), BAD, "synchronous=1"),
    (databases.of_writers, (OPTIONS,), GOOD, "queue"),
    (databases.of_writers, ({**OPTIONS, "ENGINE": "django.db.backends.sqlite3"},), BAD, "database is locked"),
    (databases.of_writers, ({**OPTIONS, "OPTIONS": {}},), BAD, "database is locked"),
    (databases.of_disk, ("/var/lib/parley/db", MOUNTS), GOOD, "local disk"),
    (databases.of_disk, ("/srv/data/db", MOUNTS), BAD, "network disk (nfs4 at /srv)"),
    (databases.of_disk, ("/srv/data/local/db", MOUNTS), GOOD, "local disk"),
    (databases.of_disk, ("/srvother/db", MOUNTS), GOOD, "local disk"),
    (databases.of_tables, (0,), GOOD, "up to date"),
    (databases.of_tables, (2,), BAD, "2 changes"),
    (databases.of_postgres, (POSTGRES, 15), GOOD, "PostgreSQL 15"),
    (databases.of_postgres, ({**POSTGRES, "fsync": "off"}, 15), BAD, "fsync=off"),
    (databases.of_postgres, ({**POSTGRES, "synchronous_commit": "off"}, 15), BAD, "synchronous_commit=off"),
    (databases.of_postgres, ({**POSTGRES, "synchronous_commit": "remote_apply"}, 15), GOOD, "on the disk"),
    (databases.of_postgres, ({**POSTGRES, "full_page_writes": "off"}, 15), BAD, "full_page_writes=off"),
    (databases.of_postgres, (POSTGRES, 13), BAD, "too old"),
    (databases.of_writing, ("off", "UTF8"), GOOD, "any script"),
    (databases.of_writing, ("on", "UTF8"), BAD, "may only be read"),
    (databases.of_writing, ("off", "SQL_ASCII"), BAD, "keeps SQL_ASCII"),
    (databases.of_limits, ({"statement_timeout": "0", "lock_timeout": "0"},), GOOD, "to its end"),
    (databases.of_limits, ({"statement_timeout": "200ms", "lock_timeout": "0"},), DOUBTFUL, "statement_timeout=200ms:"),
    (databases.of_connections, (97, 2, 20), GOOD, "45 of 97"),
    (databases.of_connections, (97, 5, 20), BAD, "PostgreSQL gives 97"),
    (databases.of_connections, (40, 1, 20), DOUBTFUL, "a second would hardly fit"),
    (databases.of_connections, (40, 9, 0), GOOD, "pooler"),
    (of_files, (65_536, 65_536, True), GOOD, "65536"),
    (
        of_files,
        (4_096, 65_536, False),
        DOUBTFUL,
        "4096 files may be open, so about 3896 sockets in a process that is st",
    ),
    (of_files, (256, -1, True), BAD, "256 files may be open, so about 56 sockets in a process that serves here"),
    (machine.of_room, (50_000, "/data"), GOOD, "48 GB"),
    (machine.of_room, (1_000, "/data"), DOUBTFUL, "1000 MB"),
    (machine.of_room, (10, "/data"), BAD, "10 MB"),
    (machine.of_static_files, (True,), GOOD, "of this version"),
    (machine.of_static_files, (False,), BAD, "not collected"),
    (safety.of_debug, (False, False), GOOD, "nothing of the inside"),
    (safety.of_debug, (True, True), DOUBTFUL, "PARLEY_DEBUG"),
    (safety.of_debug, (True, False), BAD, "PARLEY_DEBUG"),
    (safety.of_key, ("kT3-vY9_qLs8Zx2WbN5rEoPdUaHjGmCf7i1",), GOOD, "long enough"),
    (safety.of_key, ("secret",), BAD, "guessed"),
    (safety.of_key, ("x" * 60,), BAD, "guessed"),
    (safety.of_hosts, (["chat.example.com"],), GOOD, "chat.example.com"),
    (safety.of_hosts, (["chat.example.com", "*"],), BAD, "Any host name"),
    (safety.of_https, (["https://chat.example.com"], True, False), GOOD, "HTTPS everywhere"),
    (safety.of_https, (["https://chat.example.com"], False, False), BAD, "PARLEY_HTTPS is off"),
    (safety.of_https, (["http://chat.example.com"], False, False), BAD, "everything can be read"),
    (safety.of_https, (["http://localhost:8000"], False, True), GOOD, "this machine only"),
    (proxies.of_origin, ("https://a.example", ["https://a.example"]), GOOD, "is one of"),
    (proxies.of_origin, ("https://a.example", ["https://b.example"]), BAD, "lacks https://a.example"),
    (proxies.of_answer, ("https://a.example", 200, {}, ""), GOOD, "answers"),
    (proxies.of_answer, ("https://a.example", 502, {}, "it answers 502"), BAD, "it answers 502"),
    (proxies.of_scheme, ({"strict-transport-security": "max-age=1"},), GOOD, "HTTPS"),
    (proxies.of_scheme, ({},), BAD, "do not learn"),
    (proxies.of_socket, (4400, 5.0, ""), GOOD, "get through"),
    (proxies.of_socket, (0, 0.1, "rejected: HTTP 400"), BAD, "rejected: HTTP 400"),
    (proxies.of_socket, (4403, 0.1, ""), BAD, "Origin"),
    (proxies.of_socket, (1006, 3.0, ""), BAD, "cut after 3 s"),
    (proxies.of_foreign, (4403,), GOOD, "are refused"),
    (proxies.of_foreign, (4400,), DOUBTFUL, "not refused"),
    (demo.of_sign_ins, ([], False), GOOD, "Nobody"),
    (demo.of_sign_ins, (["ana"], True), DOUBTFUL, "ana"),
    (demo.of_sign_ins, (["ana", "admin"], False), BAD, "ana, admin"),
]


@pytest.mark.once
@pytest.mark.parametrize(("judge", "given", "grade", "words"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_each_fault_is_found_and_what_is_well_is_not(judge, given, grade, words):
    found = judge(*given)
    assert found[0] == grade and words in found[1], found
    assert bool(found[2]) == (grade != GOOD), "what is wrong says what to do"
    assert found[1].rstrip().endswith(".")


def test_each_judge_has_a_case_for_both():
    """The control: a judge that nothing can displease, or please, would stand here alone."""
    for judge in {case[0] for case in CASES}:
        grades = {case[2] for case in CASES if case[0] is judge}
        assert GOOD in grades and len(grades) > 1, judge


@pytest.mark.once
def test_who_may_read_the_secret(tmp_path):
    assert machine.of_secret_file(secret(tmp_path, 0o600))[0] == GOOD
    assert machine.of_secret_file(tmp_path / "none")[0] == GOOD
    assert machine.of_secret_file(secret(tmp_path, 0o644))[0] == BAD


def process(proc, number: int, command: str, limits: str | None = None) -> None:
    (proc / str(number)).mkdir()
    (proc / str(number) / "cmdline").write_text(command.replace(" ", "\0") + "\0")
    if limits:
        (proc / str(number) / "limits").write_text(
            f"Limit  Soft Limit  Hard Limit  Units\nMax open files  {limits}  files\n"
        )


@pytest.mark.once
def test_the_limits_of_those_who_serve_count(tmp_path):
    """Not those of the shell that asks, which a service has not; who has ended meanwhile has none."""
    serve = "python -m uvicorn config.asgi:application --port"
    process(tmp_path, 11, f"{serve} 8001", "65536  524288")
    process(tmp_path, 12, f"{serve} 8002", "unlimited  unlimited")
    process(tmp_path, 13, f"{serve} 8003")
    process(tmp_path, 14, "vi config.asgi:application.txt", "64  64")
    (tmp_path / "self").mkdir()
    assert sorted(machine.serving_limits(tmp_path)) == [(65_536, 524_288), (machine.UNBOUNDED, machine.UNBOUNDED)]
    assert machine.of_files(*max(machine.serving_limits(tmp_path)), serving=True)[1] == "Any number of files."


# --- asked of real ones --------------------------------------------------------------------------


def asked(**more) -> Asked:
    return Asked(NOON, **more)


def grades(look, **more) -> list[str]:
    return [found[0] for found in look(asked(**more))]


@pytest.mark.django_db
def test_this_database_is_looked_at():
    found = list(databases.keeps(asked(processes=1)))
    expected = BAD if connection.vendor == "postgresql" else GOOD  # the tests' own PostgreSQL runs without fsync
    assert found[0][0] == expected and {each[0] for each in found[1:]} == {GOOD}


@pytest.mark.django_db(transaction=True)
def test_a_setting_that_was_weakened_is_found():
    weaken, back = ("PRAGMA synchronous=NORMAL", "synchronous=1"), "PRAGMA synchronous=FULL"
    if connection.vendor == "postgresql":
        weaken, back = ("SET synchronous_commit = off", "synchronous_commit=off"), "RESET synchronous_commit"
    with connection.cursor() as cursor:
        assert weaken[1] not in str(list(databases.keeps(asked(processes=1))))
        cursor.execute(weaken[0])
        assert weaken[1] in str(list(databases.keeps(asked(processes=1))))
        cursor.execute(back)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("setting", "words"),
    [("statement_timeout", "statement_timeout=5s"), ("default_transaction_read_only", "may only be read")],
)
def test_what_the_server_was_told_of_us_is_found(setting, words):
    """On PostgreSQL; SQLite has no such settings."""
    assert words not in str(list(databases.keeps(asked(processes=1))))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET {setting} = {'5000' if setting == 'statement_timeout' else 'on'}")
            assert words in str(list(databases.keeps(asked(processes=1))))
            cursor.execute(f"RESET {setting}")


@pytest.mark.django_db
def test_how_many_connections_the_role_may_have_counts():
    """On PostgreSQL, in a transaction that is not kept."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            before = min(databases._most(cursor))
            cursor.execute("ALTER ROLE CURRENT_USER CONNECTION LIMIT 7")
            assert (before > 7, min(databases._most(cursor))) == (True, 7)


@pytest.mark.django_db
def test_a_database_that_is_away(monkeypatch):
    monkeypatch.setattr(databases.reach, "why_no_database", lambda: "connection refused")
    assert [found[:2] for found in databases.keeps(asked())] == [(BAD, "It does not answer: connection refused.")]


@pytest.mark.django_db
def test_tables_of_an_older_version_are_found(monkeypatch):
    monkeypatch.setattr(databases.MigrationExecutor, "migration_plan", lambda self, nodes: [1, 2, 3])
    assert any("3 changes of the tables" in found[1] for found in databases.keeps(asked(processes=1)))


class Dropping(InMemoryChannelLayer):
    """Forgets every fourth message, as a layer that is full does."""

    count = 0

    async def group_send(self, group, message):
        self.count += 1
        if self.count % 4:
            await super().group_send(group, message)


@pytest.mark.once
def test_a_layer_that_drops_is_found(monkeypatch):
    monkeypatch.setattr(probe, "PATIENCE", 0.2)
    monkeypatch.setattr(probe, "crossing_layer", lambda: Dropping(capacity=1000))
    assert "50 of 200 messages were dropped" in layer.of_trip(probe.round_trip(), 2)[1]


@pytest.mark.once
def test_a_layer_that_keeps_all_is_well(monkeypatch):
    """The control of the one above."""
    monkeypatch.setattr(probe, "crossing_layer", lambda: InMemoryChannelLayer(capacity=1000))
    assert layer.of_trip(probe.round_trip(), 2)[0] == GOOD


@pytest.mark.once
def test_a_cache_that_keeps_nothing_is_found(monkeypatch):
    class Full:
        def set(self, *given):
            raise OSError("OOM command not allowed when used memory > 'maxmemory'.")

    assert layer._why_nothing_is_kept() is None
    monkeypatch.setattr(layer, "cache", Full())
    assert "OOM command" in layer._why_nothing_is_kept()


@pytest.mark.once
def test_files_that_were_not_collected_are_found(settings, tmp_path, monkeypatch):
    settings.STATIC_ROOT, settings.DEBUG = tmp_path, False
    assert grades(machine.static_files) == [BAD]
    list(static.Storage(location=tmp_path).post_process({}, dry_run=True))
    assert grades(machine.static_files) == [BAD]
    list(static.Storage(location=tmp_path).post_process({}))
    assert grades(machine.static_files) == [GOOD]
    monkeypatch.setattr(static, "_sources", lambda: "another version")
    assert grades(machine.static_files) == [BAD]


@pytest.mark.once
def test_a_real_redis_is_looked_at(settings, redis_url, monkeypatch):
    settings.REDIS_URL = redis_url
    hosts = {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [redis_url]}}
    settings.CHANNEL_LAYERS = {"default": hosts}
    assert relay.crossing_layer() is not None
    assert grades(layer.passes_on, processes=2) == [GOOD, GOOD] and grades(layer.keeps_quiet_sockets) == [GOOD]
    assert abs(clocks._redis()) < 1
    monkeypatch.setattr(clocks, "now", lambda: datetime.now(UTC) + timedelta(seconds=90))
    assert -91 < clocks._redis() < -89, "a clock that is wrong is found"
    settings.REDIS_URL = f"redis://127.0.0.1:{servers.free_port()}/0"
    assert grades(layer.passes_on) == [BAD]


@pytest.mark.django_db
def test_the_databases_clock_is_compared(monkeypatch):
    if connection.vendor == "postgresql":
        assert abs(clocks._database()) < 1
        monkeypatch.setattr(clocks, "now", lambda: datetime.now(UTC) + timedelta(seconds=90))
        assert grades(clocks.agrees) == [BAD]
    else:
        assert grades(clocks.agrees) == [GOOD]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("active", "password", "found"), [(True, "demo-4711", ["ana"]), (True, "other", []), (False, "demo-4711", [])]
)
def test_the_demos_password_is_found_where_it_still_opens(world, settings, tmp_path, active, password, found):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATA_DIR = tmp_path
    (tmp_path / "demo-password").write_text("demo-4711\n")
    user = world.ana.user
    user.password, user.is_active = make_password(password), active
    user.save()
    assert demo._open(demo._known()) == found


def test_mail_that_goes_nowhere_is_said(settings):
    settings.MAIL_READY = False
    assert grades(mail.takes_us) == [DOUBTFUL]
    settings.MAIL_READY, settings.EMAIL_BACKEND = True, "django.core.mail.backends.console.EmailBackend"
    assert grades(mail.takes_us) == [DOUBTFUL]


@pytest.mark.once
def test_a_mail_server_is_asked_and_gets_a_mail_only_on_request(settings):
    settings.MAIL_READY, settings.EMAIL_BACKEND = True, mail.SMTP
    settings.EMAIL_HOST, settings.EMAIL_HOST_USER = "127.0.0.1", ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    with servers.smtp() as box:
        settings.EMAIL_PORT = box.port
        assert grades(mail.takes_us) == [GOOD] and box.mails() == []
        assert grades(mail.takes_us, mail_to="ops@example.com") == [GOOD]
        assert [one["to"] for one in box.mails()] == [["ops@example.com"]]
        assert grades(mail.takes_us, mail_to="unknown@example.com") == [BAD]
    assert grades(mail.takes_us) == [BAD]


class Plain(BaseHTTPRequestHandler):
    """A proxy that knows pages and no sockets."""

    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """Quiet."""


@pytest.mark.once
def test_a_proxy_that_lets_no_sockets_through_is_found(settings):
    with ThreadingHTTPServer(("127.0.0.1", 0), Plain) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        settings.ORIGINS = [url]
        found = list(proxies.through_the_front(asked(url=url)))
        server.shutdown()
    assert [each[0] for each in found[:3]] == [GOOD, GOOD, BAD]
    assert "Sockets do not get through" in found[2][1]


@pytest.mark.once
def test_an_address_where_nobody_is(settings):
    url = f"http://127.0.0.1:{servers.free_port()}"
    assert grades(proxies.through_the_front, url=url) == [BAD, BAD]


@pytest.mark.once
def test_an_examination_that_fails_is_a_finding_and_leaves_the_others_alone(monkeypatch):
    def fails(asked):
        raise OSError("no such thing")

    monkeypatch.setattr(findings, "_examinations", {"One": [fails], "Two": [lambda asked: [findings.good("Well.")]]})
    found = list(examined(asked()))
    assert [(each.part, each.grade) for each in found] == [("One", BAD), ("Two", GOOD)]
    assert "no such thing" in found[0].words


@pytest.fixture
def one_finding(monkeypatch):
    def choose(*found):
        monkeypatch.setattr(findings, "_examinations", {"Part": [lambda asked: found]})

    return choose


@pytest.mark.once
@pytest.mark.parametrize(
    ("found", "words", "code"),
    [
        (findings.good("Well."), (), 0),
        (findings.doubtful("Hm.", "Look."), (), 0),
        (findings.doubtful("Hm.", "Look."), ("--strict",), 1),
        (findings.bad("No.", "Do."), (), 1),
    ],
    ids=str,
)
def test_the_exit_code_says_whether_somebody_is_needed(one_finding, capsys, found, words, code):
    one_finding(found)
    try:
        call_command("doctor", *words)
        ended = 0
    except SystemExit as end:
        ended = end.code
    said = capsys.readouterr().out
    assert ended == code and found[1] in said and found[2] in said
