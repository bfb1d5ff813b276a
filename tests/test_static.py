"""Static files go out before Django: what browsers ask of them, and everything else is left to the application."""

import asyncio
import gzip
from urllib.parse import unquote

import pytest

from core.static import COLLECTED, StaticFiles

SCRIPT = b"export const words = 'words words words words words words words words words words';\n" * 9


@pytest.fixture
def files(settings, tmp_path):
    """An ASGI application with a script, and its hashed and its compressed twin."""
    settings.STATIC_ROOT, settings.STATIC_URL = str(tmp_path), "/static/"
    (tmp_path / "desk").mkdir()
    for name in ("main.js", "main.0123456789ab.js"):
        (tmp_path / "desk" / name).write_bytes(SCRIPT)
        (tmp_path / "desk" / f"{name}.gz").write_bytes(gzip.compress(SCRIPT))
    return StaticFiles(other)


async def other(scope, receive, send):
    await send({"type": f"{scope['type']}.of_the_application", "status": 404, "headers": []})


def ask(app, path: str, method: str = "GET", kind: str = "http", **headers: str) -> tuple[int, dict, bytes]:
    sent = []

    async def send(message):
        sent.append(message)

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(app({"type": kind, "method": method, "path": path, "headers": given}, None, send))
    start, *parts = sent
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], found, b"".join(part["body"] for part in parts)


def test_a_file_is_whole_and_never_guessed_at(files):
    status, headers, body = ask(files, "/static/desk/main.js")
    assert (status, body, headers["content-length"]) == (200, SCRIPT, str(len(SCRIPT)))
    assert headers["content-type"].startswith("text/javascript")
    assert headers["x-content-type-options"] == "nosniff"


def test_compressed_for_who_takes_it(files):
    status, headers, body = ask(files, "/static/desk/main.js", accept_encoding="gzip, br")
    assert (status, headers["content-encoding"], headers["vary"]) == (200, "gzip", "Accept-Encoding")
    assert gzip.decompress(body) == SCRIPT


def test_what_the_browser_has_is_not_sent_again(files):
    _, headers, _ = ask(files, "/static/desk/main.js")
    status, _, body = ask(files, "/static/desk/main.js", if_none_match=headers["etag"])
    assert (status, body) == (304, b"")


def test_a_part_of_it(files):
    status, headers, body = ask(files, "/static/desk/main.js", range="bytes=7-11")
    assert (status, body, headers["content-range"]) == (206, SCRIPT[7:12], f"bytes 7-11/{len(SCRIPT)}")


@pytest.mark.parametrize("method, status, length", [("HEAD", 200, 0), ("POST", 405, 0)])
def test_other_methods(files, method, status, length):
    answer = ask(files, "/static/desk/main.js", method)
    assert (answer[0], len(answer[2])) == (status, length)


@pytest.mark.parametrize("path", ["/static/desk/none.js", "/static/", "/static/../secret_key", "/login/", "/"])
def test_everything_else_is_the_applications(files, tmp_path, path):
    (tmp_path.parent / "secret_key").write_text("secret")
    assert ask(files, path) == (404, {}, b"")


def test_a_socket_is_the_applications_whatever_its_path(files):
    sent = ask(files, "/static/desk/main.js", kind="websocket")
    assert sent == (404, {}, b"")


def test_a_version_that_is_prepared_while_the_old_one_serves_is_found_when_it_is_whole(files, tmp_path):
    """Pages of a process that was restarted ask the others, too."""
    (tmp_path / "desk" / "main.ba9876543210.js").write_bytes(b"export const words = 'new';")
    assert ask(files, "/static/desk/main.ba9876543210.js")[0] == 404
    (tmp_path / COLLECTED).write_text("new")
    assert ask(files, "/static/desk/main.ba9876543210.js")[2] == b"export const words = 'new';"
    assert ask(files, "/static/desk/main.0123456789ab.js")[2] == SCRIPT, "the old one's pages go on"


def test_a_file_that_is_replaced_has_its_own_length(files, tmp_path):
    (tmp_path / "desk" / "main.js").write_bytes(SCRIPT + b"more")
    status, headers, body = ask(files, "/static/desk/main.js")
    assert (status, body, headers["content-length"]) == (200, SCRIPT + b"more", str(len(body)))


def test_a_file_that_was_removed_is_the_applications(files, tmp_path):
    (tmp_path / "desk" / "main.js").unlink()
    assert ask(files, "/static/desk/main.js") == (404, {}, b"")


@pytest.mark.parametrize(
    "given",
    ["bytes=", "bytes=9-7,1-2", "bytes=x-y", "bytes=99999-", "lines=1-2", f"bytes={'9' * 5000}-"],
    ids=lambda given: given[:16],
)
def test_a_part_that_is_none_harms_nobody(files, given):
    status, _, body = ask(files, "/static/desk/main.js", range=given)
    assert (status, body) in ((200, SCRIPT), (416, b""))


@pytest.mark.parametrize(
    "path", ["/static/%2e%2e/secret_key", "/static/..%2fsecret_key", "/static/\0", "/static//desk/main.js"]
)
@pytest.mark.parametrize("debug", [True, False])
def test_no_path_leads_out_of_the_folder(files, settings, tmp_path, path, debug):
    """Also where files are looked for as they are asked for, as in development."""
    settings.DEBUG = debug
    (tmp_path.parent / "secret_key").write_text("secret")
    for given in (path, unquote(path)):
        assert ask(StaticFiles(other), given) == (404, {}, b"")
