"""Reading and writing lines."""

import uuid

import pytest

from interactions.models import Message

from .scene import line

pytestmark = pytest.mark.django_db

ONE = "interactions/<uuid:interaction>"


@pytest.fixture
def ana(scene):
    return scene.as_("ana")


# --- the transcript ---------------------------------------------------------------------------


@pytest.fixture
def long_chat(scene):
    for number in range(6):
        scene.world.line(scene.chat, None, f"question {number}")
        scene.world.line(scene.chat, scene.world.ana, f"aside {number}", lane="internal")
    return scene


def test_all_lanes_come_in_the_order_of_time(long_chat, ana):
    answer = ana.get(long_chat.path(f"{ONE}/messages"))
    times = [line["at"] for line in answer.data["results"]]
    assert times == sorted(times)
    assert answer.data["more"] is False
    lanes = {"public", "internal", str(long_chat.consultation.id)}
    assert {line["lane"] for line in answer.data["results"]} == lanes


def test_one_lane_is_read_in_pages(long_chat, ana):
    path = long_chat.path(f"{ONE}/messages")
    newest = ana.get(path, lane="internal", limit=2).data
    assert [line["text"] for line in newest["results"]] == ["aside 4", "aside 5"]
    assert newest["more"] is True
    before = ana.get(path, lane="internal", limit=2, before=newest["results"][0]["number"]).data
    assert [line["text"] for line in before["results"]] == ["aside 2", "aside 3"]
    after = ana.get(path, lane="internal", after=before["results"][-1]["number"]).data
    assert [line["text"] for line in after["results"]] == ["aside 4", "aside 5"]


def test_a_lane_that_is_not_there_does_not_exist(long_chat, ana):
    answer = ana.get(long_chat.path(f"{ONE}/messages"), lane=str(uuid.uuid4()))
    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"after": 1}, "lane"),
        ({"before": 1}, "lane"),
        ({"lane": "public", "after": -1}, "after"),
        ({"lane": "public", "after": 2**63}, "after"),
        ({"lane": "public", "before": 0}, "before"),
        ({"lane": "public", "after": "x"}, "after"),
        ({"limit": 0}, "limit"),
        ({"limit": 501}, "limit"),
        ({"lane": "x" * 37}, "lane"),
        ({"from": 1}, "from"),
    ],
)
def test_bad_pages_are_refused_by_name(scene, ana, query, field):
    answer = ana.get(scene.path(f"{ONE}/messages"), **query)
    assert (answer.status, answer.code) == (400, "invalid")
    assert list(answer.data["detail"]) == [field]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (line(""), 400),
        (line(" \n\t "), 400),
        (line("\x07\x1b"), 400),
        (line("x" * 2001), 400),
        (line("x" * 2000), 201),
        (line(17), 400),
        (line(None), 400),
        ({"text": "no id"}, 400),
        ({"id": "17", "text": "x"}, 400),
        (line(lane="nowhere"), 404),
        (line(lane="internal"), 201),
        (line(lane=None), 400),
        (line(to="everybody"), 400),
    ],
)
def test_lines_are_taken_or_refused_whole(scene, ana, body, status):
    lines = Message.objects.count()
    answer = ana.post(scene.path(f"{ONE}/messages"), body)
    assert answer.status == status
    assert Message.objects.count() - lines == (status == 201)
