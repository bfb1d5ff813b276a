"""The simulated day: what queueing theory says, and what the engine's rules promise."""

import random
from datetime import UTC, datetime
from math import factorial, sqrt
from statistics import mean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.simulation import Chat, Line, Simulation, Worker, figures
from routing.strategies import STRATEGIES
from routing.widening import Need, Step

START = datetime(2026, 3, 4, tzinfo=UTC)
WHOLE_DAY = ((0.0, 10.0**9),)
T_99 = 2.861  # Student, 19 degrees of freedom, both sides


def erlang_c(agents: int, load: float) -> float:
    """The part of the chats that have to wait; `load` in Erlang."""
    top = load**agents / factorial(agents) * agents / (agents - load)
    return top / (sum(load**k / factorial(k) for k in range(agents)) + top)


def worker(number: int, *queues, slots=1, shifts=WHOLE_DAY, **levels) -> Worker:
    return Worker(number, f"Agent {number}", frozenset(queues), slots, shifts, levels)


def poisson(seed: int, chats: int, per_second: float, handling: float, patience=None) -> list[Chat]:
    chance, at, found = random.Random(seed), 0.0, []
    for _ in range(chats):
        at += chance.expovariate(per_second)
        leaves = chance.expovariate(1 / patience) if patience else None
        found.append(Chat(at, "q", chance.expovariate(1 / handling), patience=leaves))
    return found


def run(chats, workers, *lines, **more) -> Simulation:
    made = Simulation(lines or [Line("q", "Queue")], workers, START, **more)
    made.run(chats)
    return made


@pytest.mark.parametrize("agents, busy", [(5, 0.8), (12, 0.9)])
def test_waits_are_those_of_erlang_c(agents, busy):
    """Twenty runs of M/M/n: the formula lies within the 99 % confidence interval of their means."""
    handling, runs, chats = 300.0, 20, 2000
    load = agents * busy
    waiting, waits = [], []
    for seed in range(runs):
        done = run(poisson(seed, chats, load / handling, handling), [worker(n, "q") for n in range(agents)]).done
        settled = [one.wait for one in sorted(done, key=lambda one: one.chat.at)[chats // 5 :]]
        waiting.append(mean(wait > 0 for wait in settled))
        waits.append(mean(settled))
    part = erlang_c(agents, load)
    for found, right in ((waiting, part), (waits, part * handling / (agents - load))):
        assert abs(mean(found) - right) <= T_99 * stdev(found) / sqrt(runs), (mean(found), right)


def test_two_slots_are_two_agents_for_the_line():
    chats = poisson(1, 2000, 4 / 300, 300.0)
    two = run(chats, [worker(n, "q", slots=2) for n in range(3)]).done
    six = run(chats, [worker(n, "q") for n in range(6)]).done
    assert sorted(one.wait for one in two) == pytest.approx(sorted(one.wait for one in six))


def test_in_the_order_of_the_line_and_by_the_strategy():
    lines = [Line("q", "Q", "least_busy"), Line("vip", "VIP", priority=5)]
    chats = [Chat(0, "q", 100), Chat(1, "q", 100), Chat(2, "q", 100), Chat(3, "vip", 100)]
    done = run(chats, [worker(1, "q", "vip")], *lines).done
    assert [(one.chat.at, one.wait) for one in done] == [(0, 0), (3, 97), (1, 199), (2, 298)]
    both = run(chats[:2], [worker(1, "q", slots=2), worker(2, "q", slots=2)], *lines).done
    assert [one.agent for one in both] == [1, 2]


def test_priorities_rise_while_chats_wait():
    lines = [Line("q", "Q", ageing=10), Line("vip", "VIP", priority=5)]
    chats = [Chat(0, "q", 100), Chat(1, "q", 10), Chat(90, "vip", 10)]
    assert [one.chat.at for one in run(chats, [worker(1, "q", "vip")], *lines).done] == [0, 1, 90]


def test_skills_relax_and_overflow_comes_in_its_time():
    lines = [
        Line("q", "Q", needs=(Need("f", "Fibre", 5), Need("f", "Fibre", 3, 30)), steps=(Step(60, "r", "R"),)),
        Line("r", "R"),
    ]
    chat = [Chat(0, "q", 10)]
    assert run(chat, [worker(1, "q", f=5)], *lines).done[0].wait == 0
    assert run(chat, [worker(1, "q", f=4)], *lines).done[0].wait == 30
    helped = run(chat, [worker(1, "q"), worker(2, "r", f=3)], *lines).done[0]
    assert (helped.wait, helped.agent, helped.through) == (60, 2, "r")


def test_contacts_leave_and_shifts_end():
    done = run([Chat(0, "q", 10, patience=5), Chat(20, "q", 10, patience=5)], [worker(1, "q", shifts=((10, 30),))]).done
    assert [(one.wait, one.agent) for one in done] == [(5, None), (0, 1)]
    over = run([Chat(40, "q", 10)], [worker(1, "q", shifts=((10, 30),))]).done
    assert [(one.wait, one.agent) for one in over] == [(0, None)], "never served"


def test_the_ring_and_the_wrap_up_hold_the_slot():
    made = run([Chat(0, "q", 10, wrap_up=5), Chat(0, "q", 10)], [worker(1, "q", shifts=((0, 100),))], answer=4)
    assert [one.wait for one in made.done] == [4, 23]  # 4 + 10 + 5, and again 4
    assert made.occupancy() == pytest.approx((19 + 14) / 100)


def test_figures_as_the_reports_have_them():
    done = run([Chat(0, "q", 30), Chat(0, "q", 30), Chat(1, "q", 30, patience=9)], [worker(1, "q")]).done
    found = figures(done, 20, 0.5)
    assert (found.offered, found.answered, found.abandoned) == (3, 2, 1)
    assert (found.service_level, found.average, found.longest) == (pytest.approx(1 / 3), 15, 30)
    assert figures([], 20, None).service_level is None


chats_of_any_kind = st.lists(
    st.builds(Chat, st.integers(0, 99), st.sampled_from("qr"), st.integers(1, 40), st.integers(0, 9),
              st.none() | st.integers(0, 60)), max_size=25)  # fmt: skip
workers_of_any_kind = st.lists(
    st.tuples(st.sets(st.sampled_from("qr"), min_size=1), st.integers(0, 3), st.integers(0, 80), st.integers(0, 6)),
    max_size=5,
).map(lambda rows: [worker(n, *q, slots=s, shifts=((b, b + 50),), f=f) for n, (q, s, b, f) in enumerate(rows)])


@settings(max_examples=60)
@given(chats_of_any_kind, workers_of_any_kind, st.sampled_from(list(STRATEGIES)), st.integers(0, 5))
def test_every_chat_ends_once_and_nobody_has_more_than_their_slots(chats, workers, strategy, answer):
    lines = [Line("q", "Q", strategy, needs=(Need("f", "F", 3), Need("f", "F", 0, 20)), steps=(Step(10, "r", "R"),)),
             Line("r", "R", strategy, ageing=7)]  # fmt: skip
    made = run(chats, workers, *lines, answer=answer)
    assert sorted(map(id, (one.chat for one in made.done))) == sorted(map(id, chats))
    for one in workers:
        mine = [each for each in made.done if each.agent == one.id]
        assert not mine or one.slots
        begins = [(each.chat.at + each.wait - answer, 1) for each in mine]
        ends = [(each.chat.at + each.wait + each.chat.handling + each.chat.wrap_up, -1) for each in mine]
        load = 0
        for _, change in sorted(begins + ends):
            load += change
            assert load <= one.slots
    for one in made.done:
        left_in_time = one.chat.patience is None or one.wait <= one.chat.patience + answer
        assert left_in_time or one.agent is None
