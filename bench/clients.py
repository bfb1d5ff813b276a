"""People without browsers: an agent and a contact, over HTTP and raw sockets."""

import asyncio
import http.cookiejar
import json
import time
import urllib.parse
import urllib.request
import uuid

import websockets

PATIENCE = 20.0


class Client:
    """One person with a socket; every frame is kept with the moment it came."""

    path = ""

    def __init__(self, url: str):
        self.url = url
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self._arrived = asyncio.Queue()

    async def call(self, method: str, path: str, body: dict | None = None) -> dict:
        """One request; gives the JSON of the answer."""
        return json.loads(await asyncio.to_thread(self._fetch, method, f"/api/v1/{path}", body) or "{}")

    def _fetch(self, method: str, path: str, body: dict | None) -> str:
        headers = {"Content-Type": "application/json", **self.headers()}
        data = json.dumps(body or {}).encode() if method != "GET" else None
        request = urllib.request.Request(self.url + path, data, headers, method=method)  # noqa: S310
        with self._opener.open(request, timeout=PATIENCE) as answer:
            return answer.read().decode()

    def headers(self) -> dict:
        return {}

    async def connect(self, **hello) -> None:
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)
        headers = {"Cookie": cookies} if cookies else {}
        address = self.url.replace("http://", "ws://") + self.path
        self.socket = await websockets.connect(address, origin=self.url, additional_headers=headers, compression=None)
        await self.say(type="hello", tab=uuid.uuid4().hex, **hello)
        self._reading = asyncio.create_task(self._read())
        await self.frame("welcome")

    async def say(self, **frame) -> None:
        await self.socket.send(json.dumps(frame))

    async def send_line(self, chat: str, text: str) -> str:
        id = str(uuid.uuid4())
        await self.say(type="send", interaction=chat, id=id, text=text, lane="public")
        return id

    async def frame(self, kind: str, **facts) -> tuple[float, dict]:
        """The next frame of this kind with these facts, and when it came."""
        async with asyncio.timeout(PATIENCE):
            while True:
                at, frame = await self._arrived.get()
                if frame["type"] == kind and facts.items() <= frame.items():
                    return at, frame

    async def _read(self) -> None:
        async for text in self.socket:
            self._arrived.put_nowait((time.perf_counter(), json.loads(text)))

    async def close(self) -> None:
        await self.socket.close()
        await asyncio.gather(self._reading, return_exceptions=True)


class Agent(Client):
    path = "/ws/agent/"

    async def sign_in(self, username: str, password: str) -> "Agent":
        await asyncio.to_thread(self._sign_in, username, password)
        await self.connect()
        return self

    def _sign_in(self, username: str, password: str) -> None:
        self._opener.open(f"{self.url}/login/", timeout=PATIENCE).close()
        form = {"username": username, "password": password, "csrfmiddlewaretoken": self._csrf()}
        data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(f"{self.url}/login/", data, {"Referer": f"{self.url}/login/"})  # noqa: S310
        with self._opener.open(request, timeout=PATIENCE) as answer:
            answer.read()

    def _csrf(self) -> str:
        return next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")

    def headers(self) -> dict:
        return {"X-CSRFToken": self._csrf(), "Origin": self.url}

    async def set_status(self, status: str) -> None:
        await self.call("POST", "me/status", {"channel": "chat", "status": status})

    async def accept(self) -> None:
        _, invitation = await self.frame("invitation", state="ringing")
        await self.call("POST", f"invitations/{invitation['id']}/accept")


class Contact(Client):
    path = "/ws/contact/"
    token = ""

    def headers(self) -> dict:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def start(self, name: str) -> "Contact":
        body = {"routing_point": "website", "client_id": str(uuid.uuid4()), "name": name}
        answer = await self.call("POST", "contact/chats", body)
        self.chat, self.token = answer["chat"], answer["token"]
        await self.connect(token=self.token, chat=self.chat)
        return self

    async def leave(self) -> None:
        await self.call("POST", f"contact/chats/{self.chat}/leave")
