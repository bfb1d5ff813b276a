"""Logging in and out: whom it lets in, where it leads, how often it may be tried."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.support import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(scene):
    return scene.world


@pytest.fixture
def login(world, client):
    """Ana with a password; returns what the log-in page answers."""
    user = world.ana.user
    user.set_password("right")
    user.save()

    def post(username, password, **extra):
        answer = client.post("/login/", {"username": username, "password": password, **extra.pop("data", {})}, **extra)
        answer.client = client
        return answer

    return post


def channel(agent):
    return fresh(agent).chat().status


def test_logging_in_leads_to_the_workspace_not_ready(world, login):
    world.ana.channels.update(status="logged_off")
    answer = login("ana", "right")
    assert answer.headers["Location"] == "/"
    assert channel(world.ana) == "not_ready"


def test_who_was_ready_in_another_window_stays_ready(world, login):
    world.ready(world.ana)
    login("ana", "right")
    assert channel(world.ana) == "ready"


@pytest.mark.parametrize(("name", "password"), [("ana", "wrong"), ("nobody", "right"), ("", ""), ("ana\0", "right")])
def test_wrong_names_and_passwords_get_the_same_words(login, name, password):
    answer = login(name, password)
    assert answer.status_code == 200
    html = answer.content.decode()
    if name and "\0" not in name:
        assert "User name and password do not match." in html
    assert "parley_session" not in answer.cookies


def test_the_deactivated_cannot_log_in(world, login):
    User.objects.filter(username="ana").update(is_active=False)
    assert "User name and password do not match." in login("ana", "right").content.decode()


def test_ten_wrong_passwords_and_the_right_one_waits_too(login):
    assert [login("ana", "wrong").status_code for _ in range(10)] == [200] * 10
    late = login("ana", "right")
    assert (late.status_code, late.headers["Retry-After"]) == (429, "300")
    assert "Too many wrong passwords. Wait five minutes, then try again." in late.content.decode()
    assert login("Ana", "right").status_code == 429


def test_others_and_other_addresses_go_on(world, login):
    for _ in range(11):
        login("ana", "wrong")
    assert login("bo", "wrong").status_code == 200
    assert login("ana", "right", REMOTE_ADDR="10.0.0.9").status_code == 302


def test_a_header_makes_no_other_address(login):
    answers = [login("ana", "wrong", headers={"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(11)]
    assert answers[-1].status_code == 429


def test_trying_one_password_on_many_names_is_limited_too(login, monkeypatch):
    monkeypatch.setattr("interactions.pages.TRIES_OF_ADDRESS", 12)
    answers = [login(f"name{number}", "wrong").status_code for number in range(13)]
    assert answers == [200] * 12 + [429]


def test_the_right_password_clears_the_count(login):
    for _ in range(9):
        login("ana", "wrong")
    assert login("ana", "right").status_code == 302
    login("ana", "wrong").client.logout()
    assert login("ana", "right").status_code == 302


@pytest.mark.parametrize(
    ("next", "leads"),
    [
        ("/api/docs/", "/api/docs/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http:///evil.example", "/"),
        ("\t//evil.example", "/"),
    ],
)
def test_next_leads_nowhere_but_here(login, next, leads):
    assert login("ana", "right", data={"next": next}).headers["Location"] == leads


def test_logging_in_takes_a_csrf_token(world):
    answer = Client(enforce_csrf_checks=True).post("/login/", {"username": "ana", "password": "right"})
    assert answer.status_code == 403


def test_logging_in_makes_a_new_session(world, login, client):
    client.get("/login/")
    session = client.session
    session["kept"] = "from before"
    session.save()
    before = client.cookies["parley_session"].value
    assert login("ana", "right").client.cookies["parley_session"].value != before


def test_a_cache_that_is_away_does_not_lock_everybody_out(login, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert login("ana", "wrong").status_code == 200
    assert login("ana", "right").status_code == 302


@pytest.mark.parametrize("cookie", ["parley_session", "csrftoken"])
def test_cookies_are_kept_to_this_site(world, login, cookie):
    answer = login("ana", "right")
    kept = answer.client.cookies[cookie]
    assert kept["samesite"] == "Lax"
    assert bool(kept["httponly"]) == (cookie == "parley_session")


# --- log out ----------------------------------------------------------------------------------


def test_logging_out_logs_off(scene):
    cy = scene.as_("cy").client
    assert cy.post("/logout/").headers["Location"] == "/login/"
    assert channel(scene.world.cy) == "logged_off"
    assert cy.get("/").headers["Location"] == "/login/?next=/"


def test_logging_out_with_a_chat_open_is_refused(scene):
    ana = scene.as_("ana").client
    assert ana.post("/logout/").headers["Location"] == "/?open=1"
    assert channel(scene.world.ana) == "ready"
    assert ana.get("/").status_code == 200


def test_logging_out_needs_a_post_with_a_token(scene):
    assert scene.as_("ana").client.get("/logout/").status_code == 405
    assert scene.as_("ana", enforce_csrf_checks=True).client.post("/logout/").status_code == 403


def test_nobody_can_log_out_too(client):
    assert client.post("/logout/").headers["Location"] == "/login/"
