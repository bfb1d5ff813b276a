"""What people read when a page cannot be shown: designed, in words, and nothing of the workspace to contacts."""

import pytest
from django.test import Client, RequestFactory

from core import answers

pytestmark = pytest.mark.django_db


def read(answer) -> str:
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    return answer.content.decode()


def test_an_address_that_does_not_exist(client):
    page = read(client.get("/nothing/"))
    assert "<h1" in page and "There is nothing here" in page and "Go to the workspace" in page


def test_contacts_read_nothing_of_the_workspace(client):
    answer = client.get("/chat/nothing/")
    assert answer.status_code == 404
    assert "orkspace" not in read(answer) and "Parley</p>" not in read(answer)


def test_a_form_from_an_older_page():
    answer = Client(enforce_csrf_checks=True).post("/login/", {"username": "ana", "password": "x"})
    assert answer.status_code == 403
    assert "This page was too old" in read(answer) and 'href="/login/"' in read(answer)


@pytest.mark.parametrize(("view", "status"), [("wrong", 400), ("refused", 403), ("not_found", 404), ("failed", 500)])
@pytest.mark.parametrize("address", ["/x/", "/api/v1/x"])
def test_people_get_a_page_and_programs_the_shape_of_all_errors(view, status, address):
    answer = getattr(answers, view)(RequestFactory().get(address))
    assert answer.status_code == status
    assert (b"<h1" in answer.content) == (address == "/x/")


def test_a_failure_that_cannot_be_drawn_is_said_plainly(monkeypatch):
    monkeypatch.setattr(answers, "render_to_string", lambda *_: 1 / 0)
    answer = answers.failed(RequestFactory().get("/"))
    assert (answer.status_code, answer["Content-Type"]) == (500, "text/plain; charset=utf-8")
