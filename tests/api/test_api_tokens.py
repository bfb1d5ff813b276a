"""API tokens: what they open, and that nothing is left open without a scope."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from core import scopes, tokens
from core.errors import Conflict
from core.models import ApiToken, Event
from core.scopes import NoToken, Scope
from interactions.api.urls import urlpatterns
from reporting.api.urls import urlpatterns as of_reports
from tests.support import fresh, state_of

from . import published
from .scene import Caller
from .test_access import QUERY, ROWS, endpoints, named

pytestmark = pytest.mark.django_db

VIEWS = {str(each.pattern): each.callback.view_class for each in [*urlpatterns, *of_reports]}
ALLOWED = ("ana", "sue", "tess")


def scope_of(endpoint):
    method, route = endpoint
    return VIEWS[route].reads if method == "GET" else VIEWS[route].writes


def issued(user, *granted, now, **more) -> tuple[ApiToken, str]:
    given = {"name": "Robot", "expires_at": None, "by": "test", **more}
    return tokens.issue(user, scopes=granted or list(scopes.known()), now=now, **given)


@pytest.fixture
def program(scene):
    """program("ana", scope, ...): a program with a token of this person; without scopes, with all."""

    def make(username: str, *granted, **more) -> Caller:
        token, secret = issued(User.objects.get(username=username), *granted, now=scene.world.now, **more)
        caller = Caller(token=secret, enforce_csrf_checks=True)
        caller.token, caller.secret = token, secret
        return caller

    return make


def call(caller, scene, endpoint):
    method, route = endpoint
    body = ROWS[endpoint][0]
    return caller(method, scene.path(route), body and body(scene), query=QUERY.get(method))


OPEN = sorted(each for each in endpoints() if isinstance(scope_of(each), Scope))
SHUT = sorted(each for each in endpoints() if isinstance(scope_of(each), NoToken) and "contact/" not in each[1])


def test_every_call_declares_its_scope_or_why_it_has_none():
    for endpoint in endpoints():
        scope = scope_of(endpoint)
        assert isinstance(scope, Scope | NoToken) and scope.strip(), f"{endpoint} says nothing"
        assert isinstance(scope, NoToken) or scope in scopes.known()


def test_the_schema_says_the_same():
    document = published.openapi()
    assert document["components"]["securitySchemes"]["apiToken"]["scheme"] == "bearer"
    for method, route in endpoints():
        path = "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route)
        ways = document["paths"][path][method.lower()].get("security", [])
        scope = scope_of((method, route))
        asked = [way["apiToken"] for way in ways if "apiToken" in way]
        assert asked == ([[scope]] if isinstance(scope, Scope) else []), path


@pytest.mark.parametrize("endpoint", OPEN, ids=named)
def test_all_other_scopes_do_not_open_it(endpoint, scene, program):
    scope = scope_of(endpoint)
    role = next((role for role in ALLOWED if ROWS[endpoint][1][role][0] < 400), "ana")
    caller = program(role, *(other for other in scopes.known() if other != scope))
    before = state_of(scene.world, scene.chat)
    answer = call(caller, scene, endpoint)
    assert (answer.status, answer.code) == (403, "scope_missing"), answer.data
    assert answer.data["detail"] == {"scope": scope} and scope in answer.data["message"]
    assert state_of(scene.world, scene.chat) == before


@pytest.mark.parametrize("endpoint", OPEN, ids=named)
def test_its_scope_opens_it_to_what_the_owner_may(endpoint, scene, program):
    """The same answer as the owner's session gets, without CSRF token; also where the owner is refused."""
    for role in ("ana", "bo", "cy", "sue", "tess"):
        expected = ROWS[endpoint][1][role]
        if expected[0] < 400 and role != "ana" and ROWS[endpoint][1]["ana"][0] < 400:
            continue  # one success is enough: it may change what the next would meet
        answer = call(program(role, scope_of(endpoint)), scene, endpoint)
        assert answer.status == expected[0], (role, answer.data)
        if expected[0] < 400:
            break


@pytest.mark.parametrize("endpoint", SHUT, ids=named)
def test_some_calls_take_no_token_and_say_why(endpoint, scene, program):
    caller = program("tess")
    before = state_of(scene.world, scene.chat)
    answer = call(caller, scene, endpoint)
    assert (answer.status, answer.code, answer.data["message"]) == (403, "no_token", scope_of(endpoint))
    assert state_of(scene.world, scene.chat) == before


def test_the_control_lists_are_not_empty():
    assert len(OPEN) > 30 and {"me/lock", "calls"} <= {route for _, route in SHUT}


def refused(caller) -> bool:
    answer = caller.get("desk")
    return (answer.status, answer.code, answer.headers["WWW-Authenticate"]) == (401, "not_signed_in", "Bearer")


def test_unknown_expired_revoked_and_of_somebody_who_left(scene, program):
    assert refused(Caller(token="parley_unknown")) and refused(Caller(token=scene.tokens["contact"]))
    caller = program("ana", expires_at=scene.world.now + timedelta(hours=1))
    assert caller.get("desk").status == 200
    scene.world.clock.pass_(3600)
    assert refused(caller)
    caller = program("ana")
    assert caller.get("desk").status == 200
    tokens.revoke(caller.token.id, by="test", now=scene.world.now)
    assert refused(caller)
    caller = program("bo")
    assert caller.get("desk").status == 200
    User.objects.filter(username="bo").update(is_active=False)
    assert refused(caller)


def test_a_token_is_no_contacts_token(scene, program):
    assert program("ana").get(scene.path("contact/chats/<uuid:chat>")).code == "not_found"


def test_the_secret_is_kept_nowhere(scene, program):
    caller = program("ana")
    stored = str(ApiToken.objects.filter(pk=caller.token.pk).values().get())
    journal = str(list(Event.objects.filter(subject=caller.token.pk).values()))
    body = caller.secret.removeprefix(caller.token.hint)
    assert len(body) > 30 and body not in stored and body not in journal


def test_its_use_is_kept_to_the_minute(scene, program):
    caller = program("ana")
    assert fresh(caller.token).last_used_at is None
    caller.get("desk")
    first = fresh(caller.token).last_used_at
    assert first is not None
    caller.get("desk")
    assert fresh(caller.token).last_used_at == first
    scene.world.clock.pass_(61)
    caller.get("desk")
    assert fresh(caller.token).last_used_at > first


def test_a_program_that_asks_too_often_waits(scene, program, settings):
    settings.TOKEN_RATE = 3
    caller, other = program("ana"), program("ana")
    assert [caller.get("desk").status for _ in range(4)] == [200, 200, 200, 429]
    answer = caller.get("desk")
    assert answer.code == "throttled" and 0 < int(answer.headers["Retry-After"]) <= 60
    assert other.get("desk").status == 200
    scene.world.clock.pass_(int(answer.headers["Retry-After"]))
    assert caller.get("desk").status == 200


def test_a_locked_workspace_in_a_browser_does_not_stop_its_owners_program(scene, program):
    ana, caller = scene.as_("ana"), program("ana")
    ana.post("me/lock")
    assert ana.get("desk").code == "locked"
    assert caller.get("desk").status == 200


def test_a_person_beside_the_token_counts_for_nothing(scene, program):
    """The token alone says who asks, whatever cookie comes with it."""
    caller = program("cy")
    caller.client.force_login(User.objects.get(username="ana"))
    assert caller.get("desk").data["agent"]["id"] == str(scene.world.cy.id)
    assert caller.get(scene.path("interactions/<uuid:interaction>")).code == "not_found"


def test_what_is_issued_and_revoked_stands_in_the_journal(scene, program):
    token = program("ana", "chats:read").token
    tokens.revoke(token.id, by="admin", now=scene.world.now)
    names = list(Event.objects.filter(subject=token.id).values_list("name", "version", "actor"))
    assert names == [("token.issued", 1, "test"), ("token.revoked", 2, "admin")]
    with pytest.raises(Conflict):
        tokens.revoke(token.id, by="admin", now=scene.world.now)
    assert Event.objects.filter(subject=token.id).count() == 2
