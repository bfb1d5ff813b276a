"""The published schema against the running application: whatever schemathesis makes of it, no answer is a 500.

Every answer is one that the schema documents, in its shape; `scene.Caller` holds it against the document. Half of the
calls go to what exists, the others wherever the schema allows. The same cases at each run.
"""

import json
import os
from contextlib import contextmanager
from urllib.parse import quote, unquote

import pytest
import schemathesis
from django.db import transaction
from django.urls import Resolver404, resolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from core import scopes, tokens

from . import published
from .scene import V1, Caller, forget_counts

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("PARLEY_FUZZ", "2"))
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SCHEMA = schemathesis.openapi.from_dict(published.openapi())
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}


@pytest.fixture
def agent(scene):
    return scene.as_("ana")


@pytest.fixture
def program(scene):
    given = {"name": "Fuzz", "scopes": list(scopes.known()), "expires_at": None, "by": "test"}
    return Caller(token=tokens.issue(scene.world.sue.user, **given, now=scene.world.now)[1])


def called(caller: Caller, case, ids: dict) -> None:
    """As the case says, to the given ids if there are any."""
    path = case.path
    for name, value in {**(case.path_parameters or {}), **ids}.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    absent = case.media_type is None or isinstance(case.body, NotSet)
    raw = b"" if absent else case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode()
    query = {name: value if isinstance(value, str) else json.dumps(value) for name, value in (case.query or {}).items()}
    if leads_somewhere(path):
        caller(case.method, path.removeprefix(V1), raw=raw, query=query)
    else:  # an id that is none is no address
        answer = caller.client.generic(case.method, path, raw, content_type="application/json", query_params=query)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


def leads_somewhere(path: str) -> bool:
    try:
        resolve(unquote(path))
    except Resolver404:
        return False
    return True


@pytest.mark.parametrize("who", ["agent", "program"])
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_no_case_of_the_schema_is_answered_by_a_failure(scene, request, who, mode):
    caller, ids = request.getfixturevalue(who), scene.ids
    for _, operation in sorted(OPERATIONS.items()):
        with undone():
            answered(operation, mode, caller, ids)


def answered(operation, mode, caller: Caller, ids: dict) -> None:
    @bounded
    @given(operation.as_strategy(generation_mode=mode), st.booleans())
    def send(case, there):
        forget_counts()
        called(caller, case, {name: ids[name] for name in (case.path_parameters or {}) if there and name in ids})

    send()


@contextmanager
def undone():
    """What one call changed is not met by the next; actions take this transaction for a test's."""
    stage = transaction.atomic()
    stage._from_testcase = True
    with stage:
        yield
        transaction.set_rollback(True)


def test_files_are_answers_too(program):
    for path, query in (("reports/queues/details", {"figure": "offered"}), ("reports/queues", {})):
        answer = program.get(path, format="csv", **query)
        assert answer.status == 200 and b"," in answer.content.splitlines()[0]
        answer = program.get(path, format="xlsx", **query)
        assert answer.status == 200 and answer.content.startswith(b"PK")


def test_all_calls_are_there():
    """The control: nothing of the document is left out."""
    documented = {f"{way.upper()} {path}" for path, ways in published.openapi()["paths"].items() for way in ways}
    assert set(OPERATIONS) == documented and len(documented) > 45
