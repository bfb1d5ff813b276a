"""The predicates: each names its refusal once, and screens read the same words that actions raise."""

from functools import partial
from types import SimpleNamespace
from uuid import uuid4

import pytest

from agents.models import Site
from agents.options import Effective, effective
from agents.privileges import Held, Word
from core.errors import Conflict, NotAllowed, NotFound
from interactions import permissions
from interactions.load import Load
from interactions.models import DispositionRule, Interaction
from interactions.states import Kind, State
from routing.models import Queue
from tests.support import fresh, party

ANA, BO, CY, KIM = (SimpleNamespace(id=uuid4(), name=name) for name in ("Ana", "Bo", "Cy", "Kim"))


USUALLY = Held()


def may(*switches) -> Held:
    return Held((Word("the agent", "Trainee", frozenset(switches)),))


def seat(who, left=None, by=None, kind="agent", supervisor=False, held=USUALLY):
    agent = SimpleNamespace(supervisor=supervisor, held=held)
    return SimpleNamespace(id=who.id, left_at=left, invited_by_id=by and by.id, kind=kind, agent=agent)


def chat(state=State.ACTIVE, owner=ANA, version=5):
    made = SimpleNamespace(state=state, owner_id=owner and owner.id, owner_version=version, queue=None)
    made.option = partial(Interaction.option, made)
    return made


def code(refusal):
    return refusal and refusal.code


def test_require_and_can():
    assert permissions.can(None) is True
    permissions.require(None)
    refusal = Conflict("ended", "This chat has ended.")
    assert permissions.can(refusal) == "This chat has ended."
    with pytest.raises(Conflict, match="ended"):
        permissions.require(refusal)


@pytest.mark.parametrize("version, refused", [(4, "stale"), (5, None), (6, None)])
def test_an_older_ownership_must_look_again(version, refused):
    assert code(permissions.is_current(chat(version=5), version)) == refused


@pytest.mark.parametrize(
    "state, left, refused",
    [
        (State.ACTIVE, None, None),
        (State.WAITING, None, None),
        (State.ACTIVE, 1, "not_party"),
        (State.ENDED, None, "ended"),
        (State.ENDED, 1, "ended"),
    ],
)
def test_writing(state, left, refused):
    assert code(permissions.can_take_part(chat(state), seat(ANA, left))) == refused


def said(name: str, site: Site) -> Effective:
    """By somebody who has no options of their own."""
    return effective(name, site=site)


@pytest.mark.django_db
@pytest.mark.parametrize("seats, refused", [(0, None), (5, None), (6, "party_limit"), (7, "party_limit")])
def test_the_party_limit(seats, refused):
    assert code(permissions.can_conference(chat(), seat(ANA), seats, Site())) == refused


@pytest.mark.parametrize("seats, refused", [(2, None), (3, "party_limit")])
def test_the_queues_own_party_limit(seats, refused):
    crowded = chat()
    crowded.queue = Queue(name="Billing", party_limit=3)
    refusal = permissions.can_conference(crowded, seat(ANA), seats, Site())
    assert code(refusal) == refused
    assert not refusal or "at most 3" in refusal.message


@pytest.mark.parametrize(
    "state, left, held, refused",
    [
        (State.ACTIVE, None, USUALLY, None),
        (State.ACTIVE, None, may("end"), None),
        (State.ACTIVE, None, may("conference.agent"), "not_allowed"),
        (State.ENDED, None, may(), "ended"),
        (State.ACTIVE, 1, may(), "not_party"),
    ],
)
def test_ending(state, left, held, refused):
    assert code(permissions.can_end(chat(state), seat(ANA, left, held=held))) == refused


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asks, held, target, refused",
    [
        (Kind.CONFERENCE, may("conference.agent"), "agent", None),
        (Kind.CONFERENCE, may("conference.agent"), None, None),
        (Kind.CONFERENCE, may("conference.agent"), "queue", "not_allowed"),
        (Kind.CONFERENCE, may("end", "transfer.agent"), None, "not_allowed"),
        (Kind.TRANSFER, may("transfer.skill"), "skill", None),
        (Kind.TRANSFER, may("transfer.skill"), "queue", "not_allowed"),
        (Kind.CONSULT, may("consult.agent", "consult_chat"), "agent", None),
        (Kind.CONSULT, may("consult.agent", "consult_voice"), "agent", "not_allowed"),
        (Kind.CONSULT, may("consult.agent", "consult_chat"), "group", "not_allowed"),
    ],
)
def test_asking_by_kind_of_target(asks, held, target, refused):
    assert code(permissions.may_ask(SimpleNamespace(held=held), asks, target)) == refused


@pytest.mark.parametrize(
    "held, refused",
    [
        (USUALLY, None),
        (may("consult.agent", "consult_im"), None),
        (may("consult.agent"), "not_allowed"),
        (may("consult_chat", "consult_voice", "consult_im"), "not_allowed"),
    ],
)
def test_consulting_in_any_medium(held, refused):
    assert code(permissions.may_consult(SimpleNamespace(held=held))) == refused


@pytest.mark.parametrize(
    "agent, kind, refused",
    [
        (ANA, Kind.CONFERENCE, "already_party"),
        (ANA, Kind.CONSULT, "already_party"),
        (BO, Kind.TRANSFER, "already_invited"),
        (CY, Kind.CONSULT, "already_consulted"),
        (CY, Kind.CONFERENCE, None),
        (KIM, Kind.CONSULT, None),
    ],
)
def test_adding(agent, kind, refused):
    agent.nickname = agent.name
    picture = SimpleNamespace(here=[SimpleNamespace(agent_id=ANA.id)], invited={BO.id, None}, consulted={CY.id})
    assert code(permissions.can_be_added(agent, kind, picture)) == refused


@pytest.mark.parametrize(
    "by, who, refused",
    [
        (seat(ANA), seat(BO), None),
        (seat(BO), seat(CY, by=BO), None),
        (seat(CY, supervisor=True), seat(BO), None),
        (seat(CY), seat(BO, by=ANA), "not_owner"),
        (seat(CY, held=may("remove_party")), seat(BO, by=ANA), None),
        (seat(CY, held=may("remove_party")), seat(ANA), "is_owner"),
        (seat(CY, held=may("end")), seat(BO, by=ANA), "not_owner"),
        (seat(BO, held=may()), seat(CY, by=BO), None),
        (seat(BO), seat(ANA), "is_owner"),
        (seat(CY, supervisor=True), seat(ANA), "is_owner"),
        (seat(ANA), seat(ANA), "is_owner"),
        (seat(BO), seat(BO, by=BO), "not_allowed"),
        (seat(ANA), seat(KIM, kind="contact"), "not_allowed"),
        (seat(ANA, left=1), seat(BO), "not_party"),
    ],
)
def test_removing(by, who, refused):
    assert code(permissions.can_remove(chat(), by, who)) == refused


@pytest.mark.parametrize(
    "party, refused",
    [
        (seat(ANA), None),
        (seat(BO), None),
        (seat(CY), "not_owner"),
        (seat(ANA, 1), "not_owner"),
        (seat(BO, 1), "not_owner"),
    ],
)
def test_cancelling(party, refused):
    invitation = SimpleNamespace(inviter_id=BO.id)
    assert code(permissions.can_cancel(chat(), invitation, party)) == refused


def rule(*, offers=True, **fields) -> DispositionRule:
    made = DispositionRule(**fields)
    made.offers = offers
    return made


@pytest.mark.parametrize(
    "left, done, rule, refused",
    [
        (None, None, None, "no_outcomes"),
        (None, None, rule(), None),
        (None, None, rule(offers=False), "no_outcomes"),
        (None, None, rule(after_only=True), "too_early"),
        (1, None, rule(after_only=True), None),
        (1, 1, rule(), "done"),
    ],
)
def test_choosing_an_outcome(left, done, rule, refused):
    segment = SimpleNamespace(consulted=False, left_at=left, done_at=done)
    assert code(permissions.can_choose(segment, rule)) == refused


@pytest.mark.parametrize(
    "left, last, rule, chosen, refused",
    [
        (None, False, None, 0, "not_ended"),
        (1, True, None, 0, None),
        (1, True, rule(), 0, None),
        (1, True, rule(required=True), 0, "disposition_required"),
        (1, True, rule(required=True), 1, None),
        (1, True, rule(required=True, offers=False), 0, None),
        (1, False, rule(required=True), 0, None),
        (1, False, rule(required=True, required_of_others=True), 0, "disposition_required"),
        (None, True, rule(required=True), 1, "not_ended"),
    ],
)
def test_mark_done(left, last, rule, chosen, refused):
    segment = SimpleNamespace(consulted=False, left_at=left, last_owner=last)
    assert code(permissions.can_finish(segment, rule, chosen)) == refused


@pytest.mark.parametrize(
    "status, present, used, refused",
    [
        ("ready", True, 0, None),
        ("ready", True, 3, None),
        ("ready", True, 4, "at_capacity"),
        ("ready", False, 0, "logged_off"),
        ("not_ready", True, 0, "not_ready"),
        ("not_ready", False, 9, "not_ready"),
        ("after_call_work", True, 0, "not_ready"),
        ("do_not_disturb", True, 0, "not_ready"),
        ("logged_off", True, 0, "logged_off"),
        (None, True, 0, "logged_off"),
    ],
)
def test_inviting(status, present, used, refused):
    agent = SimpleNamespace(after_last="", nickname="Bo", slots=lambda site: 3, option=said, held=USUALLY)
    channel = status and SimpleNamespace(status=status, reason=None)
    there = {"channel": channel, "present": present, "site": Site(over_capacity=1), "load": Load(used=used)}
    refusal = permissions.can_be_invited(agent, Kind.CONFERENCE, **there)
    assert code(refusal) == refused
    assert refusal is None or refusal.message.startswith("Bo ")


@pytest.mark.django_db
@pytest.mark.parametrize("consulted, refused", [(0, None), (1, None), (2, "at_capacity")])
def test_a_consultation_takes_no_slot_and_has_a_limit_of_its_own(consulted, refused):
    agent = SimpleNamespace(after_last="", nickname="Bo", slots=lambda site: 3, option=said, held=USUALLY)
    channel = SimpleNamespace(status="ready", reason=None)
    there = {"channel": channel, "present": True, "site": Site(), "load": Load(used=9, consulted=consulted)}
    assert code(permissions.can_be_invited(agent, Kind.CONSULT, **there)) == refused


def test_nobody_is_invited_who_may_not_take_chats():
    agent = SimpleNamespace(nickname="Bo", held=may("end"))
    refusal = permissions.can_be_invited(agent, Kind.CONFERENCE, channel=None, present=True, site=None, load=Load())
    assert (refusal.code, refusal.message) == ("not_ready", "Bo may not take chats.")


@pytest.mark.parametrize(
    "status, refused", [("ready", "not_allowed"), ("not_ready", "not_allowed"), ("logged_off", None)]
)
def test_without_the_channel_only_log_off_is_left(status, refused):
    assert code(permissions.can_set(SimpleNamespace(held=may("end")), status)) == refused
    assert permissions.can_set(SimpleNamespace(held=may("use_chat")), status) is None


def test_what_never_changes_is_forbidden_and_the_rest_is_a_conflict():
    """403 says never, 409 says not now: clients offer to look again only at the latter."""
    assert isinstance(permissions.can_cancel(chat(), SimpleNamespace(inviter_id=BO.id), seat(CY)), NotAllowed)
    assert isinstance(permissions.can_remove(chat(), seat(CY), seat(BO)), NotAllowed)
    assert isinstance(permissions.can_take_part(chat(State.ENDED), seat(ANA)), Conflict)


@pytest.mark.django_db
def test_the_latest_segment_is_meant(world):
    kim = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    world.end(kim, world.bo, "leave")
    world.conferenced(kim, world.ana, world.bo)
    assert permissions.segment_of(fresh(kim), world.bo).party == party(kim, world.bo)
    with pytest.raises(NotFound):
        permissions.segment_of(fresh(kim), world.cy)
