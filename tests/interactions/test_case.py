"""Case data: what is shown of it, who changes it, and that nobody overwrites what they have not seen."""

import pytest

from interactions import events
from interactions.actions import arrival, case
from tests.interactions.steps import happens, leaves_all_alone, refused
from tests.scenes import scene
from tests.support import CANARY, fresh, party

pytestmark = pytest.mark.django_db
ORDER = {"key": "order", "label": f"Order number {CANARY}", "asked": False, "editable": True}


@pytest.fixture
@scene
def two(world):
    """Ana's chat, with Bo in it; agents may fill in an order number."""
    world.point.fields.create(**ORDER)
    world.point.fields.create(key="since", label="Since", type="date", asked=False, editable=True, preview=False)
    world.point.fields.create(key="speed", label="Mbit/s", type="number", asked=False, editable=True)
    chat = world.handled(world.ana, topic="Billing")
    return world.conferenced(chat, world.ana, world.bo)


def write(world, chat, by, value, *, key="order", expect=""):
    return case.set_case(chat.id, key, value, expect=expect, by=by, now=world.clock.tick())


def shown(chat, agent) -> dict:
    return {item.key: item.value for item in events.snapshot(fresh(chat), agent).case}


def test_every_agent_of_the_chat_fills_it_in_and_all_see_it(world, two):
    assert shown(two, world.ana) == {"topic": "Billing", "order": "", "since": "", "speed": ""}
    with happens(world, two, "case.set"):
        write(world, two, world.bo, f" A-17 {CANARY} ")
    assert shown(two, world.ana)["order"] == f"A-17 {CANARY}"
    with happens(world, two, "case.set"):
        write(world, two, world.ana, "", expect=f"A-17 {CANARY}")
    assert "order" not in fresh(two).case


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(world, two):
    write(world, two, world.bo, "A-17")
    with refused("case_changed", "Meanwhile somebody wrote “A-17” here.") as refusal:
        write(world, two, world.ana, "B-1")
    assert refusal.value.detail == {"key": "order", "value": "A-17"}
    write(world, two, world.ana, "B-1", expect="A-17")
    write(world, two, world.bo, "", expect="B-1")
    with refused("case_changed", "took the value away"):
        write(world, two, world.ana, "C-2", expect="B-1")


def test_both_writing_the_same_is_no_quarrel(world, two):
    write(world, two, world.bo, "A-17")
    with leaves_all_alone():
        write(world, two, world.ana, "A-17")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("speed", "fast", "A number, please"),
        ("speed", "1e5", "A number, please"),
        ("since", "yesterday", "A date, please"),
        ("since", "2026-02-30", "A date, please"),
        ("since", "20260301", "A date, please"),
        ("order", "x" * 501, "At most 500 characters"),
    ],
)
def test_a_value_of_another_type_is_refused(world, two, key, value, words):
    with refused("invalid", words):
        write(world, two, world.ana, value, key=key)


@pytest.mark.parametrize(("key", "value"), [("speed", "-12,5"), ("speed", "250"), ("since", "2026-02-28")])
def test_a_value_of_the_type_is_kept(world, two, key, value):
    write(world, two, world.ana, value, key=key)
    assert shown(two, world.ana)[key] == value


def test_what_only_contacts_say_is_read_only(world, two):
    with refused("not_allowed", "is not changed by agents"):
        write(world, two, world.ana, "Network", key="topic", expect="Billing")


def test_an_unknown_key_and_another_chat(world, two):
    with refused("not_found"):
        write(world, two, world.ana, "x", key="nothing")
    with refused("not_found"):
        write(world, two, world.cy, "A-17")


def test_it_stays_editable_after_end_until_mark_done(world, two):
    world.end(two, world.bo, "leave")
    with happens(world, two, "case.set"):
        write(world, two, world.bo, "A-17")
    party(two, world.bo).segment.set(done_at=world.now)
    with refused("done"):
        write(world, two, world.bo, "B-1", expect="A-17")


def test_the_preview_shows_what_the_administrator_chose(world, two):
    write(world, two, world.ana, "A-17")
    write(world, two, world.ana, "2026-02-28", key="since")
    world.ready(world.cy)
    world.invite(two, world.ana, world.cy)
    (preview,) = events.desk(fresh(world.cy), world.now).invitations
    assert [item.key for item in preview.case] == ["topic", "order"]


def test_a_preview_that_rings_follows_the_case_data(world, two):
    world.ready(world.cy)
    world.invite(two, world.ana, world.cy)
    with happens(world, two, "case.set"):
        write(world, two, world.ana, "A-17")
    (preview,) = events.desk(fresh(world.cy), world.now).invitations
    assert [(item.key, item.value) for item in preview.case] == [("topic", "Billing"), ("order", "A-17")]


def test_contacts_are_not_asked_for_what_agents_fill_in(world, two):
    given = {"client_id": "lou", "answers": {"order": "A-17"}}
    with refused("invalid") as refusal:
        arrival.start("website", name="Lou", now=world.clock.tick(), **given)
    assert refusal.value.detail["fields"] == {"order": ["There is no such field."]}
