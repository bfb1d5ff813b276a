"""The administrators' list of mails: what became of each, and trying again."""

import uuid

import pytest

from agents.models import Agent
from interactions.actions import arrival, transcripts
from interactions.actions import mail as actions
from interactions.models import OutgoingMail
from tests.backoffice.pages import queries, url
from tests.scenes import scene
from tests.support import fresh, loaded, party

pytestmark = pytest.mark.django_db

PAGE = "interactions_outgoingmail"


@pytest.fixture
@scene
def chat(world):
    return loaded(world.handled(world.ana, email="kim@example.com"))


def write(world, chat, problem="", *, for_good=True) -> OutgoingMail:
    given = {"subject": "Router", "text": "Hello", "by": world.ana}
    mail = actions.write(chat.id, party(chat, None).id, id=uuid.uuid4(), now=world.clock.tick(), **given)
    if problem:
        actions.not_sent(mail.id, 0, problem, for_good=for_good, now=world.now)
    return mail


def again(client, *mails):
    chosen = {"action": "try_again", "_selected_action": [str(mail.pk) for mail in mails]}
    return client.post(url(PAGE), chosen, follow=True).content.decode()


def test_the_list_says_what_became_of_each(world, boss, client, chat):
    write(world, chat, "550 No such user")
    write(world, chat, "away", for_good=False)
    actions.sent(write(world, chat).id, now=world.now)
    shown = client.get(url(PAGE)).content.decode()
    for words in ("Failed: 550 No such user", "Tried again 12:01: away", "Sent 12:00", "kim@example.com", "Kim Lee"):
        assert words in shown
    story = client.get(url("interactions_interaction", "change", chat.pk)).content.decode()
    assert "Failed: 550 No such user" in story


def test_a_transcript_has_no_writer(world, boss, client, chat):
    arrival.leave(chat.id, now=world.clock.tick())
    transcripts.ask(chat.id, id=uuid.uuid4(), to="kim@example.org", now=world.now)
    for page in (url(PAGE), url("interactions_interaction", "change", chat.pk)):
        shown = client.get(page).content.decode()
        assert "Transcript, asked for by the contact" in shown and "kim@example.org" in shown


def test_failed_ones_are_tried_again_and_sent_ones_are_not(world, boss, client, chat):
    failed, done = write(world, chat, "550 No such user"), write(world, chat)
    actions.sent(done.id, now=world.now)
    assert "1 of 2 tried again now" in again(client, failed, done)
    assert (fresh(failed).state, fresh(failed).problem, fresh(done).state) == ("queued", "", "sent")
    assert "0 of 1 tried again now" in again(client, failed)


def test_nothing_can_be_changed(world, boss, client, chat):
    mail = write(world, chat)
    for page, args in (("add", ()), ("change", (mail.pk,)), ("delete", (mail.pk,))):
        assert client.post(url(PAGE, page, *args), {"to": "else@example.com"}).status_code == 403
    assert fresh(mail).to == "kim@example.com"


def test_it_costs_the_same_however_many(world, boss, client, chat):
    write(world, chat)
    one = queries(client, url(PAGE))
    for _ in range(5):
        write(world, chat)
    assert queries(client, url(PAGE)) == one


def test_an_agent_gets_an_address(world, boss, client):
    page = url("agents_agent", "change", world.bo.pk)
    form = client.get(page).context["adminform"].form
    assert form.initial["email"] == "bo@harbour.example"
    given = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    given |= {"email": "bo.lind@example.com", "skill_levels-TOTAL_FORMS": 0, "skill_levels-INITIAL_FORMS": 0}
    given = {name: value for name, value in given.items() if value is not False}
    answer = client.post(page, given)
    assert answer.status_code == 302, answer.context["errors"]
    assert Agent.objects.get(pk=world.bo.pk).user.email == "bo.lind@example.com"
