"""XLSX: what a spreadsheet reads is what was counted."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from reporting import workbook
from reporting.figures import COUNT, SHARE, TIME
from reporting.workbook import Column

from .asked import moment, sheet

BERLIN = ZoneInfo("Europe/Berlin")
ABOUT = [("Queues", "What waits."), ("Offered", "=1+1")]


def made(columns, rows, about=ABOUT, title="Queues", zone=BERLIN) -> bytes:
    return workbook.workbook(title, columns, rows, about, zone)


@pytest.mark.parametrize("text", ["=1+1", "+1", "@SUM(A1)", "http://parley.test/", "Billing", "<b>&", "🙏"])
def test_text_is_text(text):
    assert sheet(made([Column("Queue")], [[text]])) == [{"A": "Queue"}, {"A": text}]
    assert sheet(made([Column(text)], [[1]], [(text, text)]), 2) == [{"A": text, "B": text}]


def test_numbers_are_in_the_units_of_spreadsheets():
    columns = [Column("Offered", COUNT), Column("Wait", TIME), Column("Level", SHARE), Column("Wait", TIME)]
    assert sheet(made(columns, [[17, 5400.0, 0.25, None]]))[1] == {"A": 17, "B": 0.0625, "C": 0.25}


@pytest.mark.parametrize("month, hour", [(1, 13), (7, 14)])
def test_moments_are_those_of_the_clock_on_the_wall(month, hour):
    content = made([Column("Start")], [[datetime(2026, month, 4, 12, 30, 5, tzinfo=UTC)]])
    assert moment(sheet(content)[1]["A"]) == datetime(2026, month, 4, hour, 30, 5)


def test_a_title_longer_than_a_sheet_may_be_called():
    assert sheet(made([Column("N")], [], title="A" * 40)) == [{"A": "N"}]
