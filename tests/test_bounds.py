"""Requests have an end."""

import json

import pytest

from core.bounds import LIMIT, Bounded


async def post(app, *parts: bytes, headers=()) -> tuple[int, bytes, int]:
    """Status, body, and how many parts were asked for."""
    left, sent = list(parts), []

    async def receive():
        if not left:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/healthz",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), *headers],
    }
    await app(scope, receive, send)
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:]), len(parts) - len(left)


async def reads_all(scope, receive, send):
    while (part := await receive()).get("more_body"):
        pass
    if part["type"] == "http.disconnect":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"read"})


@pytest.mark.parametrize(("sizes", "status", "read"), [((5, 5), 200, 2), ((5, 6), 413, 2), ((11, 5, 5), 413, 1)])
async def test_a_body_ends_at_the_limit(sizes, status, read):
    answer = await post(Bounded(reads_all, limit=10), *[b"x" * size for size in sizes])
    assert (answer[0], answer[2]) == (status, read)


@pytest.mark.parametrize(
    ("announced", "status"), [(b"10", 200), (b"11", 413), (b"-1", 200), (b"many", 200), (b"9" * 4000, 413)]
)
async def test_what_announces_too_much_is_not_read_at_all(announced, status):
    answer = await post(Bounded(reads_all, limit=10), b"x", headers=[(b"content-length", announced)])
    assert (answer[0], answer[2]) == (status, int(status == 200))


async def test_the_site_is_bounded(settings):
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    from config.asgi import serve

    status, content, _ = await post(serve, *[b"x" * 100_000] * (LIMIT // 100_000 + 1))
    assert status == 413
    assert json.loads(content)["code"] == "too_big"
