"""One client that starts many times at once has one chat."""

import uuid

import pytest
from django.db import IntegrityError

from interactions.actions import arrival
from interactions.models import Contact, ContactSession, Interaction
from tests.races.gate import ROUNDS, Meeting, codes, is_whole, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def start(site, client):
    now = site.clock.tick()
    return lambda: arrival.start("website", client_id=client, now=now)


def test_twenty_starts_are_one_chat(site):
    for _ in range(ROUNDS // 5):
        results = together(*[start(site, str(uuid.uuid4()))] * 20)
        assert codes(results) == [""] * 20
        [chat] = {chat for chat, _ in results}
        assert is_whole(chat).version == 1
        assert len({token for _, token in results}) == 20
        assert ContactSession.objects.filter(interaction=chat).count() == ContactSession.LIVE
    assert Interaction.objects.count() == Contact.objects.count() == ROUNDS // 5


def test_control_looking_first_is_not_enough(site, monkeypatch):
    """Without the constraint's answer taken as one, starters fail."""
    look, said = arrival._return, {"name": "", "email": "", "answers": {}, "message": ""}
    nobody = {**said, "previous": None, "language": "", "page": ""}
    failed = 0
    for _ in range(ROUNDS // 10):
        client = arrival.digest(str(uuid.uuid4()))

        def naive(key=client, meeting=Meeting()):  # noqa: B008 -- one for each round
            if found := look(key, site.now):
                return found
            meeting.wait()
            return arrival._start("website", key, site.now, **nobody)

        results = together(*[naive] * 4)
        assert all(isinstance(result, IntegrityError | tuple) for result in results), results
        failed += sum(isinstance(result, IntegrityError) for result in results)
    assert failed


def test_start_against_leave(site):
    """The old chat ends while the same client starts: they get the old one or a new one, never neither."""
    for _ in range(ROUNDS):
        client = str(uuid.uuid4())
        chat, _ = start(site, client)()
        now = site.clock.tick()
        results = together(start(site, client), lambda chat=chat, now=now: arrival.leave(chat.id, now=now))
        assert codes(results) == ["", ""]
        is_whole(chat)
        is_whole(results[0][0])
