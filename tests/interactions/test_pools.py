"""Conference with a queue, a group, a skill or a routing point: the next suitable agent, until one accepts."""

import pytest

from agents.models import AgentGroup, Skill
from core.errors import Conflict, NotFound
from interactions import directory
from interactions.actions import conference, favourites, invitations, status, sweep
from interactions.models import Favourite
from tests.scenes import scene
from tests.support import assert_publishes, changes_nothing, fresh, party

pytestmark = pytest.mark.django_db


@pytest.fixture
@scene
def kim(world):
    return world.handled(world.ana, topic="Billing")


def ask(world, kim, type, target, by=None, note=""):
    return conference.invite_pool(kim.id, type, target.id, by=by or world.ana, note=note, now=world.clock.tick())


@pytest.fixture
def pools(world):
    group, skill = AgentGroup.objects.create(name="Second level"), Skill.objects.create(name="Fibre")
    world.bo.groups.add(group)
    skill.levels.create(agent=world.bo)
    world.point.rules.all().delete()
    world.point.rules.create(field="topic", value="Billing", queue=world.network)
    return {"queue": world.network, "group": group, "skill": skill, "routing_point": world.point}


@pytest.mark.parametrize("type", ["queue", "group", "skill", "routing_point"])
def test_the_next_suitable_agent_joins(world, kim, pools, type):
    world.ready(world.bo)
    with assert_publishes(world, kim):
        made = ask(world, kim, type, pools[type], note="Line drops")
    assert made.target_type == type and made.state == "waiting"
    with assert_publishes(world, kim):
        world.offer()
    assert world.ringing_at(world.bo) == made
    with assert_publishes(world, kim):
        world.accept(world.bo)
    assert party(kim, world.bo).invited_by == party(kim, world.ana)
    assert fresh(kim).owner == party(kim, world.ana)


def test_on_reject_and_time_out_the_one_after_is_asked(world, kim):
    world.ready(world.bo, world.cy)
    made = ask(world, kim, "queue", world.network)
    world.offer()
    first = made.rings.get(outcome="").agent
    with assert_publishes(world, kim):
        invitations.reject(made.id, by=first, now=world.clock.tick())
    with assert_publishes(world, kim):
        world.offer()
    second = made.rings.get(outcome="").agent
    assert {first, second} == {world.bo, world.cy}
    with assert_publishes(world, kim):
        invitations.expire(made.rings.get(outcome="").id, now=world.clock.pass_(31))
    assert fresh(second).missed == 1
    assert fresh(made).state == "waiting"


def test_it_ends_after_its_time(world, kim):
    status.set_status(world.cy.id, "not_ready", now=world.clock.tick())
    world.present(world.cy)
    made = ask(world, kim, "queue", world.network)
    with assert_publishes(world, kim):
        sweep.sweep(world.clock.pass_(299), steady=False)
    assert fresh(made).state == "waiting"
    with assert_publishes(world, kim):
        sweep.sweep(world.clock.pass_(2), steady=False)
    assert fresh(made).state == "expired"
    line = kim.lanes.get(name="internal").messages.last()
    assert line.text == "Nobody of Network took the conference invitation"


def test_it_ends_after_so_many_rings(world, kim):
    world.site.pool_rings = 2
    world.site.save()
    world.ready(world.bo, world.cy)
    made = ask(world, kim, "queue", world.network)
    for _ in range(2):
        world.offer()
        invitations.reject(made.id, by=made.rings.get(outcome="").agent, now=world.clock.tick())
    assert fresh(made).state == "expired"


def test_requests_for_a_live_chat_come_before_new_contacts(world, kim):
    world.chat(topic="Network")
    made = ask_when_staffed(world, kim)
    world.offer()
    assert world.ringing_at(world.cy) == made


def ask_when_staffed(world, kim):
    world.present(world.cy)
    made = ask(world, kim, "queue", world.network)
    status.set_status(world.ana.id, "not_ready", now=world.clock.tick())
    world.ready(world.cy)
    return made


def test_it_can_be_cancelled_while_it_waits_and_while_it_rings(world, kim):
    world.ready(world.bo)
    for offered in (False, True):
        made = ask(world, kim, "queue", world.network)
        if offered:
            world.offer()
        with assert_publishes(world, kim):
            invitations.cancel(made.id, by=world.ana, now=world.clock.tick())
        assert fresh(made).state == "cancelled"
        assert world.ringing_at(world.bo) is None


def test_refusals_by_name(world, kim, pools):
    with changes_nothing(world, kim), pytest.raises(Conflict, match=r"unstaffed.*Nobody of Network"):
        ask(world, kim, "queue", world.network)
    world.ready(world.bo)
    ask(world, kim, "queue", world.network)
    with changes_nothing(world, kim), pytest.raises(Conflict, match="already_invited"):
        ask(world, kim, "queue", world.network)
    with changes_nothing(world, kim), pytest.raises(Conflict, match="already_invited"):
        ask(world, kim, "routing_point", world.point)
    with changes_nothing(world, kim), pytest.raises(NotFound):
        ask(world, kim, "skill", world.network)
    world.site.party_limit = 3
    world.site.save()
    with changes_nothing(world, kim), pytest.raises(Conflict, match="party_limit"):
        ask(world, kim, "group", pools["group"])


def test_the_inviter_alone_in_the_pool_is_nobody(world, kim):
    world.billing.agents.set([world.ana])
    with changes_nothing(world, kim), pytest.raises(Conflict, match="unstaffed"):
        ask(world, kim, "queue", world.billing)


def test_a_waiting_request_of_the_last_agent_holds_the_chat_open(world, kim):
    world.present(world.cy)
    ask(world, kim, "queue", world.network)
    with changes_nothing(world, kim), pytest.raises(Conflict, match="invitation_pending"):
        world.end(kim, world.ana, "close")


def test_the_contact_leaving_withdraws_it(world, kim):
    from interactions.actions import arrival

    world.present(world.cy)
    made = ask(world, kim, "queue", world.network)
    with assert_publishes(world, kim):
        arrival.leave(kim.id, now=world.clock.tick())
    assert fresh(made).state == "revoked"


# --- the Team Communicator ---------------------------------------------------------------------


def found(world, kim, text="", **kwargs):
    hits = directory.search(world.ana, text, interaction_id=kim.id, now=world.now, **kwargs).hits
    return {(hit.type, hit.name): hit for hit in hits}


def test_every_kind_of_target_is_found_with_its_presence(world, kim, pools):
    world.ready(world.bo)
    hits = found(world, kim)
    assert hits["agent", "Bo Lind"].presence.text == "Ready, 3 free"
    assert hits["group", "Second level"].presence.text == "1 of 1 ready"
    assert hits["skill", "Fibre"].presence.text == "1 of 1 ready"
    assert hits["queue", "Network"].presence.text == "1 ready, 0 waiting"
    assert hits["routing_point", "Website"].actions[0].can is True
    assert set(found(world, kim, types=["skill"])) == {("skill", "Fibre")}
    assert set(found(world, kim, "net")) == {("agent", "Bo Lind"), ("agent", "Cy Marsh"), ("queue", "Network")}


def test_what_cannot_be_asked_says_why(world, kim):
    assert found(world, kim)["queue", "Network"].actions[0].can == "Nobody of Network is logged in."
    world.ready(world.bo)
    ask(world, kim, "queue", world.network)
    assert found(world, kim)["queue", "Network"].actions[0].can == "Network is invited already."


def test_favourites_and_recents(world, kim):
    world.ready(world.bo)
    Favourite.objects.create(queue=world.network)
    favourites.add(world.ana, "agent", world.bo.id)
    favourites.add(world.ana, "agent", world.bo.id)
    hits = found(world, kim, view="favourites")
    assert {key: hit.favourite for key, hit in hits.items()} == {
        ("agent", "Bo Lind"): "own",
        ("queue", "Network"): "corporate",
    }
    favourites.remove(world.ana, "agent", world.bo.id)
    assert set(found(world, kim, view="favourites")) == {("queue", "Network")}
    with pytest.raises(NotFound):
        favourites.add(world.ana, "agent", world.network.id)
    ask(world, kim, "queue", world.network)
    world.invite(kim, world.ana, world.bo)
    assert list(found(world, kim, view="recent")) == [("agent", "Bo Lind"), ("queue", "Network")]
