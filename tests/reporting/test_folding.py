"""What the journal of one chat tells, where it is not simple: transfers, messages, what is told twice."""

from datetime import timedelta
from uuid import UUID, uuid4

from bench import journal
from reporting.calls import fold_call
from reporting.folding import Told, fold
from reporting.models import CallFact
from tests.support import NOON

QUEUE, OTHER, POINT, ANA, BO = (uuid4() for _ in range(5))


def served(**more) -> list[Told]:
    chat = journal.Chat(at=NOON, point=POINT, queue=QUEUE, wait=10, agent=ANA, handling=100, wrap_up=5, **more)
    return [Told(entry.subject, entry.name, entry.at, entry.data) for entry in journal.of_chat(chat)]


def transferred(as_message=False) -> list[Told]:
    """Ana sends the contact to another queue instead of ending the chat, and goes."""
    came, taken, *_ = served()
    party, place = taken.data["facts"]["joined"][0]["party"], str(uuid4())
    line = {
        "invitation": place,
        "kind": "route",
        "type": "queue",
        "target": str(OTHER),
        "by": party,
        "queue": str(OTHER),
    }
    gone = {"party": party, "cause": "transfer", "queue": str(QUEUE), "first": None, "replies": 0, "reply_time": 0}
    data = {"as_message": as_message, "facts": {"invited": [line], "left": [gone], "owner": ""}}
    sent = Told(came.subject, "interaction.transferred", NOON + timedelta(seconds=60), data)
    answer = {"invitation": place, "state": "accepted", "through": str(OTHER)}
    joined = {"party": str(uuid4()), "agent": str(BO), "kind": "agent", "by": party}
    facts = {"answered": [answer], "joined": [joined], "owner": joined["party"]}
    return [
        came,
        taken,
        sent,
        Told(came.subject, "invitation.accepted", NOON + timedelta(seconds=90), {"facts": facts}),
    ]


def test_a_transfer_to_a_queue_is_a_wait_there_and_a_request_of_the_agent():
    found = fold(uuid4(), transferred())
    assert [(wait.queue, wait.waited, wait.outcome) for wait in found.waits] == [
        (QUEUE, 10_000, "answered"),
        (OTHER, 30_000, "answered"),
    ]
    (request,) = found.requests
    assert (request.kind, request.agent, request.target, request.taken) == ("transfer", ANA, OTHER, 30_000)
    assert [segment.via for segment in found.segments] == ["route", "route"]
    assert (found.interactions[0].transfers, found.interactions[0].agents) == (1, 2)


def test_what_is_sent_on_as_a_message_waits_as_one():
    found = fold(uuid4(), transferred(as_message=True))
    assert [wait.offline for wait in found.waits] == [False, True]
    assert found.interactions[0].offline


def test_a_conference_that_became_a_transfer_is_one():
    came, taken, asked, *rest = served(helper=BO)
    id = asked.data["facts"]["invited"][0]["invitation"]
    changed = asked._replace(name="invitation.changed", data={"invitation": id, "kind": "transfer"})
    found = fold(uuid4(), [came, taken, asked, changed, *rest])
    assert [(request.kind, request.state) for request in found.requests] == [("transfer", "accepted")]
    assert [segment.via for segment in found.segments] == ["route", "transfer"]


def test_two_in_the_chat_share_their_time():
    found = fold(uuid4(), served(helper=BO))
    assert [(segment.handling, segment.conference) for segment in found.segments] == [
        (100_000, 50_000),
        (50_000, 50_000),
    ]
    assert found.interactions[0].conference


def called(*spans: tuple[float, float | None], by=ANA, to=BO) -> list[CallFact]:
    """Calls from so many seconds after noon, until then or still going on."""
    moments = [[at if at is None else NOON + timedelta(seconds=at) for at in span] for span in spans]
    return [CallFact(at=start, ended_at=end, caller=by, callee=to) for start, end in moments]


def test_calls_are_credited_to_the_stretches_of_those_who_spoke():
    """Ana handles from second 10 to 110, Bo helps from 60 on."""
    events = served(helper=BO)
    for spans, of_ana, of_bo in (
        ([(20, 50)], 30, 0),
        ([(50, 70)], 20, 10),
        ([(0, 15), (100, 130)], 15, 10),
        ([(90, None)], 20, 20),
        ([(110, 200)], 0, 0),
        ([(0, 5)], 0, 0),
    ):
        found = fold(uuid4(), events, called(*spans))
        assert [segment.call for segment in found.segments] == [of_ana * 1000, of_bo * 1000], spans
    found = fold(uuid4(), events, called((60, 70), to=uuid4()))
    assert [segment.call for segment in found.segments] == [10_000, 0]
    assert [segment.call for segment in fold(uuid4(), events[:-2], called((60, 70))).segments] == [0, 0], "not over yet"


def test_a_call_counts_from_when_both_hear_until_it_ends():
    chat = journal.Chat(at=NOON, point=POINT, queue=QUEUE, wait=10, agent=ANA, handling=100, helper=BO, call=(5, 30))
    events = [Told(entry.subject, entry.name, entry.at, entry.data) for entry in journal.of_chat(chat)]
    steps = [event for event in events if event.name.startswith("call.")]
    (about,) = {event.subject for event in events if event not in steps}
    call = fold_call(steps[0].subject, [step for step in steps for _ in range(2)])
    assert (call.interaction, call.caller, call.callee) == (about, ANA, BO)
    assert (call.at, call.ended_at) == tuple(NOON + timedelta(seconds=at) for at in (15, 45))
    assert fold_call(steps[0].subject, steps[:2] + steps[3:]) is None, "nobody heard the other"
    for step in steps:
        step.data["facts"]["calls"][0]["about"] = None
    assert fold_call(steps[0].subject, steps) is None


def test_what_is_told_twice_counts_once():
    once, events = fold(UUID(int=1), served()), served()
    twice = fold(UUID(int=1), [event for event in events for _ in range(2)])
    for rows, again in zip(once.rows(), twice.rows(), strict=True):
        assert len(rows) == len(again)
    assert twice.segments[0].handling == 100_000


def test_a_subject_that_is_no_interaction_has_no_facts():
    entry = journal.status(ANA, 1, NOON, "ready")
    assert not any(fold(ANA, [Told(entry.subject, entry.name, entry.at, entry.data)]).rows())
