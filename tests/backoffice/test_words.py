"""The administration speaks of rows, fields and endings as its forms do, never of tables, columns and ids."""

from core.models import Event
from interactions.models import Survey
from tests.backoffice.pages import url


def test_a_deletion_says_what_goes_along_in_words(boss, client, world):
    survey = Survey.objects.create(name="Spare")
    for key in ("one", "two"):
        survey.questions.create(key=key, text=key)
    page = client.get(url("interactions_survey", "delete", survey.pk)).content.decode()
    assert "“Spare” will be deleted, and with it:" in page and "<li>2 survey questions</li>" in page
    page = client.get(url("agents_agent", "delete", world.agent("zoe", "Zoe Ort", "").pk)).content.decode()
    assert "“Zoe Ort” will be deleted." in page
    assert not any(words in page for words in ("relationship", "object (", "Channel status", "logged_off"))


def test_an_empty_list_says_so_and_a_search_without_a_hit_leads_back(boss, client, world):
    assert "There is nothing here yet." in client.get(url("interactions_survey")).content.decode()
    page = client.get(url("routing_queue"), {"q": "nothing like this"}).content.decode()
    assert 'Nothing fits. <a href="?">Show all</a>' in page


def test_a_filter_says_what_is_chosen(boss, client, world):
    page = client.get(url("agents_agent"), {"queues__id__exact": world.billing.pk}).content.decode()
    assert '<summary class="set">Queue: <b>Billing</b></summary>' in page and "Clear all filters" in page


def test_events_and_endings_are_told_without_the_reports_facts(boss, client, world):
    chat = world.handled(world.ana, topic="Billing")
    world.end(chat, world.ana, "close")
    assert Event.objects.filter(subject=chat.pk, data__has_key="facts").exists()
    assert "facts:" not in client.get(url("core_event")).content.decode()
    page = client.get(url("interactions_interaction", "change", chat.pk)).content.decode()
    assert "by an agent" in page and "<dt>What is it about?</dt><dd>Billing</dd>" in page
