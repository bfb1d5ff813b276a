"""Work done together: what gathers is one batch, each gets the own outcome, and nobody is forgotten."""

import asyncio
import threading
from collections import Counter
from contextlib import asynccontextmanager

import pytest

from core.batches import LATER, Batches
from tests.test_realtime import until

pytestmark = pytest.mark.once


class Bench:
    """Work that goes on when it is told to."""

    def __init__(self, outcome=lambda item: item * 10):
        self.seen: list[list] = []
        self.gate = threading.Semaphore(0)
        self._outcome = outcome

    def __call__(self, items: list) -> list:
        self.seen.append(items)
        assert self.gate.acquire(timeout=60)
        return [self._outcome(item) for item in items]

    async def begun(self, count: int) -> None:
        """Until so many batches are begun."""
        await until(lambda: len(self.seen) >= count, 60)


@pytest.fixture(autouse=True)
def given_back(monkeypatch):
    """No connections; how often batches of this name have given them back."""
    given = Counter()
    monkeypatch.setattr("core.db.give_back", lambda: given.update([threading.current_thread().name]))
    for name in ("give_back_if_scarce", "let_go_of_dead"):
        monkeypatch.setattr(f"core.db.{name}", lambda: None)
    return lambda name: given[f"{name}_0"]


def add_all(batches: Batches, items) -> list[asyncio.Task]:
    return [asyncio.create_task(batches.add(item)) for item in items]


async def test_what_arrives_meanwhile_is_one_batch():
    bench = Bench()
    batches = Batches(bench, name="test")
    first = add_all(batches, [1])
    await bench.begun(1)
    others = add_all(batches, [2, 3, 4])
    await asyncio.sleep(0)
    bench.gate.release(2)
    assert await asyncio.gather(*first, *others) == [10, 20, 30, 40]
    assert bench.seen == [[1], [2, 3, 4]]


async def test_a_batch_is_bounded():
    bench = Bench()
    batches = Batches(bench, name="test", most=2)
    first = add_all(batches, [1])
    await bench.begun(1)
    others = add_all(batches, [2, 3, 4, 5, 6])
    await asyncio.sleep(0)
    bench.gate.release(9)
    await asyncio.gather(*first, *others)
    assert bench.seen == [[1], [2, 3], [4, 5], [6]]


async def test_an_error_is_the_own_one():
    bench = Bench(lambda item: ValueError(item) if item == 2 else item)
    bench.gate.release(9)
    got = await asyncio.gather(*add_all(Batches(bench, name="test"), [1, 2, 3]), return_exceptions=True)
    assert [repr(one) for one in got] == ["1", "ValueError(2)", "3"]


@pytest.mark.parametrize("work", [lambda items: 1 / 0, lambda items: []])
async def test_work_that_breaks_is_everybodys_error_and_the_next_is_done(work):
    works = [work, lambda items: items]
    batches = Batches(lambda items: works.pop(0)(items), name="test")
    with pytest.raises((ZeroDivisionError, AssertionError)):
        await batches.add(1)
    assert await batches.add(2) == 2


async def test_what_is_kept_comes_first_in_the_next():
    tries = []

    def outcome(item):
        tries.append(item)
        return LATER if item in (1, 2) and tries.count(item) < 3 else item

    bench = Bench(outcome)
    batches = Batches(bench, name="test")
    tasks = add_all(batches, [1, 9, 2])
    await bench.begun(1)
    tasks += add_all(batches, [3])
    await asyncio.sleep(0)
    bench.gate.release(99)
    assert await asyncio.gather(*tasks) == [1, 9, 2, 3]
    assert [items for items in bench.seen if 1 in items][-1][:2] == [1, 2]
    assert tries.count(9) == tries.count(3) == 1


async def test_who_comes_to_a_full_house_waits():
    bench = Bench()
    batches = Batches(bench, name="test", room=2)
    tasks = add_all(batches, [1, 2, 3, 4])
    await bench.begun(1)
    bench.gate.release(9)
    assert await asyncio.gather(*tasks) == [10, 20, 30, 40]
    assert all(len(items) <= 2 for items in bench.seen)


async def test_who_goes_away_is_served_and_leaves_the_place():
    bench = Bench()
    batches = Batches(bench, name="test", room=1)
    [gone] = add_all(batches, [1])
    await bench.begun(1)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    last = asyncio.create_task(batches.add(2))
    await asyncio.sleep(0.01)
    assert not last.done() and bench.seen == [[1]]
    bench.gate.release(2)
    assert await last == 20


async def test_draining_waits_for_all():
    bench = Bench()
    batches = Batches(bench, name="test", most=1)
    tasks = add_all(batches, [1, 2, 3])
    await bench.begun(1)
    drained = asyncio.create_task(batches.drain())
    await asyncio.sleep(0.01)
    assert not drained.done()
    bench.gate.release(3)
    await drained
    assert bench.seen == [[1], [2], [3]]
    await asyncio.gather(*tasks)


@asynccontextmanager
async def kept(work, name: str, monkeypatch, hold: float = 600):
    """Batches that keep their connection for so long, and not for longer than this test."""
    monkeypatch.setattr("core.batches.HOLD", hold)
    batches = Batches(work, name=name)
    try:
        yield batches
    finally:
        await batches.drain()


async def test_while_work_flows_the_connection_is_kept(monkeypatch, given_back):
    async with kept(lambda items: items, "flows", monkeypatch) as batches:
        assert [await batches.add(number) for number in range(5)] == [0, 1, 2, 3, 4]
        assert given_back("flows") == 0
        await batches.drain()
        assert given_back("flows") == 1
        assert await batches.add(5) == 5
    assert given_back("flows") == 2


async def test_who_waits_for_a_connection_gets_it_after_this_batch_however_many_come(monkeypatch):
    asked, bench = Counter(), Bench()
    monkeypatch.setattr("core.db.give_back_if_scarce", lambda: asked.update([threading.current_thread().name]))
    batches = Batches(bench, name="busy", most=1)
    tasks = add_all(batches, [1, 2, 3, 4])
    for done in range(3):
        await bench.begun(done + 1)
        assert asked["busy_0"] == done
        bench.gate.release()
    bench.gate.release()
    await asyncio.gather(*tasks)
    await batches.drain()


async def test_when_no_more_comes_it_is_given_back(monkeypatch, given_back):
    async with kept(lambda items: items, "ends", monkeypatch, hold=0.01) as batches:
        assert await batches.add(1) == 1
        await until(lambda: given_back("ends"), 60)
        assert await batches.add(2) == 2


async def test_work_that_broke_gives_it_back_at_once(monkeypatch, given_back):
    async with kept(lambda items: 1 / 0, "breaks", monkeypatch) as batches:
        with pytest.raises(ZeroDivisionError):
            await batches.add(1)
        assert given_back("breaks") == 1


def test_another_loop_may_go_on():
    """Each test has its own; a server has one."""
    batches = Batches(lambda items: items, name="test", room=1)
    assert [asyncio.run(batches.add(number)) for number in range(3)] == [0, 1, 2]
