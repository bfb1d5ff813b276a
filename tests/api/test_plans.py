"""Every address of the site: none of its queries reads a table from end to end that grows with what happens.

The list is the URL configuration's: an address without a row, or a reason for having none, fails. SQLite plans by
rules, not by what is stored, so a small store tells of a large one; PostgreSQL is asked with a large one in
`tests/test_plans.py` and `tests/reporting/test_plans.py`.
"""

import re
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.urls import URLPattern, get_resolver

from core.backoffice.pages import FirstOfMany
from interactions.models import Message

from .test_access import ROWS, prepared

pytestmark = [pytest.mark.django_db, pytest.mark.once]

CONFIGURATION = {"Survey", "SurveyQuestion", "Favourite", "Inbox", "Progress", "OpenStatus"}
HAPPENED = [
    model
    for model in apps.get_models()
    if model._meta.app_label in ("interactions", "reporting")
    if model.__name__ not in CONFIGURATION and not model.__name__.startswith("Disposition")
]
GROWING = {model._meta.db_table for model in HAPPENED} | {"core_event", "webhooks_delivery"}

# {route: (role, query)}; the roles of tests/api/test_access.py
PAGES = {
    "": ("ana", {}),
    "chat/<slug:slug>/": ("nobody", {}),
    "login/": ("nobody", {}),
    "reports/": ("sue", {}),
    "reports/timeline/<uuid:subject>/": ("sue", {}),
    "reports/<str:key>/": ("sue", {}),
    "reports/<str:key>/details/": ("sue", {"figure": "offered"}),
    "wallboard/": ("sue", {}),
    "admin/": ("admin", {}),
    "admin/interactions/interaction/<path:object_id>/change/": ("admin", {}),
}
WITHOUT = {
    "demo/": "it shows other pages beside each other",
    "logout/": "it forgets one session",
    "setup/<str:token>/": "it makes the first administrator of an empty site",
    "healthz": "it asks nothing",
    "readyz": "it asks whether the database answers",
    "api/schema/": "it asks nothing",
    "api/docs/": "it asks nothing",
    "api/asyncapi.json": "it asks nothing",
}
A_LIST, ONE_ROW = re.compile(r"^admin/(\w+)/(\w+)/$"), re.compile(r"^admin/(\w+)/(\w+)/(add/|<path:object_id>/.*)$")
ALIAS = re.compile(r'"?\b([a-z]+_[a-z_]+)"? (?:AS )?"?(\w+)"?')
SCAN = re.compile(r"^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")


def addresses(patterns=None, before="") -> list[str]:
    found = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        found += [route] if isinstance(pattern, URLPattern) else addresses(pattern.url_patterns, route)
    return found


TABLES = {model._meta.db_table for model in apps.get_models()}
LISTS = [route for route in addresses() if (match := A_LIST.match(route)) and "_".join(match.groups()) in TABLES]
PAGES |= {route: ("admin", {}) for route in LISTS}


def of_what_does_not_grow(route: str) -> bool:
    """One row of the configuration, and Django's own pages of it."""
    parts = route.split("/")
    return parts[0] == "admin" and "_".join(parts[1:3]) not in GROWING


def is_refused(route: str) -> bool:
    """What happened is not added to, changed or deleted there; a list shows all there is."""
    match = ONE_ROW.match(route)
    return bool(match) and f"{match[1]}_{match[2]}" in GROWING and route not in PAGES


def test_every_address_is_looked_at_or_has_a_reason():
    known = {f"api/v1/{route}" for _, route in ROWS} | set(PAGES) | set(WITHOUT)
    left = [route for route in addresses() if not of_what_does_not_grow(route) and not is_refused(route)]
    assert sorted(set(left) - known) == []
    assert sorted(known - set(addresses())) == [], "rows of addresses that are no more"


@contextmanager
def read_whole():
    """The statements that go through a growing table from its beginning to its end, with its name."""
    found, asked = [], []

    def look(execute, sql, params, many, context):
        if sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH")) and not many:
            asked.append(sql)
            found.extend((table, sql) for table in _whole(sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found, asked


def _whole(sql: str, params: tuple) -> set[str]:
    with connection.cursor() as cursor:
        cursor.cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        steps = [row[3] for row in cursor.fetchall()]
    if " LIMIT " in sql and not any("B-TREE FOR ORDER BY" in step for step in steps):
        return set()  # the first rows in the order of a key or an index
    names = {alias: table for table, alias in ALIAS.findall(sql)}
    scans = [match.groups() for step in steps if (match := SCAN.match(step))]
    return {names.get(name, name) for name, index in scans if index not in _partial()} & GROWING


def _partial() -> set[str]:
    """Indexes of a few rows only, such as those that wait."""
    with connection.cursor() as cursor:
        cursor.cursor.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%% WHERE %%'", ())
        return {name for (name,) in cursor.fetchall()}


def role_for(endpoint) -> str:
    """Somebody whom it serves; where nobody is served now, somebody who is refused last."""
    answers = ROWS[endpoint][1]
    return min(answers, key=lambda role: (answers[role][0] >= 400, -answers[role][0], role))


@pytest.mark.parametrize("endpoint", sorted(ROWS), ids=" ".join)
def test_no_call_reads_a_growing_table_whole(scene, endpoint):
    call = prepared(scene, role_for(endpoint), endpoint)
    with read_whole() as (found, asked):
        call()
    assert found == [] and asked


@pytest.fixture
def full_lists(monkeypatch):
    """As many rows as a list shows at most; fewer than a page are read without a limit."""
    monkeypatch.setattr(FirstOfMany, "count", property(lambda self: max(self.MOST, self._counted)))


@pytest.mark.parametrize("route", sorted(PAGES), ids=lambda route: route or "desk")
def test_no_page_reads_a_growing_table_whole(scene, route, full_lists):
    role, query = PAGES[route]
    ids = {"slug": "website", "key": "queues", "subject": scene.chat.id, "object_id": scene.chat.id}
    address = "/" + re.sub(r"<\w+:(\w+)>", lambda match: str(ids[match[1]]), route)
    client = scene.as_(role).client
    with read_whole() as (found, asked):
        answer = client.get(address, query, follow=True)
    assert answer.status_code == 200, answer
    assert found == []
    assert asked or route == "login/"


def test_control_what_has_no_index_is_found(scene):
    with read_whole() as (found, asked):
        list(Message.objects.filter(text="no index"))
        list(Message.objects.order_by("text")[:9])
        list(Message.objects.filter(pk__in=Message.objects.filter(text="inside of another")))
        User.objects.filter(first_name="few people").count()
        list(Message.objects.order_by("-id")[:9])
    assert len(asked) == 5
    assert [table for table, _ in found] == ["interactions_message"] * 3
