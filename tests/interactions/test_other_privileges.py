"""Privileges change while people work: desks follow, what waits fails, what rings may still be accepted."""

import pytest
from django.test import TestCase

from agents.actions import people
from agents.models import Agent, AgentGroup, Role
from agents.privileges import SWITCHES
from core import realtime
from core.errors import Conflict
from core.models import Event
from interactions import events
from interactions.actions import conference, invitations, privileges, status, sweep
from interactions.states import Invited
from tests.interactions.steps import happens, leaves_all_alone, lines, refused
from tests.scenes import scene
from tests.support import candidates_of, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
@scene
def chat(world):
    """Ana handles; Bo and Cy are Ready."""
    chat = world.handled(world.ana)
    world.ready(world.bo, world.cy)
    return chat


def take(*agents: Agent, without=()) -> None:
    """The administrator takes these privileges from the agents."""
    allowed = [switch for switch in SWITCHES if switch not in without]
    role, _ = Role.objects.update_or_create(name="Trainee", defaults={"allowed": allowed})
    concerned = Agent.objects.filter(pk__in=[agent.pk for agent in agents])
    concerned.update(role=role)
    people.other_privileges(concerned)


def swept(world) -> list:
    """The engine comes by; what it says."""
    with realtime.capture() as posts, TestCase.captureOnCommitCallbacks(execute=True):
        sweep.sweep(world.clock.tick(), steady=True)
    return posts


def sees(world, chat, agent):
    return events.snapshot(fresh(chat), fresh(agent))


# --- open desks -------------------------------------------------------------------------------


@pytest.mark.parametrize("leaves", [True, False])
def test_a_desk_learns_that_a_colleague_no_longer_works_here_and_does_again(world, chat, leaves):
    world.conferenced(chat, world.ana, world.bo)
    if leaves:
        world.end(chat, world.bo, "leave")
    told = fresh(chat).public_version
    for allowed in (False, True):
        people.let_in(world.bo.id, allowed, now=world.clock.tick())
        posts = swept(world)
        assert any(b"rules.changed" in post.frame for post in posts if post.groups == (world.ana.holder,))
        bo = next(party for party in sees(world, chat, world.ana).parties if party.nickname == "Bo")
        assert bo.message == (True if allowed else "Bo no longer works here.")
    assert fresh(chat).public_version == told, "the contact heard of it"


def test_a_desk_learns_what_its_agent_may_no_longer_do(world, chat):
    world.conferenced(chat, world.ana, world.bo)
    before = fresh(chat).version
    take(world.ana, without=["end"])
    posts = swept(world)
    assert [post.groups for post in posts if post.control == "recheck"] == [(world.ana.holder,)]
    told = {post.groups: b"You may not end a chat" in post.frame for post in posts if b"rules.changed" in post.frame}
    assert told == {(world.ana.holder,): True, (world.bo.holder,): False}
    assert sees(world, chat, world.ana).can.end.startswith("You may not end a chat")
    assert sees(world, chat, world.bo).can.end is True
    assert fresh(chat).version == before + 1
    event = Event.objects.get(name="agent.privileges_changed")
    assert (event.subject, event.data["roles"]) == (world.ana.id, "Trainee")
    assert "end" not in event.data["may"] and "reject" in event.data["may"]


def test_a_preview_that_rings_learns_it_too(world):
    world.ready(world.ana)
    world.chat()
    world.offer()
    version = fresh(world.ana).version
    take(world.ana, without=["reject"])
    assert "recheck" in [post.control for post in swept(world)] and fresh(world.ana).version == version + 1
    [preview] = events.desk(fresh(world.ana), world.now).invitations
    assert preview.reject.startswith("You may not reject")


def test_it_is_followed_up_once(world, chat):
    take(world.ana, without=["end"])
    swept(world)
    before = fresh(chat).version, Event.objects.count()
    with leaves_all_alone():
        swept(world)
        privileges.follow(world.ana.id, now=world.now)
    assert (fresh(chat).version, Event.objects.count()) == before


def test_the_engine_is_woken(world, django_capture_on_commit_callbacks):
    with realtime.capture(), django_capture_on_commit_callbacks() as waiting:
        people.other_privileges(Agent.objects.filter(pk=world.ana.pk))
    assert len(waiting) == 1 and fresh(world.ana).outdated and not fresh(world.bo).outdated


# --- the chat channel -------------------------------------------------------------------------


def chat_status(agent) -> str:
    return fresh(agent).channels.get(channel="chat").status


def told_of(agent) -> list[str]:
    """The statuses of the chat channel that the journal tells, in their order."""
    rows = [row for event in Event.objects.all() for row in event.data.get("facts", {}).get("statuses", ())]
    return [row["status"] for row in rows if (row["agent"], row["channel"]) == (str(agent.id), "chat")]


def test_without_use_chat_there_is_no_channel(world):
    world.ready(world.bo)
    take(world.bo, without=["use_chat"])
    waiting = world.chat(topic="Network")
    swept(world)
    assert chat_status(world.bo) == "logged_off" and world.ringing_at(world.bo) is None
    assert told_of(world.bo) == ["ready", "logged_off"]
    desk = events.desk(fresh(world.bo), world.now)
    assert desk.agent.channels == []
    assert desk.agent.notice == "You may not take chats: Trainee does not allow it. Ask an administrator."
    assert {choice.label: choice.can is True for choice in desk.menu if choice.reason is None} == {
        "Ready": False,
        "Not Ready": False,
        "After Call Work": False,
        "Do Not Disturb": False,
        "Log Off": True,
    }
    with refused("not_allowed", "You may not take chats"):
        status.set_status(world.bo.id, "ready", now=world.now)
    status.sign_in(world.bo.id, now=world.now)
    assert {row.channel: row.status for row in world.bo.channels.all()} == {"chat": "logged_off", "voice": "not_ready"}
    assert fresh(waiting).state == "waiting"


def test_it_is_never_a_candidate_even_before_the_engine_comes(world):
    world.ready(world.cy)
    take(world.cy, without=["use_chat"])
    kim = world.chat(topic="Network")
    [candidate] = [each for each in candidates_of(kim.invitations.get(), world.now) if each.id == world.cy.id]
    assert candidate.ready and not candidate.allowed
    world.offer()
    assert world.ringing_at(world.cy) is None
    verdicts = {row["name"]: row["reason"] for row in kim.invitations.get().decisions.get().candidates}
    assert verdicts["Cy"] == "may not take chats"


def test_current_work_goes_on_and_then_the_channel_goes(world, chat):
    take(world.ana, without=["use_chat"])
    swept(world)
    assert chat_status(world.ana) == "not_ready"
    world.line(chat, world.ana)
    world.end(chat, world.ana, "close")
    assert chat_status(world.ana) == "logged_off"
    assert told_of(world.ana) == ["ready", "not_ready", "logged_off"]


def test_what_rings_by_name_may_still_be_accepted_and_what_rings_for_a_queue_goes_back(world, chat):
    asked = world.invite(chat, world.ana, world.bo)
    take(world.bo, world.cy, without=["use_chat"])
    world.chat(topic="Network")
    swept(world)
    assert chat_status(world.bo) == "not_ready" and chat_status(world.cy) == "logged_off"
    world.accept(world.bo)
    assert fresh(asked).state == Invited.ACCEPTED


def test_the_channel_comes_back(world):
    world.ready(world.bo)
    take(world.bo, without=["use_chat"])
    swept(world)
    take(world.bo)
    swept(world)
    assert [channel.status for channel in events.desk(fresh(world.bo), world.now).agent.channels] == ["logged_off"]
    world.ready(world.bo)


def test_an_answer_just_too_late_does_not_make_them_ready(world):
    world.site.missed_limit = 1
    world.site.save()
    world.ready(world.ana)
    world.chat()
    world.offer()
    ring = world.ringing_at(world.ana).rings.get()
    invitations.expire(ring.id, now=world.clock.pass_(30))
    take(world.ana, without=["use_chat"])
    with pytest.raises(Conflict):
        invitations.accept(ring.invitation_id, by=fresh(world.ana), now=world.clock.tick())
    assert chat_status(world.ana) == "not_ready"


# --- requests to other agents -----------------------------------------------------------------


@pytest.fixture
def request_(world, chat):
    """Ana asks a group of Cy and Bo, neither of whom can be asked just now."""
    status.set_status(world.bo.id, "not_ready", now=world.clock.tick())
    status.set_status(world.cy.id, "not_ready", now=world.clock.tick())
    group = AgentGroup.objects.create(name="Second level")
    group.agents.set([world.bo, world.cy])

    return conference.invite_pool(chat.id, "group", group.id, by=world.ana, now=world.clock.tick())


def test_what_waits_fails_and_the_inviter_reads_why(world, chat, request_):
    take(world.ana, without=["conference.group"])
    with happens(world, chat, "invitation.withdrawn"):
        invitations.disallow(request_.id, now=world.clock.tick())
    assert fresh(request_).state == Invited.REVOKED
    told = "Ana may no longer ask Second level, the conference invitation is withdrawn"
    assert lines(chat, "internal")[-1] == told
    assert not any("Second level" in line for line in lines(chat, "public"))


def test_the_engine_finds_it_before_it_rings(world, chat, request_):
    take(world.ana, without=["conference.group"])
    world.ready(world.cy)
    swept(world)
    assert fresh(request_).state == Invited.REVOKED and world.ringing_at(world.cy) is None


def test_another_kind_taken_away_leaves_it_alone(world, chat, request_):
    take(world.ana, without=["conference.queue", "end"])
    with refused("no_longer_available"):
        invitations.disallow(request_.id, now=world.now)
    swept(world)
    assert fresh(request_).state == Invited.WAITING


def test_what_rings_may_be_accepted_and_rejected_it_does_not_ring_again(world, chat, request_):
    world.ready(world.cy)
    swept(world)
    assert world.ringing_at(world.cy) == request_
    take(world.ana, without=["conference.group"])
    with refused("no_longer_available"):
        invitations.disallow(request_.id, now=world.now)
    swept(world)
    assert world.ringing_at(world.cy) == request_
    invitations.reject(request_.id, by=fresh(world.cy), now=world.clock.tick())
    world.ready(world.bo)
    swept(world)
    assert fresh(request_).state == Invited.REVOKED and world.ringing_at(world.bo) is None


def test_what_rings_is_accepted(world, chat, request_):
    world.ready(world.cy)
    swept(world)
    take(world.ana, without=["conference.group"])
    swept(world)
    with happens(world, chat, "invitation.accepted"):
        world.accept(world.cy)
