"""The wallboard's socket: who gets in, what it is told and when; all that was told is the board as it stands."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import OperationalError

from agents.models import Agent, AgentGroup, DeskSession
from core import clock, leases, realtime
from core.db import db_call
from interactions.actions import locking
from reporting import boards, counting, frames, wallboard
from reporting.scope import EVERYTHING
from tests.protocol.clients import Dialer, InProcess, cookie_of
from tests.support import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(world, monkeypatch):
    """The clock of the sockets stands still, however long a test takes; only what a turn is given as `now` moves."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
    Agent.objects.filter(pk=world.sue.pk).update(supervisor=True)
    return world


@pytest.fixture
async def dial(transactional_db, monkeypatch):
    """Sockets in process; boards are looked after only when a test says so."""
    monkeypatch.setattr(boards, "TURN", 3600)
    dialer = Dialer(InProcess, settings.ORIGINS[0])
    yield dialer
    await dialer.hang_up()
    await realtime.stop()


@dataclass
class Wall:
    """A wallboard's client, which holds what it was told."""

    client: object
    cookie: str
    board: dict

    async def hear(self, *kinds: str) -> dict:
        frame = await self.client.frame(*(kinds or ("board", "beat", "locked", "error")))
        if frame["type"] == "board":
            self.board = applied(self.board, frame)
        return frame


def applied(board: dict, frame: dict) -> dict:
    """As a page does it."""
    held = {name: {row["id"]: row for row in board[name]} for name in ("queues", "agents")}
    for name, rows in held.items():
        rows.update({row["id"]: row for row in frame[name]})
        held[name] = {id: row for id, row in rows.items() if id not in frame["gone"]}
    rows = {name: sorted(rows.values(), key=lambda row: row["name"]) for name, rows in held.items()}
    return {name: frame[name] for name in ("at", "since", "threshold")} | rows


async def wall(dial, user, **hello) -> Wall:
    cookie = await db_call(cookie_of, user)
    client = await dial.connect("ws/board/", cookie=cookie, schema=frames.ToBoard)
    await client.say(type="hello", tab=uuid.uuid4().hex, **hello)
    welcome = await client.frame("welcome")
    return Wall(client, cookie, welcome["board"])


async def turn(seconds: float = 0) -> None:
    await boards.boards.turn(NOON + timedelta(seconds=seconds))


def as_it_stands(scope=EVERYTHING) -> dict:
    """A fresh board, without its time."""
    counting.catch_up_now()
    board = wallboard.board(scope, boards.ZoneInfo(settings.TIME_ZONE), NOON)
    return without_time(msgspec.json.decode(msgspec.json.encode(board)))


def without_time(board: dict) -> dict:
    return {name: value for name, value in board.items() if name != "at"}


async def test_what_changes_is_told_once_and_adds_up_to_the_board(dial, world):
    """Status, arrival, accept, end, log-in: after each the old board and the frame are a fresh board."""
    sue = await wall(dial, world.sue.user)
    await turn()
    assert (await sue.hear())["type"] == "beat"
    told = 0
    steps = (
        lambda: world.ready(world.ana),
        lambda: world.chat(name="Kim"),
        world.offer,
        lambda: world.accept(world.ana),
        lambda: world.chat(name="Lou", topic="Network"),
        lambda: world.agent("di", "Di Oak", "Billing", world.billing),
    )
    for number, step in enumerate(steps, 1):
        await db_call(step)
        await turn(6 * number)
        while (frame := await sue.hear())["type"] != "beat":
            assert "Bo Lind" not in str(frame), "only what has changed"
            told += 1
        assert without_time(sue.board) == await db_call(as_it_stands)
    assert told == 6


async def test_a_clock_that_was_set_back_stops_no_beat(dial, world):
    sue = await wall(dial, world.sue.user)
    await turn(3600)
    assert (await sue.hear())["type"] == "beat"
    await turn()
    await turn(10)
    while (await sue.hear())["type"] != "beat":
        pass


async def test_many_changes_between_two_looks_are_one_frame(dial, world):
    sue = await wall(dial, world.sue.user)
    await turn()
    await sue.hear("beat")
    for agent in (world.ana, world.bo, world.cy):
        await db_call(world.ready, agent)
    await turn()
    await turn()
    frame = await sue.hear()
    assert {row["name"] for row in frame["agents"]} == {"Ana Ruiz", "Bo Lind", "Cy Marsh"}
    await sue.client.silence()


async def test_where_nothing_happened_no_board_is_made(dial, world, monkeypatch):
    made = []
    of = wallboard.board
    monkeypatch.setattr(wallboard, "board", lambda *given: made.append(given) or of(*given))
    sue = await wall(dial, world.sue.user)
    await turn()
    assert len(made) == 2
    for _ in range(3):
        await turn()
    assert len(made) == 2
    await turn(6)
    assert len(made) == 3
    await db_call(world.ready, world.ana)
    await turn()
    assert len(made) == 4
    assert [(await sue.hear())["type"] for _ in range(3)] == ["beat", "beat", "board"]


async def test_boards_of_one_scope_and_zone_share_a_look(dial, world, monkeypatch):
    walls = [await wall(dial, world.sue.user, timezone=zone) for zone in ("", "", "Asia/Kathmandu")]
    made = []
    of = wallboard.board
    monkeypatch.setattr(wallboard, "board", lambda *given: made.append(given) or of(*given))
    await turn()
    assert len(made) == 2
    for each in walls:
        await each.hear("beat")


EVENING = "Pacific/Guadalcanal"
"""Where midnight comes an hour after NOON."""


async def test_a_connection_that_ran_out_and_midnight_have_no_event_and_are_told(dial, world):
    await db_call(world.ready, world.ana)
    sue = await wall(dial, world.sue.user, timezone=EVENING)
    assert [row["connected"] for row in sue.board["agents"] if row["name"] == "Ana Ruiz"] == [True]
    before = sue.board["since"]
    await db_call(world.absent, world.ana)
    await turn(60)
    frame = await sue.hear("board")
    assert [(row["name"], row["connected"]) for row in frame["agents"]] == [("Ana Ruiz", False)]
    assert frame["since"] == before
    await turn(2 * 3600)
    midnights = [datetime.fromisoformat(given) for given in (before, (await sue.hear("board"))["since"])]
    assert midnights[1] - midnights[0] == timedelta(days=1)


async def test_only_who_may_see_figures_gets_in(dial, world):
    for user, code in ((world.ana.user, 4403), (None, 4401)):
        cookie = await db_call(cookie_of, user) if user else ""
        client = await dial.connect("ws/board/", cookie=cookie, schema=frames.ToBoard)
        if user:
            await client.say(type="hello", tab="wall")
        assert await client.closed() == code
    client = await dial.connect(
        "ws/board/", cookie=await db_call(cookie_of, world.sue.user), origin="https://evil.example"
    )
    assert await client.closed() == 4403


@pytest.mark.parametrize("hello", [{"timezone": "Mars/Olympus"}, {"cursors": {}}, {"type": "beat"}], ids=str)
async def test_a_bad_hello_is_refused(dial, world, hello):
    client = await dial.connect("ws/board/", cookie=await db_call(cookie_of, world.sue.user), schema=frames.ToBoard)
    await client.say(**{"type": "hello", "tab": "wall", **hello})
    assert await client.closed() == 4400


async def test_a_right_that_is_taken_away_is_gone_at_the_next_look(dial, world):
    sue = await wall(dial, world.sue.user)
    await turn()
    await db_call(lambda: Agent.objects.filter(pk=world.sue.pk).update(supervisor=False))
    await turn()
    assert await sue.client.closed() == 4403


async def test_who_signs_out_is_closed_at_the_next_look(dial, world):
    sue = await wall(dial, world.sue.user)
    await db_call(lambda: Session.objects.filter(pk=sue.cookie).delete())
    await turn()
    assert await sue.client.closed() == 4401


async def test_behind_a_lock_nothing_is_shown(dial, world):
    sue = await wall(dial, world.sue.user)
    await db_call(lambda: locking.sit_down(world.sue, sue.cookie, now=world.now))
    await db_call(lambda: locking.lock(world.sue.id, now=world.now))
    await turn()
    assert await sue.client.closed() == 4423
    again = await dial.connect("ws/board/", cookie=sue.cookie, schema=frames.ToBoard)
    await again.say(type="hello", tab="wall")
    assert (await again.frame())["type"] == "locked"
    await db_call(world.ready, world.ana)
    await turn(6)
    assert (await again.frame("locked", "board", "beat"))["type"] == "locked"
    await db_call(lambda: DeskSession.objects.filter(pk=sue.cookie).update(locked_at=None))
    await turn()
    assert await again.closed() == 4423


async def test_a_board_is_of_the_groups_that_are_administered_as_they_are_now(dial, world):
    ben = await db_call(lambda: User.objects.create_user("ben"))
    floor = await db_call(lambda: AgentGroup.objects.create(name="Floor"))
    await db_call(floor.administrators.add, ben)
    await db_call(floor.agents.add, world.ana)
    wall_of_ben, sue = await wall(dial, ben), await wall(dial, world.sue.user)
    await turn()
    assert (wall_of_ben.board["queues"], [row["name"] for row in wall_of_ben.board["agents"]]) == ([], ["Ana Ruiz"])
    await wall_of_ben.hear("beat")
    await sue.hear("beat")
    await db_call(world.ready, world.bo)
    await turn()
    assert (await sue.hear())["type"] == "board"
    second = await db_call(lambda: AgentGroup.objects.create(name="Second"))
    await db_call(lambda: type(world.billing).objects.filter(pk=world.billing.pk).update(group=second))
    await db_call(second.administrators.add, ben)
    await turn()
    frame = await wall_of_ben.hear()
    assert ([row["name"] for row in frame["queues"]], frame["agents"]) == (["Billing"], [])
    await db_call(floor.administrators.clear)
    await turn()
    assert (await wall_of_ben.hear())["gone"] == [str(world.ana.id)]


async def test_a_board_that_comes_again_has_what_it_missed(dial, world):
    sue = await wall(dial, world.sue.user)
    await sue.client.close()
    await db_call(world.chat)
    again = await wall(dial, world.sue.user)
    assert without_time(again.board) == await db_call(as_it_stands)
    assert [row["waiting"] for row in again.board["queues"]] == [1, 0]


async def test_without_a_database_it_is_said_and_the_board_goes_on_afterwards(dial, world, monkeypatch):
    sue = await wall(dial, world.sue.user)
    await turn()
    await sue.hear("beat")

    def away(*given):
        raise OperationalError("away")

    with monkeypatch.context() as outage:
        outage.setattr(boards, "_look", away)
        await turn(6)
        assert (await sue.hear())["code"] == "unavailable"
    await db_call(world.chat)
    await turn(12)
    assert (await sue.hear())["queues"][0]["waiting"] == 1


async def test_a_question_is_answered_at_the_next_look(dial, world):
    sue = await wall(dial, world.sue.user)
    await turn()
    await sue.hear("beat")
    await sue.client.say(type="beat")
    await sue.client.silence()
    await turn()
    await sue.hear("beat")


@pytest.mark.parametrize(("took", "rest"), [(0, 1), (0.05, 1), (0.2, 1.8), (0.6, 5.4), (3, 6)])
def test_looks_that_take_long_are_rare_and_never_so_rare_that_walls_seem_old(took, rest):
    assert boards.pause(took) == pytest.approx(rest)


async def test_a_wallboard_is_nobodys_presence(dial, world):
    await wall(dial, world.sue.user)
    assert await db_call(leases.live, [world.sue.holder], NOON) == set()
