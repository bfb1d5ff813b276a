"""What the journal of one chat tells, where it is not simple: transfers, messages, what is told twice."""

from datetime import timedelta
from uuid import UUID, uuid4

from bench import journal
from reporting.folding import Told, fold
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


def test_what_is_told_twice_counts_once():
    once, events = fold(UUID(int=1), served()), served()
    twice = fold(UUID(int=1), [event for event in events for _ in range(2)])
    for rows, again in zip(once.rows(), twice.rows(), strict=True):
        assert len(rows) == len(again)
    assert twice.segments[0].handling == 100_000


def test_a_subject_that_is_no_interaction_has_no_facts():
    entry = journal.status(ANA, 1, NOON, "ready")
    assert not any(fold(ANA, [Told(entry.subject, entry.name, entry.at, entry.data)]).rows())
