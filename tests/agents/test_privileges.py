"""What a role allows, whose role counts, and what a refusal says."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent, AgentGroup, Role, Site
from agents.privileges import (
    EXTRA,
    FAMILIES,
    KINDS,
    STORIES,
    SWITCHES,
    USUAL,
    WORDS,
    Held,
    Privilege,
    Word,
    held,
    refusal,
)
from tests.support import fresh


def word(*allowed, source="the agent", role="Trainee") -> Word:
    return Word(source, role, frozenset(allowed))


def role(name, *without, only=None) -> Role:
    allowed = only if only is not None else [switch for switch in SWITCHES if switch not in without]
    return Role.objects.create(name=name, allowed=allowed)


def test_every_privilege_has_words_and_a_switch():
    switches = [switch for labels in STORIES.values() for switch in labels]
    assert len(switches) == len(set(switches)) == len(SWITCHES)
    for privilege in Privilege:
        assert privilege in WORDS
        assert privilege in SWITCHES or all(f"{privilege}.{kind}" in SWITCHES for kind in KINDS)
    known = {*Privilege, *(f"{family}.{kind}" for family in FAMILIES.values() for kind in KINDS)}
    assert set(switches) <= known


def test_without_a_role_all_that_is_usual_is_allowed():
    nobody_said = Held()
    for privilege in Privilege:
        assert all(nobody_said.allows(privilege, kind) is (privilege not in EXTRA) for kind in (None, *KINDS))
    assert set(USUAL) == set(SWITCHES) - EXTRA and Held((word(*EXTRA),)).allows(Privilege.REMOVE_PARTY)


@pytest.mark.parametrize(
    "allowed, privilege, kind, may",
    [
        ({"end"}, "end", None, True),
        (set(), "end", None, False),
        ({"conference.agent"}, "conference", "agent", True),
        ({"conference.agent"}, "conference", "queue", False),
        ({"conference.agent"}, "conference", None, True),
        ({"conference.agent"}, "transfer", "agent", False),
        (set(), "conference", None, False),
        ({"consult_chat", "consult.group"}, "consult_chat", "group", True),
        ({"consult_chat", "consult.group"}, "consult_chat", "agent", False),
        ({"consult_chat", "consult.group"}, "consult_im", "group", False),
        ({"consult_chat"}, "consult_chat", None, False),
        ({"consult.agent"}, "consult_voice", "agent", False),
    ],
)
def test_what_switches_allow(allowed, privilege, kind, may):
    assert Held((word(*allowed),)).allows(Privilege(privilege), kind) is may


def test_the_agents_own_role_counts_else_their_groups_together_else_the_sites():
    own, site = word("end"), word("mail", source="the site")
    groups = [word("call", source="group A"), word("reject", source="group B", role="Lead")]
    assert held(own, groups, site).words == (own,)
    both = held(None, groups, site)
    assert both.has("call") and both.has("reject") and not both.has("end")
    assert [giver.source for giver in both.givers("reject")] == ["group B"]
    assert both.roles == "Trainee and Lead"
    assert held(None, [], site).words == (site,)
    assert held(None, [], None).words == ()


def test_a_refusal_says_what_is_missing_and_whom_to_ask():
    agent = SimpleNamespace(held=Held((word(),)))
    said = refusal(agent, Privilege.CONFERENCE, "queue")
    assert (said.code, said.status) == ("not_allowed", 403)
    assert said.message == "You may not invite queues into a chat: Trainee does not allow it. Ask an administrator."
    anybody = "You may not invite anybody into a chat: Trainee does not allow it. Ask an administrator."
    assert refusal(agent, Privilege.CONFERENCE).message == anybody
    assert refusal(SimpleNamespace(held=Held()), Privilege.CONFERENCE) is None
    for words in WORDS.values():
        assert "{" not in words.format(kind="anybody")


def test_the_rows_say_whose_role_counts(world):
    site, floor, late = role("Agent", "reject"), role("Trainee", "end", "reject"), role("Late", only=["reject"])
    Site.objects.update(role=site)
    for name, given, agents in (
        ("Floor", floor, [world.bo, world.cy]),
        ("Night", late, [world.cy]),
        ("Plain", None, [world.bo, world.ana]),
    ):
        AgentGroup.objects.create(name=name, role=given).agents.set(agents)
    Agent.objects.filter(pk=world.ana.pk).update(role=late)
    ana, bo, cy, sue = (fresh(agent).held for agent in (world.ana, world.bo, world.cy, world.sue))
    assert [word.source for word in ana.words] == ["the agent"] and ana.has("reject") and not ana.has("end")
    assert [word.source for word in bo.words] == ["group Floor"] and not bo.has("reject") and not bo.has("end")
    assert {word.source for word in cy.words} == {"group Floor", "group Night"}
    assert cy.has("reject") and cy.has("use_chat") and not cy.has("end")
    assert [(word.source, word.role) for word in sue.words] == [("the site", "Agent")] and sue.has("end")


def test_one_query_for_an_agent_and_one_for_all(world):
    role("Agent")
    ana = fresh(world.ana)
    with CaptureQueriesContext(connection) as seen:
        for privilege in Privilege:
            refusal(ana, privilege)
    assert len(seen) == 1
    everybody = list(Agent.objects.all())
    with CaptureQueriesContext(connection) as seen:
        Agent.read_roles(everybody)
        assert not any(refusal(agent, Privilege.END) for agent in everybody)
    assert len(seen) == 1
