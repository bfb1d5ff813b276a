"""Threads that begin together, what must be whole afterwards, and how to take the guards away for a control."""

import os
import threading
from contextlib import contextmanager

from django.db import connection

from agents.models import Agent, Site
from core.errors import Conflict, ParleyError
from core.models import Event
from core.sqlite.base import DatabaseWrapper
from interactions.load import load
from interactions.models import Interaction, Invitation, Message, Ring
from interactions.states import INVITATION, OPEN, State

ROUNDS = int(os.environ.get("PARLEY_RACE_ROUNDS", 20))
MEETING = 0.2


def together(*calls) -> list:
    """Each call in a thread of its own, all released at once; what each returned or raised."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def one(number: int) -> None:
        try:
            gate.wait()
            results[number] = calls[number]()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def codes(results) -> list[str]:
    """ "" for what passed, the code of what was refused, the class of any other error; sorted."""
    return sorted(_code(result) for result in results)


def _code(result) -> str:
    if isinstance(result, ParleyError):
        return result.code
    return type(result).__name__ if isinstance(result, Exception) else ""


def is_whole(chat: Interaction) -> Interaction:
    """No half state: each version one event, one owner who is here, no hole in a lane, nothing rings in vain."""
    row = Interaction.objects.select_related("owner").get(pk=chat.pk)
    versions = list(Event.objects.filter(subject=row.id).order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, row.version + 1))
    for lane in row.lanes.all():
        numbers = list(Message.objects.filter(lane=lane).order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, lane.head + 1))
    ringing = set(Ring.objects.open().filter(invitation__interaction=row).values_list("invitation_id", flat=True))
    assert ringing == set(row.invitations.filter(state="ringing").values_list("id", flat=True))
    _is_served(row)
    return row


def _is_served(row: Interaction) -> None:
    here = list(row.parties.here())
    if row.state == State.ENDED:
        assert here == [] and not row.invitations.filter(state__in=OPEN).exists()
    elif row.state == State.ACTIVE:
        assert row.owner in here
    else:
        assert row.invitations.filter(kind="route", state__in=OPEN).count() == 1
    for party in row.parties.agents():
        assert (party.left_at is None) == (party.segment.left_at is None)


def nobody_is_over_capacity() -> None:
    site = Site.current()
    for agent in Agent.objects.all():
        assert load(agent).used <= agent.slots(site) + site.over_capacity, agent


class Meeting:
    """Where two who have read wait for each other before they write; who waits in vain goes on."""

    def __init__(self, count: int = 2):
        self.barrier = threading.Barrier(count)

    def wait(self) -> None:
        try:
            self.barrier.wait(MEETING)
        except threading.BrokenBarrierError:
            self.barrier.reset()


@contextmanager
def without_guard(monkeypatch, *models, count: int = 2):
    """For a control: read, meet, then write, as code does that forgets to lock and to compare.

    SQLite's own guard goes, too: transactions begin by reading.
    """
    meeting = Meeting(count)
    with monkeypatch.context() as patch:
        patch.setattr(Invitation, "move", _move_what_was_read)
        patch.setattr(DatabaseWrapper, "_start_transaction_under_autocommit", _begin)
        for model in models:
            lock = _read_chat(meeting) if model is Interaction else _read_agents(meeting)
            patch.setattr(model, "lock", classmethod(lock))
        yield


def _move_what_was_read(self, state, *, now) -> None:
    if self.state not in INVITATION[state]:
        raise Conflict("no_longer_available")
    self.state = state
    self.save(update_fields=["state"])


def _begin(self) -> None:
    self.cursor().execute("BEGIN")


def _read_chat(meeting: Meeting):
    def lock(cls, id):
        row = cls.objects.select_related("contact", "queue", "routing_point", "owner__agent").get(pk=id)
        meeting.wait()
        row.version += 1
        row.locked_agents, row.left_desks = {}, []
        return row

    return lock


def _read_agents(meeting: Meeting):
    def lock(cls, ids):
        found = cls.objects.in_bulk(sorted(set(ids)))
        meeting.wait()
        return list(found.values())

    return lock
