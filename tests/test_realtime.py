"""Pushing: order, bounds, controls, faults, and the way to other processes, whatever becomes of Redis."""

import asyncio
import statistics
import threading
import time
import weakref

import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from core import realtime
from core.realtime import Faults, Outlet, Post, hub, outlet, relay
from core.wire import text_frame
from tests.redis import Redis

GROUP = "agent.1"


class Peer:
    """The far end of an outlet."""

    def __init__(self, stuck: bool = False):
        self.got: list[str] = []
        self.code: int | None = None
        self.stuck = stuck

    async def send(self, message: dict) -> None:
        if self.stuck and message["type"] == "websocket.send":
            await asyncio.Event().wait()
        if message["type"] == "websocket.close":
            self.code = message["code"]
        else:
            self.got.append(message["text"])


@pytest.fixture
async def connect():
    """Peers that are connected to a group until the test is over."""
    outlets = []

    def open_one(peer: Peer, group=GROUP, tab="", heads=None, held=False, write=lambda text: False) -> Outlet:
        out = Outlet(peer.send, tab, write=write)
        realtime.join(out, group)
        if not held:
            out.release([], heads or {})
        outlets.append(out)
        out.start(lambda error: None)
        return out

    yield open_one
    for out in outlets:
        await out.stop()
        realtime.leave(out)
    realtime.inject(None)
    await realtime.stop()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def until(true, seconds=60.0) -> None:
    """Wait for something that others do, no longer than needed."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.005)


def line(number: int, group=GROUP, key="lane") -> Post:
    return Post((group,), str(number).encode(), (key, number))


async def test_lines_arrive_in_the_order_of_their_numbers(connect):
    peer = Peer()
    connect(peer, heads={"lane": 2})
    realtime.publish([line(number) for number in (4, 2, 3, 3, 6, 4, 5)])
    await settle()
    assert peer.got == ["3", "4", "5", "6"]


async def test_a_gap_is_waited_for_only_so_long(connect, monkeypatch):
    monkeypatch.setattr(outlet, "HOLD", 0.01)
    peer = Peer()
    connect(peer, heads={"lane": 1})
    realtime.publish([line(4), line(3)])
    await settle()
    assert peer.got == []
    await until(lambda: peer.got == ["3", "4"])
    realtime.publish([line(2), line(5)])
    await settle()
    assert peer.got == ["3", "4", "5"]


async def test_a_lane_not_heard_of_before_begins_in_order_too(connect, monkeypatch):
    monkeypatch.setattr(outlet, "HOLD", 0.01)
    peer = Peer()
    connect(peer)
    realtime.publish([line(8), line(7), line(2, key="new"), line(1, key="new")])
    await settle()
    assert peer.got == ["1", "2"]
    await until(lambda: peer.got == ["1", "2", "7", "8"])


async def test_what_happens_during_the_greeting_comes_after_it(connect):
    peer = Peer()
    out = connect(peer, held=True)
    realtime.publish([line(5), Post((GROUP,), b"news"), line(6), line(7)])
    await settle()
    assert peer.got == []
    out.release(["welcome", "missed 6"], {"lane": 6})
    await settle()
    assert peer.got == ["welcome", "missed 6", "news", "7"]


async def test_a_reader_that_stops_is_closed_and_holds_up_nobody(connect):
    stuck, well = Peer(stuck=True), Peer()
    connect(stuck)
    connect(well)
    for number in range(300):
        realtime.publish([Post((GROUP,), str(number).encode())])
        await settle()
    assert len(well.got) == 300
    await until(lambda: stuck.code == 4408)


class Full(Peer):
    """Takes so many frames at once, then says that it cannot."""

    def __init__(self, room: int):
        super().__init__()
        self.room, self.written = room, 0

    def write(self, text: str) -> bool:
        if self.written == self.room:
            return False
        self.written += 1
        self.got.append(text)
        return True


@pytest.mark.parametrize("room", [0, 1, 3, 9])
async def test_what_can_be_written_at_once_is_and_the_order_stays(connect, room):
    peer = Full(room)
    connect(peer, heads={"lane": 0}, write=peer.write)
    await settle()
    realtime.publish([line(number) for number in (1, 3, 2)])
    await settle()
    peer.written -= 1  # there is room again, but some may still be queued
    realtime.publish([line(number) for number in (4, 5, 6)])
    await settle()
    assert peer.got == [str(number) for number in range(1, 7)]


async def test_nothing_is_written_after_the_close(connect):
    peer = Full(99)
    out = connect(peer, write=peer.write)
    await settle()
    out.close(4412)
    realtime.publish([Post((GROUP,), b"late")])
    await settle()
    assert (peer.got, peer.code) == ([], 4412)


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65535, 65536])
def test_a_text_frame_is_read_by_the_library(length):
    reader = StreamReader()
    reader.feed_data(text_frame(b"x" * length))
    parse = Frame.parse(reader.read_exact, mask=False)
    with pytest.raises(StopIteration) as parsed:
        next(parse)
    assert parsed.value.value == Frame(Opcode.TEXT, b"x" * length)


async def test_bytes_are_bounded_as_well_as_frames(connect):
    stuck = Peer(stuck=True)
    connect(stuck)
    realtime.publish([Post((GROUP,), b"x" * 60_000) for _ in range(20)])
    await until(lambda: stuck.code == 4408)


async def test_a_large_frame_alone_is_sent(connect):
    """A welcome may be larger than what may queue: who waits for nothing else does not lag."""
    peer, large = Peer(), "x" * (outlet.CHARACTERS + 1)
    out = connect(peer, held=True)
    out.release([large], {})
    await settle()
    assert (peer.got, peer.code) == ([large], None)
    stuck = Peer(stuck=True)
    connect(stuck, held=True).release([large, "more"], {})
    await until(lambda: stuck.code == 4408)


async def test_what_was_sent_is_not_kept(connect):
    class Snapshot(str):
        """A text that can be watched."""

    peer, sent = Peer(), Snapshot("x" * 1000)
    gone = weakref.ref(sent)
    out = connect(peer)
    out.put(sent)
    del sent
    await until(lambda: peer.got)
    peer.got.clear()
    await asyncio.sleep(0)
    assert gone() is None


async def test_who_has_nothing_to_send_has_no_task(connect):
    well, stuck = Peer(), Peer(stuck=True)
    outs, before = [connect(well), connect(stuck)], asyncio.all_tasks()
    for out in outs:
        out.put("x")
    await until(lambda: well.got and outs[1].sending_since is not None)
    await settle()
    assert len(asyncio.all_tasks() - before) == 1


async def test_the_end_is_told_once_and_what_went_wrong(connect):
    async def break_off(message):
        raise RuntimeError("gone")

    ended, out = [], Outlet(break_off)
    out.release(["x"], {})
    out.start(ended.append)
    await until(lambda: ended)
    out.put("never")
    out.close(4401)
    await settle()
    assert [str(error) for error in ended] == ["gone"]
    peer, ended = Peer(), []
    out = Outlet(peer.send)
    out.release(["x"], {})
    out.start(ended.append)
    out.close(4401)
    await until(lambda: ended)
    assert (peer.got, peer.code, ended) == (["x"], 4401, [None])


async def test_who_fails_twice_in_one_moment_is_closed_and_told(connect):
    peer, ended = Peer(stuck=True), []
    out = Outlet(peer.send)
    out.release(["x"], {})
    out.start(ended.append)
    await until(lambda: out.sending_since is not None)
    out.fail()
    out.fail(1011)
    await until(lambda: ended)
    assert (peer.code, ended) == (1011, [None])


async def test_one_frame_may_not_take_for_ever(connect, monkeypatch):
    stuck = Peer(stuck=True)
    out = connect(stuck)
    realtime.publish([Post((GROUP,), b"x")])
    await until(lambda: out.sending_since is not None)
    out.sending_since -= outlet.SEND_TIME + 1
    await until(lambda: stuck.code == 4408)


async def test_threads_may_publish(connect):
    peer = Peer()
    connect(peer, heads={"lane": 0})

    def publish(first: int) -> None:
        for number in range(first, 201, 4):
            realtime.publish([line(number)])

    threads = [threading.Thread(target=publish, args=(first,)) for first in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    await until(lambda: len(peer.got) == 200)
    assert peer.got == [str(number) for number in range(1, 201)]


async def test_only_the_groups_of_a_post_get_it(connect):
    ana, kim = Peer(), Peer()
    connect(ana, "agent.a")
    connect(kim, "contact.k")
    realtime.publish([Post(("agent.a", "agent.b"), b"internal"), Post(("agent.a", "contact.k"), b"public")])
    await settle()
    assert (ana.got, kim.got) == (["internal", "public"], ["public"])


async def test_a_sink_sees_what_is_published(connect):
    with realtime.capture() as posts:
        realtime.publish([Post((GROUP,), b"x")])
        realtime.wake("engine")
    realtime.publish([Post((GROUP,), b"y")])
    assert posts == [Post((GROUP,), b"x")]


async def test_wakes_come_on_the_loop_from_any_thread(connect):
    calls = []
    forget = realtime.on_wake("engine", lambda: calls.append(threading.current_thread()))
    await asyncio.to_thread(realtime.wake, "engine")
    realtime.wake("other")
    await settle()
    assert calls == [threading.current_thread()]
    forget()
    realtime.wake("engine")
    await settle()
    assert len(calls) == 1


async def test_sockets_are_closed_by_control(connect):
    ana, bo = Peer(), Peer()
    connect(ana, "agent.a")
    connect(bo, "agent.b")
    realtime.publish([Post(("agent.a",), control="close:4401")])
    await settle()
    assert (ana.code, bo.code) == (4401, None)


async def test_the_same_tab_again_closes_only_its_older_socket(connect):
    older, other, newer = Peer(), Peer(), Peer()
    connect(older, tab="a:b")
    connect(other, tab="c")
    out = connect(newer, tab="a:b")
    realtime.publish([Post((GROUP,), control=f"replace:{out.opened}:a:b")])
    await settle()
    assert (older.code, other.code, newer.code) == (4409, None, None)


async def test_stopping_says_so_to_everybody(connect, monkeypatch):
    monkeypatch.setattr(hub, "STOP_TIME", 3600)
    peers = [Peer() for _ in range(3)]
    outs = [connect(peer) for peer in peers]
    stopping = asyncio.create_task(realtime.stop())
    await until(lambda: all(peer.code == 4412 for peer in peers))
    for out in outs:
        realtime.leave(out)
    await asyncio.wait_for(stopping, 60)


async def test_one_broken_socket_does_not_stop_delivery(connect, monkeypatch):
    broken, well = Peer(), Peer()
    out = connect(broken)
    connect(well)
    post = Outlet.post
    monkeypatch.setattr(Outlet, "post", lambda self, *args: 1 / 0 if self is out else post(self, *args))
    realtime.publish([Post((GROUP,), b"x")])
    await settle()
    assert (well.got, broken.code) == (["x"], 1011)


# --- faults -----------------------------------------------------------------------------------


async def test_faults_lose_double_and_reorder(connect):
    peer = Peer()
    connect(peer)
    realtime.inject(Faults(drop=0.3, double=0.1, reorder=0.2, seed=3))
    realtime.publish([Post((GROUP,), str(number).encode()) for number in range(250)])
    await asyncio.sleep(0.1)
    await settle()
    got = [int(text) for text in peer.got]
    assert 140 < len(set(got)) < 210
    assert len(got) > len(set(got))
    assert got != sorted(got)


async def test_faulty_lines_are_still_in_order_and_single(connect, monkeypatch):
    monkeypatch.setattr(outlet, "HOLD", 0.01)
    peer = Peer()
    connect(peer, heads={"lane": 0})
    realtime.inject(Faults(double=0.3, reorder=0.3, seed=5))
    realtime.publish([line(number) for number in range(1, 201)])
    await until(lambda: peer.got and peer.got[-1] == "200")
    assert peer.got == [str(number) for number in range(1, 201)]


async def test_the_environment_asks_for_faults_only_in_a_test():
    asked = {"PARLEY_TEST_FAULTS": "drop:0.3,double:0.1,reorder:0.1,seed:9"}
    assert Faults.from_environment(asked) is None
    faults = Faults.from_environment(asked | {"PARLEY_TEST": "1"})
    assert (faults.drop, faults.double, faults.reorder, faults.seed) == (0.3, 0.1, 0.1, 9)


# --- other processes --------------------------------------------------------------------------


@pytest.fixture
def redis(tmp_path):
    server = Redis(tmp_path)
    yield server
    server.kill()


@pytest.fixture
async def processes(redis, monkeypatch):
    """Two relays with layers of their own, as two processes have; each with what the other sent it."""
    made = []

    def process(name: str):
        layer = RedisPubSubChannelLayer(hosts=[redis.url])
        monkeypatch.setattr(relay, "get_channel_layer", lambda: layer)
        got: list[str] = []
        counts = type(realtime.counts)()
        one = relay.Relay(name, lambda posts: got.extend(post.frame.decode() for post in posts), counts)
        one.got = got
        made.append(one)
        return one

    yield process("a"), process("b")
    for one in made:
        await one.stop()


def say(one, text: str) -> None:
    one.offer([Post((GROUP,), text.encode())])


async def meet(a, b, word: str) -> None:
    """Until what one says reaches the other; hints may get lost meanwhile."""
    for number in range(1000):
        say(a, word)
        await asyncio.sleep(0.02)
        if word in b.got:
            return
        assert number < 900, f"{word} did not arrive"


async def test_posts_cross_to_the_other_process_only(processes):
    a, b = processes
    await meet(a, b, "hello")
    await meet(b, a, "ready")
    for number in range(500):
        say(b, str(number))
    await until(lambda: len([text for text in a.got if text.isdigit()]) == 500)
    assert [text for text in a.got if text.isdigit()] == [str(number) for number in range(500)]
    assert "hello" not in a.got


async def test_a_dead_redis_delays_nobody_and_heals(processes, redis):
    a, b = processes
    await meet(a, b, "before")
    await asyncio.to_thread(redis.kill)
    took = []
    for number in range(50):
        began = time.monotonic()
        say(a, f"lost {number}")
        took.append(time.monotonic() - began)
    assert statistics.median(took) < 0.1 / 50, "a busy machine stops some posts, a dead Redis would delay all"
    await until(lambda: a.counts["relay_failed"] > 0)
    await asyncio.to_thread(redis.start)
    await meet(a, b, "after")


async def test_a_flushed_redis_heals(processes, redis):
    a, b = processes
    await meet(a, b, "before")
    await asyncio.to_thread(redis.flush)
    await meet(a, b, "after")


async def test_a_paused_redis_costs_at_most_the_time_limit(processes, redis, monkeypatch):
    monkeypatch.setattr(relay, "SEND_TIME", 0.1)
    a, b = processes
    await meet(a, b, "before")
    redis.server.send_signal(19)
    say(a, "stuck")
    await until(lambda: a.counts["relay_failed"] > 0)
    redis.server.send_signal(18)
    await meet(a, b, "after")


async def test_a_minute_of_silence_breaks_nothing(processes):
    """Clients of Redis with a read time-out of five seconds lost an idle subscription."""
    a, b = processes
    await meet(a, b, "before")
    await asyncio.sleep(6.5)
    b.got.clear()
    say(a, "after")
    await until(lambda: "after" in b.got)
    assert b.counts["relay_lost"] == 0


async def test_a_backlog_is_bounded(processes, monkeypatch):
    monkeypatch.setattr(relay, "BACKLOG", 10)
    a, _ = processes
    for number in range(25):
        say(a, str(number))
    assert a.counts["relay_dropped"] == 15
