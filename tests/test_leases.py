"""Presence: a holder is here while any lease lives."""

from datetime import UTC, datetime, timedelta

import pytest

from core import leases
from core.models import Lease

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ANA, BO = "agent.a", "agent.b"


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_lease_lives_thirty_seconds():
    leases.open(ANA, "p", "tab", NOW)
    assert leases.live([ANA, BO], at(29)) == {ANA}
    assert leases.live([ANA, BO], at(30)) == set()


def test_renewing_is_one_statement(django_assert_num_queries):
    ids = {leases.open(holder, "p", "tab", NOW) for holder in (ANA, BO)}
    with django_assert_num_queries(1):
        assert leases.renew_all("p", ids, at(20)) == set()
    assert leases.live([ANA, BO], at(49)) == {ANA, BO}


def test_renewing_tells_whose_row_is_gone():
    kept, gone = leases.open(ANA, "p", "tab", NOW), leases.open(BO, "p", "tab", NOW)
    Lease.objects.filter(pk=gone).delete()
    assert leases.renew_all("p", {kept, gone}, at(5)) == {gone}


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
