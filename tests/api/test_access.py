"""Every role on every endpoint, read from the addresses themselves: one without a row fails."""

import uuid

import pytest
from django.urls import URLPattern

from interactions.api.urls import urlpatterns
from reporting.api.urls import urlpatterns as of_reports
from tests.support import party, state_of

from .scene import line, start

pytestmark = pytest.mark.django_db

ROLES = ("nobody", "contact", "stranger", "ana", "bo", "dee", "tess", "cy", "sue", "admin", "gone")
AGENTS = ("ana", "bo", "dee", "tess", "cy", "sue")
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}

NOT_SIGNED_IN, NOT_ALLOWED, UNKNOWN = (401, "not_signed_in"), (403, "not_allowed"), (404, "not_found")
NO_AGENT = dict.fromkeys(("nobody", "contact", "stranger", "gone"), NOT_SIGNED_IN) | {"admin": NOT_ALLOWED}
NO_PARTY = NO_AGENT | dict.fromkeys(("tess", "cy", "sue"), UNKNOWN)
NO_CALL = NO_AGENT | dict.fromkeys(("ana", "bo", "dee", "cy"), UNKNOWN)
NO_CONTACT = dict.fromkeys(ROLES, NOT_SIGNED_IN) | {"stranger": UNKNOWN}
REPORTERS = NO_AGENT | dict.fromkeys(AGENTS, NOT_ALLOWED) | dict.fromkeys(("sue", "admin"), (200, None))
NOT_PARTY, NOT_ENDED = (409, "not_party"), (409, "not_ended")


NEWEST = 10_000


def same(status: int, *roles: str) -> dict:
    return dict.fromkeys(roles, (status, None))


def end(scene):
    return {"version": NEWEST, "expect": "pass"}


# {(method, route): (what to send, {role: (status, code)})}
ROWS = {
    ("POST", "contact/chats"): (lambda s: start(), same(201, *ROLES)),
    ("GET", "contact/chats/<uuid:chat>"): (None, NO_CONTACT | same(200, "contact")),
    ("POST", "contact/chats/<uuid:chat>/messages"): (lambda s: line(), NO_CONTACT | same(201, "contact")),
    ("POST", "contact/chats/<uuid:chat>/leave"): (lambda s: {}, NO_CONTACT | same(200, "contact")),
    ("POST", "contact/chats/<uuid:chat>/message"): (
        lambda s: line(),
        NO_CONTACT | {"contact": (409, "no_longer_available")},
    ),
    ("POST", "contact/chats/<uuid:chat>/survey"): (
        lambda s: {"answers": {"content": "5"}},
        NO_CONTACT | {"contact": NOT_ENDED},
    ),
    ("POST", "contact/chats/<uuid:chat>/transcript"): (
        lambda s: {"id": str(uuid.uuid4()), "to": "kim@example.org"},
        NO_CONTACT | {"contact": NOT_ENDED},
    ),
    ("GET", "desk"): (None, NO_AGENT | same(200, *AGENTS)),
    ("POST", "me/status"): (lambda s: {"status": "do_not_disturb"}, NO_AGENT | same(200, *AGENTS)),
    ("POST", "me/beat"): (lambda s: {}, NO_AGENT | same(200, *AGENTS)),
    ("POST", "me/settings"): (lambda s: {"theme": "dark"}, NO_AGENT | same(200, *AGENTS)),
    ("POST", "me/lock"): (lambda s: {}, NO_AGENT | same(200, *AGENTS)),
    ("POST", "me/unlock"): (
        lambda s: {"password": "wrong"},
        NO_AGENT | dict.fromkeys(AGENTS, (403, "wrong_password")),
    ),
    ("GET", "targets"): (None, NO_AGENT | same(200, *AGENTS)),
    ("PUT", "me/favourites/<str:type>/<uuid:target>"): (lambda s: {}, NO_AGENT | same(200, *AGENTS)),
    ("DELETE", "me/favourites/<str:type>/<uuid:target>"): (None, NO_AGENT | same(200, *AGENTS)),
    ("POST", "invitations/<uuid:invitation>/accept"): (
        lambda s: {},
        NO_PARTY | dict.fromkeys(("ana", "bo", "dee"), UNKNOWN) | same(200, "tess"),
    ),
    ("POST", "invitations/<uuid:invitation>/reject"): (
        lambda s: {},
        NO_PARTY | dict.fromkeys(("ana", "bo", "dee"), UNKNOWN) | same(200, "tess"),
    ),
    ("POST", "invitations/<uuid:invitation>/cancel"): (
        lambda s: {},
        NO_PARTY | dict.fromkeys(("bo", "dee"), (403, "not_owner")) | same(200, "ana"),
    ),
    ("GET", "interactions/<uuid:interaction>"): (None, NO_PARTY | same(200, "ana", "bo", "dee")),
    ("GET", "interactions/<uuid:interaction>/messages"): (None, NO_PARTY | same(200, "ana", "bo", "dee")),
    ("POST", "interactions/<uuid:interaction>/messages"): (
        lambda s: line(),
        NO_PARTY | same(201, "ana", "bo") | {"dee": NOT_PARTY},
    ),
    ("POST", "interactions/<uuid:interaction>/conference"): (
        lambda s: {"target": {"type": "agent", "id": str(s.world.cy.id)}},
        NO_PARTY | same(202, "ana", "bo") | {"dee": NOT_PARTY},
    ),
    ("POST", "interactions/<uuid:interaction>/consultations"): (
        lambda s: {"target": {"type": "agent", "id": str(s.world.cy.id)}},
        NO_PARTY | same(202, "ana", "bo") | {"dee": NOT_PARTY},
    ),
    ("POST", "consultations/<uuid:consultation>/end"): (
        lambda s: {},
        NO_PARTY | dict.fromkeys(("bo", "dee"), UNKNOWN) | same(200, "ana"),
    ),
    ("POST", "interactions/<uuid:interaction>/transfer"): (
        lambda s: {"version": NEWEST, "target": {"type": "agent", "id": str(s.world.cy.id)}},
        NO_PARTY | same(202, "ana", "bo") | {"dee": NOT_PARTY},
    ),
    ("POST", "invitations/<uuid:invitation>/transfer"): (
        lambda s: {"version": NEWEST},
        NO_PARTY | {"bo": (403, "not_owner"), "dee": NOT_PARTY} | same(200, "ana"),
    ),
    ("POST", "interactions/<uuid:interaction>/end"): (
        end,
        NO_PARTY | same(200, "ana", "dee") | {"bo": (409, "parties_changed")},
    ),
    ("DELETE", "interactions/<uuid:interaction>/parties/<uuid:party>"): (
        None,
        NO_PARTY | same(200, "ana") | {"bo": (409, "not_allowed"), "dee": NOT_PARTY},
    ),
    ("GET", "conversations"): (None, NO_AGENT | same(200, *AGENTS)),
    ("GET", "conversations/<uuid:agent>/messages"): (None, NO_AGENT | same(200, *AGENTS)),
    ("POST", "conversations/<uuid:agent>/messages"): (
        lambda s: line(),
        NO_AGENT | same(201, *AGENTS) | {"sue": (409, "self")},
    ),
    ("POST", "conversations/<uuid:agent>/seen"): (lambda s: {"number": 1}, NO_AGENT | same(200, *AGENTS)),
    ("POST", "interactions/<uuid:interaction>/parties/<uuid:party>/call"): (
        lambda s: {"tab": "tab"},
        NO_PARTY | same(201, "ana") | {"bo": (409, "not_allowed"), "dee": NOT_PARTY},
    ),
    ("POST", "consultations/<uuid:consultation>/call"): (
        lambda s: {"tab": "tab"},
        NO_PARTY | dict.fromkeys(("bo", "dee"), UNKNOWN) | {"ana": (409, "not_voice")},
    ),
    ("POST", "calls"): (
        lambda s: {"agent": str(s.world.cy.id), "tab": "tab"},
        NO_AGENT
        | same(201, "ana", "bo")
        | {"sue": (409, "busy"), "tess": (409, "busy"), "cy": NOT_ALLOWED, "dee": (409, "logged_off")},
    ),
    ("GET", "calls/<uuid:call>"): (None, NO_CALL | same(200, "sue", "tess")),
    ("POST", "calls/<uuid:call>/accept"): (
        lambda s: {"tab": "tab"},
        NO_CALL | same(200, "tess") | {"sue": NOT_ALLOWED},
    ),
    ("POST", "calls/<uuid:call>/connected"): (
        lambda s: {},
        NO_CALL | dict.fromkeys(("sue", "tess"), (409, "no_longer_available")),
    ),
    ("POST", "calls/<uuid:call>/decline"): (lambda s: {}, NO_CALL | same(200, "tess") | {"sue": NOT_ALLOWED}),
    ("POST", "calls/<uuid:call>/hang-up"): (lambda s: {}, NO_CALL | same(200, "sue", "tess")),
    ("POST", "interactions/<uuid:interaction>/parties/<uuid:party>/mail"): (
        lambda s: {"subject": "Your chat", "text": "Hello"},
        NO_PARTY | same(202, "ana", "dee") | {"bo": (409, "self")},
    ),
    ("GET", "interactions/<uuid:interaction>/mails"): (None, NO_PARTY | same(200, "ana", "bo", "dee")),
    ("POST", "interactions/<uuid:interaction>/mails/<uuid:mail_id>/retry"): (
        lambda s: {},
        NO_PARTY | {"dee": UNKNOWN} | same(200, "ana", "bo"),
    ),
    ("GET", "disposition-sets/<uuid:set>"): (None, NO_AGENT | same(200, *AGENTS)),
    ("PUT", "interactions/<uuid:interaction>/disposition"): (
        lambda s: {"codes": [str(s.resolved.id)]},
        NO_PARTY | same(200, "ana", "bo", "dee"),
    ),
    ("PUT", "interactions/<uuid:interaction>/note"): (
        lambda s: {"text": "Called back"},
        NO_PARTY | same(200, "ana", "bo", "dee"),
    ),
    ("PUT", "interactions/<uuid:interaction>/case"): (
        lambda s: {"key": "order", "value": "A-17", "expect": ""},
        NO_PARTY | same(200, "ana", "bo", "dee"),
    ),
    ("POST", "interactions/<uuid:interaction>/done"): (
        lambda s: {},
        NO_PARTY | {"ana": NOT_ENDED, "bo": NOT_ENDED} | same(200, "dee"),
    ),
    ("POST", "interactions/<uuid:interaction>/tail"): (
        lambda s: {"seconds": 60},
        NO_PARTY | dict.fromkeys(("ana", "bo", "dee"), (409, "no_longer_available")),
    ),
    ("GET", "interactions/<uuid:interaction>/history"): (None, NO_PARTY | same(200, "ana", "bo", "dee")),
    ("GET", "interactions/<uuid:interaction>/history/<uuid:past>"): (None, NO_PARTY | same(200, "ana", "bo", "dee")),
    ("GET", "interactions/<uuid:interaction>/routing"): (None, NO_PARTY | same(200, "ana", "bo", "dee")),
    ("GET", "reports"): (None, REPORTERS),
    ("GET", "reports/<str:report>"): (None, REPORTERS),
    ("GET", "reports/<str:report>/details"): (None, REPORTERS),
    ("GET", "events"): (None, REPORTERS),
    ("GET", "wallboard"): (None, REPORTERS),
}
QUERY = {"DELETE": {"version": NEWEST}}


def endpoints() -> list[tuple[str, str]]:
    found = []
    for pattern in [*urlpatterns, *of_reports]:
        assert isinstance(pattern, URLPattern), "teach this test to read included addresses"
        view = pattern.callback.view_class
        methods = [name.upper() for name in view.http_method_names if hasattr(view, name)]
        found += [(method, str(pattern.pattern)) for method in methods if method not in ("OPTIONS", "HEAD")]
    return found


def named(endpoint) -> str:
    return " ".join(endpoint)


def ask(scene, role: str, endpoint, **ids):
    return prepared(scene, role, endpoint, **ids)()


def prepared(scene, role: str, endpoint, **ids):
    """The call, ready to be made."""
    method, route = endpoint
    body = ROWS[endpoint][0]
    call = scene.as_(role), method, scene.path(route, **ids), body and body(scene)
    return lambda: call[0](*call[1:], query=QUERY.get(method))


def cells(*, refused: bool):
    return [
        (endpoint, role)
        for endpoint in sorted(ROWS)
        for role in ROLES
        if (ROWS[endpoint][1][role][0] >= 400) == refused
    ]


def test_every_endpoint_has_a_row_for_every_role():
    assert sorted(ROWS) == sorted(endpoints())
    for endpoint, (_, expected) in ROWS.items():
        assert set(expected) == set(ROLES), endpoint


@pytest.mark.parametrize("endpoint", sorted(ROWS), ids=named)
def test_the_refused_are_refused_and_change_nothing(scene, endpoint):
    for role, expected in ROWS[endpoint][1].items():
        if expected[0] < 400:
            continue
        scene.as_(role)
        before = state_of(scene.world, scene.chat)
        answer = ask(scene, role, endpoint)
        assert (answer.status, answer.code) == expected, (role, answer.data)
        assert state_of(scene.world, scene.chat) == before, role


@pytest.mark.parametrize(("endpoint", "role"), cells(refused=False), ids=str)
def test_the_allowed_are_answered(scene, endpoint, role):
    answer = ask(scene, role, endpoint)
    assert answer.status == ROWS[endpoint][1][role][0], answer.data
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("endpoint", [e for e in sorted(ROWS) if "<" in e[1]], ids=named)
def test_unknown_ids_do_not_exist(scene, endpoint):
    """Each id of the address by itself, for whoever may use the real one."""
    allowed = (role for role in ("contact", "ana") if ROWS[endpoint][1][role][0] in (200, 201, 202, 409))
    role = next(allowed, "tess")
    for name in scene.ids:
        if f"<uuid:{name}>" in endpoint[1]:
            answer = ask(scene, role, endpoint, **{name: uuid.uuid4()})
            assert (answer.status, answer.code) == UNKNOWN, (name, answer.data)


@pytest.mark.parametrize("endpoint", sorted(e for e in ROWS if e[0] in UNSAFE and "contact/" not in e[1]), ids=named)
def test_agents_need_the_csrf_token_to_change_anything(scene, endpoint):
    method, route = endpoint
    caller = scene.as_("ana", enforce_csrf_checks=True)
    body = ROWS[endpoint][0]
    before = state_of(scene.world, scene.chat)
    answer = caller(method, scene.path(route), body and body(scene), query=QUERY.get(method))
    assert (answer.status, answer.code) == NOT_ALLOWED
    assert "CSRF" in answer.data["message"]
    assert state_of(scene.world, scene.chat) == before


def test_the_csrf_token_of_the_workspace_opens_them(scene):
    caller = scene.as_("ana", enforce_csrf_checks=True)
    caller.client.get("/")
    token = caller.client.cookies["csrftoken"].value
    assert caller.post("me/beat", **{"X-CSRFToken": token}).status == 200


def test_a_contact_needs_no_csrf_token_and_uses_no_cookie(scene):
    caller = scene.as_("contact", enforce_csrf_checks=True)
    assert caller.post(scene.path("contact/chats/<uuid:chat>/messages"), line()).status == 201
    assert not caller.client.cookies


@pytest.mark.parametrize("endpoint", sorted(ROWS), ids=named)
def test_other_methods_are_refused(scene, endpoint):
    method, route = endpoint
    known = {way for way, other in ROWS if other == route}
    first = "contact" if route.startswith("contact/") else "ana"
    role = "sue" if ROWS[endpoint][1][first] == NOT_ALLOWED else first
    for other in sorted({"GET", *UNSAFE, "OPTIONS"} - known):
        answer = scene.as_(role)(other, scene.path(route), {})
        assert (answer.status, answer.code) == (405, "method_not_allowed")


@pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/nothing", "/api/v1/interactions/17", "/api/v2/desk"])
def test_unknown_addresses_have_the_shape_of_all_errors(client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.json() == {"code": "not_found", "message": "There is no such address.", "detail": {}}


def test_who_left_reads_no_further(scene):
    world, dee = scene.world, party(scene.chat, scene.dee)
    world.line(scene.chat, None, "after Dee left")
    world.line(scene.chat, world.ana, "inside, after Dee left", lane="internal")
    answer = scene.as_("dee").get(scene.path("interactions/<uuid:interaction>/messages"))
    texts = [line["text"] for line in answer.data["results"]]
    assert texts
    assert not [text for text in texts if "after Dee left" in text]
    assert max(line["at"] for line in answer.data["results"]) <= dee.left_at.isoformat().replace("+00:00", "Z")
