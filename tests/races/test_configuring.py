"""Administrators against each other, and against those who work: what is gone stays gone, what is used stays."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models.deletion import Collector
from django.test import Client

from agents.models import ChannelStatus, Reason
from core.configuration import actions, document
from core.configuration.document import Refused
from interactions.actions import offering
from interactions.actions.deciding import Decision
from interactions.models import Ring
from routing.models import Queue
from tests.backoffice.conftest import plain_static, quick_passwords  # noqa: F401 -- fixtures
from tests.backoffice.pages import url
from tests.backoffice.test_checks import queue
from tests.races.gate import together
from tests.support import NOON

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tea(site):
    return Reason.objects.create(name="Tea")


@pytest.fixture
def boss(site) -> Client:
    client = Client()
    client.force_login(User.objects.create(username="ben", is_staff=True, is_superuser=True))
    return client


def with_tea(become: dict | None) -> str:
    """The file of all that there is, in which it is another one, or (None) no more."""
    data = document.read(actions.export()).data
    data["reasons"] = {name: row for name, row in data["reasons"].items() if name != "Tea"}
    return document.write(data | {"reasons": data["reasons"] | ({"Tea": become} if become else {})})


def somebody_waits() -> bool:
    """For a lock; SQLite lets nobody else write meanwhile."""
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


def until(true: threading.Event) -> None:
    """It happened, or cannot happen yet."""
    while not true.wait(0.01) and not somebody_waits():
        pass


@pytest.fixture
def in_the_middle(monkeypatch):
    """in_the_middle(module, name, work, do): what both came to; `do` when `work` is about to call that."""

    def play(module, name: str, work, do) -> list:
        begun, done, call = threading.Event(), threading.Event(), getattr(module, name)

        def later(*given):
            begun.set()
            until(done)
            call(*given)

        def change():
            assert begun.wait(60)
            try:
                return do()
            finally:
                done.set()

        monkeypatch.setattr(module, name, later)
        return together(work, change)

    return play


def delete(boss: Client, reason: Reason):
    return boss.post(url("agents_reason", "delete", reason.pk), {"post": "yes"}, follow=True)


@pytest.fixture
def while_it_is_applied(tea, in_the_middle):
    """while_it_is_applied(do): the file that unsets Tea has looked at what there is, and stores; what `do` came to."""

    def play(do):
        text = with_tea({"active": False})
        applied, answer = in_the_middle(actions, "carry_out", lambda: actions.apply(text, who="eva", now=NOON), do)
        assert [step.name for step in applied] == ["Tea"]
        return answer

    return play


def test_what_is_deleted_while_a_file_is_applied_does_not_come_back(tea, boss, while_it_is_applied):
    """Whoever deletes a row comes before the look of the file, or after all of it."""
    assert while_it_is_applied(lambda: delete(boss, tea)).status_code == 200
    assert not Reason.objects.filter(name="Tea").exists()


def test_what_a_list_sets_while_a_file_is_applied_is_not_lost(tea, boss, while_it_is_applied):
    """Whoever is second begins with the row as the first has made it."""
    rows = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": tea.pk, "form-0-position": 5}
    rows |= {"form-0-active": "on", "_save": "Save"}
    assert while_it_is_applied(lambda: boss.post(url("agents_reason"), rows)).status_code == 302
    assert Reason.objects.get(name="Tea").position == 5


@pytest.fixture
def chosen_meanwhile(site, tea, monkeypatch):
    """An agent chooses the reason when it was found that nobody uses it; SQLite has one writer, so before that."""

    def choose():
        ChannelStatus.objects.filter(agent=site.ana, channel="chat").update(reason=tea)

    if connection.vendor == "sqlite":
        return choose()
    todo, delete_all = [choose], Collector.delete

    def deleted_later(collector):
        while todo and Reason in (*collector.data, *(rows.model for rows in collector.fast_deletes)):
            together(todo.pop())
        return delete_all(collector)

    monkeypatch.setattr(Collector, "delete", deleted_later)


@pytest.mark.usefixtures("chosen_meanwhile")
def test_what_comes_into_use_while_a_file_removes_it_stays(tea):
    with pytest.raises(Refused, match="something needs it"):
        actions.apply(with_tea(None), who="eva", now=NOON)
    assert ChannelStatus.objects.filter(reason=tea).exists()


@pytest.mark.usefixtures("chosen_meanwhile")
def test_what_comes_into_use_while_it_is_deleted_stays(tea, boss):
    assert "Tea cannot be deleted: in use by" in delete(boss, tea).content.decode()
    assert ChannelStatus.objects.filter(reason=tea).exists()


@pytest.fixture
def while_it_rings(site, in_the_middle):
    """while_it_rings(do): a chat of Billing is about to ring at Ana, whom that action holds; what both came to."""

    def play(do):
        invitation, now = site.chat().invitations.get(), site.clock.tick()
        site.ready(site.ana)
        return in_the_middle(
            offering, "keep", lambda: type(offering.ring(invitation, Decision(site.ana.id), now=now)), do
        )

    return play


@pytest.mark.parametrize("name", ["Billing", "Bills"])
def test_a_file_that_changes_a_queue_and_a_chat_that_rings_there_do_not_wait_for_each_other(
    site, while_it_rings, monkeypatch, name
):
    """The action has its agent and needs the queue at its end; the file has its queues, and then tells every agent."""
    monkeypatch.setattr(actions, "TIMES", 1)
    data = document.read(actions.export()).data
    row = data["queues"].pop("Billing")
    data["queues"][name] = {**row, "priority": 7, **({"was": "Billing"} if name != "Billing" else {})}
    text = document.write(data).replace("queue: Billing", f"queue: {name}")
    rang, steps = while_it_rings(lambda: actions.apply(text, who="eva", now=NOON))
    assert (rang, steps[0].name) == (Ring, name)
    assert list(Queue.objects.filter(pk=site.billing.pk).values_list("name", "priority")) == [(name, 7)]


def test_a_queue_gets_another_name_while_a_chat_rings_there(site, boss, while_it_rings):
    """Who refers to a row waits for its new name."""
    address = url("routing_queue", "change", site.billing.pk)
    rang, answer = while_it_rings(lambda: boss.post(address, queue(name="Bills", agents=[site.ana.pk])))
    assert (rang, answer.status_code) == (Ring, 302)
    assert Queue.objects.get(pk=site.billing.pk).name == "Bills"
