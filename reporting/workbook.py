"""XLSX: numbers, moments, times and shares are what they are to a spreadsheet, and text is no formula."""

import io
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook

from .figures import COUNT, SHARE, TIME

MOST = 100_000
DAY = 24 * 60 * 60
FORMATS = {COUNT: "#,##0.###", TIME: "[h]:mm:ss", SHARE: "0.0%"}
MOMENT = "yyyy-mm-dd hh:mm:ss"


class Column(NamedTuple):
    """`unit`: of its numbers; moments and text say themselves what they are."""

    name: str
    unit: str = COUNT


def workbook(title: str, columns: list[Column], rows: Iterable[Iterable], about: list[tuple], zone: ZoneInfo) -> bytes:
    """A sheet of rows below their names, and one that says what they are. `rows`: at most MOST."""
    file = io.BytesIO()
    with Workbook(file, {"constant_memory": True, "default_date_format": MOMENT}) as made:
        bold, wrapped = made.add_format({"bold": True}), made.add_format({"text_wrap": True, "valign": "top"})
        _rows(made.add_worksheet(title[:31]), columns, rows, zone, bold, _formats(made))
        _about(made.add_worksheet("About"), about, bold, wrapped)
    return file.getvalue()


def _formats(made: Workbook) -> dict:
    return {unit: made.add_format({"num_format": words}) for unit, words in FORMATS.items()}


def _rows(sheet, columns: list[Column], rows: Iterable[Iterable], zone: ZoneInfo, bold, formats: dict) -> None:
    sheet.set_column(0, len(columns) - 1, 18)
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column.name, bold)
    for line, row in enumerate(rows, 1):
        for at, (column, value) in enumerate(zip(columns, row, strict=True)):
            _cell(sheet, line, at, value, column.unit, zone, formats)


def _cell(sheet, line: int, at: int, value, unit: str, zone: ZoneInfo, formats: dict) -> None:
    """A spreadsheet knows no zones: moments are the clock's on the wall of the one that was asked for."""
    if value is None:
        return
    if isinstance(value, datetime):
        sheet.write_datetime(line, at, value.astimezone(zone).replace(tzinfo=None))
    elif isinstance(value, int | float):
        sheet.write_number(line, at, value / DAY if unit == TIME else value, formats[unit])
    else:
        sheet.write_string(line, at, str(value))


def _about(sheet, about: list[tuple], bold, wrapped) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    for line, (name, words) in enumerate(about):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, words, wrapped)
