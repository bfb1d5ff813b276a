"""Instant messages over HTTP."""

import uuid

import pytest

from .scene import line

pytestmark = pytest.mark.django_db


@pytest.fixture
def bo(scene):
    return f"conversations/{scene.world.bo.id}/messages"


def test_lines_are_sent_once_and_read_by_both(scene, bo):
    ana, said = scene.as_("ana"), line("Got a minute?", interaction=str(scene.chat.id))
    first, again = ana.post(bo, said), ana.post(bo, said)
    assert first.data == again.data == {"type": "im_ack", "id": said["id"], "agent": bo.split("/")[1], "number": 1}
    read = scene.as_("bo").get(f"conversations/{scene.world.ana.id}/messages").data
    assert [one["text"] for one in read["results"]] == ["Got a minute?"]
    assert read["results"][0]["about"] == {"interaction": str(scene.chat.id), "contact": "Kim Lee"}
    assert read["conversation"]["unread"] == 1 and read["presence"].startswith("Ready")
    scene.as_("bo").post(f"conversations/{scene.world.ana.id}/seen", {"number": 1})
    listed = scene.as_("bo").get("conversations").data
    assert (listed["version"], listed["unread"], listed["next"]) == (2, 0, None)
    assert [one["nickname"] for one in listed["results"]] == ["Ana"]


def test_pages(scene, bo):
    ana = scene.as_("ana")
    for number in range(1, 5):
        ana.post(bo, line(str(number)))
    page = ana.get(bo, before=4, limit=2).data
    assert ([one["text"] for one in page["results"]], page["more"]) == (["2", "3"], True)
    assert [one["text"] for one in ana.get(bo, after=3).data["results"]] == ["4"]
    assert ana.get(bo, after=1, before=3).code == "invalid"
    assert ana.get("conversations", cursor="nonsense").code == "invalid"


def test_refusals_have_a_code(scene, bo):
    ana = scene.as_("ana")
    assert ana.post(f"conversations/{scene.world.ana.id}/messages", line()).code == "self"
    assert ana.post(bo, line(interaction=str(scene.other.id))).code == "not_found"
    assert ana.post(bo, line(" ")).code == "invalid"
    said = line("one")
    ana.post(bo, said)
    assert ana.post(bo, {**said, "text": "two"}).code == "id_reused"
    assert ana.post(bo, {"id": str(uuid.uuid4())}).code == "invalid"


def test_nobody_else_reads_a_word(scene, bo):
    scene.as_("ana").post(bo, line("between us"))
    for role in ("cy", "sue", "dee"):
        for colleague in (scene.world.ana, scene.world.bo):
            if colleague.user.username != role:
                read = scene.as_(role).get(f"conversations/{colleague.id}/messages").data
                assert read["results"] == [] and read["conversation"]["head"] == 0
        assert scene.as_(role).get("conversations").data["results"] == []
