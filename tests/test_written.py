"""What Django has put into words once answers as if it were asked anew each time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent
from core.written import Written
from interactions.load import loads
from interactions.models import Interaction, Party
from tests.support import NOON, World, fresh

pytestmark = pytest.mark.django_db


class Counted:
    """Nicknames and times of agents; counts how often it is put into words."""

    def __init__(self):
        self.times = 0

    def __call__(self, ids, since):
        self.times += 1
        rows = Agent.objects.filter(pk__in=ids, logged_in_at__gte=since, nickname__gt="")
        return rows.order_by("nickname").values_list("id", "nickname", "logged_in_at")


@pytest.fixture
def people(world: World) -> list[Agent]:
    return [world.ana, world.bo, world.cy, world.sue]


@pytest.mark.parametrize("count", range(5))
def test_it_answers_as_django_does(people, count):
    write, asked = Counted(), [agent.id for agent in people[:count]]
    for since in (NOON - timedelta(days=1), NOON + timedelta(days=1)):
        assert Written(write, type(since)).about(asked, since) == list(write(asked, since)) if asked else True
        assert Written(write, type(since)).about([*asked, uuid4()], since) == list(write(asked, since))


def test_it_is_put_into_words_once_for_each_few_lengths_and_asked_each_time(people):
    write = Counted()
    written, ids = Written(write, type(NOON)), [agent.id for agent in people]
    with CaptureQueriesContext(connection) as seen:
        answers = [written.about(ids[:count], NOON) for count in (3, 4, 3)]
    assert [len(answer) for answer in answers] == [3, 4, 3]
    assert (write.times, len(seen)) == (1, 3)
    Agent.objects.filter(pk=ids[0]).update(nickname="Zoe")
    assert written.about(ids[:3], NOON)[-1][1] == "Zoe", "what was read is never kept"
    assert write.times == 1


def test_rows_come_with_what_the_query_joins_and_fetches_beside(world):
    chat = world.handled(world.ana)
    rows = lambda ids: (  # noqa: E731
        Party.objects.filter(interaction__in=ids).select_related("agent__user").prefetch_related("readers__lane")
    )
    written = Written(rows)
    written.about([uuid4()])
    parties = written.about([chat.id])
    assert parties == list(rows([chat.id])) and len(parties) == 2
    with CaptureQueriesContext(connection) as seen:
        assert {party.agent and party.agent.user.username for party in parties} == {None, "ana"}
        assert all(reader.lane.name for party in parties for reader in party.readers.all())
    assert not seen, "it was read at once"
    world.line(chat, None)
    assert [party.pk for party in written.about([chat.id])] == [party.pk for party in parties]


def test_about_nobody_nothing_is_asked(world):
    with CaptureQueriesContext(connection) as seen:
        assert Written(Counted()).about([]) == [] and loads([]) == {}
    assert not seen


def test_loads_know_rings_work_and_tails(world):
    world.handled(world.ana)
    world.chat(name="Lou Park")
    world.offer()
    ana = loads([world.ana.id, world.bo.id, world.ana.id])[world.ana.id]
    assert (ana.used, ana.unclosed, ana.tails, ana.route_ringing) == (2, 0, 0, True)
    chat = Interaction.objects.get(segments__agent=world.ana)
    chat.segments.update(left_at=world.now, done_at=world.now, slot_until=world.now)
    ana = loads([world.ana.id])[world.ana.id]
    assert (ana.used, ana.tails) == (2, 1), "a tail takes its slot"
    assert fresh(world.ana).slots() == 3
