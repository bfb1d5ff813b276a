"""Overflow, required skills and contact's texts in the administration, and what `manage.py check` says of them."""

from datetime import date, time
from io import StringIO

import pytest
from django.core.management import call_command

from agents.models import Skill
from core.clock import now
from routing import mistakes
from routing.models import ContactTexts, OpeningHours, OverflowStep, Queue, RequiredSkill
from tests.backoffice.pages import errors, queries, url
from tests.backoffice.test_checks import formset, queue
from tests.interactions.steps import lines


def save(client, world, steps=(), needs=(), **changes):
    given = queue(name="Network", agents=[world.cy.pk], **changes)
    given |= formset("overflow_steps", list(steps)) | formset("required_skills", list(needs))
    return client.post(url("routing_queue", "change", world.network.pk), given, follow=True)


def test_steps_and_skills_on_the_queues_page(boss, client, world):
    fibre = Skill.objects.create(name="Fibre")
    fibre.levels.create(agent=world.cy, level=5)
    steps = [{"after": 60, "action": "also", "target": world.billing.pk}, {"after": 120, "action": "message"}]
    needs = [{"after": 0, "skill": fibre.pk, "level": 5}, {"after": 60, "skill": fibre.pk, "level": 0}]
    answer = save(client, world, steps, needs, strategy="skill_level")
    assert "changed successfully" in answer.content.decode()
    assert list(OverflowStep.objects.values_list("after", "target__name")) == [(60, "Billing"), (120, None)]
    assert list(RequiredSkill.objects.values_list("after", "level")) == [(0, 5), (60, 0)]
    assert Queue.objects.get(name="Network").strategy == "skill_level"


@pytest.mark.parametrize(
    "step, words",
    [
        ({"action": "also", "target": ""}, "Choose the queue whose agents are asked too."),
        ({"action": "also", "target": "own"}, "The queue&#x27;s own agents are asked already. Choose another queue."),
    ],
)
def test_a_step_that_makes_no_sense_is_refused_in_words(boss, client, world, step, words):
    target = world.network.pk if step["target"] == "own" else ""
    answer = save(client, world, [{"after": 60, "action": "also", "target": target}])
    assert words in errors(answer).replace("'", "&#x27;") or words in answer.content.decode()
    assert not OverflowStep.objects.exists()


@pytest.mark.parametrize(
    "needs, words",
    [
        ([(30, 5)], "The first line of Fibre begins at 0 seconds"),
        ([(0, 5), (60, 5)], "A later line asks for less: Fibre was needed at 5 already."),
    ],
)
def test_skills_begin_at_once_and_relax(boss, client, world, needs, words):
    fibre = Skill.objects.create(name="Fibre")
    rows = [{"after": after, "skill": fibre.pk, "level": level} for after, level in needs]
    answer = save(client, world, needs=rows)
    assert words in errors(answer)


def test_a_skill_that_nobody_has_is_said_when_the_queue_is_saved(boss, client, world):
    fibre = Skill.objects.create(name="Fibre")
    answer = save(client, world, needs=[{"after": 0, "skill": fibre.pk, "level": 5}])
    assert "Network needs Fibre at 5, and nobody of it has it" in answer.content.decode()


# --- texts ------------------------------------------------------------------------------------


def test_texts_are_written_and_read(boss, client, world):
    given = {"queue": world.billing.pk, "language": "de", "joined": "{agent} grüßt Sie", "idle": " "}
    assert client.post(url("routing_contacttexts", "add"), given).status_code == 302
    assert ContactTexts.objects.get().texts == {"joined": "{agent} grüßt Sie"}
    chat = world.chat(language="de")
    world.ready(world.ana)
    world.offer()
    world.accept(world.ana)
    assert lines(chat, "public") == ["Ana grüßt Sie"]
    page = client.get(url("routing_contacttexts", "change", ContactTexts.objects.get().pk)).content.decode()
    assert "Placeholders: {agent}, {department}, {introduction}." in page and "{agent} ist wieder da" in page
    assert "Billing, Deutsch" in client.get(url("routing_contacttexts")).content.decode()


def test_unknown_placeholders_and_a_second_row_are_refused(boss, client, world):
    given = {"queue": "", "language": "en", "joined": "{name} is here"}
    assert "There is no placeholder {name} in this text." in errors(
        client.post(url("routing_contacttexts", "add"), given)
    )
    ContactTexts.objects.create(language="en")
    given["joined"] = "{agent} is here"
    answer = client.post(url("routing_contacttexts", "add"), given)
    assert "There are texts for All queues, English already." in answer.content.decode()


def test_lists_cost_the_same_however_long(boss, client, world):
    for language in ("", "de", "en"):
        ContactTexts.objects.create(queue=world.billing, language=language)
    pages = ("routing_contacttexts", "routing_queue")
    before = [queries(client, url(page)) for page in pages]
    for number in range(5):
        made = Queue.objects.create(name=f"Queue {number}")
        ContactTexts.objects.create(queue=made)
        OverflowStep.objects.create(queue=made, after=1, target=world.billing)
    assert [queries(client, url(page)) for page in pages] == before


# --- manage.py check --------------------------------------------------------------------------


def test_each_mistake_is_named(world, django_assert_max_num_queries):
    never = OpeningHours.objects.create(name="Never")
    for opens in (None, time(8)):
        never.exceptions.create(day=date(2020, 12, 24), opens=opens, closes=opens)
    empty = Queue.objects.create(name="Empty", opening_hours=never)
    fibre = Skill.objects.create(name="Fibre")
    fibre.levels.create(agent=world.cy, level=4)
    RequiredSkill.objects.create(queue=world.network, skill=fibre, level=5)
    for one, other in ((world.billing, world.network), (world.network, world.billing), (world.billing, empty)):
        OverflowStep.objects.create(queue=one, after=60, target=other)
    ContactTexts.objects.create(queue=world.billing, texts={"idle": "Bye {agent}"})
    with django_assert_max_num_queries(17):
        found = {each.words: each.harmless for each in mistakes.find(now())}
    assert found == {
        "Opening hours Never never open within sixty days.": False,
        "Opening hours Never: 2020-12-24 is closed and open at once; it counts as open.": False,
        "Empty has no agents: chats would wait for ever.": False,
        "Billing overflows to Empty, which has no agents.": False,
        "Billing overflows to Empty, which never opens.": False,
        "Network needs Fibre at 5, and nobody of it or of where it overflows to has it: "
        "its chats would wait for ever.": False,
        "Overflow in a circle: Billing to Network to Billing.": True,
        "Contact's texts, Billing, all languages, idle: There is no placeholder {agent} in this text. "
        "It has none.": False,
    }
    said = StringIO()
    call_command("check", databases=["default"], stdout=said, stderr=said)
    assert "Billing overflows to Empty, which has no agents." in said.getvalue()


def test_a_site_that_works_has_no_mistakes(world):
    OverflowStep.objects.create(queue=world.billing, after=60, target=world.network)
    assert mistakes.find(now()) == []
