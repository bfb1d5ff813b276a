"""Opening hours in the back office."""

import pytest

from routing.models import OpeningHours

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unhashed_static_files")]

ADD = "/admin/routing/openinghours/add/"


def rows(prefix: str, *given: dict) -> dict:
    data = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": 0}
    return data | {f"{prefix}-{n}-{key}": value for n, row in enumerate(given) for key, value in row.items()}


def save(admin_client, *, zone="Europe/Berlin", week=(), exceptions=()):
    data = {"name": "Office", "time_zone": zone} | rows("week", *week) | rows("exceptions", *exceptions)
    return admin_client.post(ADD, data, follow=True)


def test_a_week_and_an_exception_are_kept(admin_client):
    monday = {"weekday": 0, "opens": "8:00", "closes": "18:00"}
    answer = save(admin_client, week=[monday], exceptions=[{"day": "2026-12-25", "name": "Christmas"}])
    assert answer.status_code == 200
    hours = OpeningHours.objects.get()
    assert [str(row) for row in hours.week.all()] == ["Monday 08:00 to 18:00"]
    assert "Office" in admin_client.get("/admin/routing/openinghours/").content.decode()


def test_mistakes_are_named(admin_client):
    answer = save(admin_client, zone="Berlin", exceptions=[{"day": "2026-12-25", "opens": "8:00"}])
    page = answer.content.decode()
    assert "There is no time zone Berlin." in page
    assert "Give both times, or none for a day that is closed." in page
    assert not OpeningHours.objects.exists()


def test_hours_that_never_open_are_said_to(admin_client):
    assert "never open within sixty days" in save(admin_client).content.decode()
