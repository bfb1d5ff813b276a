"""Clients of the sockets: in process, and over the network."""

import asyncio
import json
from contextlib import suppress

import msgspec
import websockets
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client as Browser

from core.db import db_call
from interactions import frames

TIME = 60.0  # how long it may take on a busy machine; nothing waits for it in vain
NOISE = ("beat", "queues", "waiting")


class Client:
    """One socket of whatever kind. Every frame is checked against its schema; noise is left out unless asked for."""

    schema = frames.ToAgent

    async def frame(self, *kinds: str) -> dict:
        """The next frame, or the next of these kinds."""
        async with asyncio.timeout(TIME):
            while True:
                text = await self._text()
                msgspec.json.decode(text, type=self.schema)
                frame = json.loads(text)
                if frame["type"] in kinds if kinds else frame["type"] not in NOISE:
                    return frame

    async def say(self, **frame) -> None:
        await self.raw(json.dumps(frame))

    async def ask(self, **frame) -> dict:
        """Send a line; returns its ack or nack."""
        await self.say(type="send", **frame)
        return await self.frame("ack", "nack")

    async def silence(self) -> None:
        """Whatever was sent is worked off when a question after it is answered; nothing else came."""
        await self.say(type="nonsense")
        frame = await self.frame()
        assert frame["type"] == "error", frame


class InProcess(Client):
    async def open(self, path: str, headers: list[tuple[str, str]]) -> None:
        from config import sockets

        async def application(scope, receive, send):
            await sockets.at(scope)(scope, receive, send)

        raw = [(name.encode(), value.encode()) for name, value in headers]
        self.socket = WebsocketCommunicator(application, f"/{path}", raw)
        accepted, _ = await self.socket.connect(timeout=TIME)
        assert accepted

    async def raw(self, data: str | bytes) -> None:
        key = "bytes" if isinstance(data, bytes) else "text"
        await self.socket.send_input({"type": "websocket.receive", key: data})

    async def _text(self) -> str:
        message = await self.socket.receive_output(TIME)
        assert message["type"] == "websocket.send", message
        return message["text"]

    async def closed(self) -> int:
        async with asyncio.timeout(TIME):
            while (message := await self.socket.receive_output(TIME))["type"] != "websocket.close":
                pass
        return message["code"]

    async def close(self) -> None:
        with suppress(asyncio.CancelledError):
            await self.socket.disconnect(timeout=TIME)


class OverNetwork(Client):
    def __init__(self, port: int):
        self.port = port

    async def open(self, path: str, headers: list[tuple[str, str]]) -> None:
        address = f"ws://127.0.0.1:{self.port}/{path}"
        self.socket = await websockets.connect(
            address, additional_headers=headers, compression=None, max_size=None, max_queue=None, open_timeout=TIME
        )

    async def raw(self, data: str | bytes) -> None:
        await self.socket.send(data)

    async def _text(self) -> str:
        return await self.socket.recv()

    async def closed(self) -> int:
        async with asyncio.timeout(TIME + 5):
            with suppress(websockets.ConnectionClosed):
                while True:
                    await self.socket.recv()
            await self.socket.wait_closed()
        return self.socket.close_code

    async def close(self) -> None:
        await self.socket.close()


class Dialer:
    """Opens clients of one kind as the people of the world."""

    def __init__(self, make, origin: str):
        self._make = make
        self._clients: list[Client] = []
        self.origin = origin

    async def connect(self, path: str, cookie: str = "", origin: str | None = "", schema=frames.ToAgent) -> Client:
        client = self._make()
        client.schema = schema
        origin = self.origin if origin == "" else origin
        headers = [("origin", origin)] if origin is not None else []
        headers += [("cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}")] if cookie else []
        await client.open(path, headers)
        self._clients.append(client)
        return client

    async def agent(self, agent, tab="tab", **hello) -> Client:
        """A greeted socket of an agent; its welcome is in `welcome`."""
        client = await self.connect("ws/agent/", cookie=await db_call(cookie_of, agent.user))
        await client.say(type="hello", tab=tab, **hello)
        client.welcome = await client.frame("welcome")
        return client

    async def contact(self, chat, token: str, tab="tab", **hello) -> Client:
        hello.setdefault("after", 1_000_000)  # holds everything
        client = await self.connect("ws/contact/", schema=frames.ToContact)
        await client.say(type="hello", tab=tab, token=token, chat=str(chat.id), **hello)
        client.welcome = await client.frame("welcome")
        return client

    async def hang_up(self) -> None:
        for client in self._clients:
            await client.close()


def cookie_of(user) -> str:
    """The session cookie of a fresh sign-in."""
    browser = Browser()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value
