"""The agent's own desk over HTTP: settings, the lock, and what a locked session may do."""

import pytest

from interactions.actions import locking

from .test_access import NOT_ALLOWED, ROWS, ask, named

pytestmark = pytest.mark.django_db

HANG_UP = ("POST", "calls/<uuid:call>/hang-up")  # a call goes on behind the lock, and can be ended there
WHILE_LOCKED = {("POST", "me/beat"), ("POST", "me/lock"), ("POST", "me/unlock"), HANG_UP}
LOCKED = (403, "locked")
OF_AGENTS = sorted(endpoint for endpoint in ROWS if not endpoint[1].startswith("contact/"))


def test_settings_that_are_named_change_and_the_others_stay(scene):
    ana = scene.as_("ana")
    assert ana.post("me/settings", {"theme": "dark", "volume_offer": 0}).data["settings"]["theme"] == "dark"
    settings = ana.post("me/settings", {"enter_sends": False}).data["settings"]
    assert (settings["theme"], settings["volume_offer"], settings["enter_sends"]) == ("dark", 0, False)
    assert ana.get("desk").data["agent"]["settings"] == settings
    assert scene.as_("bo").get("desk").data["agent"]["settings"]["theme"] == "system"


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"volume_offer": 101}, {"volume_left": -1}, {"more": 1}])
def test_settings_that_are_none(scene, wrong):
    assert scene.as_("ana").post("me/settings", wrong).status == 400


@pytest.mark.parametrize("endpoint", OF_AGENTS, ids=named)
def test_a_locked_session_is_refused_everything_else(scene, endpoint):
    role = "sue" if ROWS[endpoint][1]["ana"] == NOT_ALLOWED else "ana"  # of figures only supervisors are asked at all
    assert scene.as_(role).post("me/lock").status == 200
    answer = ask(scene, role, endpoint)
    assert ((answer.status, answer.code) == LOCKED) == (endpoint not in WHILE_LOCKED), answer.data


def test_the_lock_is_of_the_agent_and_the_password_of_the_session(scene):
    scene.world.ana.user.set_password("three plain words")
    scene.world.ana.user.save()
    ana, elsewhere = scene.as_("ana"), type(scene.as_("ana"))(scene.world.ana.user)
    elsewhere.client.get("/")
    locking.sit_down(scene.world.ana, elsewhere.client.session.session_key, now=scene.world.now)
    ana.post("me/lock")
    assert ana.get("desk").code == elsewhere.get("desk").code == "locked"
    assert scene.as_("bo").get("desk").status == 200
    assert ana.post("me/unlock", {"password": "three plain words"}).status == 200
    assert ana.get("desk").status == 200 and elsewhere.get("desk").code == "locked"


def test_too_many_guesses_say_when_to_come_again(scene):
    ana = scene.as_("ana")
    ana.post("me/lock")
    answers = [ana.post("me/unlock", {"password": "guess"}) for _ in range(11)]
    assert [answer.status for answer in answers] == [403] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "300"


def test_the_administration_is_behind_the_same_lock(scene, client):
    user = scene.world.ana.user
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user)
    assert client.get("/admin/").status_code == 200
    client.post("/api/v1/me/lock", {}, content_type="application/json")
    answer = client.get("/admin/interactions/interaction/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_input_told_by_a_beat_keeps_the_workspace_open(scene):
    ana = scene.as_("ana")
    ana.get("desk")
    desk = locking.sit_down(scene.world.ana, ana.client.session.session_key, now=scene.world.now)
    ana.post("me/beat", {"input": True})
    assert type(desk).objects.get(pk=desk.pk).input_at > desk.input_at
