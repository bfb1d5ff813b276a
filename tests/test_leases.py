"""Presence: a holder is here while any lease lives."""

from datetime import UTC, datetime, timedelta

import pytest

from core import leases
from core.models import Lease, Process

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ANA, BO = "agent.a", "agent.b"


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_lease_lives_thirty_seconds():
    leases.open(ANA, "p", "tab", NOW)
    assert leases.live([ANA, BO], at(29)) == {ANA}
    assert leases.live([ANA, BO], at(30)) == set()


def test_a_process_renews_one_row_for_all_its_sockets(django_assert_num_queries):
    for number in range(50):
        leases.open(f"agent.{number}", "p", "tab", NOW)
    assert not leases.renew("p", at(5)), "it is new"
    with django_assert_num_queries(1):
        assert leases.renew("p", at(20))
    assert len(leases.live([f"agent.{number}" for number in range(50)], at(49))) == 50
    assert leases.live(["agent.0"], at(50)) == set()


def test_a_process_keeps_nobody_elses_sockets():
    leases.open(ANA, "p", "tab", NOW)
    leases.open(BO, "q", "tab", NOW)
    leases.renew("p", at(20))
    assert leases.live([ANA, BO], at(40)) == {ANA}
    assert leases.last_seen([ANA, BO]) == {ANA: at(50), BO: at(30)}
    assert leases.tabs([ANA, BO], at(40)) == {(ANA, "tab")}


def test_whose_socket_has_gone_is_gone_though_the_process_lives():
    closed, broken, silent = [leases.open(holder, "p", "tab", NOW) for holder in ("a", "b", "c")]
    leases.renew("p", at(20))
    leases.close(closed, at(22))
    leases.lost(broken, at(22))
    leases.close(silent, at(22), linger=timedelta(0))
    leases.renew("p", at(24))
    assert leases.last_seen("abc") == {"a": at(25), "b": at(52), "c": at(22)}


def test_a_dead_process_was_last_seen_when_it_ran_out():
    leases.open(ANA, "p", "tab", NOW)
    leases.renew("p", at(20))
    leases.purge(at(79))
    assert Process.objects.exists()
    leases.purge(at(80))
    assert not Process.objects.exists()
    assert leases.last_seen([ANA]) == {ANA: at(50)}
    assert leases.tabs([ANA], at(49)) == {(ANA, "tab")}, "it was open until then"


def test_a_process_that_slept_hears_whose_leases_are_gone():
    sleeper, other = leases.open(ANA, "p", "tab", NOW), leases.open(BO, "q", "tab", NOW)
    leases.renew("p", at(20))
    leases.purge(at(200))
    assert not leases.renew("p", at(201)), "it was given up"
    assert leases.settle("p", {sleeper, other}, at(201)) == {sleeper, other}
    again = leases.open(ANA, "p", "tab", at(201))
    assert leases.settle("p", {sleeper, again}, at(201)) == {sleeper}


def test_a_lease_without_a_socket_runs_out():
    """The database was away when the socket ended; or nobody was left to say that it had."""
    ana, _, other = leases.open(ANA, "p", "1", NOW), leases.open(BO, "p", "2", NOW), leases.open(BO, "q", "3", NOW)
    leases.close(other, NOW)
    leases.renew("p", at(29))
    leases.settle("p", {ana}, at(29))
    assert leases.last_seen([ANA, BO]) == {ANA: at(59), BO: at(59)}, "its socket may be about to be greeted"
    leases.renew("p", at(58))
    assert leases.settle("p", {ana}, at(58)) == set()
    leases.renew("p", at(84))
    assert leases.last_seen([ANA, BO]) == {ANA: at(114), BO: at(88)}
    leases.settle("p", {ana}, at(87))
    assert leases.last_seen([BO]) == {BO: at(88)}, "once"


def test_thousands_that_went_at_once_are_one_statement(django_assert_num_queries):
    """All sockets of a proxy that was restarted while the database was."""
    Lease.objects.bulk_create([Lease(holder=ANA, process="p", tab=str(n), expires_at=NOW) for n in range(5000)])
    with django_assert_num_queries(3):
        leases.settle("p", set(), at(1))
    assert not Lease.objects.filter(process="p").exists()


def test_a_process_that_dies_after_the_clock_was_set_back_keeps_nobody_here():
    ana = leases.open(ANA, "p", "tab", at(3600))
    leases.renew("p", at(3600))
    leases.renew("p", NOW)
    leases.settle("p", {ana}, NOW)
    assert leases.live([ANA], at(29)) == {ANA}
    assert leases.live([ANA], at(30)) == set()


def test_giving_up_what_has_just_come_back_changes_nothing(monkeypatch):
    """Between the look and the deed the process renewed."""
    leases.open(ANA, "p", "tab", NOW)
    leases.renew("p", NOW)
    found = list(Process.objects.all())
    leases.renew("p", at(100))
    monkeypatch.setattr(Process.objects, "filter", _first(found, Process.objects.filter))
    leases.purge(at(100))
    assert leases.live([ANA], at(120)) == {ANA}


def _first(found: list, then):
    """The first query answers with what was there a moment ago."""
    answers = iter([found])
    return lambda *args, **fields: next(answers, None) or then(*args, **fields)


def test_closing_lingers_over_a_reload():
    leases.close(leases.open(ANA, "p", "tab", NOW), at(10))
    assert leases.live([ANA], at(12)) == {ANA}
    assert leases.live([ANA], at(13)) == set()


def test_closing_never_lengthens():
    id = leases.open(ANA, "p", "tab", NOW)
    leases.close(id, at(29))
    leases.close(id, at(100))
    assert leases.last_seen([ANA]) == {ANA: at(30)}


def test_a_broken_socket_has_thirty_seconds_to_come_back():
    leases.lost(leases.open(ANA, "p", "tab", NOW), at(20))
    assert leases.last_seen([ANA]) == {ANA: at(50)}


def test_another_tab_keeps_the_holder_here():
    first, _ = leases.open(ANA, "p", "1", NOW), leases.open(ANA, "q", "2", NOW)
    leases.close(first, NOW)
    assert leases.live([ANA], at(20)) == {ANA}


def test_pollers_have_one_lease():
    for seconds in (0, 10, 20):
        leases.touch(ANA, at(seconds))
    assert Lease.objects.count() == 1
    assert leases.last_seen([ANA, BO]) == {ANA: at(50)}


def test_a_poll_does_not_renew_a_socket():
    leases.open(ANA, "p", "tab", NOW)
    leases.touch(ANA, at(20))
    assert Lease.objects.filter(expires_at=at(30)).count() == 1


def test_purging_keeps_the_newest_of_each_holder_for_a_day():
    for holder in (ANA, BO):
        for seconds in (0, 60):
            leases.open(holder, "p", "tab", at(seconds))
    leases.open(ANA, "p", "tab", at(3600))
    assert leases.purge(at(3600)) == 3
    assert leases.last_seen([ANA, BO]) == {ANA: at(3630), BO: at(90)}
    assert leases.purge(at(86500)) == 1
    assert leases.last_seen([ANA, BO]) == {ANA: at(3630)}


def test_purging_leaves_what_has_just_run_out():
    leases.open(ANA, "p", "1", NOW)
    leases.open(ANA, "p", "2", at(5))
    assert leases.purge(at(40)) == 0


def test_purging_keeps_who_is_here_by_their_process():
    leases.open(ANA, "p", "tab", NOW)
    for day in range(2):
        leases.renew("p", at(86400 * day))
        leases.purge(at(86400 * day + 1))
    assert leases.live([ANA], at(86400 + 29)) == {ANA}
