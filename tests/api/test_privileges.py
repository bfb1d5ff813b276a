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


def ask(address: str, **more):
    """Ask a target of the kind about the chat, at this address."""

    def command(scene: Scene, kind: str) -> Answer:
        target = {"type": kind, "id": str(target_of(scene, kind))}
        return scene.as_("ana").post(scene.path(f"{ONE}/{address}"), {"target": target, **more})

    return command


def transfer(scene: Scene, kind: str) -> Answer:
    return ask("transfer", version=version(scene))(scene, kind)


def version(scene: Scene) -> int:
    return Interaction.objects.get(pk=scene.chat.pk).owner_version


def offered(verb: str):
    """What the Team Communicator offers beside a target of the kind."""

    def shown(scene: Scene, kind: str) -> Iterator[bool | str]:
        asked = {"interaction": scene.chat.id, "only": f"{kind}:{target_of(scene, kind)}"}
        [hit] = scene.as_("ana").get("targets", **asked).data["results"]
        yield from (action["can"] for action in hit["actions"] if action["verb"] == verb)

    return shown


def end(scene: Scene, kind) -> Answer:
    return scene.as_("bo").post(scene.path(f"{ONE}/end"), {"expect": "leave", "version": version(scene)})


def remove(scene: Scene, kind) -> Answer:
    path = scene.path(f"{ONE}/parties/<uuid:party>", party=party(scene.chat, scene.tess).id)
    return scene.as_("bo").delete(path, version=version(scene))


def may_remove(scene: Scene, kind) -> Iterator[bool | str]:
    yield from (each["delete"] for each in view(scene, "bo")["parties"] if each["nickname"] == "Tess")


def read(scene: Scene, kind) -> Answer:
    return scene.as_("ana").get(scene.path(f"{ONE}/history"))


def write(scene: Scene, kind) -> Answer:
    return scene.as_("sue").post(f"conversations/{scene.world.cy.id}/messages", line())


def may_write(scene: Scene, kind) -> Iterator[bool | str]:
    yield scene.as_("sue").get(f"conversations/{scene.world.cy.id}/messages").data["conversation"]["can"]


def phones_are_there(scene: Scene) -> None:
    scene.world.on_voice(scene.world.ana, scene.world.cy)


def call(scene: Scene, kind) -> Answer:
    return scene.as_("ana").post("calls", {"agent": str(scene.world.cy.id), "tab": "Ana"})


def mail(scene: Scene, kind) -> Answer:
    path = scene.path(f"{ONE}/parties/<uuid:party>/mail")
    return scene.as_("ana").post(path, {"subject": "Router", "text": "Hello"})


def may_mail(scene: Scene, kind) -> Iterator[bool | str]:
    yield from (each["mail"] for each in view(scene, "ana")["parties"] if each["nickname"] == "Bo")


ROWS = {
    Privilege.MAIL: Row("ana", mail, may_mail),
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
    Privilege.CONSULT_CHAT: Row("ana", ask("consultations"), offered("consult_chat")),
    Privilege.CONSULT_VOICE: Row(
        "ana", ask("consultations", medium="voice"), offered("consult_voice"), prepare=phones_are_there
    ),
    Privilege.CONSULT_IM: Row("ana", ask("consultations", medium="im"), offered("consult_im")),
    Privilege.TRANSFER: Row("ana", transfer, offered("transfer")),
    Privilege.REMOVE_PARTY: Row(
        "bo", remove, may_remove, prepare=lambda scene: scene.world.accept(scene.tess), code="not_owner"
    ),
    Privilege.CALL: Row("ana", call, lambda scene, kind: offered("call")(scene, "agent"), prepare=phones_are_there),
    Privilege.INSTANT_MESSAGE: Row("sue", write, may_write),
    Privilege.READ_HISTORY: Row("ana", read, lambda scene, kind: iter([view(scene, "ana")["can"]["history"]])),
}
CASES = [
    (privilege, kind, f"{FAMILIES[privilege]}.{kind}" if kind else privilege)
    for privilege in ROWS
    for kind in (KINDS if privilege in FAMILIES else [None])
] + [(privilege, "agent", privilege) for privilege in ROWS if privilege in FAMILIES and privilege in SWITCHES]


def may_all_but(username: str, *switches: str) -> None:
    """The agent's own role allows everything but these."""
    allowed = [switch for switch in SWITCHES if switch not in switches]
    role, _ = Role.objects.update_or_create(name="Trainee", defaults={"allowed": allowed})
    Agent.objects.filter(user__username=username).update(role=role)


def test_every_privilege_has_its_row():
    assert {*ROWS} == {*Privilege}


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


@pytest.mark.parametrize(("privilege", "kind", "switch"), [case for case in CASES if "." in case[2]], ids=str)
def test_one_kind_of_target_alone_is_enough_for_it(scene, privilege, kind, switch):
    """Whoever may ask only this kind may ask this kind, and is told that there is something to ask."""
    family = FAMILIES[privilege]
    ROWS[privilege].prepare(scene)
    may_all_but("ana", *(f"{family}.{other}" for other in KINDS if other != kind))
    assert list(ROWS[privilege].shown(scene, kind)) == [True]
    assert view(scene, "ana")["can"][family] is True
    assert ROWS[privilege].command(scene, kind).status == 202


@pytest.mark.parametrize("privilege", [each for each in ROWS if each in FAMILIES])
def test_without_any_kind_of_target_the_button_says_so(scene, privilege):
    may_all_but("ana", *(f"{FAMILIES[privilege]}.{kind}" for kind in KINDS))
    words = view(scene, "ana")["can"][FAMILIES[privilege]]
    assert "anybody" in words and "Trainee does not allow it. Ask an administrator." in words


def test_without_any_medium_nobody_is_consulted(scene):
    may_all_but("ana", Privilege.CONSULT_CHAT, Privilege.CONSULT_VOICE, Privilege.CONSULT_IM)
    assert view(scene, "ana")["can"]["consult"].startswith("You may not consult anybody by chat: Trainee")
    may_all_but("ana", Privilege.CONSULT_CHAT, Privilege.CONSULT_VOICE)
    assert view(scene, "ana")["can"]["consult"] is True


def test_an_invitation_becomes_a_transfer_only_where_its_target_could_be_transferred_to(scene):
    """Tess, an agent, rings: whoever may transfer to queues alone cannot make that a transfer."""
    may_all_but("ana", "transfer.agent")
    [pending] = view(scene, "ana")["invitations"]
    make = scene.path("invitations/<uuid:invitation>/transfer")
    with leaves_all_alone():
        answer = scene.as_("ana").post(make, {"version": version(scene)})
    assert (answer.status, answer.code) == (403, "not_allowed")
    assert answer.data["message"] == pending["transfer"]
    may_all_but("ana")
    assert view(scene, "ana")["invitations"][0]["transfer"] is True
    assert scene.as_("ana").post(make, {"version": version(scene)}).status == 200
