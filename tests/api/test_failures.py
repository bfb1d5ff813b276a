"""When the ground gives way: the database, the cache; and what of it may stand in the logs."""

import logging

import pytest
from django.db import InterfaceError, OperationalError, connection
from psycopg_pool import PoolTimeout

from .scene import line, start
from .test_access import ROWS, named, prepared

pytestmark = pytest.mark.django_db

CANARY = "canary-77f0"


def away(error):
    """Every statement fails with it."""

    def fail(*_):
        raise error

    return fail


@pytest.mark.parametrize("endpoint", sorted(ROWS), ids=named)
def test_without_a_database_every_call_is_503(scene, endpoint):
    role = "contact" if "contact/" in endpoint[1] else "tess" if "invitations/" in endpoint[1] else "ana"
    call = prepared(scene, role, endpoint)
    with connection.execute_wrapper(away(OperationalError("the connection is lost"))):
        answer = call()
    assert (answer.status, answer.code) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize("error", [OperationalError("x"), InterfaceError("connection already closed")])
@pytest.mark.parametrize("address", ["/", "/login/", "/chat/website/"])
def test_without_a_database_pages_say_so_in_words(scene, address, error):
    client = scene.as_("ana").client
    with connection.execute_wrapper(away(error)):
        answer = client.get(address)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "database is away" in answer.content.decode()


def test_a_pool_that_has_no_connection_left_in_time_is_503(scene, monkeypatch):
    def no_connection(*args, **kwargs):
        with connection.wrap_database_errors:
            raise PoolTimeout("couldn't get a connection after 10.00 sec")

    caller = scene.as_("ana")
    monkeypatch.setattr(connection, "cursor", no_connection)
    monkeypatch.setattr(connection, "Database", __import__("psycopg"), raising=False)
    monkeypatch.setattr(connection.wrap_database_errors.wrapper, "Database", __import__("psycopg"))
    assert caller.get("desk").status == 503


def test_a_session_that_cannot_be_kept_is_503(scene, client):
    """The session is written by its middleware, outside of every view."""
    scene.world.ana.user.set_password("right")
    scene.world.ana.user.save()
    client.raise_request_exception = False

    def fail(execute, sql, params, many, context):
        if "django_session" in sql and not sql.startswith("SELECT"):
            raise OperationalError("the connection is lost")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        answer = client.post("/login/", {"username": "ana", "password": "right"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("address", ["/healthz", "/api/v1/nothing"])
async def test_the_same_outside_of_views_on_an_asgi_server(async_client, monkeypatch, address):
    def fail(*_):
        raise OperationalError("the connection is lost")

    monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_response", fail)
    async_client.raise_request_exception = False
    answer = await async_client.get(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert ("unavailable" in answer.content.decode()) == address.startswith("/api/")


@pytest.mark.parametrize(("address", "expected"), [("/api/v1/desk", "json"), ("/", "html")])
def test_a_mistake_of_ours_shows_nothing_of_itself(scene, monkeypatch, address, expected):
    def fail(*args):
        raise RuntimeError(CANARY)

    monkeypatch.setattr("interactions.events.desk", fail)
    monkeypatch.setattr("interactions.pages.render", fail)
    client = scene.as_("ana").client
    client.raise_request_exception = False
    answer = client.get(address)
    assert answer.status_code == 500
    assert expected in answer.headers["Content-Type"]
    assert CANARY not in answer.content.decode()


def test_nothing_that_anybody_wrote_stands_in_the_logs(scene, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)  # statements are logged in debug mode only
    ana, contact, chat = scene.as_("ana"), scene.as_("contact"), f"contact/chats/{scene.chat.id}"
    one = f"interactions/{scene.chat.id}"
    scene.as_("nobody").post("contact/chats", start(name=CANARY, fields={"order": CANARY}))
    scene.as_("nobody").post("contact/chats", start(name=CANARY, fields={"shoe": CANARY}))
    for who, path in ((contact, chat), (ana, one)):
        body = line(CANARY)
        who.post(f"{path}/messages", body)
        who.post(f"{path}/messages", {**body, "text": f"{CANARY} again"})
        who.post(f"{path}/messages", line(f"{CANARY}{'x' * 2000}"))
        who("POST", f"{path}/messages", raw=f'{{"text": "{CANARY}'.encode())
    ana.post(f"{one}/messages", line(CANARY, lane="internal"))
    ana.put(f"{one}/note", {"text": CANARY})
    ana.get("targets", q=CANARY)
    with connection.execute_wrapper(away(OperationalError(f"statement with {CANARY}"))):
        contact.post(f"{chat}/messages", line(CANARY))
    contact.post(f"{chat}/leave")
    contact.post(f"{chat}/messages", line(CANARY))
    assert "met no database" in caplog.text
    assert CANARY not in caplog.text
    assert scene.tokens["contact"] not in caplog.text
