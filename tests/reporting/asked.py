"""One question, answered by the page, the files and the API: what each says, made alike."""

import csv
import io
import zipfile
from datetime import datetime, timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree

Rows = dict[tuple[str, str], dict]


def by_api(client, report: str, query: dict) -> tuple[Rows, dict]:
    """({(start, name): {figure: value}}, totals)"""
    answer = client.get(f"/api/v1/reports/{report}", query)
    assert answer.status_code == 200, answer.content
    found = answer.json()
    return {(row["start"], row["name"]): row["values"] for row in found["rows"]}, found["totals"]


def by_csv(client, report: str, query: dict) -> Rows:
    answer = client.get(f"/api/v1/reports/{report}", {**query, "format": "csv"})
    head, *rows = csv.reader(io.StringIO(answer.content.decode()))
    figures = len(head) - 3 if query.get("by") != "none" else len(head) - 2
    return {
        (row[0], row[2] if query.get("by") != "none" else ""): dict(
            zip(head[-figures:], map(number, row[-figures:]), strict=True)
        )
        for row in rows
    }


def by_xlsx(client, report: str, query: dict) -> list[dict]:
    """The rows below the heads, as they stand in the cells."""
    answer = client.get(f"/api/v1/reports/{report}", {**query, "format": "xlsx"})
    assert answer.status_code == 200, answer.content
    return sheet(answer.content)[1:]


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
EPOCH = datetime(1899, 12, 30)


def sheet(content: bytes, number: int = 1) -> list[dict]:
    """{column: value} of each row of a workbook's sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        root = ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml"))
    return [{cell.get("r").rstrip("0123456789"): _value(cell) for cell in row} for row in root.iter(f"{MAIN}row")]


def _value(cell) -> str | float:
    assert cell.find(f"{MAIN}f") is None, "a formula"
    if cell.get("t") == "inlineStr":
        return "".join(cell.itertext())
    return float(cell.find(f"{MAIN}v").text)


def moment(value: float) -> datetime:
    """What a spreadsheet makes of the number of a date."""
    return EPOCH + timedelta(milliseconds=round(value * 24 * 60 * 60 * 1000))


def by_page(client, report: str, query: dict) -> tuple[list[list], list]:
    """(the figures of each line, those of the totals), put together from all tables: they have the same lines."""
    answer = client.get(f"/reports/{report}/", query)
    assert answer.status_code == 200, answer.content.decode()
    reader = _Numbers()
    reader.feed(answer.content.decode())
    lines = [[value for part in line for value in part] for line in zip(*reader.tables, strict=True)]
    return (lines[:-1], lines[-1]) if lines else ([], [])


def number(text: str) -> int | float | None:
    if text == "":
        return None
    return float(text) if "." in text or "e" in text else int(text)


class _Numbers(HTMLParser):
    """The values of the <data> elements, by table and row."""

    def __init__(self):
        super().__init__()
        self.tables: list[list[list]] = []
        self.line: list = []

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.line = []
        elif tag == "data":
            self.line.append(number(dict(attrs)["value"]))

    def handle_endtag(self, tag):
        if tag == "tr" and self.line:
            self.tables[-1].append(self.line)
