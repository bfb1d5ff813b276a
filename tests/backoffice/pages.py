"""Helpers: addresses of pages, what they cost, what they refused."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

PASSWORD = "three plain words"


def url(name: str, page: str = "changelist", *args) -> str:
    return reverse(f"admin:{name}_{page}", args=args)


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def errors(answer) -> str:
    """What a refused form says, its inlines included."""
    assert answer.status_code == 200, answer
    return str(answer.context["errors"])
