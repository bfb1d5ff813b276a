"""What a contact's page asks: start, look, write, leave; and the tokens that open a chat."""

import uuid

import pytest

from interactions.models import Contact, ContactSession, Interaction, Message
from interactions.models.contact import digest

from .scene import Caller, line, start

pytestmark = pytest.mark.django_db

CHATS = "contact/chats"


@pytest.fixture
def page(scene) -> Caller:
    return Caller()


def chat_of(answer) -> str:
    return f"{CHATS}/{answer.data['chat']}"


def test_a_chat_starts_and_tells_its_place(page, scene):
    answer = page.post(CHATS, start(name="Kim Lee", email="kim@example.org", fields={"topic": "Network"}))
    assert answer.status == 201
    assert answer.data["state"] == "waiting"
    assert answer.data["position"] == 1
    assert answer.data["staffed"] is True
    made = Interaction.objects.get(pk=answer.data["chat"])
    assert (made.contact.name, made.contact.email) == ("Kim Lee", "kim@example.org")
    assert (made.queue, made.case) == (scene.world.network, {"topic": "Network"})


def test_a_repeated_start_returns_the_same_chat_with_a_fresh_token(page):
    body = start(name="Kim")
    first, again = page.post(CHATS, body), page.post(CHATS, body)
    assert first.data["chat"] == again.data["chat"]
    assert first.data["token"] != again.data["token"]
    for answer in (first, again):
        assert Caller(token=answer.data["token"]).get(chat_of(answer)).status == 200


def test_after_the_chat_has_ended_a_start_makes_a_new_one(page):
    body = start()
    first = page.post(CHATS, body)
    Caller(token=first.data["token"]).post(f"{chat_of(first)}/leave")
    assert page.post(CHATS, body).data["chat"] != first.data["chat"]


def test_the_page_polls_what_the_contact_may_read(scene):
    scene.world.line(scene.chat, None, "My bill is wrong")
    scene.world.line(scene.chat, scene.world.ana, "secret", lane="internal")
    contact = scene.as_("contact")
    answer = contact.get(f"{CHATS}/{scene.chat.id}")
    number = answer.data["snapshot"]["number"]
    assert answer.data["messages"][-1]["text"] == "My bill is wrong"
    assert [each["number"] for each in answer.data["messages"]] == list(range(1, number + 1))
    assert "secret" not in str(answer.data)
    assert answer.data["waiting"] is None
    assert contact.get(f"{CHATS}/{scene.chat.id}", after=number).data["messages"] == []


def test_a_waiting_contact_polls_the_place(scene):
    answer = scene.as_("stranger").get(f"{CHATS}/{scene.other.id}")
    assert answer.data["waiting"]["position"] == 1


def test_a_line_is_numbered_and_its_id_makes_it_one(scene):
    contact, path = scene.as_("contact"), f"{CHATS}/{scene.chat.id}/messages"
    body = line("Hello?")
    first, again = contact.post(path, body), contact.post(path, body)
    assert first.status == again.status == 201
    assert first.data == again.data
    assert Message.objects.filter(client_id=body["id"]).count() == 1
    other = contact.post(path, {**body, "text": "Something else"})
    assert (other.status, other.code) == (409, "id_reused")


def test_leaving_ends_the_chat_and_may_be_repeated(scene):
    contact, path = scene.as_("contact"), f"{CHATS}/{scene.chat.id}"
    assert contact.post(f"{path}/leave").data["snapshot"]["state"] == "ended"
    assert contact.post(f"{path}/leave").status == 200
    late = contact.post(f"{path}/messages", line())
    assert (late.status, late.code) == (409, "ended")
    assert contact.get(path).data["snapshot"]["state"] == "ended"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"nickname": "x"}, "nickname"),
        ({"name": "x" * 121}, "name"),
        ({"name": 17}, "name"),
        ({"name": None}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"email": "not an address"}, "email"),
        ({"email": f"{'x' * 250}@example.org"}, "email"),
        ({"client_id": "17"}, "client_id"),
        ({"client_id": 17}, "client_id"),
        ({"client_id": "00000000-0000-0000-0000-000000000000"}, "client_id"),
        ({"client_id": "5f1d5f1d-0000-1000-8000-000000000000"}, "client_id"),
        ({"routing_point": "no slug"}, "routing_point"),
        ({"routing_point": None}, "routing_point"),
        ({"fields": []}, "fields"),
        ({"fields": {"topic": 17}}, "fields"),
        ({"fields": {"topic": "x" * 2001}}, "fields"),
        ({"fields": {"order": "x" * 501}}, "fields"),
        ({"fields": {"topic": "Sales"}}, "fields"),
        ({"fields": {"shoe": "43"}}, "fields"),
    ],
)
def test_a_start_with_bad_values_is_refused_by_their_names(page, change, field):
    contacts = Contact.objects.count()
    answer = page.post(CHATS, {**start(), **change})
    assert (answer.status, answer.code) == (400, "invalid")
    assert list(answer.data["detail"]) == [field]
    assert Contact.objects.count() == contacts


def test_a_required_answer_is_missed_by_name(page, scene):
    scene.world.point.fields.filter(key="order").update(required=True)
    answer = page.post(CHATS, start())
    assert answer.data["detail"] == {"fields": {"order": ["This answer is required."]}}


@pytest.mark.parametrize("slug", ["nothing", "closed"])
def test_unknown_and_closed_routing_points_do_not_exist(page, scene, slug):
    if slug == "closed":
        type(scene.world.point).objects.update(active=False)
    answer = page.post(CHATS, start(routing_point="website" if slug == "closed" else slug))
    assert (answer.status, answer.code) == (404, "not_found")


def test_an_email_address_may_stand_in_for_a_name_however_long(page):
    answer = page.post(CHATS, start(email=f"{'kim' * 20}@{'host' * 15}.{'net' * 15}.example.org"))
    assert answer.status == 201


# --- tokens -----------------------------------------------------------------------------------


def test_tokens_are_long_and_kept_only_as_digests(page):
    token = page.post(CHATS, start()).data["token"]
    assert len(token) >= 43
    assert not ContactSession.objects.filter(token=token).exists()
    assert ContactSession.objects.filter(token=digest(token)).exists()


def test_the_client_id_is_kept_only_as_a_digest(page):
    body = start()
    made = Interaction.objects.get(pk=page.post(CHATS, body).data["chat"])
    assert body["client_id"] not in made.client_key
    assert made.client_key == digest(body["client_id"])


def test_at_most_five_tokens_of_a_chat_live(page):
    body = start()
    answers = [page.post(CHATS, body) for _ in range(7)]
    works = [Caller(token=answer.data["token"]).get(chat_of(answer)).status for answer in answers]
    assert works == [404, 404, 200, 200, 200, 200, 200]


@pytest.mark.parametrize("ending", ["", "/messages", "/leave"])
def test_a_token_opens_its_own_chat_only(scene, ending):
    """Of a chat that exists and of one that does not: the same answer."""
    stranger, way = scene.as_("stranger"), "POST" if ending else "GET"
    body = line() if ending == "/messages" else {}
    answers = [stranger(way, f"{CHATS}/{chat}{ending}", body) for chat in (scene.chat.id, uuid.uuid4())]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic eDp5", "bearer\tx", "Token x", "Bearer \xff\xfe", "Bearer a b c"]
)
def test_bad_authorization_headers_are_answered(scene, header):
    answer = scene.as_("nobody")("GET", f"{CHATS}/{scene.chat.id}", Authorization=header)
    assert answer.status in (401, 404)
    if answer.status == 401:
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_in_the_address_opens_nothing(scene):
    answer = scene.as_("nobody").get(f"{CHATS}/{scene.chat.id}", token=scene.tokens["contact"])
    assert answer.status == 401


# --- how often --------------------------------------------------------------------------------


@pytest.fixture
def rate_of_three(monkeypatch):
    from interactions.api.contact import StartThrottle

    monkeypatch.setattr(StartThrottle, "rate", "3/hour", raising=False)


@pytest.mark.usefixtures("rate_of_three")
def test_starts_of_one_address_are_limited(page):
    """Headers that claim another address change nothing."""
    answers = [page.post(CHATS, start(), **{"X-Forwarded-For": f"10.0.0.{i}"}) for i in range(4)]
    assert [answer.status for answer in answers] == [201, 201, 201, 429]
    late = answers[-1]
    assert late.code == "throttled"
    assert 3590 <= int(late.headers["Retry-After"]) <= 3600


@pytest.mark.usefixtures("rate_of_three")
def test_who_has_a_chat_goes_on_when_starts_are_limited(page, scene):
    for _ in range(4):
        page.post(CHATS, start())
    assert scene.as_("contact").post(f"{CHATS}/{scene.chat.id}/messages", line()).status == 201


def test_a_cache_that_is_away_limits_nothing(page, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert page.post(CHATS, start()).status == 201
