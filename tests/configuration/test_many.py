"""Thousands of rows at once: few statements, nobody waits while they are made ready, and the rules are Django's."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from psycopg.errors import DeadlockDetected

from agents.models import Agent, AgentGroup, AgentSkill, ChannelStatus, Skill, StatusPeriod
from core.configuration import actions, unique
from core.configuration.document import Refused
from core.configuration.known import look
from core.configuration.tables import tables
from core.models import Change, Event
from interactions.models import DispositionRule, DispositionSet, Favourite, Survey
from interactions.models.favourite import FIELDS
from routing.models import ContactTexts, OverflowStep, Queue
from tests.support import NOON


def crowd(harbour, count: int) -> None:
    for n in range(count):
        agent = {"name": f"Agent {n}", "nickname": "A", "groups": ["Billing team"], "skills": {"Fibre": {"level": 3}}}
        harbour["agents"][f"agent{n}"] = agent
    harbour["queues"]["Billing"]["agents"] += [f"agent{n}" for n in range(count)]


def statements(do) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        do()
    return [query["sql"] for query in asked]


def test_many_agents_cost_few_statements(harbour):
    """Inserts name as many rows as the database takes at once; nothing is asked about each."""
    few = len(statements(lambda: harbour.plan()))
    crowd(harbour, 300)
    assert len(statements(lambda: harbour.apply())) < few + 150
    crowd(harbour, 300)
    for each in list(harbour["agents"].values()):
        each["nickname"] += "x"
    assert len(statements(lambda: harbour.apply())) < few + 150
    assert Agent.objects.filter(nickname="Ax").count() == 300
    assert len(statements(lambda: actions.back(who="boss", now=NOON))) < few + 150
    assert len(statements(lambda: actions.back(who="boss", now=NOON))) < few + 150


def test_a_new_agent_of_a_file_is_as_one_who_was_enrolled(harbour):
    crowd(harbour, 2)
    harbour.apply()
    one, other = Agent.objects.filter(user__username__in=("agent0", "agent1")).order_by("name")
    for agent in (one, other):
        assert [str(each.skill) for each in agent.skill_levels.filter(level=3)] == ["Fibre"]
        assert [each.name for each in agent.groups.all()] == ["Billing team"]
        channels = ChannelStatus.objects.filter(agent=agent).values_list("channel", "status", "since")
        periods = StatusPeriod.objects.filter(agent=agent, until=None).values_list("channel", "status", "since")
        assert sorted(channels) == sorted(periods) == [(each, "logged_off", NOON) for each in ("chat", "voice")]
        (event,) = Event.objects.filter(subject=agent.pk)
        assert (event.name, event.version, event.actor) == ("agent.enrolled", 1, "admin")
        assert Change.objects.get(section="agents", row=agent.user.username).before is None
    assert one.user.password != other.user.password


def test_each_change_of_many_can_be_reverted_alone(harbour):
    crowd(harbour, 3)
    harbour.apply()
    actions.revert(Change.objects.get(row="agent1"), who="boss", now=NOON)
    left = User.objects.filter(username__startswith="agent").order_by("username")
    assert [user.username for user in left] == ["agent0", "agent2"]


@pytest.fixture
def meddling(monkeypatch):
    """Somebody changes the configuration each time after it was read, so many times."""

    def begin(times: int) -> None:
        left, prepare = [times], actions.prepare

        def meddled(*args):
            prepared = prepare(*args)
            if left[0]:
                left[0] -= 1
                Queue.objects.filter(name="Network").update(priority=100 + left[0])
            return prepared

        monkeypatch.setattr(actions, "prepare", meddled)

    return begin


def test_what_others_change_meanwhile_is_seen(harbour, meddling):
    meddling(1)
    harbour["queues"]["Network"]["ring_time"] = 12
    harbour.apply()
    network = Queue.objects.get(name="Network")
    assert (network.ring_time, network.priority) == (12, 0), "the file says nothing of a priority"
    assert Change.objects.get().before["priority"] == 100, "and what it was is what it really was"


def test_what_others_change_without_end_is_not_overwritten(harbour, meddling):
    meddling(actions.TIMES)
    harbour["queues"]["Network"]["ring_time"] = 12
    with pytest.raises(Refused, match="being changed by others"):
        harbour.apply()
    assert Queue.objects.get(name="Network").ring_time is None and not Change.objects.exists()


@pytest.mark.parametrize("times", [1, actions.TIMES])
def test_a_file_gives_way_to_those_who_work_and_is_applied_anew(harbour, monkeypatch, times):
    """A queue that gets another name waits for whoever refers to it; they may wait for what the file has locked."""
    left, carry_out = [times], actions.carry_out

    def meets_somebody(*given):
        carry_out(*given)
        if left[0]:
            left[0] -= 1
            raise OperationalError("deadlock detected") from DeadlockDetected()

    monkeypatch.setattr(actions, "carry_out", meets_somebody)
    harbour["queues"]["Lines"] = {"was": "Network", **harbour["queues"].pop("Network")}
    for row in harbour["routing_points"].values():
        row["queue"] = {"Network": "Lines"}.get(row["queue"], row["queue"])
    if times == actions.TIMES:
        with pytest.raises(Refused, match="being changed by others"):
            harbour.apply()
    else:
        harbour.apply()
    assert Queue.objects.filter(name="Lines").exists() == (times == 1)
    assert Change.objects.filter(row="Lines").count() == (times == 1)


def test_a_look_sees_each_change_and_no_work(harbour):
    ana, seen = Agent.objects.get(user__username="ana"), [look()]
    Agent.objects.update(missed=2, version=99, outdated=True)
    Favourite.objects.create(agent=ana, queue=Queue.objects.get(name="Billing"))
    assert look() == seen[0], "what agents do is no configuration"
    for change in (
        lambda: Queue.objects.filter(name="Network").update(ring_time=12),
        lambda: User.objects.filter(username="bo").update(is_active=False),
        lambda: ana.groups.add(AgentGroup.objects.get(name="Supervisors")),
        lambda: AgentSkill.objects.update(level=9),
        lambda: AgentGroup.objects.create(name="Floor"),
        lambda: Skill.objects.create(name="Copper"),
        lambda: OverflowStep.objects.all().delete(),
        lambda: ContactTexts.objects.create(texts={"closed": "Gone."}),
    ):
        change()
        assert look() not in seen
        seen.append(look())


def pairs(harbour) -> list:
    """Two rows that the database refuses to have side by side, the second not stored; and two that it takes."""
    billing, network = Queue.objects.get(name="Billing"), Queue.objects.get(name="Network")
    outcomes, ana = DispositionSet.objects.get(name="Outcomes"), Agent.objects.get(user__username="ana")
    for model in (DispositionRule, Favourite, Survey, OverflowStep):
        model.objects.all().delete()
    message, also = {"action": "message"}, {"target": billing}
    each = [
        (Queue, {"name": "A"}, {"name": "B"}),
        (ContactTexts, {"language": "de"}, {"language": "en"}),
        (ContactTexts, {"queue": billing}, {"queue": network}),
        (OverflowStep, {"queue": network, "after": 9} | message, {"queue": network, "after": 9} | also),
        (OverflowStep, {"queue": network, "after": 9} | also, {"queue": network, "after": 9} | message),
        (DispositionRule, {"set": outcomes}, {"set": outcomes, "queue": billing}),
        (DispositionRule, {"set": outcomes, "queue": network}, {"set": outcomes, "queue": billing}),
        (Favourite, {"queue": billing}, {"queue": billing, "agent": ana}),
    ]
    alike = [(model(**one), model(**one), model(**other)) for model, one, other in each]
    own = [Survey(name=name, queue=queue) for name, queue in (("A", billing), ("B", billing), ("C", network))]
    return [*alike, own, (Survey(name="A"), Survey(name="B"), Survey(name="C", queue=billing))]


def test_what_cannot_stand_side_by_side_is_what_django_says(harbour):
    for first, second, other in pairs(harbour):
        assert list(unique.clashes([first], [other])) == []
        (found,) = {(name, *words) for _, name, words in unique.clashes([first], [second])}
        assert found == next(iter({(name, *words) for _, name, words in unique.clashes([], [first, second])}))
        first.save()
        with pytest.raises(ValidationError) as refused:
            second.full_clean(
                exclude=[each for each in FIELDS.values() if isinstance(second, Favourite) and each != "queue"]
            )
        assert found in {(name, *words) for name, words in refused.value.message_dict.items()}
        first.delete()


def test_every_rule_of_every_configured_model_is_understood(harbour):
    for model in {model for of in tables() for model in (of.model, *of.covers)}:
        rows = list(model._default_manager.all())
        assert list(unique.clashes([], rows)) == [], "what is there may be there"
        assert all(len({rule.key(row) for row in rows}) <= len(rows) for rule in unique.rules(model))
