"""The demo as a site to configure, and files about it."""

import pytest

from core.configuration import actions, document
from interactions import demo
from tests import scenes
from tests.backoffice.conftest import plain_static, quick_passwords  # noqa: F401 -- fixtures
from tests.support import NOON


@pytest.fixture
def harbour(db):
    """The demo's configuration, to be changed and handed in."""
    with scenes.stage():
        return loaded()


@scenes.scene
def loaded() -> "File":
    demo.load("three plain words", now=NOON)
    return File()


class File:
    """An exported file as plain data; `text` is what somebody would hand in."""

    def __init__(self):
        self.data = document.read(actions.export()).data

    def __getitem__(self, section: str):
        return self.data[section]

    @property
    def text(self) -> str:
        return document.write(self.data)

    def plan(self):
        return actions.plan(self.text, now=NOON)

    def apply(self, **more):
        return actions.apply(self.text, who="boss", now=NOON, **more)
