"""The feed as programs read it, over HTTP with a token, against transactions that commit in another order."""

import threading

import pytest
from django.test import Client

from core import tokens
from core.models import Event
from tests.races.gate import ROUNDS, together
from tests.races.test_feed import overtaken, write

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("unhashed_static_files"),
]


class Program:
    """Reads on from where it was, page by page; keeps what it got."""

    def __init__(self, secret: str):
        self.secret, self.after, self.got = secret, 0, []

    def read(self) -> int:
        """How many pages it took until there was no more."""
        for pages in range(1, 1_000):
            query = {"after": self.after, "limit": 7}
            answer = Client().get("/api/v1/events", query, headers={"Authorization": f"Bearer {self.secret}"})
            assert answer.status_code == 200, answer.content
            page = answer.json()
            self.got += [(each["position"], each["id"]) for each in page["results"]]
            self.after = page["next"]
            if not page["more"]:
                return pages
        raise AssertionError("the feed does not end")

    def is_whole(self) -> None:
        positions = [position for position, _ in self.got]
        assert positions == sorted(set(positions)), "nothing twice, nothing before what was read"
        assert {id for _, id in self.got} == {str(uid) for uid in Event.objects.values_list("uid", flat=True)}


@pytest.fixture
def program(site, settings):
    settings.TOKEN_RATE = 100_000

    def make() -> Program:
        given = {"name": "Reader", "scopes": ["events:read"], "expires_at": None, "by": "test"}
        site.sue.supervisor = True
        site.sue.save()
        return Program(tokens.issue(site.sue.user, **given, now=site.now)[1])

    return make


def test_a_program_misses_nothing_that_was_committed_late(program):
    reader = program()
    overtaken(reader.read)
    reader.is_whole()


def test_programs_beside_writers_each_read_all_once(program):
    readers, done = [program(), program()], threading.Event()

    def reading(reader: Program):
        def read() -> None:
            while True:
                last = done.is_set()
                reader.read()
                if last:
                    return

        return read

    def writers() -> None:
        together(*(lambda: [write() for _ in range(ROUNDS // 4)] for _ in range(4)))
        done.set()

    assert together(*(reading(reader) for reader in readers), writers) == [None, None, None]
    for reader in readers:
        reader.read()
        reader.is_whole()
