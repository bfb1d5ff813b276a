"""The comparison works, and would notice what must not be. No figure of it is judged here."""

import asyncio
import json
import subprocess
import sys

import pytest
from websockets.asyncio.server import serve

from bench import compare
from bench.compare import MOST, Generator, _faults, compiled
from tests.servers import ROOT, free_port

CHECKED = {"sent": 3, "unacked": [3], **dict.fromkeys(("lost", "doubled", "unordered", "misnumbered"), 0)}
CHECKED |= {"strangers": 0, "closed": 0}
PEOPLE = 120  # of `--small`


@pytest.mark.once
@pytest.mark.parametrize(
    "stored, wrong",
    [
        ((1, 2), {"not acknowledged": 1}),
        ((1, 2, 3), {"not acknowledged": 1}),
        ((1,), {"not acknowledged": 1, "not stored": 1}),
        ((1, 2, 2), {"not acknowledged": 1, "stored twice": 1}),
    ],
)
def test_each_acknowledged_line_must_be_stored_once(stored, wrong):
    texts = [f"~{number:08x}~ a line" for number in stored]
    assert {what: count for what, count in _faults(CHECKED, texts).items() if count} == wrong


@pytest.mark.once
@pytest.mark.parametrize(
    ("ours", "code"),
    [((9, 0), 0), ((9, 1), 1), ((0, 0), 1), (None, 1)],
    ids=["well", "a line lost", "nothing sent", "not started"],
)
def test_the_run_fails_when_ours_does(monkeypatch, ours, code):
    """However well the others do, and whatever they lose."""
    measured = {"tutorial-sqlite": _row(9, 5)} | ({"parley-sqlite": _row(*ours)} if ours else {})
    monkeypatch.setattr(compare, "run", lambda given: measured)
    monkeypatch.setattr(sys, "argv", ["bench/run", "parley-sqlite", "tutorial-sqlite"])
    assert compare.main() == code


def _row(done: int, lost: int) -> dict:
    figures = {"rate": done, "done": done, "cpu": 0.1, "p50": 1.0, "p95": 1.0, "p99": 1.0}
    return {"closed": figures, "open": figures, "cpu": 0.1, "each": 1.0, "faults": {"lost": lost}}


@pytest.mark.once
@pytest.mark.server
def test_parley_and_the_tutorial_are_measured():
    command = [sys.executable, "-m", "bench.compare", "parley-sqlite", "tutorial-sqlite", "--small"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    [ours, others] = [line.split(" | ") for line in done.stdout.splitlines() if " 40 chats" not in line][-2:]
    assert (ours[0], ours[-1]) == ("| Parley, SQLite", "all right |")
    assert others[0] == "| Channels tutorial, SQLite" and _rate(others) > 0
    assert _rate(ours) <= PEOPLE * (MOST + 1), "somebody wrote faster than Parley lets anybody, and was not ended"


@pytest.mark.once
@pytest.mark.server
def test_who_is_never_let_in_does_not_keep_the_run_waiting(tmp_path, capfd):
    program, _ = compiled(tmp_path)
    generator = Generator(program, [f"{free_port()}\t/\t\t0\t\t@TEXT@\t>hello"], tmp_path)
    with pytest.raises(RuntimeError, match="ended"):
        generator.answer()
    generator.end()
    assert '0 of 1 sockets are ready; one was closed at ">hello"' in capfd.readouterr().err


@pytest.mark.once
@pytest.mark.server
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_large_store_is_filled_asked_recounted_and_taken_back(kind):
    command = [sys.executable, "-m", "bench.fill", kind, "--interactions", "200", "--lines", "1200"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No difference." in done.stdout and "202 chats erased" in done.stdout


FIFTH = 5


class Chat:
    """Served well but for one fault, at its fifth line and to the second of its people."""

    def __init__(self, fault: str = ""):
        self.fault, self.people, self.number, self.held = fault, [], 0, None

    async def take(self, line: dict, sender, elsewhere: "Chat") -> None:
        self.number += 1
        frame = json.dumps({"number": self.number, "text": line["text"]})
        for reader in self.people:
            await self._pass(reader, frame, second=reader is self.people[1])
        if not self._is("no ack"):
            await sender.send(json.dumps({"type": "ack", "id": line["id"]}))
        if self._is("stranger"):
            await elsewhere.people[0].send(frame)

    async def _pass(self, reader, frame: str, *, second: bool) -> None:
        frames = [frame]
        if second and self._is("swap"):
            frames, self.held = [], frame
        elif second and self.held:
            frames, self.held = [frame, self.held], None
        elif second:
            frames *= {"drop": 0, "double": 2}.get(self.fault, 1) if self.number == FIFTH else 1
        for each in frames:
            await reader.send(each)

    def _is(self, fault: str) -> bool:
        return self.fault == fault and self.number == FIFTH


def server_of(chats: dict[str, Chat]):
    """Told apart by the path."""

    async def served(socket) -> None:
        chat = chats[socket.request.path]
        chat.people.append(socket)
        async for text in socket:
            if text == "hello":
                await socket.send("welcome")
            else:
                await chat.take(json.loads(text), socket, chats["/b"])

    return served


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return compiled(tmp_path_factory.mktemp("programs"))[0]


@pytest.mark.once
@pytest.mark.server
@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        ("nothing", {}),
        ("drop", {"lost": 1, "unordered": 1, "misnumbered": 1}),
        ("double", {"doubled": 1, "unordered": 1, "misnumbered": 1}),
        ("swap", {"unordered": 1, "misnumbered": 3}),
        ("stranger", {"strangers": 1}),
        ("no ack", {"not acknowledged": 1}),
    ],
)
async def test_what_a_server_does_wrong_is_counted(program, tmp_path, fault, wrong):
    """The generator is what judges every server, so it must not be blind."""
    async with serve(
        server_of(
            {
                "/a": Chat(fault),
                "/b": Chat(),
            }
        ),
        "127.0.0.1",
        0,
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        checked = await asyncio.to_thread(_checked, program, port, tmp_path)
    stored = [f"~{number:08x}~" for number in range(1, checked["sent"] + 1)]
    assert checked["sent"] >= 2 * FIFTH
    assert {what: count for what, count in _faults(checked, stored).items() if count} == wrong


def _checked(program, port: int, path) -> dict:
    """What the generator finds after a second of lines in the first chat."""
    line = '\t"ack"\t{"id": "@ID@", "text": "@TEXT@"}\t>hello\t<welcome'
    plan = [f"{port}\t/{chat}\t\t{'ab'.index(chat)}{line}" for chat in "aaabbb"]
    generator = Generator(program, plan, path, patience=1)
    try:
        generator.answer()
        generator.ask("open", 50, 1)
        return generator.ask("check")
    finally:
        generator.end()


def _rate(row: list[str]) -> float:
    return float(row[1].replace(",", ""))
