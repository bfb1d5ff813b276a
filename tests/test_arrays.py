"""Arrays say to PostgreSQL what the driver's own lists would say, byte for byte."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import psycopg
import pytest
from psycopg.adapt import AdaptersMap, PyFormat, Transformer

from core import arrays
from core.arrays import Bools, Longs, Texts, Times, Uuids

pytestmark = pytest.mark.once

NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, UTC)


def said(values: list) -> tuple[int, bytes]:
    adapters = AdaptersMap(psycopg.adapters)
    arrays.register(adapters)
    dumper = Transformer(adapters).get_dumper(values, PyFormat.BINARY)
    return dumper.oid, bytes(dumper.dump(values))


@pytest.mark.parametrize(
    "array",
    [
        Uuids([UUID(int=0), UUID(int=1 << 127), UUID("12345678-1234-5678-1234-567812345678")]),
        Longs([1 << 40, 0, -1, -(1 << 62)]),
        Bools([True, False]),
        Texts(["", "grüße", "a\nb", "\U0001f600", "NULL"]),
        Times([NOON, NOON - timedelta(days=20_000), NOON.astimezone(timezone(timedelta(hours=-7)))]),
        Times([NOON, None, NOON]),
    ],
)
def test_the_same_as_the_drivers_own(array):
    assert said(array) == said(list(array))


@pytest.mark.parametrize("kind", [Uuids, Longs, Bools, Texts, Times])
def test_none_and_nothing_but_missing_are_of_the_same_type(kind):
    assert said(kind()) == (kind.oid, said(kind())[1])
    assert said(kind())[1][8:] == kind.element.to_bytes(4, "big")
    assert said(Times([None, None]))[0] == said(Times([NOON]))[0]
