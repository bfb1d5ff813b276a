"""How administrators come to an API token: on the page and by command; shown once, revoked at once."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from core import tokens
from core.errors import Invalid
from core.models import ApiToken
from tests.backoffice.pages import url
from tests.support import fresh

pytestmark = pytest.mark.django_db

PAGE = "core_apitoken"


@pytest.mark.parametrize(
    "given", [{"scopes": []}, {"scopes": ["chats:all"]}, {"expires_at": -1}, {"active": False}], ids=str
)
def test_a_token_that_could_do_nothing_is_not_issued(world, given):
    user = world.ana.user
    user.is_active = given.get("active", True)
    until = world.now + timedelta(hours=given["expires_at"]) if "expires_at" in given else None
    granted = given.get("scopes", ["chats:read"])
    with pytest.raises(Invalid):
        tokens.issue(user, name="Robot", scopes=granted, expires_at=until, by="test", now=world.now)
    assert not ApiToken.objects.exists()


def said(capsys, *words) -> SimpleNamespace:
    call_command("api_token", *words)
    out, err = capsys.readouterr()
    return SimpleNamespace(out=out.strip(), err=err)


def test_the_command_issues_lists_and_revokes(world, capsys):
    made = said(capsys, "create", "--owner", "ana", "--name", "Robot", "--scope", "chats:read", "--days", "9")
    token = ApiToken.objects.get()
    assert made.out.startswith(token.hint) and str(token.id) in made.err
    listed = said(capsys, "list").out
    assert str(token.id) in listed and "Active" in listed and made.out not in listed
    said(capsys, "revoke", str(token.id))
    assert "Revoked" in said(capsys, "list").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("create", "--owner", "nobody", "--name", "x", "--scope", "chats:read"), "user name nobody"),
        (("create", "--owner", "ana", "--name", "x", "--scope", "everything"), "no scope everything"),
        (("create", "--owner", "ana", "--name", "x", "--scope", "chats:read", "--days", "0"), "at least 1"),
        (("create", "--owner", "ana", "--name", "x", "--scope", "chats:read", "--days", "9" * 12), "at most 3650"),
        (("revoke", "17"), "no id of a token"),
        (("revoke", "00000000-0000-4000-8000-000000000000"), "no such token"),
    ],
)
def test_the_command_says_what_is_wrong(world, capsys, words, message):
    with pytest.raises(CommandError, match=message):
        call_command("api_token", *words)


def test_the_page_shows_the_secret_once(world, boss, client):
    page = url(PAGE, "add")
    form = {"name": "Robot", "owner_name": "ana", "chosen": ["events:read"], "days": "30"}
    answer = client.post(page, form)
    token = ApiToken.objects.get()
    secret = answer.context["secret"]
    assert answer.status_code == 200 and secret in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"] and secret not in str(answer.cookies)
    assert ApiToken.authenticate(secret, token.created_at) == token and token.owner == world.ana.user
    assert (token.expires_at - token.created_at).days == 30
    for address in (url(PAGE), url(PAGE, "change", token.pk)):
        assert secret not in client.get(address).content.decode()


@pytest.mark.parametrize("wrong", [{"owner_name": "nobody"}, {"chosen": ["all"]}, {"days": "0"}, {"name": ""}], ids=str)
def test_the_page_refuses_in_words(world, boss, client, wrong):
    form = {"name": "Robot", "owner_name": "ana", "chosen": ["events:read"], "days": "30", **wrong}
    answer = client.post(url(PAGE, "add"), form)
    assert answer.status_code == 200 and answer.context["errors"]
    assert not ApiToken.objects.exists()


def test_the_page_revokes_and_changes_nothing_else(world, boss, client):
    given = {"name": "Robot", "scopes": ["events:read"], "expires_at": None, "by": "test"}
    token, secret = tokens.issue(world.ana.user, **given, now=world.now)
    chosen = {"action": "revoke", "_selected_action": [str(token.pk)]}
    listed = url(PAGE)
    assert "1 of 1 revoked" in client.post(listed, chosen, follow=True).content.decode()
    assert ApiToken.authenticate(secret, world.now) is None
    assert "0 of 1 revoked" in client.post(listed, chosen, follow=True).content.decode()
    change = url(PAGE, "change", token.pk)
    assert client.post(change, {"name": "Other"}).status_code == 403
    assert client.post(url(PAGE, "delete", token.pk), {"post": "yes"}).status_code == 403
    assert fresh(token).name == "Robot"
