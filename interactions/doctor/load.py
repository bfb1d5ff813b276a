"""The load test: lines in chats of three people, more and more a second, until the site no longer keeps up.

A line counts when it was acknowledged, arrived at both others, and every reader got all lines in order.
"""

import asyncio
import itertools
import time
import uuid
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from django.conf import settings
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from core.errors import Conflict, ParleyError

from . import scratch

RATES = (10, 25, 50, 100, 200, 400, 800, 1_600, 3_200, 6_400)
EACH_PERSON = 10  # lines a second at most: the site limits what one socket may send
GRACE, PATIENCE, HELD_WITHIN, LAGGING = 5.0, 20.0, 1.0, 0.9
OPENING = 25
QUIET, LONG = 15.0, 60  # longer than two signs of life are apart; only where there is time for it


class Step(NamedTuple):
    """One rate. `times` in seconds, from when a line was due to the last of the others; `late`: not there after all."""

    offered: float
    sent: int
    late: int
    times: list[float]
    wrong: int
    cut: int
    busy: float

    def at(self, share: float) -> float:
        return (
            sorted(self.times)[min(len(self.times) - 1, int(len(self.times) * share))] if self.times else float("inf")
        )

    @property
    def held(self) -> bool:
        return not (self.late or self.wrong or self.cut) and self.at(0.99) < HELD_WITHIN

    @property
    def words(self) -> str:
        times = "".join(f"{self.at(share) * 1000:>9.1f}" for share in (0.5, 0.95, 0.99))
        faults = f"{self.late} late, {self.wrong} out of order, {self.cut} sockets cut; " if not self.held else ""
        return f"{self.offered:>10.0f}{self.sent:>9}{times}   {faults}{'held' if self.held else 'not held'}"


class Person:
    """One socket of a chat; keeps when each line came, and what came in another order."""

    def __init__(self, chat: str, news: asyncio.Event):
        self.chat, self.news, self.came, self.acked = chat, news, {}, set()
        self.numbers, self.last, self.disorder, self.cut = set(), 0, 0, 0
        self.welcome = asyncio.Event()

    async def open(self, address: str, headers: dict, **hello) -> None:
        origin = settings.ORIGINS[0]
        self.socket = await connect(
            address, origin=origin, additional_headers=headers, compression=None, max_size=2**22
        )
        await self._say(type="hello", tab=uuid.uuid4().hex, **hello)
        self.reading = asyncio.create_task(self._read())
        async with asyncio.timeout(PATIENCE):
            await self.welcome.wait()

    async def send(self, id: str) -> None:
        await self._say(type="send", interaction=self.chat, id=id, text="Load test", lane="public")

    @property
    def wrong(self) -> int:
        """Lines out of order, and numbers that never came."""
        return self.disorder + max(self.numbers, default=0) - len(self.numbers)

    async def close(self) -> None:
        self.reading.cancel()
        await self.socket.close()

    async def _say(self, **frame) -> None:
        await self.socket.send(msgspec.json.encode(frame).decode())

    async def _read(self) -> None:
        try:
            async for text in self.socket:
                self._take(msgspec.json.decode(text), time.perf_counter())
        except ConnectionClosed:
            self.cut += 1
        else:
            self.cut += 1

    def _take(self, frame: dict, at: float) -> None:
        self.news.set()
        match frame:
            case {"type": "welcome"}:
                self.welcome.set()
            case {"type": "ack", "id": id, "number": number}:
                self.acked.add(id)
                self.numbers.add(number)
            case {"type": "message", "lane": "public", "id": id, "number": number}:
                self.disorder += number <= self.last
                self.last = number
                self.numbers.add(number)
                self.came[id] = at


def run(url: str, seconds: int, count: int, say: Callable[[str], None]) -> bool:
    """Measure and print; what was made for it is removed, however it ends. Was the first rate held?"""
    scratch.remove()
    try:
        chats = scratch.fill(count)
        steps = asyncio.run(_measured(url.rstrip("/"), seconds, chats, say))
    except ParleyError as refusal:
        say(refusal.message)
        return False
    except (OSError, ConnectionClosed, InvalidHandshake, TimeoutError) as error:
        say(f"Sockets could not be opened at {url}: {error}. Is the site running there? See --url.")
        return False
    except KeyboardInterrupt:
        say("Ended early.")
        return True
    finally:
        say(f"Removed {scratch.remove()} chats of the test.")
    return _sum_up(steps, say)


def _sum_up(steps: list[Step], say) -> bool:
    held = [step for step in steps if step.held]
    if not held:
        say("Not even the lowest rate was held.")
        return False
    best = held[-1]
    say(
        f"This site holds {best.offered:.0f} lines a second, each to three people: "
        f"half within {best.at(0.5) * 1000:.0f} ms, 99 % within {best.at(0.99) * 1000:.0f} ms."
    )
    if steps[-1].held:
        say("It was not brought to its limit; more with --chats.")
    if steps[-1].busy > LAGGING:
        say("The measuring itself took a whole core at the end: the site may hold more. Measure from another machine.")
    return True


async def _measured(url: str, seconds: int, chats: list[dict], say) -> list[Step]:
    people = await _opened(url.replace("http", "ws", 1), chats)
    if seconds >= LONG:
        await _stay(people, QUIET)
        seconds -= int(QUIET)
    rates = [rate for rate in RATES if rate <= 3 * len(chats) * EACH_PERSON]
    say(f"{'lines/s':>10}{'lines':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    steps: list[Step] = []
    try:
        for rate in rates:
            steps.append(await _step(people, rate, max(1.0, seconds / len(rates))))
            say(steps[-1].words)
            if not steps[-1].held:
                break
    finally:
        await asyncio.gather(*(person.close() for three in people for person in three), return_exceptions=True)
    return steps


async def _opened(address: str, chats: list[dict]) -> list[list[Person]]:
    news = asyncio.Event()
    people = [[Person(chat["chat"], news) for _ in range(3)] for chat in chats]
    for start in range(0, len(chats), OPENING):
        part = zip(people[start : start + OPENING], chats[start : start + OPENING], strict=True)
        await asyncio.gather(*(_open(address, three, chat) for three, chat in part))
    return people


async def _stay(people: list[list[Person]], seconds: float) -> None:
    """Nobody says anything. Raises Conflict when sockets are cut for that."""
    await asyncio.sleep(seconds)
    cut, everybody = _faults(people)[1], sum(map(len, people))
    if cut:
        words = f"{cut} of {everybody} sockets on which nobody wrote were cut within {seconds:.0f} s."
        raise Conflict("cut", f"{words} Set the proxy's read time-out to 60 s: signs of life come every ten seconds.")


async def _open(address: str, three: list[Person], chat: dict) -> None:
    contact, *agents = three
    await contact.open(f"{address}/ws/contact/", {}, chat=chat["chat"], token=chat["token"])
    for agent, key in zip(agents, chat["cookies"], strict=True):
        await agent.open(f"{address}/ws/agent/", {"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}"})


async def _step(people: list[list[Person]], rate: int, seconds: float) -> Step:
    """Lines at even distances, whether or not those before have arrived. Who sends late is no excuse: times run from
    when a line was due."""
    faults, work = _faults(people), time.process_time()
    begun, sent = time.perf_counter(), {}
    turns = itertools.cycle((three, n) for n in range(3) for three in people)
    for number in range(int(rate * seconds)):
        due = begun + number / rate
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        three, n = next(turns)
        id = str(uuid.uuid4())
        sent[id] = (due, three, three[n])
        try:
            await three[n].send(id)
        except ConnectionClosed:
            break
    took = time.perf_counter() - begun
    busy = (time.process_time() - work) / took
    await _settled(sent, people[0][0].news)
    times = [found for id in sent if (found := _time_of(id, *sent[id])) is not None]
    wrong, cut = (after - before for after, before in zip(_faults(people), faults, strict=True))
    return Step(len(sent) / took, len(sent), len(sent) - len(times), times, wrong, cut, busy)


async def _settled(sent: dict, news: asyncio.Event) -> None:
    """Until everything is there, or the grace is over."""
    missing = set(sent)
    try:
        async with asyncio.timeout(GRACE):
            while missing := {id for id in missing if _time_of(id, *sent[id]) is None}:
                news.clear()
                await news.wait()
    except TimeoutError:
        return


def _time_of(id: str, begun: float, three: list[Person], sender: Person) -> float | None:
    came = [person.came.get(id) for person in three if person is not sender]
    return None if None in came or id not in sender.acked else max(came) - begun


def _faults(people: list[list[Person]]) -> tuple[int, int]:
    everybody = [person for three in people for person in three]
    return sum(person.wrong for person in everybody), sum(person.cut for person in everybody)
