"""Voice calls between two agents: each step, each refusal, what the two see, and what is due."""

from contextlib import contextmanager
from itertools import product

import msgspec
import pytest
from django.contrib.auth.models import User

from agents.models import ChannelStatus, Reason
from core import leases, realtime
from core.errors import Conflict, NotFound, TooMany
from core.intake import Allowance
from core.models import Event, Lease
from interactions import events, frames, signals
from interactions.actions import calls, conference, status, sweep
from interactions.actions import consultation as consulting
from interactions.models import Call
from interactions.states import CALL, CALL_LIVE, CallEnd, CallState
from tests.interactions.steps import as_the_contact_sees, leaves_all_alone, refused
from tests.support import CANARY, assert_publishes, fresh, party

pytestmark = pytest.mark.django_db


@pytest.fixture
def phones(world):
    world.on_voice(world.ana, world.bo, world.cy)
    return world


@contextmanager
def tells(world, name: str, *chats):
    """One action: one version of the call and of both desks, one event, told to the two alone, and right."""
    before = {agent.pk: agent.version for agent in (fresh(world.ana), fresh(world.bo), fresh(world.cy))}
    count = Event.objects.count()
    with assert_publishes(world, *chats) as posts:
        yield
    event = Event.objects.latest("id")
    call = Call.objects.get(pk=event.subject)
    assert (event.name, event.version, Event.objects.count()) == (name, call.version, count + 1)
    for agent in (world.ana, world.bo, world.cy):
        assert fresh(agent).version - before[agent.pk] == (agent in call.agents), agent
    told = {group for post in posts for group in post.groups}
    assert told == {agent.holder for agent in call.agents}


def seen(world, call, agent):
    return events.call_view(fresh(call), agent)


# --- the way of a call ------------------------------------------------------------------------


def test_a_call_from_the_ring_to_the_end(phones):
    world = phones
    with tells(world, "call.placed"):
        call = world.call(world.ana, world.bo)
    ringing = events.desk(world.bo, world.now).call
    assert (ringing.state, ringing.incoming, ringing.other.nickname, ringing.tab) == ("ringing", True, "Ana", "")
    assert (ringing.expires_at - ringing.placed_at).seconds == 30
    assert seen(world, call, world.ana).tab == "Ana"
    with tells(world, "call.accepted"):
        calls.accept(call.id, by=world.bo, tab="Bo", now=world.clock.tick())
    assert (fresh(call).expires_at - world.now).seconds == 10
    with tells(world, "call.connected"):
        calls.connected(call.id, by=world.bo, now=world.clock.tick())
    with leaves_all_alone():
        calls.connected(call.id, by=world.ana, now=world.clock.tick())
    with tells(world, "call.ended"):
        calls.hang_up(call.id, by=world.ana, now=world.clock.pass_(61))
    over = seen(world, call, world.bo)
    assert (over.state, over.cause, over.by, over.expires_at) == ("ended", "hung_up", "other", None)
    assert seen(world, call, world.ana).by == "me"
    assert events.desk(world.bo, world.now).call is None
    with leaves_all_alone():
        calls.hang_up(call.id, by=world.bo, now=world.clock.tick())


@pytest.mark.parametrize(
    ("who", "step", "cause"),
    [
        ("bo", calls.decline, "declined"),
        ("bo", calls.hang_up, "declined"),
        ("ana", calls.hang_up, "cancelled"),
    ],
)
def test_a_call_that_nobody_answers_because_somebody_does_not_want_it(phones, who, step, cause):
    call = phones.call(phones.ana, phones.bo)
    with tells(phones, "call.ended"):
        step(call.id, by=getattr(phones, who), now=phones.clock.tick())
    assert (fresh(call).cause, fresh(call).connected_at) == (cause, None)
    with leaves_all_alone():
        step(call.id, by=getattr(phones, who), now=phones.clock.tick())


@pytest.mark.parametrize("why", ["not_connected", "microphone", "page", "lost"])
def test_a_browser_says_why_it_ends_a_call(phones, why):
    call = phones.speaking(phones.ana, phones.bo)
    calls.hang_up(call.id, by=phones.bo, why=why, now=phones.clock.tick())
    assert (fresh(call).cause, fresh(call).ended_by) == (why, phones.bo)


def test_the_journal_says_who_spoke_with_whom(phones):
    call = phones.speaking(phones.ana, phones.bo)
    calls.hang_up(call.id, by=phones.bo, now=phones.clock.tick())
    rows = list(Event.objects.filter(subject=call.id).order_by("version"))
    assert [row.name for row in rows] == ["call.placed", "call.accepted", "call.connected", "call.ended"]
    (fact,) = rows[-1].data["facts"]["calls"]
    assert (fact["caller"], fact["callee"], fact["cause"]) == (str(phones.ana.id), str(phones.bo.id), "hung_up")


def test_the_table_of_states(phones):
    assert set(CALL) == set(CallState)
    assert not any(CallState.ENDED in sources for sources in CALL.values())
    call = phones.call(phones.ana, phones.bo)
    for state, target in product(CallState, CallState):
        Call.objects.filter(pk=call.pk).update(state=state)
        row = fresh(call)
        if state in CALL[target]:
            row.move(target)
            assert fresh(call).state == row.state == target
        else:
            with leaves_all_alone(), pytest.raises(Conflict):
                row.move(target)


# --- who can be called ------------------------------------------------------------------------


def test_whoever_is_not_ready_for_voice_is_not_called(phones):
    world = phones
    lunch = Reason.objects.create(name="Lunch")
    status.set_status(world.bo.id, "not_ready", channel="voice", reason_id=lunch.id, now=world.clock.tick())
    with refused("not_ready", "Bo is Not Ready: Lunch on voice."):
        world.call(world.ana, world.bo)
    status.set_status(world.bo.id, "logged_off", channel="voice", now=world.clock.tick())
    with refused("logged_off", "Bo is logged off from voice."):
        world.call(world.ana, world.bo)
    ChannelStatus.objects.filter(agent=world.bo, channel="voice").delete()
    with refused("logged_off", "Bo is logged off from voice."):
        world.call(world.ana, world.bo)


def test_chat_status_has_no_say(phones):
    status.set_status(phones.bo.id, "do_not_disturb", now=phones.clock.tick())
    assert phones.call(phones.ana, phones.bo).state == CallState.RINGING


def test_whoever_lost_the_connection_is_not_called(phones):
    phones.absent(phones.bo)
    with refused("logged_off", "Bo has lost the connection."):
        phones.call(phones.ana, phones.bo)


def test_one_call_at_a_time(phones):
    phones.call(phones.ana, phones.bo)
    with refused("busy", "You are in a call already."):
        phones.call(phones.ana, phones.cy)
    with refused("busy", "You are in a call already."):
        phones.call(phones.bo, phones.cy)
    with refused("busy", "Ana is in a call."):
        phones.call(phones.cy, phones.ana)
    with refused("busy", "Bo is in a call."):
        phones.call(phones.cy, phones.bo)


def test_who_is_logged_off_from_voice_calls_nobody(phones):
    status.set_status(phones.ana.id, "logged_off", channel="voice", now=phones.clock.tick())
    with refused("logged_off", "You are logged off from voice."):
        phones.call(phones.ana, phones.bo)


def test_a_call_needs_an_open_workspace(phones):
    with refused("no_workspace"):
        calls.place(phones.bo.id, by=phones.ana, tab="another", now=phones.now)
    Lease.objects.filter(holder=phones.ana.holder).update(process="", tab=leases.POLLER)
    with refused("no_workspace"):
        phones.call(phones.ana, phones.bo)


def test_nobody_calls_themselves_or_nobody(phones):
    with refused("not_allowed"):
        phones.call(phones.ana, phones.ana)
    User.objects.filter(agent=phones.bo).update(is_active=False)
    with refused("not_found"):
        phones.call(phones.ana, phones.bo)


def test_a_party_of_the_chat_is_called(phones):
    world = phones
    chat = world.handled(world.ana)
    world.conferenced(chat, world.ana, world.bo)
    before = as_the_contact_sees(chat)
    with tells(world, "call.placed", chat):
        call = calls.place_to_party(chat.id, party(chat, world.bo).id, by=world.ana, tab="Ana", now=world.clock.tick())
    assert seen(world, call, world.bo).about.name == "Kim Lee"
    assert as_the_contact_sees(chat) == before


def test_which_parties_cannot_be_called(phones):
    world = phones
    chat = world.handled(world.ana)
    world.conferenced(chat, world.ana, world.bo)

    def can(agent, other):
        views = {view.id: view for view in events.snapshot(fresh(chat), agent).parties}
        return views[party(chat, other).id].call

    assert can(world.ana, None) == "Only agents can be called."
    assert can(world.ana, world.ana) == "That is you."
    assert can(world.ana, world.bo) is True
    world.end(chat, world.bo, "leave")
    assert can(world.ana, world.bo) == "Bo has left."
    for other, code in ((None, "not_allowed"), (world.ana, "not_allowed"), (world.bo, "not_party")):
        with refused(code):
            calls.place_to_party(chat.id, party(chat, other).id, by=world.ana, tab="Ana", now=world.now)
    for agent, of, code in ((world.bo, world.ana, "not_party"), (world.cy, world.ana, "not_found")):
        with refused(code):
            calls.place_to_party(chat.id, party(chat, of).id, by=agent, tab=agent.nickname, now=world.now)


def test_who_was_never_in_the_chat_does_not_hear_what_a_call_is_about(phones):
    world = phones
    chat = world.handled(world.ana, name=CANARY)
    with refused("not_found"):
        world.call(world.bo, world.cy, interaction_id=chat.id)
    call = world.call(world.ana, world.cy, interaction_id=chat.id)
    assert seen(world, call, world.ana).about.name == CANARY
    assert seen(world, call, world.cy).about is None


# --- answering --------------------------------------------------------------------------------


def test_only_who_is_called_answers(phones):
    call = phones.call(phones.ana, phones.bo)
    for step in (calls.accept, calls.decline):
        more = {"tab": "Ana"} if step == calls.accept else {}
        with refused("not_allowed"):
            step(call.id, by=phones.ana, now=phones.now, **more)
        with refused("not_found"):
            step(call.id, by=phones.cy, now=phones.now, **more)
    for step in (calls.connected, calls.hang_up):
        with refused("not_found"):
            step(call.id, by=phones.cy, now=phones.now)


def test_a_call_is_answered_once(phones):
    call = phones.call(phones.ana, phones.bo)
    with refused("no_workspace"):
        calls.accept(call.id, by=phones.bo, tab="closed", now=phones.now)
    phones.tab(phones.bo, "second")
    calls.accept(call.id, by=phones.bo, tab="Bo", now=phones.clock.tick())
    with refused("no_longer_available", "answered in another tab"):
        calls.accept(call.id, by=phones.bo, tab="second", now=phones.now)
    with refused("no_longer_available"):
        calls.decline(call.id, by=phones.bo, now=phones.now)
    calls.hang_up(call.id, by=phones.bo, now=phones.clock.tick())
    for step in (calls.accept, calls.connected):
        more = {"tab": "Bo"} if step == calls.accept else {}
        with refused("no_longer_available"):
            step(call.id, by=phones.bo, now=phones.now, **more)


def test_nothing_connects_before_the_accept(phones):
    call = phones.call(phones.ana, phones.bo)
    with refused("no_longer_available"):
        calls.connected(call.id, by=phones.ana, now=phones.now)


@pytest.mark.parametrize("channel", ["voice", "all"])
def test_nobody_logs_off_in_a_call(phones, channel):
    call = phones.speaking(phones.ana, phones.bo)
    with refused("call_open", "you are in a call with Ana"):
        status.set_status(phones.bo.id, "logged_off", channel=channel, now=phones.now)
    status.set_status(phones.bo.id, "not_ready", channel=channel, now=phones.clock.tick())
    assert fresh(call).state == CallState.ACTIVE, "Not Ready stops new work, never current work"


# --- what is due ------------------------------------------------------------------------------


def run(world, seconds, steady=True):
    sweep.sweep(world.clock.pass_(seconds), steady=steady)


def test_it_rings_for_thirty_seconds(phones):
    call = phones.call(phones.ana, phones.bo)
    run(phones, 29.9)
    assert fresh(call).state == CallState.RINGING
    with assert_publishes(phones):
        run(phones, 0.2)
    assert (fresh(call).cause, fresh(call).ended_by) == (CallEnd.UNANSWERED, None)
    with refused("no_longer_available", "not answered in time"):
        calls.accept(call.id, by=phones.bo, tab="Bo", now=phones.now)


def test_it_connects_within_ten_seconds_of_the_accept(phones):
    call = phones.call(phones.ana, phones.bo)
    calls.accept(call.id, by=phones.bo, tab="Bo", now=phones.clock.pass_(25))
    run(phones, 9.9)
    assert fresh(call).state == CallState.CONNECTING
    with assert_publishes(phones):
        run(phones, 0.2)
    assert fresh(call).cause == CallEnd.NOT_CONNECTED


def test_a_connected_call_has_no_end_of_its_own(phones):
    call = phones.speaking(phones.ana, phones.bo)
    run(phones, 3600)
    assert fresh(call).state == CallState.ACTIVE
    with leaves_all_alone():
        calls.run_out(call.id, now=phones.now)


@pytest.mark.parametrize("side", ["ana", "bo"])
def test_a_call_ends_with_the_tab_that_carries_it(phones, side):
    call = phones.speaking(phones.ana, phones.bo)
    agent = getattr(phones, side)
    phones.tab(agent, "second")
    Lease.objects.filter(holder=agent.holder, tab=agent.nickname).update(expires_at=phones.now)
    run(phones, 1, steady=False)
    assert fresh(call).state == CallState.ACTIVE, "after an outage a missing lease is no missing person"
    with assert_publishes(phones):
        run(phones, 1)
    assert (fresh(call).cause, fresh(call).ended_by) == (CallEnd.LOST, None)


def test_other_tabs_may_go(phones):
    call = phones.speaking(phones.ana, phones.bo)
    phones.tab(phones.ana, "second")
    Lease.objects.filter(tab="second").update(expires_at=phones.now)
    run(phones, 5)
    with leaves_all_alone():
        calls.lose(call.id, now=phones.now)
    assert fresh(call).state == CallState.ACTIVE


# --- the sound of a consultation --------------------------------------------------------------


@pytest.fixture
def consulted(phones):
    """Ana consults Bo by voice about Kim's chat."""
    chat = phones.handled(phones.ana)
    consultation = phones.consulted(chat, phones.ana, phones.bo, medium="voice")
    return chat, consultation


def speak(world, consultation, by=None):
    by = by or world.bo
    return calls.place_in_consultation(consultation.id, by=by, tab=by.nickname, now=world.clock.tick())


def test_a_voice_consultation_is_spoken(phones, consulted):
    chat, consultation = consulted
    status.set_status(phones.ana.id, "do_not_disturb", channel="voice", now=phones.clock.tick())
    before = as_the_contact_sees(chat)
    with tells(phones, "call.placed", chat):
        call = speak(phones, consultation)
    view = seen(phones, call, phones.ana)
    assert (view.incoming, view.consultation, view.about.name) == (True, consultation.id, "Kim Lee")
    assert as_the_contact_sees(chat) == before


def test_its_end_ends_the_call(phones, consulted):
    _, consultation = consulted
    call = speak(phones, consultation)
    run(phones, 1)
    assert fresh(call).live
    consulting.end(consultation.id, by=phones.ana, now=phones.clock.tick())
    with assert_publishes(phones):
        run(phones, 1)
    assert (fresh(call).cause, fresh(call).ended_by) == (CallEnd.CONSULTATION, None)
    with refused("ended"):
        speak(phones, consultation)


def test_the_call_goes_on_when_the_consultant_comes_into_the_chat(phones, consulted):
    chat, consultation = consulted
    call = speak(phones, consultation)
    calls.accept(call.id, by=phones.ana, tab="Ana", now=phones.clock.tick())
    calls.connected(call.id, by=phones.ana, now=phones.clock.tick())
    conference.invite_consultant(chat.id, consultation.id, by=phones.ana, now=phones.clock.tick())
    phones.accept(phones.bo)
    assert not fresh(consultation).active
    run(phones, 60)
    assert fresh(call).state == CallState.ACTIVE
    with leaves_all_alone():
        calls.end_with_consultation(call.id, now=phones.now)


def test_who_may_speak_in_a_consultation(phones, consulted):
    chat, consultation = consulted
    with refused("not_found"):
        speak(phones, consultation, phones.cy)
    call = speak(phones, consultation, phones.ana)
    with refused("busy", "You are in a call already."):
        speak(phones, consultation)
    calls.hang_up(call.id, by=phones.ana, now=phones.clock.tick())
    phones.call(phones.ana, phones.cy)
    with refused("busy", "Ana is in a call."):
        speak(phones, consultation)
    written = phones.consulted(chat, phones.ana, phones.sue)
    phones.tab(phones.sue)
    with refused("not_voice"):
        speak(phones, written, phones.sue)


def test_nobody_is_consulted_by_voice_who_is_not_ready_for_it(phones):
    chat = phones.handled(phones.ana)
    phones.ready(phones.bo)
    status.set_status(phones.bo.id, "not_ready", channel="voice", now=phones.clock.tick())
    with refused("not_ready", "Bo is Not Ready on voice."):
        phones.consult(chat, phones.ana, phones.bo, medium="voice")
    assert phones.consult(chat, phones.ana, phones.bo).medium == "chat"


# --- what browsers tell each other ------------------------------------------------------------


def forward(call, agent, tab, data="v=0", left=None):
    with realtime.capture() as posts:
        signals.forward(call.id, agent.id, tab, data, left or signals.allowance())
    return posts


def test_a_signal_goes_to_the_tab_at_the_other_end_and_nowhere_else(phones):
    call = phones.speaking(phones.ana, phones.bo)
    (post,) = forward(call, phones.ana, "Ana", "v=0 from Ana")
    assert (post.groups, post.tab) == ((phones.bo.holder,), "Bo")
    frame = msgspec.json.decode(post.frame, type=frames.ToAgent)
    assert (frame.call, frame.data) == (call.id, "v=0 from Ana")
    (post,) = forward(call, phones.bo, "Bo")
    assert (post.groups, post.tab) == ((phones.ana.holder,), "Ana")


def test_signals_of_others_are_dropped(phones):
    call = phones.speaking(phones.ana, phones.bo)
    with leaves_all_alone():
        with pytest.raises(NotFound):
            forward(call, phones.cy, "Cy")
        with pytest.raises(Conflict):
            forward(call, phones.ana, "another tab")
    calls.hang_up(call.id, by=phones.ana, now=phones.clock.tick())
    with leaves_all_alone(), pytest.raises(Conflict):
        forward(call, phones.ana, "Ana")


def test_nothing_is_passed_on_before_the_accept(phones):
    call = phones.call(phones.ana, phones.bo)
    with pytest.raises(Conflict):
        forward(call, phones.ana, "Ana")


def test_signals_are_few(phones):
    call, left = phones.speaking(phones.ana, phones.bo), Allowance(0, 3)
    for _ in range(3):
        forward(call, phones.ana, "Ana", left=left)
    with pytest.raises(TooMany):
        forward(call, phones.ana, "Ana", left=left)


def test_live_states_are_those_with_an_end():
    assert set(CALL_LIVE) == CALL[CallState.ENDED]
