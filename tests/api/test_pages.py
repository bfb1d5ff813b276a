"""The pages: who may see them, logging in and out, and the headers that protect them."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver

from routing.models import ContactTexts

from .scene import V1

pytestmark = pytest.mark.django_db

# {address: status for who is not signed in}; one without a row fails.
UNKNOWN = "00000000-0000-4000-8000-000000000000"
PAGES = {
    "/": 302,
    "/login/": 200,
    "/logout/": 405,
    "/chat/website/": 200,
    "/demo/": 404,
    "/setup/nothing/": 410,
    "/reports/": 302,
    "/reports/agents/": 302,
    "/reports/agents/details/": 302,
    f"/reports/timeline/{UNKNOWN}/": 302,
    "/wallboard/": 302,
    "/api/schema/": 200,
    "/api/docs/": 200,
    "/api/asyncapi.json": 200,
    "/healthz": 200,
    "/readyz": 503,
}
SAMPLES = {"<slug:slug>": "website", "<str:token>": "nothing", "<str:key>": "agents", "<uuid:subject>": UNKNOWN}


@pytest.fixture
def world(scene):
    return scene.world


def addresses(patterns=None, prefix="/") -> list[str]:
    found = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            found.append(address)
        elif not address.startswith(("/admin/", f"/{V1.strip('/')}")):
            found += addresses(pattern.url_patterns, address)
    for sample, value in SAMPLES.items():
        found = [address.replace(sample, value) for address in found]
    return found


def test_every_page_has_a_row():
    assert sorted(addresses()) == sorted(PAGES)


@pytest.mark.parametrize("address", [*PAGES, "/admin/login/", "/nothing/", "/api/v1/desk"])
def test_every_page_is_sent_with_headers_that_protect_it(world, client, address):
    answer = client.get(address)
    assert answer.status_code == PAGES.get(address, answer.status_code)
    policy = answer.headers["Content-Security-Policy"]
    assert not re.search(r"unsafe-|\*|https?:", policy)
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())
    assert directives["default-src"] == "'self'"
    assert directives["object-src"] == directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    assert directives["form-action"] == "'self'"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "microphone=()" in answer.headers["Permissions-Policy"]


def test_the_microphone_is_the_workspaces_alone(scene):
    policies = {
        page: scene.as_("ana").client.get(page).headers["Permissions-Policy"] for page in ("/", "/chat/website/")
    }
    assert "microphone=(self)" in policies["/"] and "camera=()" in policies["/"]
    assert "microphone=()" in policies["/chat/website/"]


@pytest.mark.parametrize("address", ["/", "/chat/website/"])
def test_workspace_and_contact_page_take_trusted_types_only(scene, address):
    policy = scene.as_("ana").client.get(address).headers["Content-Security-Policy"]
    assert "require-trusted-types-for 'script'" in policy
    assert "trusted-types 'none'" in policy


@pytest.mark.parametrize("address", ["/", "/login/", "/chat/website/", "/api/docs/"])
def test_pages_hold_no_inline_script_style_or_handler(scene, address):
    client = Client() if address == "/login/" else scene.as_("ana").client
    html = client.get(address).content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html, re.IGNORECASE)
    for attributes in re.findall(r"<script([^>]*)>", html):
        assert "src=" in attributes or 'type="application/json"' in attributes


# --- the workspace ----------------------------------------------------------------------------


def test_the_workspace_is_for_agents(scene):
    assert scene.as_("ana").client.get("/").status_code == 200
    assert scene.as_("nobody").client.get("/").headers["Location"] == "/login/?next=/"
    assert scene.as_("admin").client.get("/").headers["Location"] == "/admin/"


def test_somebody_with_neither_desk_nor_office_does_not_go_in_circles(client):
    client.force_login(User.objects.create(username="guest"))
    answer = client.get("/", follow=True)
    assert len(answer.redirect_chain) < 5
    assert answer.status_code in (200, 403)


def test_a_closed_routing_point_has_no_page(world, client):
    type(world.point).objects.update(active=False)
    assert client.get("/chat/website/").status_code == 404
    assert client.get("/chat/nothing/").status_code == 404


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 7 }}'\"&"])
def test_the_contact_page_shows_what_administrators_wrote_as_text(world, client, text):
    type(world.point).objects.update(title=text[:80])
    ContactTexts.objects.create(queue=world.point.queue, texts={"unstaffed": text, "closed": text})
    world.point.fields.create(key="odd", label=text, type="choice", choices=text)
    html = client.get("/chat/website/").content.decode()
    for bad in ("<script>alert", "<img src=x"):
        assert bad not in html
