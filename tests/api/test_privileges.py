"""The matrix: each privilege taken away refuses its verb, and screens say the same words; given back, it works."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from agents.models import Agent, AgentGroup, Role, Skill
from agents.privileges import FAMILIES, KINDS, SWITCHES, Privilege
from interactions.models import Interaction
from tests.interactions.steps import leaves_all_alone
from tests.support import party

from .scene import Answer, Scene, line

pytestmark = pytest.mark.django_db

ONE = "interactions/<uuid:interaction>"


@dataclass(frozen=True)
class Row:
    """How one privilege is used: by whom, by which command, and what of their screens offers it."""

    who: str
    command: Callable[[Scene, str], Answer]
    shown: Callable[[Scene, str], Iterator[bool | str]]
    prepare: Callable[[Scene], object] = lambda scene: None
    code: str = "not_allowed"


def view(scene: Scene, who: str) -> dict:
    return scene.as_(who).get(scene.path(ONE)).data


def target_of(scene: Scene, kind: str) -> UUID:
    """A target of this kind that could be asked."""
    world = scene.world
    if kind == "group":
        group, _ = AgentGroup.objects.get_or_create(name="Second level")
        group.agents.set([world.cy])
        return group.id
    if kind == "skill":
        skill, _ = Skill.objects.get_or_create(name="Fibre")
        skill.levels.get_or_create(agent=world.cy)
        return skill.id
    return {"agent": world.cy, "queue": world.network, "routing_point": world.point}[kind].id


def ask(verb: str):
    """Ask a target of the kind into the chat, by this address."""

    def command(scene: Scene, kind: str) -> Answer:
        target = {"type": kind, "id": str(target_of(scene, kind))}
        return scene.as_("ana").post(scene.path(f"{ONE}/{verb}"), {"target": target})

    return command


def offered(verb: str):
    """What the Team Communicator offers beside a target of the kind."""

    def shown(scene: Scene, kind: str) -> Iterator[bool | str]:
        asked = {"interaction": scene.chat.id, "only": f"{kind}:{target_of(scene, kind)}"}
        [hit] = scene.as_("ana").get("targets", **asked).data["results"]
        yield from (action["can"] for action in hit["actions"] if action["verb"] == verb)

    return shown


def end(scene: Scene, kind) -> Answer:
    version = Interaction.objects.get(pk=scene.chat.pk).owner_version
    return scene.as_("bo").post(scene.path(f"{ONE}/end"), {"expect": "leave", "version": version})


def remove(scene: Scene, kind) -> Answer:
    version = Interaction.objects.get(pk=scene.chat.pk).owner_version
    path = scene.path(f"{ONE}/parties/<uuid:party>", party=party(scene.chat, scene.tess).id)
    return scene.as_("bo").delete(path, version=version)


def may_remove(scene: Scene, kind) -> Iterator[bool | str]:
    yield from (each["delete"] for each in view(scene, "bo")["parties"] if each["nickname"] == "Tess")


def read(scene: Scene, kind) -> Answer:
    return scene.as_("ana").get(scene.path(f"{ONE}/history"))


def write(scene: Scene, kind) -> Answer:
    return scene.as_("sue").post(f"conversations/{scene.world.cy.id}/messages", line())


def may_write(scene: Scene, kind) -> Iterator[bool | str]:
    yield scene.as_("sue").get(f"conversations/{scene.world.cy.id}/messages").data["conversation"]["can"]


ROWS = {
    Privilege.USE_CHAT: Row(
        "sue",
        lambda scene, kind: scene.as_("sue").post("me/status", {"status": "ready"}),
        lambda scene, kind: (
            choice["can"] for choice in scene.as_("sue").get("desk").data["menu"] if choice["status"] == "ready"
        ),
    ),
    Privilege.REJECT: Row(
        "tess",
        lambda scene, kind: scene.as_("tess").post(scene.path("invitations/<uuid:invitation>/reject")),
        lambda scene, kind: (each["reject"] for each in scene.as_("tess").get("desk").data["invitations"]),
    ),
    Privilege.END: Row("bo", end, lambda scene, kind: iter([view(scene, "bo")["can"]["end"]])),
    Privilege.CONFERENCE: Row("ana", ask("conference"), offered("conference")),
    Privilege.REMOVE_PARTY: Row(
        "bo", remove, may_remove, prepare=lambda scene: scene.world.accept(scene.tess), code="not_owner"
    ),
    Privilege.INSTANT_MESSAGE: Row("sue", write, may_write),
    Privilege.READ_HISTORY: Row("ana", read, lambda scene, kind: iter([view(scene, "ana")["can"]["history"]])),
}
CASES = [
    (privilege, kind, f"{FAMILIES[privilege]}.{kind}" if kind else privilege)
    for privilege in ROWS
    for kind in (KINDS if privilege in FAMILIES else [None])
]


def may_all_but(username: str, *switches: str) -> None:
    """The agent's own role allows everything but these."""
    allowed = [switch for switch in SWITCHES if switch not in switches]
    role, _ = Role.objects.update_or_create(name="Trainee", defaults={"allowed": allowed})
    Agent.objects.filter(user__username=username).update(role=role)


def test_every_privilege_that_can_be_given_has_its_row():
    assert {*ROWS} == {each for each in Privilege if each in SWITCHES or f"{FAMILIES.get(each)}.agent" in SWITCHES}


@pytest.mark.parametrize(("privilege", "kind", "switch"), CASES, ids=lambda value: str(value))
def test_taken_away_it_is_refused_and_given_back_it_works(scene, privilege, kind, switch):
    row = ROWS[privilege]
    row.prepare(scene)
    may_all_but(row.who, switch)
    offers = list(row.shown(scene, kind))
    with leaves_all_alone():
        answer = row.command(scene, kind)
    assert (answer.status, answer.code) == (403, row.code)
    assert offers == [answer.data["message"]]
    may_all_but(row.who)
    assert list(row.shown(scene, kind)) == [True]
    assert row.command(scene, kind).status in (200, 201, 202)


@pytest.mark.parametrize(("privilege", "kind", "switch"), [case for case in CASES if case[1]], ids=str)
def test_one_kind_of_target_alone_is_enough_for_it(scene, privilege, kind, switch):
    """Whoever may ask only this kind may ask this kind, and is told that there is something to ask."""
    family = FAMILIES[privilege]
    may_all_but("ana", *(f"{family}.{other}" for other in KINDS if other != kind))
    assert list(ROWS[privilege].shown(scene, kind)) == [True]
    assert view(scene, "ana")["can"][privilege] is True
    assert ROWS[privilege].command(scene, kind).status == 202


@pytest.mark.parametrize("privilege", [each for each in ROWS if each in FAMILIES])
def test_without_any_kind_of_target_the_button_says_so(scene, privilege):
    may_all_but("ana", *(f"{FAMILIES[privilege]}.{kind}" for kind in KINDS))
    words = view(scene, "ana")["can"][privilege]
    assert "anybody" in words and "Trainee does not allow it. Ask an administrator." in words
