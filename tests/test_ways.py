"""Ways of random length change who is first, and nothing within one socket."""

import asyncio

import pytest

from tests.ways import Ways

pytestmark = pytest.mark.once


async def test_each_socket_keeps_its_order_and_is_closed_last():
    sent = []

    async def application(scope, receive, send):
        for number in range(30):
            await send({"type": "websocket.send", "text": str(number)})
        await send({"type": "websocket.close"})

    async def send(message):
        sent.append(message.get("text", "closed"))

    await Ways(application, "seed:1,push:0.01")({"type": "websocket"}, None, send)
    assert sent == [*map(str, range(30)), "closed"]


async def test_requests_overtake_each_other():
    answered = []

    async def application(scope, receive, send):
        await send({"type": "http.response.start", "path": scope["path"]})

    async def send(message):
        answered.append(message["path"])

    ways = Ways(application, "seed:1,in:0.05,out:0.05")
    asked = [f"/{number}" for number in range(20)]
    await asyncio.gather(*(ways({"type": "http", "path": path}, None, send) for path in asked))
    assert sorted(answered) == sorted(asked) != answered != asked
