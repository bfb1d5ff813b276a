"""The limit: picows without Django and ASGI; lines of all chats are committed together in SQLite, numbered per chat.

python bare.py PORT FILE. It knows no people, no rights, no repeats: only the job that every server here has to do.
"""

import asyncio
import json
import sqlite3
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

PORT, FILE = int(sys.argv[1]), sys.argv[2]


class Database:
    """One thread; what arrives while it commits is the next transaction."""

    def __init__(self):
        self.thread = ThreadPoolExecutor(1)
        self.waiting, self.running = [], False
        self.heads = defaultdict(int)
        self.connection = sqlite3.connect(FILE, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute("CREATE TABLE line (chat TEXT, number INTEGER, text TEXT, PRIMARY KEY (chat, number))")

    def add(self, peer, given: dict) -> None:
        self.waiting.append((peer, given))
        if not self.running:
            self.running = True
            self.task = asyncio.get_running_loop().create_task(self.run())

    async def run(self) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting, []
            rows = []
            for peer, given in batch:
                self.heads[peer.chat] += 1
                rows.append((peer.chat, self.heads[peer.chat], given["text"]))
            await asyncio.get_running_loop().run_in_executor(self.thread, self.commit, rows)
            for (peer, given), (_, number, _) in zip(batch, rows, strict=True):
                peer.tell_all(given, number)
        self.running = False

    def commit(self, rows: list) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany("INSERT INTO line VALUES (?, ?, ?)", rows)
        self.connection.execute("COMMIT")


rooms: dict[str, set] = defaultdict(set)


class Peer(WSListener):
    def __init__(self, chat: str):
        super().__init__()
        self.chat = chat

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        rooms[self.chat].add(self)
        transport.send(WSMsgType.TEXT, b'{"type":"welcome"}')

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        rooms[self.chat].discard(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            database.add(self, json.loads(frame.get_payload_as_bytes()))
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()

    def tell_all(self, given: dict, number: int) -> None:
        text = (
            f'{{"type":"message","id":"{given["id"]}","number":{number},"text":{json.dumps(given["text"])}}}'.encode()
        )
        for peer in rooms[self.chat]:
            peer.transport.send(WSMsgType.TEXT, text)
        self.transport.send(WSMsgType.TEXT, f'{{"type":"ack","id":"{given["id"]}","number":{number}}}'.encode())


def greet(request: WSUpgradeRequest) -> Peer:
    return Peer(request.path.decode().strip("/"))


async def main() -> None:
    server = await ws_create_server(greet, "127.0.0.1", PORT, enable_auto_ping=False)
    await server.serve_forever()


database = Database()
uvloop.run(main())
