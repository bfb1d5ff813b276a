"""CSV that spreadsheets read as what it is: no text is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator

import msgspec

FORMULA = (*"=+-@", *"＝＋－＠", "\t", "\r", "\n")  # Japanese spreadsheets read wide ones alike


def lines(rows: Iterable[Iterable]) -> Iterator[str]:
    """Each row as one line of text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def cell(value):
    """As the API writes it; text that a spreadsheet would calculate begins with an apostrophe."""
    value = msgspec.to_builtins(value)
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
