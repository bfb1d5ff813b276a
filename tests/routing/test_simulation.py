"""The simulated day: what queueing theory says, and what the engine's rules promise."""

import random
from datetime import UTC, datetime, time
from math import factorial, sqrt
from statistics import mean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.hours import Schedule, Span
from routing.simulation import Chat, Habits, Line, Simulation, Waited, Worker, figures
from routing.simulation.pieces import Place
from routing.strategies import STRATEGIES
from routing.widening import Need, Step

START = datetime(2026, 3, 4, tzinfo=UTC)  # a Wednesday
EIGHT = 8 * 3600
FROM_EIGHT = Schedule("UTC", {2: [Span(time(8), time(9))]})
UNTIL_EIGHT = Schedule("UTC", {2: [Span(time(7), time(8))]})
WHOLE_DAY = ((0.0, 10.0**9),)
T_99 = 2.861  # Student, 19 degrees of freedom, both sides


def erlang_c(agents: int, load: float) -> float:
    """The part of the chats that have to wait; `load` in Erlang."""
    top = load**agents / factorial(agents) * agents / (agents - load)
    return top / (sum(load**k / factorial(k) for k in range(agents)) + top)


def worker(number: int, *queues, slots=1, shifts=WHOLE_DAY, helps=(), missed_limit=0, **levels) -> Worker:
    return Worker(number, f"Agent {number}", frozenset(queues), slots, shifts, levels, helps, missed_limit)


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
    made = run([Chat(0, "q", 10, wrap_up=5), Chat(0, "q", 10)], [worker(1, "q", shifts=((0, 100),))], habits=Habits(4))
    assert [one.wait for one in made.done] == [4, 23]  # 4 + 10 + 5, and again 4
    assert made.floor.occupancy() == pytest.approx((19 + 14) / 100)


def test_figures_as_the_reports_have_them():
    done = run([Chat(0, "q", 30), Chat(0, "q", 30), Chat(1, "q", 30, patience=9)], [worker(1, "q")]).done
    found = figures(done, 20, 0.5)
    assert (found.offered, found.answered, found.abandoned) == (3, 2, 1)
    assert (found.service_level, found.average, found.longest) == (pytest.approx(1 / 3), 15, 30)
    assert figures([], 20, None).service_level is None


def outcomes(made: Simulation) -> list:
    """(wait, agent) of each chat, as they came."""
    return [(round(one.wait, 1), one.agent) for one in sorted(made.done, key=lambda one: one.chat.at)]


# --- opening hours


def test_who_comes_while_it_is_closed_is_turned_away_and_who_waits_then_is_served():
    chats = [Chat(EIGHT - 1, "q", 9), Chat(EIGHT, "q", 3600), Chat(EIGHT + 3599, "q", 9), Chat(EIGHT + 3600, "q", 9)]
    closing = run(chats, [worker(1, "q")], Line("q", "Q", hours=FROM_EIGHT))
    assert [one.turned_away for one in sorted(closing.done, key=lambda one: one.chat.at)] == [True, False, False, True]
    assert outcomes(closing)[1:3] == [(0, 1), (1, 1)]
    found = figures(closing.done, 20, None)
    assert (found.offered, found.turned_away, found.answered, found.abandoned) == (2, 2, 2, 0)
    assert not any(one.turned_away for one in run(chats, [worker(1, "q")]).done)


def test_nothing_overflows_to_a_queue_that_is_closed():
    def lines(hours):
        return Line("q", "Q", steps=(Step(60, "r", "R"),)), Line("r", "R", hours=hours)

    chat = [Chat(EIGHT - 100, "q", 9, patience=500), Chat(EIGHT - 30, "q", 9, patience=500)]
    helper = [worker(1, "r", slots=2)]
    assert outcomes(run(chat, helper, *lines(None))) == [(60, 1), (60, 1)]
    assert outcomes(run(chat, helper, *lines(FROM_EIGHT))) == [(100, 1), (60, 1)], "offered when it opens"
    assert outcomes(run(chat, helper, *lines(UNTIL_EIGHT))) == [(60, 1), (500, None)]


# --- rings that nobody accepts


@pytest.fixture
def drawn(monkeypatch):
    """What comes of the rings: a tenth is missed, a tenth rejected."""

    def draw(*rings: str) -> dict:
        left = [{"missed": 0.05, "rejected": 0.15, "accepted": 0.5}[ring] for ring in rings]
        monkeypatch.setattr(Place, "draw", lambda self, seed: left.pop(0))
        return {"habits": Habits(4, rejects=0.1, misses=0.1)}

    return draw


@pytest.mark.parametrize(
    "rings, wait, agent",
    [
        (["accepted"], 4, 1),
        (["rejected", "accepted"], 8, 2),
        (["missed", "accepted"], 24, 2),
        (["rejected", "rejected", "accepted"], 12, 1),  # all others were asked too
    ],
)
def test_it_rings_at_the_next_agent(drawn, rings, wait, agent):
    made = run([Chat(0, "q", 9)], [worker(1, "q"), worker(2, "q")], Line("q", "Q", ring_time=20), **drawn(*rings))
    assert outcomes(made) == [(wait, agent)]


def test_who_rejected_is_asked_for_others_at_once_and_for_this_one_later(drawn):
    chats = [Chat(0, "q", 9), Chat(1, "q", 9)]
    one = [worker(1, "q", slots=2)]
    assert outcomes(run(chats, one, **drawn("rejected", "accepted", "accepted"))) == [(38, 1), (7, 1)]
    assert outcomes(run(chats, one, **drawn("accepted", "accepted"))) == [(4, 1), (7, 1)]


@pytest.mark.parametrize("limit, busy, there", [(2, 60, 90), (0, 110, 200)])
def test_too_many_missed_in_a_row_set_the_agent_not_ready(limit, busy, there):
    """Rings of 30 s, 30 s apart; the second one in a row is too many, and the contact leaves before they are back."""
    crew = [worker(1, "q", shifts=((0, 200),), missed_limit=limit)]
    made = run([Chat(0, "q", 9, patience=200)], crew, habits=Habits(4, misses=1.0))
    assert outcomes(made) == [(200, None)]
    assert made.floor.occupancy() == pytest.approx(busy / there, rel=0.001)


def test_whom_missed_rings_set_not_ready_comes_back(drawn):
    crew = [worker(1, "q", missed_limit=1)]
    assert outcomes(run([Chat(0, "q", 9)], crew, **drawn("missed", "accepted"))) == [(30 + 120 + 4, 1)]
    assert outcomes(run([Chat(0, "q", 9)], [worker(1, "q")], **drawn("missed", "accepted"))) == [(30 + 30 + 4, 1)]


def test_an_accept_or_another_chat_going_on_is_an_answer(drawn):
    """Whoever is in a chat writes there: what they miss beside it is not in a row."""
    chats = [Chat(0, "q", 500), Chat(10, "q", 9), Chat(300, "q", 9)]
    busy = run(
        chats, [worker(1, "q", slots=2, missed_limit=2)], **drawn("accepted", *["missed"] * 3, *["accepted"] * 2)
    )
    assert outcomes(busy)[1] == (3 * 30 + 3 * 30 + 4, 1)
    alone = run(
        chats[1:], [worker(1, "q", slots=2, missed_limit=2)], **drawn("missed", "missed", "accepted", "accepted")
    )
    assert outcomes(alone)[0] == (30 + 30 + 30 + 120 + 4, 1), "Not Ready in between"


def test_what_rings_goes_back_when_the_contact_or_the_agent_goes():
    slow = {"habits": Habits(10)}
    chats = [Chat(0, "q", 9, patience=5), Chat(1, "q", 9)]
    assert outcomes(run(chats, [worker(1, "q")], **slow)) == [(5, None), (14, 1)]
    assert outcomes(run(chats[1:], [worker(1, "q")], **slow)) == [(10, 1)]
    going = [worker(1, "q", shifts=((0, 6),)), worker(2, "q")]
    assert outcomes(run([Chat(0, "q", 9)], going, **slow)) == [(16, 2)]
    staying = [worker(1, "q", shifts=((0, 60),)), worker(2, "q")]
    assert outcomes(run([Chat(0, "q", 9)], staying, **slow)) == [(10, 1)]


def test_the_same_chats_meet_the_same_luck():
    chats, habits = poisson(3, 400, 4 / 300, 300.0, 600.0), Habits(4, 0.1, 0.1)
    crew = [worker(n, "q", missed_limit=2) for n in range(5)]
    first, again, other = (run(chats, crew, habits=habits, seed=seed).done for seed in (1, 1, 2))
    assert first == again != other
    prompt = run(chats, crew, habits=Habits(4)).done
    assert mean(one.wait for one in first) > mean(one.wait for one in prompt)


# --- the last agent


@pytest.mark.parametrize(
    "last, busy, shift, wait, agent",
    [
        (None, 0, 999, 0, 1),
        (2, 0, 999, 0, 2),
        (2, 20, 999, 15, 2),  # only busy: kept
        (2, 200, 999, 30, 1),  # kept so long
        (2, 20, 12, 7, 1),  # until they are not Ready any more
        (9, 20, 999, 0, 1),  # nobody who is there
    ],
)
def test_who_comes_back_is_kept_for_their_last_agent(last, busy, shift, wait, agent):
    """The other chat comes later, and is served at once in any case."""
    crew = [worker(1, "q", slots=2), worker(2, "q", shifts=((0, shift),), helps=((1, busy),) if busy else ())]
    chats = [Chat(5, "q", 9, last=last), Chat(6, "q", 9)]
    first, second = outcomes(run(chats, crew, Line("q", "Q", last_agent=30)))
    assert first == (wait, agent) and second[0] == 0
    assert outcomes(run(chats, crew, Line("q", "Q")))[0][1] == 1, "where the queue keeps nothing for anybody"


# --- colleagues who help, and priorities


def test_who_helps_has_a_slot_less_and_chats_go_on():
    chats = [Chat(0, "q", 30), Chat(12, "q", 9)]
    helped = run(chats, [worker(1, "q", slots=2, shifts=((0, 100),), helps=((10, 50),))])
    assert outcomes(helped) == [(0, 1), (18, 1)]
    assert helped.floor.occupancy() == pytest.approx((30 + 9 + 40) / 200)
    assert outcomes(run(chats, [worker(1, "q", slots=2)])) == [(0, 1), (0, 1)]
    full = run(chats, [worker(1, "q", slots=1, shifts=((0, 100),), helps=((10, 50),))])
    assert outcomes(full) == [(0, 1), (38, 1)], "one more than their slots, and nothing new until then"


def test_within_a_queue_a_chat_of_higher_priority_comes_first():
    chats = [Chat(0, "q", 10), Chat(1, "q", 10), Chat(2, "q", 10, priority=3)]
    assert outcomes(run(chats, [worker(1, "q")])) == [(0, 1), (19, 1), (8, 1)]
    equal = [*chats[:2], Chat(2, "q", 10, priority=0)]
    assert outcomes(run(equal, [worker(1, "q")])) == [(0, 1), (9, 1), (18, 1)]


chats_of_any_kind = st.lists(
    st.builds(Chat, st.integers(0, 99), st.sampled_from("qr"), st.integers(1, 40), st.integers(0, 9),
              st.none() | st.integers(0, 60), st.none() | st.integers(0, 2), st.none() | st.integers(0, 4)),
    max_size=25)  # fmt: skip
workers_of_any_kind = st.lists(
    st.tuples(st.sets(st.sampled_from("qr"), min_size=1), st.integers(0, 3), st.integers(0, 80), st.integers(0, 6),
              st.integers(0, 2), st.none() | st.integers(0, 90)),
    max_size=5,
).map(lambda rows: [worker(n, *q, slots=s, shifts=((b, b + 50),), missed_limit=m, helps=((h, h + 20),) if h else (),
                           f=f)
                    for n, (q, s, b, f, m, h) in enumerate(rows)])  # fmt: skip
habits_of_any_kind = st.builds(
    Habits, st.integers(1, 5), st.sampled_from([0.0, 0.3]), st.sampled_from([0.0, 0.4]), st.integers(1, 40)
) | st.just(Habits())
HALF_A_MINUTE = Schedule("UTC", {2: [Span(time(0, 0, 30), time(0, 1))]})


@settings(max_examples=100)
@given(chats_of_any_kind, workers_of_any_kind, st.sampled_from(list(STRATEGIES)), habits_of_any_kind)
def test_every_chat_ends_once_and_nobody_takes_more_than_their_slots(chats, workers, strategy, habits):
    lines = [Line("q", "Q", strategy, needs=(Need("f", "F", 3), Need("f", "F", 0, 20)), steps=(Step(10, "r", "R"),),
                  ring_time=6, last_agent=8),
             Line("r", "R", strategy, ageing=7, hours=HALF_A_MINUTE, ring_time=9)]  # fmt: skip
    made = run(chats, workers, *lines, habits=habits)
    assert sorted(map(id, (one.chat for one in made.done))) == sorted(map(id, chats))
    for one in workers:
        assert most_taken([each for each in made.done if each.agent == one.id], habits.answer) <= one.slots
    for one in made.done:
        assert one.chat.patience is None or one.wait <= one.chat.patience
        assert one.turned_away == (one.chat.queue == "r" and not 30 <= one.chat.at < 60)
    assert all((desk.load, desk.live, desk.ring) == (0, 0, None) for desk in made.floor.desks.values())


def most_taken(done: list[Waited], answer: float) -> int:
    """Slots that one agent's chats took at the same time."""
    begins = [(round(one.chat.at + one.wait - answer, 6), 1) for one in done]
    ends = [(round(one.chat.at + one.wait + one.chat.handling + one.chat.wrap_up, 6), -1) for one in done]
    load, most = 0, 0
    for _, change in sorted(begins + ends):
        load += change
        most = max(most, load)
    return most
