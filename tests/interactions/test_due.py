"""The gate of the sweep: a site where nothing happens costs one query, and no kind of work is forgotten by the gate."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.actions import people
from agents.models import Agent, AgentGroup, ChannelStatus, Role, Site
from agents.privileges import SWITCHES
from core.due import Gate, Moment
from core.models import Lease
from interactions.actions import calls, conference, locking, presence, status, sweep
from interactions.actions import consultation as consulting
from interactions.models import Interaction, Invitation
from routing.models import OverflowStep
from tests.brings import Brings
from tests.support import party

pytestmark = pytest.mark.django_db

BRINGS = Brings()
due = BRINGS.due


@pytest.mark.parametrize(("kind", "bring"), BRINGS)
def test_each_kind_of_work_opens_the_gate_and_is_done(world, monkeypatch, kind, bring):
    bring(world)
    done = {}

    def watched(now, steady, do=sweep.STEPS[kind].do):
        done[kind] = do(now, steady)
        return done[kind]

    assert kind in sweep.gate().open(world.now)
    monkeypatch.setitem(sweep.STEPS, kind, sweep.STEPS[kind]._replace(do=watched))
    sweep.sweep(world.now, steady=True)
    assert done[kind] > 0


def test_none_is_forgotten_above():
    assert BRINGS.kinds == set(sweep.STEPS)


# --- what it costs ----------------------------------------------------------------------------


def queries(world, seconds=1.0) -> list[str]:
    """What a sweep asks."""
    sweep.sweep(world.clock.pass_(0.01), steady=True)  # writes the statement
    with CaptureQueriesContext(connection) as seen:
        sweep.sweep(world.clock.pass_(seconds), steady=True)
    return [each["sql"] for each in seen]


def nobody(world):
    """As it was made."""


def agents(world):
    """All are Ready."""
    world.ready(world.ana, world.bo, world.cy)


def in_chats(world):
    """Agents and a contact in a chat, somebody is consulted, a contact has just written."""
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    world.consulted(chat, world.ana, world.cy)
    world.line(chat, None)


def after_chats(world):
    """All kinds of work were done once, and all chats are over and done."""
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    sweep.sweep(world.clock.pass_(1801), steady=True)
    world.absent(chat)
    for seconds in (1, 400, 200, 1801):
        sweep.sweep(world.clock.pass_(seconds), steady=True)
    assert Interaction.objects.get().state == "ended"


@pytest.mark.parametrize("site", [nobody, agents, in_chats, after_chats], ids=lambda site: site.__name__)
def test_where_nothing_is_due_a_sweep_is_one_query(world, site):
    site(world)
    assert len(queries(world)) == 1


def test_chats_whose_contacts_think_cost_the_same_however_many(world):
    """Each could be warned once; until then nobody asks what its clock says."""
    found = []
    for _ in range(3):
        chat = world.handled(world.ana)
        world.line(chat, world.ana)
        found.append(len(queries(world)))
    assert found[0] == found[2] <= 4


def test_what_one_step_did_is_seen_by_the_next(world):
    """The ring is over, so the chat waits, so it rings elsewhere: in one sweep."""
    ring_over(world)
    world.ready(world.bo)
    sweep.sweep(world.now, steady=True)
    assert world.ringing_at(world.bo)


# --- the statement ----------------------------------------------------------------------------


def test_words_of_people_never_become_part_of_the_statement(world):
    gate = Gate({"named": lambda now: [Agent.objects.filter(name="Robert'); DROP TABLE")]})
    with pytest.raises(TypeError, match="cannot be written"):
        gate.open(world.now)


def test_a_moment_is_the_time_of_the_question(world):
    gate = Gate({"old": lambda now: [Agent.objects.filter(logged_in_at__lte=now - timedelta(minutes=1))]})
    assert isinstance(Moment() - timedelta(1), Moment)
    assert gate.open(world.now + timedelta(seconds=59)) == set()
    assert gate.open(world.now + timedelta(seconds=60)) == {"old"}
    assert gate.still_open(world.now + timedelta(hours=1), []) == set()


# --- one of each ------------------------------------------------------------------------------


def group_asked(world) -> tuple[Interaction, Invitation]:
    """Ana asks a group of Cy, who is not Ready."""
    chat = world.handled(world.ana)
    world.ready(world.cy)
    status.set_status(world.cy.id, "not_ready", now=world.clock.tick())
    group = AgentGroup.objects.create(name="Second level")
    group.agents.set([world.cy])
    return chat, conference.invite_pool(chat.id, "group", group.id, by=world.ana, now=world.clock.tick())


def rings(world):
    world.ready(world.ana)
    world.chat()
    world.offer()


@due("rings")
def ring_over(world):
    rings(world)
    world.clock.pass_(30)


@due("requests")
def request_over(world):
    group_asked(world)
    world.clock.pass_(300)


@due("unanswered_calls")
def call_over(world):
    world.on_voice(world.ana, world.bo)
    world.call(world.ana, world.bo)
    world.clock.pass_(30)


@due("requests_to_nobody")
def nobody_left_in_the_group(world):
    _, request = group_asked(world)
    request.group.agents.clear()


@due("calls_of_consultations")
def consultation_over(world):
    world.on_voice(world.ana, world.bo)
    asked = world.consulted(world.handled(world.ana), world.ana, world.bo, medium="voice")
    calls.place_in_consultation(asked.id, by=world.bo, tab="Bo", now=world.clock.tick())
    consulting.end(asked.id, by=world.ana, now=world.clock.tick())


@due("taken_slots")
def wrap_up_over(world):
    world.end(world.handled(world.ana), world.ana, "close")
    world.clock.pass_(120)


@due("forgotten_helpers")
def helper_forgets(world):
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    world.end(chat, world.bo, "leave")
    world.clock.pass_(1800)


@due("forgotten_owners")
def owner_forgets(world):
    Site.objects.update(owner_close=600)
    world.end(world.handled(world.ana), world.ana, "close")
    world.clock.pass_(600)


@due("other_privileges")
def privileges_change(world):
    Agent.objects.filter(pk=world.ana.pk).update(outdated=True)


@due("requests_no_longer_allowed")
def inviter_may_no_longer(world):
    group_asked(world)
    allowed = [switch for switch in SWITCHES if switch != "conference.group"]
    Agent.objects.filter(pk=world.ana.pk).update(role=Role.objects.create(name="Trainee", allowed=allowed))
    people.other_privileges(Agent.objects.filter(pk=world.ana.pk))


@due("offers_of_messages")
def message_step_comes(world):
    OverflowStep.objects.create(queue=world.billing, after=60, action=OverflowStep.MESSAGE)
    world.chat()
    world.clock.pass_(60)


@due("offers_of_messages")
def message_step_comes_while_it_rings(world):
    OverflowStep.objects.create(queue=world.billing, after=20, action=OverflowStep.MESSAGE)
    rings(world)
    world.clock.pass_(20)


@due("rings_at_who_is_no_longer_ready")
def status_was_changed(world):
    rings(world)
    ChannelStatus.objects.filter(agent=world.ana).update(status="not_ready")


def workspace(world, agent):
    """The agent at a browser."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.set_expiry(world.now + timedelta(hours=12))
    session.create()
    return locking.sit_down(agent, session.session_key, now=world.now)


@due("untouched_workspaces")
def nobody_touched_it(world):
    world.site.lock_minutes = 1
    world.site.save()
    workspace(world, world.ana)
    world.clock.pass_(60)


@due("rings_at_the_absent")
def connection_gone_while_it_rings(world):
    rings(world)
    world.absent(world.ana)


@due("parties_away")
def agents_connection_gone(world):
    world.handled(world.ana)
    world.absent(world.ana)


@due("parties_away")
def contacts_connection_gone(world):
    world.absent(world.handled(world.ana))


def away(world, chat, agent):
    """Marked; the lease is as it was."""
    presence.went_away(party(chat, agent).id, since=world.now, now=world.now)


@due("parties_back")
def agent_back(world):
    away(world, world.handled(world.ana), world.ana)


@due("parties_back")
def contact_back(world):
    away(world, world.handled(world.ana), None)


@due("parties_back")
def lost_agent_back(world):
    agent_missing(world)
    sweep.sweep(world.clock.tick(), steady=True)
    world.present(world.ana)


@due("lost_agents")
def agent_missing(world):
    chat = world.handled(world.ana)
    world.absent(world.ana)
    away(world, chat, world.ana)
    world.clock.pass_(60)


@due("lost_consultants")
def consultant_missing(world):
    chat = world.handled(world.ana)
    world.consulted(chat, world.ana, world.bo)
    world.absent(world.bo)
    away(world, chat, world.bo)
    world.clock.pass_(60)


@due("graces")
def contact_missing(world):
    chat = world.handled(world.ana)
    world.absent(chat)
    away(world, chat, None)
    world.clock.pass_(300)


@due("calls_without_a_tab")
def tab_closed(world):
    world.speaking(world.ana, world.bo)
    Lease.objects.filter(tab="Bo").update(expires_at=world.now)


@due("quiet_chats")
def contact_says_nothing(world):
    world.line(world.handled(world.ana), world.ana)
    world.clock.pass_(world.site.idle_warning)


@due("quiet_chats")
def warned_contact_says_nothing(world):
    contact_says_nothing(world)
    sweep.sweep(world.now, steady=True)
    world.clock.pass_(world.site.idle_close)


@due("unattended_responses")
def answer_overdue_behind_locks(world):
    chat = world.handled(world.ana)
    workspace(world, world.ana)
    world.line(chat, None)
    locking.lock(world.ana.id, now=world.clock.tick())
    world.clock.pass_(world.site.pending_red)


@due("rising_priorities")
def waits_long(world):
    world.billing.ageing = 60
    world.billing.save()
    world.chat()
    world.clock.pass_(60)


@due("waiting_chats")
def somebody_waits(world):
    world.ready(world.ana)
    world.chat()


@due("waiting_chats")
def colleague_is_asked(world):
    group_asked(world)
    world.ready(world.cy)


@due("outdated_desks")
def rules_change(world):
    world.handled(world.ana)
    Interaction.objects.update(outdated=True)
