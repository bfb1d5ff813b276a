"""The way from one browser to the server, as a SOCKS proxy that can be cut and mended."""

import asyncio
import contextlib
import threading
from asyncio import StreamReader, StreamWriter

HELLO, ACCEPTED = b"\x05\x00", b"\x05\x00\x00\x01" + bytes(6)


class Wire:
    """Give `options` to a browser's context. `cut`: connections break. `stall`: they stay, all is silent.

    `lose`: connections there are stay silent for ever, without a word to either side; new ones work.
    """

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._writers: set[StreamWriter] = set()
        self._whole = True
        self._lost: set[StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._there(asyncio.start_server(self._serve, "127.0.0.1", 0))
        port = self._server.sockets[0].getsockname()[1]
        self.options = {"proxy": {"server": f"socks5://127.0.0.1:{port}", "bypass": "<-loopback>"}}

    def cut(self) -> None:
        self._there(self._set(whole=False, flows=True))

    def stall(self) -> None:
        self._there(self._set(whole=True, flows=False))

    def lose(self) -> None:
        self._there(self._lose())

    def mend(self) -> None:
        self._there(self._set(whole=True, flows=True))

    def close(self) -> None:
        self._there(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _there(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _lose(self) -> None:
        self._lost |= self._writers

    async def _set(self, whole: bool, flows: bool) -> None:
        self._whole = whole
        if not whole:
            for writer in self._writers:
                writer.transport.abort()
        (self._flows.set if flows else self._flows.clear)()

    async def _end(self) -> None:
        self._server.close()
        await self._set(whole=False, flows=True)
        await asyncio.sleep(0.05)  # who was just let in gets a task to be cancelled
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.05)  # aborted sockets are closed by the loop's next rounds

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                host, port = await _greet(reader, writer)
                if self._whole:
                    await self._join(reader, writer, *await asyncio.open_connection(host, port))
        finally:
            writer.transport.abort()

    async def _join(self, reader, writer, far_reader, far_writer) -> None:
        writer.write(ACCEPTED)
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
        finally:
            self._writers -= {writer, far_writer}
            far_writer.transport.abort()

    async def _pass(self, source: StreamReader, sink: StreamWriter) -> None:
        while data := await source.read(65536):
            await self._flows.wait()
            if sink in self._lost:
                continue
            sink.write(data)
            await sink.drain()
        if sink in self._lost:
            await asyncio.Event().wait()
        if sink.can_write_eof():
            sink.write_eof()


async def _greet(reader: StreamReader, writer: StreamWriter) -> tuple[str, int]:
    """The words of SOCKS5: any method, CONNECT, an IPv4 address or a name."""
    _, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    writer.write(HELLO)
    *_, kind = await reader.readexactly(4)
    if kind == 1:
        host = ".".join(map(str, await reader.readexactly(4)))
    else:
        host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
    return host, int.from_bytes(await reader.readexactly(2))
