"""The survey after a chat: who is asked what, what is taken, and what becomes of it."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from core.models import Event
from interactions import events
from interactions.actions import arrival, survey
from interactions.models import Interaction, Survey, SurveyAnswer, SurveyReply
from routing.models import Queue
from tests.backoffice.conftest import plain_static  # noqa: F401 -- a fixture
from tests.interactions.steps import happens, leaves_all_alone, refused
from tests.scenes import scene
from tests.support import fresh

pytestmark = pytest.mark.django_db


def asks(queue=None, **more) -> Survey:
    about = {"title": "How was it?", "thanks": "Thanks!", **more}
    made = Survey.objects.create(name=f"Of {queue or 'all'}", queue=queue, **about)
    made.questions.create(key="content", text="Are you content?", required=True, position=1)
    made.questions.create(key="solved", text="Is it solved?", kind="choice", choices="Yes\nNo\n", position=2)
    made.questions.create(key="words", text="Anything else?", kind="text", position=3)
    made.questions.create(key="old", text="No longer asked", active=False)
    return made


@pytest.fixture
@scene
def over(world):
    """A chat that Ana has ended."""
    chat = world.handled(world.ana)
    world.end(chat, world.ana, "close")
    return chat


def asked(chat):
    return events.snapshot_for_contact(fresh(chat)).survey


def test_nothing_is_asked_before_the_end_nor_where_there_is_no_survey(world):
    chat = world.handled(world.ana)
    assert asked(chat) is None
    world.end(chat, world.ana, "close")
    assert asked(chat) is None


def test_at_the_end_the_contact_is_told_what_is_asked(world):
    asks()
    chat = world.handled(world.ana)
    world.end(chat, world.ana, "close")
    view = asked(chat)
    assert (view.title, view.thanks) == ("How was it?", "")
    assert [(each.key, each.kind, each.choices, each.required) for each in view.questions] == [
        ("content", "rating", ["1", "2", "3", "4", "5"], True),
        ("solved", "choice", ["Yes", "No"], False),
        ("words", "text", [], False),
    ]


def test_the_queues_own_survey_comes_first_and_another_queues_never(world, over):
    asks(Queue.objects.create(name="Elsewhere"))
    assert asked(over) is None
    everywhere = asks()
    assert asked(over).id == everywhere.id
    own = asks(world.billing)
    assert asked(over).id == own.id
    Survey.objects.filter(pk=own.pk).update(active=False)
    assert asked(over).id == everywhere.id


def test_a_second_survey_for_all_queues_is_refused_in_words():
    asks()
    with pytest.raises(ValidationError, match="There is one for all other queues already"):
        Survey(name="Another").full_clean()


def test_a_survey_whose_questions_all_rest_asks_nothing(over):
    asks().questions.update(active=False)
    assert asked(over) is None


def test_whom_nobody_answered_is_asked_nothing(world):
    asks()
    chat = world.chat()
    arrival.leave(chat.id, now=world.clock.tick())
    assert asked(chat) is None
    with refused("no_survey"):
        survey.answer(chat.id, {"content": "1"}, now=world.clock.tick())


def test_answered_it_is_kept_and_the_contact_is_thanked(world, over):
    asks()
    with happens(world, over, "survey.answered"):
        survey.answer(over.id, {"content": "4", "solved": "Yes", "words": " Kim's own\nwords "}, now=world.clock.tick())
    view = asked(over)
    assert (view.questions, view.thanks) == ([], "Thanks!")
    stored = dict(SurveyAnswer.objects.values_list("question__key", "value"))
    assert stored == {"content": "4", "solved": "Yes", "words": "Kim's own\nwords"}


def test_the_journal_has_what_was_chosen_and_nothing_that_was_written(world, over):
    made = asks()
    survey.answer(over.id, {"content": "4", "solved": "Yes", "words": "secret"}, now=world.clock.tick())
    told = Event.objects.latest("id")
    assert (told.data["survey"], told.data["title"]) == (str(made.id), made.name)
    assert (told.data["ratings"], told.data["choices"]) == ({"content": 4}, {"solved": "Yes"})
    assert "secret" not in str(told.data)


def test_answering_again(world, over):
    asks()
    survey.answer(over.id, {"content": "4"}, now=world.clock.tick())
    with leaves_all_alone():
        survey.answer(over.id, {"content": "4", "words": " "}, now=world.clock.tick())
        with refused("answered"):
            survey.answer(over.id, {"content": "1"}, now=world.clock.tick())


@pytest.mark.parametrize(
    "answers, wrong",
    [
        ({}, {"content"}),
        ({"solved": "Yes"}, {"content"}),
        ({"content": "6"}, {"content"}),
        ({"content": "0"}, {"content"}),
        ({"content": "4.5"}, {"content"}),
        ({"content": "4", "solved": "yes"}, {"solved"}),
        ({"content": "4", "words": "x" * 2001}, {"words"}),
        ({"content": "4", "old": "5"}, {"old"}),
        ({"content": "4", "nonsense": "5"}, {"nonsense"}),
    ],
)
def test_what_is_wrong_is_said_beside_the_question_and_nothing_is_kept(world, over, answers, wrong):
    asks()
    with refused("invalid") as told:
        survey.answer(over.id, answers, now=world.clock.tick())
    assert set(told.value.detail["answers"]) == wrong
    assert not SurveyReply.objects.exists()


def test_an_empty_answer_is_none(world, over):
    asks().questions.filter(required=True).update(required=False)
    with refused("invalid", "at least one"):
        survey.answer(over.id, {"words": " \n "}, now=world.clock.tick())


def test_while_the_chat_goes_on(world):
    asks()
    chat = world.handled(world.ana)
    with refused("not_ended"):
        survey.answer(chat.id, {"content": "4"}, now=world.clock.tick())


def test_refusals_are_in_the_contacts_language(world, over):
    asks()
    Interaction.objects.filter(pk=over.pk).update(language="de")
    with refused("invalid") as told:
        survey.answer(over.id, {"content": "9"}, now=world.clock.tick())
    assert told.value.detail["answers"]["content"] == ["Bitte wählen Sie eine der Antworten."]


@pytest.mark.usefixtures("plain_static")
def test_the_administration_shows_what_was_answered(world, over, client):
    asks()
    survey.answer(over.id, {"content": "4", "words": "<b>Thanks</b>"}, now=world.clock.tick())
    client.force_login(User.objects.create_user("boss", is_staff=True, is_superuser=True))
    page = client.get(f"/admin/interactions/interaction/{over.id}/change/").content.decode()
    replies = client.get("/admin/interactions/surveyreply/").content.decode()
    alone = client.get(f"/admin/interactions/surveyreply/{SurveyReply.objects.get().pk}/change/").content.decode()
    assert "4 of 5" in page and "Are you content?" in page
    for shown in (page, replies, alone):
        assert "&lt;b&gt;Thanks&lt;/b&gt;" in shown and "<b>Thanks</b>" not in shown
