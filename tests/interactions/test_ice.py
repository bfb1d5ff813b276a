"""Servers that help browsers to reach each other: as configured, with a pass of the agent's own."""

import base64
import hashlib
import hmac
import os
import subprocess
import sys
from pathlib import Path

import pytest

from interactions import ice
from tests.support import NOON

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.django_db


def test_nothing_configured_is_nothing_to_say(world):
    assert ice.servers(world.ana, NOON) == []


def test_stun_and_turn_with_a_secret(world, settings):
    settings.STUN, settings.TURN, settings.TURN_SECRET = ["stun:a:3478"], ["turn:a:3478", "turns:a:5349"], "secret"
    stun, turn = ice.servers(world.ana, NOON)
    assert (stun.urls, stun.username, stun.credential) == (["stun:a:3478"], None, None)
    until, agent = turn.username.split(":")
    assert (int(until) - NOON.timestamp(), agent) == (12 * 3600, world.ana.id.hex)
    digest = hmac.new(b"secret", turn.username.encode(), hashlib.sha1).digest()
    assert (turn.urls, turn.credential) == (["turn:a:3478", "turns:a:5349"], base64.b64encode(digest).decode())
    assert ice.servers(world.bo, NOON)[1].username != turn.username


def test_turn_with_one_user_for_all(world, settings):
    settings.TURN, settings.TURN_USER, settings.TURN_PASSWORD = ["turn:a"], "parley", "word"
    (turn,) = ice.servers(world.ana, NOON)
    assert (turn.username, turn.credential) == ("parley", "word")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"PARLEY_STUN": "a:3478"}, "PARLEY_STUN must begin with stun: or stuns:"),
        ({"PARLEY_TURN": "stun:a", "PARLEY_TURN_SECRET": "x"}, "PARLEY_TURN must begin with turn: or turns:"),
        ({"PARLEY_TURN": "turn:a"}, "PARLEY_TURN needs PARLEY_TURN_SECRET"),
        ({"PARLEY_TURN": "turn:a", "PARLEY_TURN_USER": "x"}, "PARLEY_TURN needs PARLEY_TURN_SECRET"),
    ],
)
def test_a_setting_that_cannot_work_is_said_at_the_start(given, words):
    started = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env=os.environ | given,
        capture_output=True,
        text=True,
    )
    assert started.returncode != 0
    assert words in started.stderr
