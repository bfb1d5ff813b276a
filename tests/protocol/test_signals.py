"""What two browsers tell each other goes from tab to tab of a live call, and to nobody else."""

import uuid

import pytest

from core.db import db_call
from interactions.actions import calls
from interactions.frames import SIGNAL_LIMIT
from interactions.signals import BURST

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def speaking(world):
    """Ana and Bo in a call that their tabs named after them carry."""
    return world.speaking(world.ana, world.bo)


async def test_a_signal_reaches_the_tab_at_the_other_end_alone(dial, world, speaking):
    ana, other = await dial.agent(world.ana, tab="Ana"), await dial.agent(world.ana, tab="second")
    bo, cy = await dial.agent(world.bo, tab="Bo"), await dial.agent(world.cy)
    assert (ana.welcome["snapshot"]["call"]["tab"], bo.welcome["snapshot"]["call"]["incoming"]) == ("Ana", True)
    await ana.say(type="signal", call=str(speaking.id), data="v=0 from Ana")
    assert await bo.frame("signal") == {"type": "signal", "call": str(speaking.id), "data": "v=0 from Ana"}
    await bo.say(type="signal", call=str(speaking.id), data="v=0 from Bo")
    assert (await ana.frame("signal"))["data"] == "v=0 from Bo"
    for nobody in (other, cy):
        await nobody.silence()


async def test_a_third_agent_and_another_tab_are_dropped(dial, world, speaking):
    ana, bo = await dial.agent(world.ana, tab="Ana"), await dial.agent(world.bo, tab="Bo")
    other, cy = await dial.agent(world.ana, tab="second"), await dial.agent(world.cy)
    await cy.say(type="signal", call=str(speaking.id), data="hear me")
    assert (await cy.frame("error"))["code"] == "not_found"
    await cy.say(type="signal", call=str(uuid.uuid4()), data="hear me")
    assert (await cy.frame("error"))["code"] == "not_found"
    await other.say(type="signal", call=str(speaking.id), data="hear me")
    await other.silence()
    for nobody in (ana, bo):
        await nobody.silence()


async def test_after_the_end_nothing_is_passed_on(dial, world, speaking):
    ana, bo = await dial.agent(world.ana, tab="Ana"), await dial.agent(world.bo, tab="Bo")
    await db_call(calls.hang_up, speaking.id, by=world.bo, now=world.clock.tick())
    await ana.say(type="signal", call=str(speaking.id), data="v=0")
    await ana.say(type="nonsense")
    await ana.frame("error")
    await bo.say(type="nonsense")
    assert (await bo.frame("error", "signal"))["type"] == "error"


@pytest.mark.parametrize("data", ["", "x" * (SIGNAL_LIMIT + 1), 7, None])
async def test_signals_are_bounded(dial, world, speaking, data):
    ana = await dial.agent(world.ana, tab="Ana")
    await ana.say(type="signal", call=str(speaking.id), data=data)
    assert (await ana.frame("error"))["code"] == "malformed"


async def test_the_largest_signal_is_passed_on(dial, world, speaking):
    ana, bo = await dial.agent(world.ana, tab="Ana"), await dial.agent(world.bo, tab="Bo")
    await ana.say(type="signal", call=str(speaking.id), data="x" * SIGNAL_LIMIT)
    assert len((await bo.frame("signal"))["data"]) == SIGNAL_LIMIT


async def test_a_contact_sends_no_signals(dial, world, chat):
    kim = await dial.contact(chat, chat.secret)
    await kim.say(type="signal", call=str(uuid.uuid4()), data="v=0")
    assert (await kim.frame("error"))["code"] == "malformed"


def test_a_burst_of_signals_is_within_what_a_socket_may_send():
    """Too many signals are refused one by one; they never close the socket that carries the chats."""
    from core.intake import BURST as OF_SOCKET

    assert BURST <= OF_SOCKET
