"""What a contact's page asks: start, look, write, leave; and the tokens that open a chat."""

import uuid

import pytest

from agents.models import Site
from interactions.models import Contact, Interaction, Message, OutgoingMail, Reader, Survey

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


def test_a_poll_tells_what_has_arrived_and_what_was_seen(scene):
    contact = scene.as_("contact")
    number = contact.get(f"{CHATS}/{scene.chat.id}").data["snapshot"]["number"]
    reader = Reader.objects.filter(party__interaction=scene.chat, party__kind="contact")
    contact.get(f"{CHATS}/{scene.chat.id}", after=number, seen=1)
    assert list(reader.values_list("delivered", "seen")) == [(number, 1)]
    contact.get(f"{CHATS}/{scene.chat.id}", after=number, seen=number + 5)
    assert list(reader.values_list("delivered", "seen")) == [(number, number)]


def test_a_waiting_contact_polls_the_place(scene):
    answer = scene.as_("stranger").get(f"{CHATS}/{scene.other.id}")
    assert answer.data["waiting"]["position"] == 1


def test_the_survey_of_a_chat_that_is_over(scene):
    survey = Survey.objects.create(name="After chats", thanks="Thanks!")
    survey.questions.create(key="content", text="Are you content?", required=True)
    contact, path = scene.as_("contact"), f"{CHATS}/{scene.chat.id}"
    early = contact.post(f"{path}/survey", {"answers": {"content": "5"}})
    assert (early.status, early.code) == (409, "not_ended")
    contact.post(f"{path}/leave")
    assert contact.get(path).data["snapshot"]["survey"]["questions"][0]["key"] == "content"
    wrong = contact.post(f"{path}/survey", {"answers": {"content": "7"}})
    assert (wrong.status, wrong.data["detail"]["answers"]) == (400, {"content": ["Choose one of the answers."]})
    for _ in range(2):
        answer = contact.post(f"{path}/survey", {"answers": {"content": "5"}})
        assert (answer.status, answer.data["snapshot"]["survey"]["thanks"]) == (200, "Thanks!")
    other = contact.post(f"{path}/survey", {"answers": {"content": "1"}})
    assert (other.status, other.code) == (409, "answered")
    assert scene.as_("stranger").post(f"{path}/survey", {"answers": {"content": "5"}}).status == 404


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


@pytest.fixture
def over(scene) -> str:
    """The address of the transcript of the chat, which the contact has left."""
    scene.as_("contact").post(f"{CHATS}/{scene.chat.id}/leave")
    return f"{CHATS}/{scene.chat.id}/transcript"


def test_the_chat_by_mail_is_asked_for_once_it_is_over(scene, over):
    contact, body = scene.as_("contact"), {"id": str(uuid.uuid4()), "to": "kim@example.org"}
    first, again = contact.post(over, body), contact.post(over, body)
    assert first.status == again.status == 202 and first.data == again.data
    told = {"address": "", "left": 2, "to": "kim@example.org", "state": "queued"}
    assert first.data["snapshot"]["transcript"] == told
    assert contact.get(f"{CHATS}/{scene.chat.id}").data["snapshot"]["transcript"] == told
    last = scene.as_("ana").get(f"interactions/{scene.chat.id}/mails").data["results"][-1]
    assert (last["mail"]["by"], last["address"], "Reference #" in last["text"]) == (None, "kim@example.org", True)
    other = contact.post(over, {**body, "to": "kim@example.net"})
    assert (other.status, other.code) == (409, "id_reused")
    other = contact.post(over, {**body, "id": str(uuid.uuid4()), "to": "nobody"})
    assert (other.status, other.code, list(other.data["detail"])) == (400, "invalid", ["to"])
    assert OutgoingMail.objects.filter(author=None).count() == 1


def test_why_the_chat_is_not_sent(scene, over, settings):
    def refused() -> tuple:
        answer = scene.as_("contact").post(over, {"id": str(uuid.uuid4()), "to": "kim@example.org"})
        return answer.status, answer.code

    Site.objects.update(transcript_mail=False)
    assert refused() == (409, "not_offered")
    Site.objects.update(transcript_mail=True)
    settings.MAIL_READY = False
    assert refused() == (409, "no_mail")
    settings.MAIL_READY = True
    assert [refused()[0] for _ in range(3)] == [202] * 3
    assert refused() == (409, "too_many")


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
