"""The one-time link that makes the first administrator."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse

from core.clock import now
from core.models import Event
from interactions import setup
from tests.backoffice.pages import PASSWORD

GIVEN = {"username": "boss", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def link(db) -> str:
    return reverse("setup", args=[setup.token(now=now())])


def said() -> str:
    out = StringIO()
    call_command("setup_link", stdout=out)
    return out.getvalue()


def test_the_command_prints_a_link_that_opens(db, client, settings):
    words = said()
    address = words.split()[-1]
    assert address.startswith(f"{settings.ORIGINS[0]}/setup/")
    answer = client.get(address.removeprefix(settings.ORIGINS[0]))
    assert answer.status_code == 200 and answer.context["expired"] is False
    assert "no-store" in answer["Cache-Control"]


def test_the_link_makes_the_first_administrator_and_signs_them_in(link, client):
    assert client.post(link, GIVEN).url == "/admin/"
    user = User.objects.get()
    assert user.is_superuser and user.is_staff and user.check_password(PASSWORD)
    assert client.get("/admin/").status_code == 200
    assert "nothing to set up" in said()


def test_it_works_once_even_when_that_administrator_is_gone_again(link, client):
    other = reverse("setup", args=[setup.token(now=now() + timedelta(seconds=5))])
    client.post(link, GIVEN)
    for again in (link, other):
        answer = client.post(again, GIVEN | {"username": "eve"})
        assert answer.status_code == 410 and answer.context["expired"]
    User.objects.all().delete()
    assert client.get(link).status_code == 410
    assert setup.needed() and "/setup/" in said()


def test_two_links_at_the_same_moment_make_one_administrator(link, db):
    first = setup.make_administrator("boss", "!", number=1, now=now())
    assert first and setup.make_administrator("eve", "!", number=1, now=now()) is None
    assert list(User.objects.all()) == [first]
    assert Event.objects.filter(name="administrator.made").count() == 1


def test_only_while_nobody_can_administer(link, client):
    User.objects.create(username="other", is_superuser=True)
    assert client.get(link).status_code == 410


def test_an_old_or_foreign_link_is_refused(db, client):
    old = setup.token(now=now() - setup.VALID - timedelta(seconds=1))
    for token in (old, "x", setup.token(now=now()) + "x", "a.b"):
        answer = client.post(reverse("setup", args=[token]), GIVEN)
        assert answer.status_code == 410, token
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"password2": "other words here"}, {"password1": "12345", "password2": "12345"}, {"username": ""}]
)
def test_a_refused_form_uses_up_nothing(wrong, link, client):
    answer = client.post(link, GIVEN | wrong)
    assert answer.status_code == 200 and answer.context["form"].errors
    assert not User.objects.exists()
    assert client.post(link, GIVEN).status_code == 302
