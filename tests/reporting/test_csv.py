"""CSV that no spreadsheet calculates."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from reporting import csvfile


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0"])
def test_text_that_looks_like_a_formula_is_text(text):
    assert csvfile.cell(text) == "'" + text


@pytest.mark.parametrize("value", [0, 17, -3, 1.5, None, "Billing", "a=b", ""])
def test_all_else_stays_as_it_is(value):
    assert csvfile.cell(value) == value


def test_times_are_written_whole_and_commas_quoted():
    rows = [["a,b", 'say "x"', datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("Asia/Kathmandu")), None]]
    assert list(csvfile.lines(rows)) == ['"a,b","say ""x""",2026-03-04T12:00:00+05:45,\r\n']


@pytest.mark.parametrize("zone", ["UTC", "Africa/Abidjan", "Atlantic/Azores", "Europe/Berlin"])
def test_times_are_written_as_the_api_writes_them(zone):
    """Where a zone is not ahead of UTC, too: the end of October on the Azores has both offsets."""
    moment = datetime(2026, 10, 24, 17, 45, tzinfo=UTC).astimezone(ZoneInfo(zone))
    assert csvfile.cell(moment) == msgspec.json.decode(msgspec.json.encode(moment))
