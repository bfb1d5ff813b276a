"""What contacts read: complete in each language, the site's own words first, placeholders that exist."""

import string

import pytest

from routing import wording
from routing.models import ContactTexts, Queue
from routing.wording import KEYS, LANGUAGES, PAGE, TEXTS, TRANSCRIPT, Wording, fill, mistake, preferred

PEOPLE = {"agent", "department", "introduction", "colleague", "contact", "seconds", "next_opening", "title"}


def names(template: str) -> set:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_is_complete(language):
    assert set(TEXTS[language]) == set(KEYS)
    assert set(PAGE[language]) == set(PAGE["en"])
    for key, words in PAGE[language].items():
        assert words and names(words) == names(PAGE["en"][key]), key
    assert set(TRANSCRIPT[language]) == set(TRANSCRIPT["en"])
    for key, words in TRANSCRIPT[language].items():
        assert words and names(words) == names(TRANSCRIPT["en"][key]), key
    for key, words in TEXTS[language].items():
        assert len(words) <= wording.LIMIT and mistake(key, words) is None, key


def test_texts_name_people_only():
    assert {name for text in KEYS.values() for name in text.names} == PEOPLE


def test_names_are_not_taken_for_placeholders():
    assert fill("{agent} is back", {"agent": "{agent.__class__} {0}"}) == "{agent.__class__} {0} is back"


@pytest.mark.parametrize(
    "key, words, trouble",
    [
        (
            "joined",
            "{agnet} is here",
            "There is no placeholder {agnet} in this text. It can have {agent}, ",
        ),
        ("joined", "{agent.user} is here", "There is no placeholder {agent.user}"),
        ("joined", "{} is here", "There is no placeholder {}"),
        ("idle", "Goodbye {agent}", "It has none."),
        ("joined", "{{agent}}", "Curly brackets are for placeholders only."),
        ("joined", "{agent is here", "Curly brackets are for placeholders only."),
    ],
)
def test_bad_placeholders_in_words(key, words, trouble):
    assert trouble in mistake(key, words)


@pytest.mark.parametrize(
    "header, own, language",
    [
        ("de-CH,de;q=0.9,en;q=0.8", "", "de"),
        ("fr, en;q=0.5, de;q=0.7", "", "de"),
        ("fr", "", "en"),
        ("", "", "en"),
        ("de", "en", "en"),
        ("de;q=0, en;q=0.1", "", "en"),
        ("DE", "", "de"),
        ("de;q=nonsense, *", "", "en"),
        ("," * 9999, "", "en"),
    ],
)
def test_the_language_of_the_page(header, own, language):
    assert preferred(header, own) == language


@pytest.mark.django_db
def test_the_most_exact_words_count():
    queue = Queue.objects.create(name="Sales")

    def said(language="de"):
        return Wording.say(ContactTexts.objects.for_chat(queue.id, language), "idle")

    assert said() == TEXTS["de"]["idle"]
    rows = (None, "", "of all"), (None, "de", "of de"), (queue, "", "of it"), (queue, "de", "both")
    for of, language, words in rows:
        ContactTexts.objects.create(queue=of, language=language, texts={"idle": words, "back": ""})
        assert said() == words
    assert said("en") == "of it"
    other = ContactTexts.objects.for_chat(Queue.objects.create(name="Other").id, "en")
    assert (other.say("idle"), other.say("back", agent="Bo")) == ("of all", "Bo is back")
