"""What opens a chat, what does not, and how often one may ask for a new one."""

import uuid

import pytest

from interactions.models import ContactSession, Interaction
from interactions.models.contact import digest

from .scene import Caller, line, start

pytestmark = pytest.mark.django_db

CHATS = "contact/chats"


@pytest.fixture
def page(scene) -> Caller:
    return Caller()


def chat_of(answer) -> str:
    return f"{CHATS}/{answer.data['chat']}"


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
