"""Lists of what happened: narrowed by the calendar, cut where they would be counted for ever."""

import re
import uuid
from datetime import UTC, datetime
from html import unescape

import pytest

from core.backoffice.pages import FirstOfMany
from core.models import Event
from tests.backoffice.pages import url

pytestmark = pytest.mark.django_db

LINKS = re.compile(r'<nav class="toplinks">(.*?)</nav>', re.DOTALL)


def happened(*days: str) -> None:
    for day in days:
        at = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
        Event.objects.create(subject=uuid.uuid4(), version=1, name=f"test.{day}", at=at)


def look(client, **query) -> tuple[list[str], list[str]]:
    """What the calendar offers, and which events are listed."""
    answer = client.get(url("core_event"), query)
    html = unescape(answer.content.decode())
    found = LINKS.search(html)
    words = re.sub(r"<[^>]*>", "\n", found[1]) if found else ""
    return [line.strip() for line in words.splitlines() if line.strip()], re.findall(r"test\.([\d-]+)", html)


@pytest.mark.parametrize(
    ("query", "offered", "listed"),
    [
        ({}, ["2025", "2026"], ["2026-03-04", "2026-01-31", "2025-11-30"]),
        ({"at__year": 2025}, ["‹ All dates", "November 2025", "December 2025"], ["2025-11-30"]),
        (
            {"at__year": 2026},
            ["‹ All dates", "January 2026", "February 2026", "March 2026"],
            ["2026-03-04", "2026-01-31"],
        ),
        ({"at__year": 2025, "at__month": 11}, ["‹ 2025", "November 30"], ["2025-11-30"]),
        ({"at__year": 2026, "at__month": 2}, ["‹ 2026", *(f"February {n}" for n in range(1, 29))], []),
        ({"at__year": 2026, "at__month": 1, "at__day": 31}, ["‹ January 2026", "January 31"], ["2026-01-31"]),
        ({"at__year": 2031}, ["‹ All dates"], []),
    ],
    ids=["all", "a year", "the last year", "a month", "a month without any", "a day", "a year to come"],
)
def test_years_lead_to_months_and_months_to_days(boss, client, query, offered, listed):
    happened("2025-11-30", "2026-01-31", "2026-03-04")
    assert look(client, **query) == (offered, listed)


def test_where_there_is_no_choice_it_begins_below(boss, client):
    happened("2026-03-04", "2026-03-06")
    assert look(client)[0] == ["‹ 2026", "March 4", "March 5", "March 6"]


def test_an_empty_list_has_no_calendar(boss, client):
    assert look(client) == ([], [])


@pytest.mark.parametrize("query", [{"at__year": "x"}, {"at__year": 2026, "at__month": 13}, {"at__month": 3}], ids=str)
def test_dates_that_are_none_harm_nobody(boss, client, query):
    happened("2026-03-04")
    assert client.get(url("core_event"), query).status_code in (200, 302)


def test_a_long_list_says_that_it_is_cut(boss, client, monkeypatch):
    happened("2026-03-04", "2026-03-05", "2026-03-06")
    assert "Only the first" not in client.get(url("core_event")).content.decode()
    monkeypatch.setattr(FirstOfMany, "MOST", 2)
    answer = client.get(url("core_event"))
    assert "Only the first 2 are listed" in answer.content.decode()
    assert answer.context["cl"].result_count == 2
